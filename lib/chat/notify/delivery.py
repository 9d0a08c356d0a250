"""Deliver a config: one file with the steps for its device. Secrets are filled in at the moment of sending."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from lib.chat import keyboards
from lib.chat.apps import App, app_for, before_file, fits_key, installation, needed, routers, version_for
from lib.chat.devices import CAMERAS
from lib.chat.drawing.code_card import draw_card
from lib.chat.files import Attachment, document
from lib.chat.rules import keeper_of
from lib.chat.screens import Keyboard, attach, language_of, say_to, text_button
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.configs import Config, find_config, named_files, set_files_sent
from lib.store.keeper_notes import read_own_port
from lib.store.outbox import Outgoing, is_on_its_way
from lib.store.server import Generation, present_generation
from lib.store.users import User, get_user
from lib.values import Choice
from lib.vpn import client_config, disguises, obfuscation, ports, qr, share_key
from lib.vpn.disguises import Disguise


@dataclass(frozen=True)
class ConfigFiles:
    """What a config's files are made from: `tunnel` is the name of the newest one, `conf` the text of the .conf file.

    `version` is that of the server's set of parameters. `conf` is None for a config without its private key, and until
    the server is first seen; `next` is the number and the name of the next file.
    """

    config: Config
    owner: User
    server: Generation | None
    app: App
    version: str
    tunnel: str
    next: tuple[int, str]
    conf: str | None = field(repr=False)

    @cached_property
    def has_qr(self) -> bool:
        """True if the device can scan and the config fits into a QR code that phones scan well."""
        if self.conf is None or self.config.platform not in (None, *CAMERAS):
            return False
        if self.app.qr == "series":
            return len(share_key.series(self.conf, self.tunnel)) <= qr.CODES_PER_PICTURE
        return qr.fits(self.conf)

    def say(self, key: str, **values: object) -> Markup:
        """Return a text in the owner's language."""
        return say(self.owner.language, key, name=self.config.name, app=self.app.name, tunnel=self.tunnel, **values)

    @property
    def key_since(self) -> Markup:
        """Which version of the app takes the key; empty if any does."""
        since = needed(self.app, self.config.platform, self.version, by_key=True) if self.config.platform else ""
        return self.say("key_since", version=since) if since else Markup("")

    @property
    def installation(self) -> Markup:
        """Where to get the app for the device; only its name while the device is unknown."""
        language, platform = self.owner.language, self.config.platform
        if platform is None:
            return say(language, "get_store", link=self.app.name)
        return installation(language, self.app, platform, self.version)

    def handed(self, key: str, **values: object) -> Markup:
        """The caption for a file that an admin passes on: its owner, the device, and the steps."""
        steps = self._steps_there if self.config.platform else self.installation
        return self.say(key, person=self.owner.full_name, steps=steps, **values)

    @property
    def steps(self) -> Markup:
        """The caption of the file: the steps for its device, or a question about the device."""
        if self.config.platform is None:
            return self.say("file_caption", steps=self.say("steps_unknown"), called="")
        called = self.say("called") if self.app.family == "vpn" else ""
        return self.say("file_caption", steps=self._steps_there, called=called)

    @property
    def _steps_there(self) -> Markup:
        """The steps for its device."""
        platform = self.config.platform
        of = self.app.key if platform == "router" else self.app.family
        folder, tool = ("/etc/wireguard", "wg") if self.app.key == "wireguard" else ("/etc/amnezia/amneziawg", "awg")
        lacking = "_newest" if needed(self.app, str(platform), self.version) is None else ""
        more = {"get": self.installation, "folder": folder, "tool": tool, **routers(self.version)}
        return self.say(f"steps_{of}_{platform}{lacking}", **more)

    @property
    def keyboard(self) -> Keyboard:
        """The buttons below the file."""
        language, config, app = self.owner.language, self.config, self.app
        if config.platform is None:
            return [*keyboards.devices(language, "steps_on", config.id), *keyboards.to_menu(language)]
        scan = [text_button(language, "scan_elsewhere", "qr", config.id)] if self.has_qr else []
        return [
            scan,
            *keyboards.apps(language, app, config.platform, self.version, "steps_with", "steps_store", config.id),
            [text_button(language, "send_key", "key", config.id)]
            if self.app.takes_key and fits_key(config.platform, self.server)
            else [],
            [text_button(language, "does_not_work", "trouble", config.id), *keyboards.to_menu(language)[0]],
        ]


