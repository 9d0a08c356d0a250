"""Deliver a config: a QR picture and a .conf file, each with three steps; both are made from the row when sent."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.screens import attach
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store.configs import Config, find_config
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.vpn import client_config, qr


def deliver(db: sqlite3.Connection, settings: Settings, language: str, config_id: int) -> list[Outgoing]:
    """Send everything that belongs to a config, QR code first."""
    file = file_message(db, settings, language, config_id)
    return [qr_message(db, settings, language, config_id), file] if _qr_fits(db, settings, config_id) else [file]


def qr_message(db: sqlite3.Connection, settings: Settings, language: str, config_id: int) -> Outgoing:
    """Send the QR code; where it would be too fine to scan, the file in its place."""
    if not _qr_fits(db, settings, config_id):
        return file_message(db, settings, language, config_id)
    config = _present(db, config_id)
    caption = say(language, f"qr_caption{_flavour(db)}", name=config.name)
    return attach(config.user_id, "Photo", f"qr:{config_id}", caption)


def file_message(db: sqlite3.Connection, settings: Settings, language: str, config_id: int) -> Outgoing:
    """Send the .conf file."""
    config = _present(db, config_id)
    caption = say(language, f"file_caption{_flavour(db)}", name=config.name)
    if not _qr_fits(db, settings, config_id):
        caption = Markup(caption + say(language, "no_qr"))
    return attach(config.user_id, "Document", f"conf:{config_id}", caption, keyboards.to_menu(language))


def conf_text(db: sqlite3.Connection, settings: Settings, config: Config) -> str | None:
    """Write the client's configuration as the server is to be reached now; None for an adopted or unseen one."""
    server = present_generation(db)
    if server is None or config.private_key is None or config.preshared_key is None:
        return None
    return client_config.render(
        client_config.Tunnel(config.private_key, config.preshared_key, config.addresses),
        client_config.Server(server.public_key, server.endpoint, server.parameters),
        dns=settings.client_dns,
        allowed_ips=settings.client_allowed_ips,
        mtu=settings.client_mtu,
        keepalive=settings.client_keepalive,
    )


def _qr_fits(db: sqlite3.Connection, settings: Settings, config_id: int) -> bool:
    text = conf_text(db, settings, _present(db, config_id))
    return text is not None and qr.fits(text)


def _flavour(db: sqlite3.Connection) -> str:
    """Name the app that fits: a plain interface speaks plain WireGuard."""
    server = present_generation(db)
    return "" if server is None or server.parameters else "_plain"


def _present(db: sqlite3.Connection, config_id: int) -> Config:
    config = find_config(db, config_id)
    if config is None:
        raise Refused("gone")
    return config
