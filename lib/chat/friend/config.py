"""A config's own page: its state, its files, and what its owner does with it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat import input, keyboards, rules
from lib.chat.apps import App, app_of
from lib.chat.friend import configs
from lib.chat.friend.diagnosis import find
from lib.chat.notify.delivery import file_message, key_message, qr_message
from lib.chat.phrases import down_and_up, full_date, full_date_time, last_seen, span
from lib.chat.rules import month_of, quota_warning
from lib.chat.screens import Actor, Button, Keyboard, done, show, tell_admins, text_button, toast, username_of
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import open_request
from lib.store.configs import Config, get_config, revoke, set_generation, set_name
from lib.store.counters import last_handshakes
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.told import forget_told
from lib.store.traffic import Usage
from lib.store.users import get_user, set_awaiting

EXTEND_SECONDS = 86400  # how long after a wish for more time the admins are not told again


def show_page(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Show one config's page."""
    config = get_config(db, config_id, actor.id)
    return show(actor, _describe(db, actor, config, now), _keyboard(db, actor, config, now))


def _describe(db: sqlite3.Connection, actor: Actor, config: Config, now: int) -> Markup:
    return actor.say(
        "config",
        name=config.name,
        created=full_date(actor.language, config.created_at, actor.zone),
        expires=_time_left(actor, config, now),
        seen=last_seen(actor.language, last_handshakes(db, actor.id).get(config.id, 0), now),
        off=_why_off(db, actor, config, now),
        no_file=actor.say("config_adopted") if config.private_key is None else Markup(""),
        **down_and_up(actor.language, month_of(db, actor, now).get(config.id, Usage())),
    )


def _time_left(actor: Actor, config: Config, now: int) -> Markup:
    if config.expires_at is None or config.expires_at <= now:
        return Markup("")
    until, left = (
        full_date_time(actor.language, config.expires_at, actor.zone),
        span(actor.language, config.expires_at - now),
    )
    return actor.say("config_expires", until=until, left=left)


def _why_off(db: sqlite3.Connection, actor: Actor, config: Config, now: int) -> Markup:
    """Say why a config is off and what comes next; empty while nothing is known to stop it."""
    if config.live_since is None:
        return actor.say("off_unmade")
    finding = find(db, actor, config, now)
    if finding == "quota":
        return quota_warning(db, actor, now)
    if finding not in ("paused", "expired", "down"):
        return Markup("")
    return actor.say(
        f"off_{finding}",
        until=full_date_time(actor.language, config.expires_at or now, actor.zone),
    )


def _keyboard(db: sqlite3.Connection, actor: Actor, config: Config, now: int) -> Keyboard:
    language, app = actor.language, app_of(db, get_user(db, actor.id))
    extend = keyboards.extension(language, config.id) if config.expires_at is not None else []
    own = [
        text_button(language, "rename_button", "rename", config.id),
        text_button(language, "delete_button", "confirm_delete", config.id),
    ]
    more = [text_button(language, "other_app", "apps")] if app.selectable else []
    if config.private_key and (actor.settings.client_dns_choices or actor.settings.client_route_choices):
        more.append(text_button(language, "options_button", "options", config.id))
    another = [[text_button(language, "new_config", "new")]] if rules.can_ask(db, actor) else []
    return [
        _files(language, config, app),
        [text_button(language, "does_not_work", "trouble", config.id)],
        *extend,
        *([more] if more else []),
        own,
        *another,
        [text_button(language, "back", "configs"), *keyboards.to_menu(language)[0]],
    ]


def _files(language: str, config: Config, app: App) -> list[Button]:
    """The ways to the file; some apps also take a key, and an adopted config has no file yet."""
    if config.private_key is None:
        return [text_button(language, "renew", "confirm_renew", config.id)]
    ways = [
        text_button(language, "show_qr", "qr", config.id),
        text_button(language, "send_file", "file", config.id),
    ]
    if app.takes_key:
        ways.append(text_button(language, "send_key", "key", config.id))
    return ways