def load_files(db: sqlite3.Connection, settings: Settings, config: Config, owner: User) -> ConfigFiles:
    """Read the data for a config's files, with current server details."""
    server, (tunnel, upcoming) = present_generation(db), _names(db, owner, config)
    version, conf = version_for(settings, server), _conf_text(db, settings, config, server)
    app = app_for(version, config.platform, config.app, owner.app)
    return ConfigFiles(config, owner, server, app, version, tunnel, upcoming, conf)


def deliver(db: sqlite3.Connection, settings: Settings, config: Config, owner: User) -> list[Outgoing]:
    """Send a config to its owner, or to the admin who passes it on to a person without Telegram.

    What its app must know for the newest parameters is said first.
    """
    if not owner.in_telegram:
        return hand_over(db, settings, config, owner, keeper_of(settings, owner))
    files = load_files(db, settings, config, owner)
    warning = before_file(owner.language, files.app, config.platform, files.version)
    return [*([say_to(owner.id, warning)] if warning else []), file_message(db, files)]


def hand_over(db: sqlite3.Connection, settings: Settings, config: Config, owner: User, admin_id: int) -> list[Outgoing]:
    """Send an admin a config to show or pass on: its QR code, if the device can scan, and its file with the steps."""
    files = load_files(db, settings, config, replace(owner, language=language_of(db, settings, admin_id)))
    language = files.owner.language
    ways = [[text_button(language, "handed_config", "held", config.id), *keyboards.to_menu(language)[0]]]
    return _handed(db, files, admin_id, "handed_file", ways)


def _handed(
    db: sqlite3.Connection, files: ConfigFiles, admin_id: int, key: str, keyboard: Keyboard, **values: object
) -> list[Outgoing]:
    files = _under_new_name(db, files, "conf", admin_id)
    file = attach(admin_id, "Document", _reference(files, "conf"), files.handed(key, **values), keyboard)
    if not files.has_qr:
        return [file]
    return [attach(admin_id, "Photo", f"{files.app.qr}:{files.config.id}", files.handed("handed_qr")), file]


def file_message(db: sqlite3.Connection, files: ConfigFiles) -> Outgoing:
    """Send the .conf file under a new name: apps refuse a name they have, and a second download gets a “(1)”."""
    files = _under_new_name(db, files, "conf", files.owner.id)
    return _document(files, "conf", files.steps, files.keyboard)


def file_with(
    db: sqlite3.Connection, files: ConfigFiles, chat_id: int, key: str, keyboard: Keyboard, **values: object
) -> list[Outgoing]:
    """Send the .conf file under a new name, with a caption and buttons of one's own; `key` names the text.

    An admin who passes it on gets the QR code, too, if the device can scan.
    """
    if chat_id != files.owner.id:
        return _handed(db, files, chat_id, key, keyboard, **values)
    files = _under_new_name(db, files, "conf", chat_id)
    return [_document(files, "conf", files.say(key, **values), keyboard)]


def qr_message(db: sqlite3.Connection, files: ConfigFiles) -> Outgoing:
    """Send the QR code for another device to scan; the file instead if there is none."""
    if not files.has_qr:
        return file_message(db, files)
    how = f"_{files.config.platform}" if files.config.platform and files.app.family == "wg" else ""
    caption = files.say(f"qr_{files.app.family}{how}", get=files.installation)
    language, reference = files.owner.language, f"{files.app.qr}:{files.config.id}"
    keyboard = [[text_button(language, "file_instead", "file", files.config.id)], *keyboards.to_menu(language)]
    return attach(files.owner.id, "Photo", reference, caption, keyboard)


def key_message(db: sqlite3.Connection, files: ConfigFiles) -> Outgoing:
    """Send the vpn:// key as a file: the key is a secret, and the text of a message would lie in the outbox.

    Send the .conf instead where a key would not work.
    """
    if not fits_key(files.config.platform, files.server):
        return file_message(db, files)
    files = _under_new_name(db, files, "key", files.owner.id)
    caption = files.say("key_caption", since=files.key_since)
    return _document(files, "key", caption, keyboards.to_menu(files.owner.language))


