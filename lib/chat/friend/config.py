"""A config's own page: its state, its files, and what its owner can do with it."""

from __future__ import annotations

import sqlite3

from lib.chat import input, keyboards
from lib.chat.apps import app_for, fits_key, version_for
from lib.chat.devices import CAMERAS
from lib.chat.friend import configs
from lib.chat.friend.diagnosis import why_off
from lib.chat.notify import telegram_path
from lib.chat.notify.delivery import ConfigFiles, file_message, key_message, load_files, qr_message
from lib.chat.phrases import down_and_up, end_date, last_seen, local_date, span
from lib.chat.rules import can_ask, this_month, wants_more
from lib.chat.screens import Actor, Button, Keyboard, confirm, done, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import open_request
from lib.store.configs import Config, get_config, revoke, set_generation, set_name
from lib.store.outbox import Outgoing
from lib.store.server import Generation, present_generation
from lib.store.told import forget_told


def show_page(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Show one config's page."""
    month = this_month(db, actor, actor.id, now)
    one = month.get(config_id)
    off = "unmade"
    if one.config.live_since is not None:
        off = why_off(db, actor.settings, one.config, actor.person, month.used.total, now)
    text = actor.say(
        "config",
        name=one.config.name,
        created=local_date(actor.language, one.config.created_at, actor.zone),
        expires=_time_left(actor, one.config, now),
        seen=last_seen(actor.language, one.reading.handshake_at, now, off),
        off=_off(db, actor, one.config, off, month.used.total, now),
        no_file=actor.say("config_adopted") if one.config.private_key is None else Markup(""),
        **down_and_up(actor.language, one.used),
    )
    more = keyboards.more_traffic(actor.language) if wants_more(db, actor, month.used.total, now) else []
    return show(actor, text, [*more, *_keyboard(db, actor, one.config, len(month.configs))])


def _time_left(actor: Actor, config: Config, now: int) -> Markup:
    if config.expires_at is None or config.expires_at <= now:
        return Markup("")
    until, left = end_date(actor.language, config.expires_at, actor.zone), config.expires_at - now
    return actor.say("config_expires", until=until, left=span(actor.language, left))


def _off(db: sqlite3.Connection, actor: Actor, config: Config, off: str, used: int, now: int) -> Markup:
    """Say why a config is off; `used` are the bytes of its owner's month."""
    if not off:
        return Markup("")
    if off == "quota":
        return telegram_path.quota_warning(db, actor, used, now)
    until = end_date(actor.language, config.expires_at or 0, actor.zone)
    return Markup(actor.say(f"off_{off}", until=until) + telegram_path.of_config(db, actor.language, config.id))


def _keyboard(db: sqlite3.Connection, actor: Actor, config: Config, held: int) -> Keyboard:
    settings = actor.settings
    options = bool(config.private_key and (settings.client_dns_choices or settings.client_route_choices))
    return [
        file_buttons(actor, config, present_generation(db)),
        [actor.button("does_not_work", "trouble", config.id)],
        [] if config.expires_at is None else keyboards.extension(actor.language, config.id)[0],
        [actor.button("options_button", "options", config.id)] if options else [],
        [
            actor.button("rename_button", "rename", config.id),
            actor.button("delete_button", "confirm_delete", config.id),
        ],
        [actor.button("new_config", "new")] if can_ask(db, actor, open_request(db, actor.id), held) else [],
        [actor.back("configs"), actor.to_menu()],
    ]


def file_buttons(actor: Actor, config: Config, server: Generation | None) -> list[Button]:
    """The buttons for the file: a QR code or a key where the device takes one; an adopted config has no file yet."""
    if config.private_key is None:
        return [actor.button("renew", "confirm_renew", config.id)]
    scan = [actor.button("show_qr", "qr", config.id)] if config.platform in (None, *CAMERAS) else []
    app = app_for(version_for(actor.settings, server), config.platform, config.app, actor.person.app)
    has_key = app.takes_key and fits_key(config.platform, server)
    key = [actor.button("send_key", "key", config.id)] if has_key else []
    return [actor.button("send_file", "file", config.id), *scan, *key]


def send_qr(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Send the QR code, with current server details."""
    return [qr_message(db, _note_sent(db, own_files(db, actor, config_id)))]


def send_file(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Send the .conf file again, with current server details; if the device is unknown, ask for it first."""
    files = own_files(db, actor, config_id)
    if files.config.platform is None:
        keyboard = [*keyboards.devices(actor.language, "steps_on", config_id), [actor.back("config", config_id)]]
        return show(actor, actor.say("which_device", name=files.config.name), keyboard)
    return [file_message(db, _note_sent(db, files))]


def send_key(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Send the vpn:// key."""
    return [key_message(db, _note_sent(db, own_files(db, actor, config_id)))]


def own_files(db: sqlite3.Connection, actor: Actor, config_id: int) -> ConfigFiles:
    """Return the contents of a friend's own files; Refused if the config is not made yet or its key is unknown."""
    config = get_config(db, config_id, actor.id)
    files = load_files(db, actor.settings, config, actor.person)
    if config.live_since is None or files.server is None:
        raise Refused("not_live_yet")
    if config.private_key is None:
        raise Refused("no_file")
    return files


def _note_sent(db: sqlite3.Connection, files: ConfigFiles) -> ConfigFiles:
    """Record that the owner has the current server details."""
    assert files.server, "own_files() checks that"
    set_generation(db, files.config.id, files.server.number)
    return files


def ask_new_name(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Ask for a config's new name; the next message sets it."""
    config = get_config(db, config_id, actor.id)
    question, back = actor.say("type_new_name", name=config.name), actor.back("config", config.id)
    return input.ask(db, actor, f"config_name:{config.id}", question, [[back]])


def take_new_name(db: sqlite3.Connection, actor: Actor, text: str, config_id: int, now: int) -> list[Outgoing]:
    """Rename a config."""
    config = get_config(db, config_id, actor.id)
    name = input.clean_name(text)
    set_name(db, config.id, name)
    audit.note(db, now, actor.id, "rename", f"config:{config.id}", f"{config.name} > {name}")
    return show(actor, actor.say("renamed", name=name), keyboards.to_config(actor.language, config.id, name))


def confirm_deletion(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Explain what deleting a config means."""
    config = _deletable(db, actor, config_id)
    yes = actor.button("delete_now", "delete", config.id, style="danger")
    return confirm(actor, actor.say("confirm_delete", name=config.name), yes, "config", config.id)


def delete_config(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Delete a config permanently; the keeper removes its peer, and the friend may ask for another one."""
    config = _deletable(db, actor, config_id)
    revoke(db, config.id, now)
    forget_told(db, f"config:{config.id}")
    audit.note(db, now, actor.id, "delete", f"config:{config.id}")
    return [*done(actor, "done_deleted"), *configs.list_configs(db, actor, now)]


def _deletable(db: sqlite3.Connection, actor: Actor, config_id: int) -> Config:
    """Return a config; Refused while it, or its replacement, is being made."""
    config, request = get_config(db, config_id, actor.id), open_request(db, actor.id)
    if config.live_since is None:
        raise Refused("not_live_yet")
    if request and request.replaces == config.id:
        raise Refused("request_open")
    return config