def ask_new_name(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Let the next message be the config's new name."""
    config = get_config(db, config_id, actor.id)
    set_awaiting(db, actor.id, f"config_name:{config.id}")
    text = actor.say("type_new_name", name=config.name)
    return show(actor, text, [[actor.back("config", config.id)]])


def take_new_name(db: sqlite3.Connection, actor: Actor, text: str, config_id: int, now: int) -> list[Outgoing]:
    """Call the config as it was typed; one that went meanwhile is awaited no more."""
    config = get_config(db, config_id, actor.id)
    name = input.clean_name(text)
    set_awaiting(db, actor.id, None)
    set_name(db, config.id, name)
    audit.note(db, now, actor.id, "rename", f"config:{config.id}")
    told = actor.say("renamed", name=name)
    return show(actor, told, keyboards.to_config(actor.language, config.id, name))


def confirm_deletion(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Say what goes with a config."""
    config = _deletable(db, actor, config_id)
    yes = actor.button("delete_now", "delete", config.id, style="danger")
    back = actor.back("config", config.id)
    return show(actor, actor.say("confirm_delete", name=config.name), [[yes, back]])


def delete_config(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Give a config up for good; the keeper takes its peer away, and another one may be asked for."""
    config = _deletable(db, actor, config_id)
    revoke(db, config.id, now)
    forget_told(db, f"config:{config.id}")
    audit.note(db, now, actor.id, "delete", f"config:{config.id}")
    return [*done(actor, "done_deleted"), *configs.list_configs(db, actor)]


def _deletable(db: sqlite3.Connection, actor: Actor, config_id: int) -> Config:
    """Read a config that nothing is being made of or for just now."""
    config, request = get_config(db, config_id, actor.id), open_request(db, actor.id)
    if config.live_since is None:
        raise Refused("not_live_yet")
    if request and request.replaces == config.id:
        raise Refused("request_open")
    return config


def extend(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Tell the admins that somebody wants more time for a config; once a day for each."""
    config = get_config(db, config_id, actor.id)
    if config.expires_at is None:
        raise Refused("never_expires")
    if audit.was_done(db, actor.id, "extend", f"config:{config.id}", now - EXTEND_SECONDS):
        raise Refused("extension_asked_already")
    audit.note(db, now, actor.id, "extend", f"config:{config.id}")
    asked = actor.say("extension_asked", name=config.name)
    return [
        *show(actor, asked, keyboards.to_config(actor.language, config.id, config.name)),
        *tell_admins(
            db,
            actor.settings,
            lambda language: _wish(db, replace(actor, language=language), config),
            f"extend:{config.id}",
        ),
    ]


def _wish(db: sqlite3.Connection, actor: Actor, config: Config) -> tuple[Markup, Keyboard]:
    """Write an admin's notice of the wish, with the way to the choices."""
    user = get_user(db, actor.id)
    text = actor.say(
        "extension_wish",
        name=user.full_name,
        username=username_of(actor.language, user),
        id=user.id,
        device=config.name,
        until=full_date_time(actor.language, config.expires_at or 0, actor.zone),
    )
    return text, [[actor.button("extend_choices", "held", config.id, style="primary")]]


def send_qr(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Send the QR code again, as the server is to be reached now."""
    return [toast(actor, ""), qr_message(db, actor.settings, actor.language, _deliverable(db, actor, config_id))]


def send_file(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Send the .conf file again, as the server is to be reached now."""
    return [toast(actor, ""), file_message(db, actor.settings, actor.language, _deliverable(db, actor, config_id))]


def send_key(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Send the vpn:// key."""
    return [toast(actor, ""), key_message(db, actor.language, _deliverable(db, actor, config_id))]


def _deliverable(db: sqlite3.Connection, actor: Actor, config_id: int) -> int:
    """Note that the owner is sent the present description of the server."""
    config = get_config(db, config_id, actor.id)
    generation = present_generation(db)
    if config.live_since is None or generation is None:
        raise Refused("not_live_yet")
    if config.private_key is None:
        raise Refused("no_file")
    set_generation(db, config.id, generation.number)
    return config.id