def _document(files: ConfigFiles, kind: str, caption: Markup, keyboard: Keyboard) -> Outgoing:
    return attach(files.owner.id, "Document", _reference(files, kind), caption, keyboard)


def _reference(files: ConfigFiles, kind: str) -> str:
    return f"{kind}:{files.config.id}:{files.tunnel}"


def _conf_text(db: sqlite3.Connection, settings: Settings, config: Config, server: Generation | None) -> str | None:
    if server is None or config.private_key is None or config.preshared_key is None:
        return None
    disguise = disguises.load(config.disguise)
    parameters = obfuscation.for_client(server.parameters, {**settings.client_parameters, **disguise.parameters})
    return client_config.render(
        client_config.Tunnel(config.private_key, config.preshared_key, config.addresses),
        client_config.Server(server.public_key, _endpoint(db, settings, server, disguise), parameters),
        dns=_chosen(settings.client_dns_choices, config.dns, settings.client_dns),
        allowed_ips=_chosen(settings.client_route_choices, config.routes, settings.client_allowed_ips),
        mtu=settings.client_mtu,
        keepalive=settings.client_keepalive,
    )


def _endpoint(db: sqlite3.Connection, settings: Settings, server: Generation, disguise: Disguise) -> str:
    """Return the server's endpoint, with the disguise's port while that port leads to the server."""
    if disguise.port is None or disguise.port not in ports.leading(settings, read_own_port(db)):
        return server.endpoint
    return ports.with_port(server.endpoint, disguise.port)


def _chosen(choices: Sequence[Choice], name: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of a choice; the usual ones if nothing was chosen, or the owner no longer offers it."""
    return next((choice.values for choice in choices if choice.name == name), usual)


def _names(db: sqlite3.Connection, owner: User, config: Config) -> tuple[str, tuple[int, str]]:
    """Return the name of a config's newest file, and the number and the name of the next one.

    Neither name is used by another file of the owner's.
    """
    taken, strange, own = set[str](), set[str](), ""
    for one in named_files(db, owner.id):
        base = client_config.tunnel_name(owner.full_name, one.name, taken)
        names = {client_config.numbered(base, number) for number in range(1, one.files_sent + 1)}
        taken |= names
        if one.id == config.id:
            own = base
        else:
            strange |= names
    number = config.files_sent + 1
    while (name := client_config.numbered(own, number)) in strange:
        number += 1
    return client_config.numbered(own, max(config.files_sent, 1)), (number, name)


def _under_new_name(db: sqlite3.Connection, files: ConfigFiles, kind: str, chat_id: int) -> ConfigFiles:
    """Name the next file; one still in the outbox keeps its name, so that impatient taps bring one file."""
    if is_on_its_way(db, chat_id, _reference(files, kind)):
        return files
    number, name = files.next
    set_files_sent(db, files.config.id, number)
    return replace(files, config=replace(files.config, files_sent=number), tunnel=name)


def render_file(db: sqlite3.Connection, settings: Settings, rest: str, now: int, *, kind: str) -> Attachment | None:
    """Make the "qr", "series", "conf" or "key" of a config ('7', or '7:name'); None if it no longer exists."""
    config_id, _, named = rest.partition(":")
    config = find_config(db, int(config_id))
    files = load_files(db, settings, config, get_user(db, config.user_id)) if config else None
    if files is None or files.conf is None:
        return None
    name = named or files.tunnel
    if kind == "conf":
        return document(f"{name}.conf", files.conf)
    if kind == "key":
        return document(f"{name}.vpn", share_key.share_key(files.conf, name))
    texts = [files.conf] if kind == "qr" else share_key.series(files.conf, files.tunnel)
    language, count = files.owner.language, len(texts)
    labels = [plain(language, "qr_part", number=number, count=count) for number in range(1, count + 1) if count > 1]
    picture = draw_card(texts, title=files.config.name, hint=plain(language, "qr_hint"), labels=labels)
    return Attachment("photo", "qr.png", "image/png", picture)
