"""The friend's screens: menu, asking for a config, the configs they hold, help, language."""

from __future__ import annotations

import sqlite3
import unicodedata
from dataclasses import replace

from lib.chat import door, keyboards, notices, statistics
from lib.chat.delivery import file_message, qr_message
from lib.chat.screens import Actor, delete, say_to, show, toast
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import add_request, get_request, move_request, open_request
from lib.store.configs import configs_of, get_config, set_generation
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import get_user, set_awaiting, set_language

NAME_LENGTH = 32  # characters


def menu(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Show the friend's menu."""
    request = open_request(db, actor.id)
    waiting: str = Markup("")
    if request:
        waiting = say(
            actor.language, "menu_waiting" if request.state == "pending" else "menu_making", name=request.name
        )
    text = say(
        actor.language,
        "menu",
        configs=len(configs_of(db, actor.id)),
        total=statistics.month_sum(db, actor, now),
        waiting=waiting,
        off=statistics.quota_warning(db, actor, now),
    )
    cancellable = request.id if request and request.state == "pending" else None
    return show(actor, text, keyboards.menu(actor.language, actor.role == "admin", cancellable))


def leave(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Go back from a picture, which can't turn into a menu: it goes, and the menu comes anew."""
    return [delete(actor), *menu(db, replace(actor, on_text=False), (), now)]


def choose_device(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Ask what the new config is for, if another one may be asked for."""
    _may_ask(db, actor)
    return show(actor, say(actor.language, "choose_device"), keyboards.devices(actor.language))


def choose_known_device(db: sqlite3.Connection, actor: Actor, args: tuple[str], now: int) -> list[Outgoing]:
    """Ask for a config with one of the offered names."""
    if args[0] not in ("phone", "laptop"):
        raise Refused("old_button")
    return _ask(db, actor, plain(actor.language, f"name_{args[0]}"), now)


def ask_own_name(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Let the next message be the device's name."""
    _may_ask(db, actor)
    set_awaiting(db, actor.id, "device_name")
    return show(actor, say(actor.language, "type_name"), keyboards.to_menu(actor.language))


def take_own_name(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Ask for a config with the name that was typed."""
    return _ask(db, actor, clean_name(text), now)


def clean_name(text: str) -> str:
    """Take a name as typed, without marks that nobody sees; Refused('bad_name') for what is no name."""
    visible = "".join(sign for sign in text if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    name = " ".join(visible.split())
    if not 1 <= len(name) <= NAME_LENGTH or not any(sign.isalnum() for sign in name) or "\n" in text.strip():
        raise Refused("bad_name")
    return name


def _may_ask(db: sqlite3.Connection, actor: Actor) -> None:
    if open_request(db, actor.id):
        raise Refused("request_open")
    count = len(configs_of(db, actor.id))
    if actor.role != "admin" and count >= actor.settings.max_configs:
        raise Refused("too_many_configs", count=count)


def _ask(db: sqlite3.Connection, actor: Actor, name: str, now: int) -> list[Outgoing]:
    """Note the request; an admin's own is approved at once."""
    _may_ask(db, actor)
    set_awaiting(db, actor.id, None)
    request_id = add_request(db, actor.id, name, now)
    audit.note(db, now, actor.id, "ask", f"request:{request_id}")
    if actor.role == "admin":
        move_request(db, request_id, "pending", "approved", now, actor.id)
        return show(actor, say(actor.language, "request_approved", name=name), keyboards.to_menu(actor.language))
    asked = show(
        actor,
        say(actor.language, "asked", name=name),
        keyboards.cancel(actor.language, request_id),
        subject=f"asked:{request_id}",
    )
    return [*asked, *notices.announce_request(db, actor.settings, get_request(db, request_id))]


def cancel(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Take a request back that was not decided yet."""
    request = get_request(db, args[0])
    if request.user_id != actor.id:
        raise Refused("gone")
    move_request(db, request.id, "pending", "cancelled", now, actor.id)
    audit.note(db, now, actor.id, "cancel", f"request:{request.id}")
    text = say(actor.language, "request_cancelled", name=request.name)
    return [
        *show(actor, text, keyboards.to_menu(actor.language)),
        *notices.update_request_notices(db, actor.settings, get_request(db, request.id)),
    ]


def list_configs(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Show which configs the friend holds."""
    configs = configs_of(db, actor.id)
    allowed = actor.role == "admin" or len(configs) < actor.settings.max_configs
    may_ask = allowed and open_request(db, actor.id) is None
    text = say(actor.language, "configs" if configs else "no_configs")
    return show(actor, text, keyboards.configs(actor.language, configs, may_ask))


def show_config(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show one config's page."""
    config = get_config(db, args[0], actor.id)
    text = statistics.config_page(db, actor, config, now)
    return show(actor, text, keyboards.config(actor.language, config.id))


def send_qr(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Send the QR code again, as the server is to be reached now."""
    return [toast(actor, ""), qr_message(db, actor.settings, actor.language, _deliverable(db, actor, args[0]))]


def send_file(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Send the .conf file again, as the server is to be reached now."""
    return [toast(actor, ""), file_message(db, actor.settings, actor.language, _deliverable(db, actor, args[0]))]


def _deliverable(db: sqlite3.Connection, actor: Actor, config_id: int) -> int:
    """Note that the owner is sent the present description of the server."""
    config = get_config(db, config_id, actor.id)
    generation = present_generation(db)
    if config.live_since is None or generation is None:
        raise Refused("not_live_yet")
    set_generation(db, config.id, generation.number)
    return config.id


def help_page(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Say how it works."""
    key = "help_admin" if actor.role == "admin" else "help"
    return show(actor, say(actor.language, key), keyboards.to_menu(actor.language))


def switch_language(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Speak the other language from now on."""
    language = "en" if actor.language == "ru" else "ru"
    set_language(db, actor.id, language)
    user = get_user(db, actor.id)
    changed = replace(actor, language=language, user=user)
    if actor.role in ("approved", "admin"):
        return menu(db, changed, (), now)
    return [say_to(actor.id, door.denial(language, user, now))]
