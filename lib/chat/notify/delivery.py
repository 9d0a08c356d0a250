"""Deliver a config: a QR picture and a .conf file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from lib.chat import keyboards
from lib.chat.apps import AMNEZIA, App, app_of
from lib.chat.files import Attachment, document
from lib.chat.screens import attach
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store.configs import Config, configs_of, find_config
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import get_user
from lib.values import Choice
from lib.vpn import client_config, obfuscation, qr, share_key
from lib.vpn.share_key import series


def deliver(db: sqlite3.Connection, settings: Settings, language: str, config_id: int) -> list[Outgoing]:
    """Send everything that belongs to a config, QR code first."""
    file = file_message(db, settings, language, config_id)
    return [qr_message(db, settings, language, config_id), file] if _qr_fits(db, settings, config_id) else [file]


def qr_message(db: sqlite3.Connection, settings: Settings, language: str, config_id: int) -> Outgoing:
    """Send the QR code that the friend's app scans; where it would be too fine to scan, the file in its place."""
    if not _qr_fits(db, settings, config_id):
        return file_message(db, settings, language, config_id)
    config, app = _present(db, config_id)
    kind = "series" if app is AMNEZIA["amneziavpn"] else "qr"
    caption = say(language, f"qr_caption{app.flavour}", name=config.name, app=app.name, links=app.links)
    return attach(config.user_id, "Photo", f"{kind}:{config_id}", caption)


def file_message(db: sqlite3.Connection, settings: Settings, language: str, config_id: int) -> Outgoing:
    """Send the .conf file."""
    config, app = _present(db, config_id)
    caption = say(language, f"file_caption{app.flavour}", name=config.name, app=app.name, links=app.links)
    if not _qr_fits(db, settings, config_id):
        caption = Markup(caption + say(language, "no_qr"))
    return attach(config.user_id, "Document", f"conf:{config_id}", caption, keyboards.to_menu(language))


def key_message(db: sqlite3.Connection, language: str, config_id: int) -> Outgoing:
    """Send the vpn:// key as a file that AmneziaVPN opens; it is a secret, so no text that lies in the outbox."""
    config, _ = _present(db, config_id)
    caption = say(language, "key_caption", name=config.name)
    return attach(config.user_id, "Document", f"key:{config_id}", caption, keyboards.to_menu(language))


def conf_text(db: sqlite3.Connection, settings: Settings, config: Config) -> str | None:
    """Write the client's configuration as the server is to be reached now; None for an adopted or unseen one."""
    server = present_generation(db)
    if server is None or config.private_key is None or config.preshared_key is None:
        return None
    parameters = obfuscation.for_client(server.parameters, settings.client_parameters)
    return client_config.render(
        client_config.Tunnel(config.private_key, config.preshared_key, config.addresses),
        client_config.Server(server.public_key, server.endpoint, parameters),
        dns=_chosen(settings.client_dns_choices, config.dns, settings.client_dns),
        allowed_ips=_chosen(settings.client_route_choices, config.routes, settings.client_allowed_ips),
        mtu=settings.client_mtu,
        keepalive=settings.client_keepalive,
    )


def _chosen(choices: Sequence[Choice], name: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    """Find what a choice stands for; the usual where none was made, or where the owner no longer offers it."""
    return next((choice.values for choice in choices if choice.name == name), usual)


def name_of_tunnel(db: sqlite3.Connection, config: Config) -> str:
    """Name a config's tunnel, other than those of the friend's older configs."""
    owner, taken = get_user(db, config.user_id).full_name, list[str]()
    for older in configs_of(db, config.user_id):
        if older.id == config.id:
            break
        taken.append(client_config.tunnel_name(owner, older.name, taken))
    return client_config.tunnel_name(owner, config.name, taken)


def _qr_fits(db: sqlite3.Connection, settings: Settings, config_id: int) -> bool:
    config, app = _present(db, config_id)
    text = conf_text(db, settings, config)
    if text is None:
        return False
    return (
        len(series(text, name_of_tunnel(db, config))) <= qr.CODES_PER_PICTURE
        if app is AMNEZIA["amneziavpn"]
        else qr.fits(text)
    )


def _present(db: sqlite3.Connection, config_id: int) -> tuple[Config, App]:
    """Find a config and the app that its owner uses."""
    config = find_config(db, config_id)
    if config is None:
        raise Refused("gone")
    return config, app_of(db, get_user(db, config.user_id))


def render_qr(db: sqlite3.Connection, settings: Settings, config_id: str, now: int) -> Attachment | None:
    text, _ = _conf_and_name(db, settings, config_id)
    return Attachment("photo", "qr.png", "image/png", qr.draw(text)) if text else None


def render_series(db: sqlite3.Connection, settings: Settings, config_id: str, now: int) -> Attachment | None:
    text, name = _conf_and_name(db, settings, config_id)
    return Attachment("photo", "qr.png", "image/png", qr.draw_several(share_key.series(text, name))) if text else None


def render_conf(db: sqlite3.Connection, settings: Settings, config_id: str, now: int) -> Attachment | None:
    text, name = _conf_and_name(db, settings, config_id)
    return document(f"{name}.conf", text) if text else None


def render_key(db: sqlite3.Connection, settings: Settings, config_id: str, now: int) -> Attachment | None:
    text, name = _conf_and_name(db, settings, config_id)
    return document(f"{name}.vpn", share_key.share_key(text, name)) if text else None


def _conf_and_name(db: sqlite3.Connection, settings: Settings, config_id: str) -> tuple[str, str]:
    """Write the configuration and name its tunnel; without a text when there is none to give."""
    config = find_config(db, int(config_id))
    if config is None:
        return "", ""
    return conf_text(db, settings, config) or "", name_of_tunnel(db, config)
