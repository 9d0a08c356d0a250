"""Deliver a config: a QR picture and a .conf file, or a vpn:// key. What is secret is written when it is sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lib.chat import keyboards
from lib.chat.apps import App, app_of
from lib.chat.drawing.code_card import draw_card
from lib.chat.files import Attachment, document
from lib.chat.screens import attach
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.configs import Config, configs_of, find_config
from lib.store.outbox import Outgoing
from lib.store.server import Generation, present_generation
from lib.store.users import User, get_user
from lib.values import Choice
from lib.vpn import client_config, obfuscation, qr, share_key


@dataclass(frozen=True)
class ConfigFiles:
    """What a config's files are made from: `tunnel` is their name, `conf` the text of the .conf file.

    `conf` is None for a config without its private key, and as long as the server was never seen.
    """

    config: Config
    owner: User
    server: Generation | None
    app: App
    tunnel: str
    conf: str | None = field(repr=False)

    @cached_property
    def has_qr(self) -> bool:
        """Whether the config fits into a QR code that phones can scan."""
        if self.conf is None:
            return False
        if self.app.qr == "series":
            return len(share_key.series(self.conf, self.tunnel)) <= qr.CODES_PER_PICTURE
        return qr.fits(self.conf)

    def caption(self, key: str) -> Markup:
        """Fill a caption in the owner's language."""
        return say(self.owner.language, key, name=self.config.name, app=self.app.name, links=self.app.links)


def load_files(db: sqlite3.Connection, settings: Settings, config: Config, owner: User) -> ConfigFiles:
    """Read what a config's files are made from, with the server's present address."""
    server, tunnel = present_generation(db), _tunnel_name(db, owner, config)
    return ConfigFiles(config, owner, server, app_of(server, owner), tunnel, _conf_text(settings, config, server))


def deliver(db: sqlite3.Connection, settings: Settings, config: Config, owner: User) -> list[Outgoing]:
    """Send a config to its owner, QR code first."""
    files = load_files(db, settings, config, owner)
    return [qr_message(files), file_message(files)] if files.has_qr else [file_message(files)]


def qr_message(files: ConfigFiles) -> Outgoing:
    """Send the QR code that the owner's app scans; the file instead if there is none."""
    if not files.has_qr:
        return file_message(files)
    caption = files.caption(f"qr_caption{files.app.captions}")
    return attach(files.owner.id, "Photo", f"{files.app.qr}:{files.config.id}", caption)


def file_message(files: ConfigFiles) -> Outgoing:
    """Send the .conf file."""
    caption = files.caption(f"file_caption{files.app.captions}")
    return _document(files, "conf", caption if files.has_qr else Markup(caption + files.caption("no_qr")))


def key_message(files: ConfigFiles) -> Outgoing:
    """Send the vpn:// key as a file: the key is a secret, and the text of a message would lie in the outbox."""
    return _document(files, "key", files.caption("key_caption"))


def _document(files: ConfigFiles, kind: str, caption: Markup) -> Outgoing:
    keyboard = keyboards.to_menu(files.owner.language)
    return attach(files.owner.id, "Document", f"{kind}:{files.config.id}", caption, keyboard)


def _conf_text(settings: Settings, config: Config, server: Generation | None) -> str | None:
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
    """Return the values of a choice; the usual ones if nothing was chosen, or the owner no longer offers it."""
    return next((choice.values for choice in choices if choice.name == name), usual)


def _tunnel_name(db: sqlite3.Connection, owner: User, config: Config) -> str:
    """Name a config's tunnel, unlike those of its owner's older configs."""
    names: list[str] = []
    for one in configs_of(db, owner.id):
        if one.id <= config.id:
            names.append(client_config.tunnel_name(owner.full_name, one.name, names))
    return names[-1]


def render_file(
    db: sqlite3.Connection, settings: Settings, config_id: str, now: int, *, kind: str
) -> Attachment | None:
    """Make the "qr", "series", "conf" or "key" of a config; None if there is none to send any more."""
    config = find_config(db, int(config_id))
    files = load_files(db, settings, config, get_user(db, config.user_id)) if config else None
    if files is None or files.conf is None:
        return None
    if kind == "conf":
        return document(f"{files.tunnel}.conf", files.conf)
    if kind == "key":
        return document(f"{files.tunnel}.vpn", share_key.share_key(files.conf, files.tunnel))
    texts = [files.conf] if kind == "qr" else share_key.series(files.conf, files.tunnel)
    language, count = files.owner.language, len(texts)
    labels = [plain(language, "qr_part", number=number, count=count) for number in range(1, count + 1) if count > 1]
    picture = draw_card(texts, title=files.config.name, hint=plain(language, "qr_hint"), labels=labels)
    return Attachment("photo", "qr.png", "image/png", picture)
