"""The friend's screens: menu, the configs they hold, help, language."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat import door, keyboards, statistics
from lib.chat.apps import app_of
from lib.chat.asking import config_limit
from lib.chat.delivery import file_message, key_message, qr_message
from lib.chat.screens import Actor, delete, say_to, show, toast
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.store.config_requests import open_request
from lib.store.configs import configs_of, get_config, set_generation
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import get_user, set_language


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
    return show(actor, text, keyboards.menu(actor.language, actor.role in ("helper", "admin"), cancellable))


def leave(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Go back from a picture, which can't turn into a menu: it goes, and the menu comes anew."""
    return [delete(actor), *menu(db, replace(actor, on_text=False), (), now)]


def list_configs(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Show which configs the friend holds."""
    configs = configs_of(db, actor.id)
    limit = config_limit(actor.settings, get_user(db, actor.id))
    allowed = actor.role == "admin" or len(configs) < limit
    may_ask = allowed and open_request(db, actor.id) is None
    text = say(actor.language, "configs" if configs else "no_configs")
    if not allowed:
        text = Markup(text + say(actor.language, "limit_reached", count=len(configs), limit=limit))
    return show(actor, text, keyboards.configs(actor.language, configs, may_ask))


def show_config(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show one config's page."""
    config = get_config(db, args[0], actor.id)
    text = statistics.config_page(db, actor, config, now)
    return show(
        actor, text, keyboards.config(actor.language, config, app_of(db, get_user(db, actor.id)), actor.settings)
    )


def send_qr(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Send the QR code again, as the server is to be reached now."""
    return [toast(actor, ""), qr_message(db, actor.settings, actor.language, _deliverable(db, actor, args[0]))]


def send_file(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Send the .conf file again, as the server is to be reached now."""
    return [toast(actor, ""), file_message(db, actor.settings, actor.language, _deliverable(db, actor, args[0]))]


def send_key(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Send the vpn:// key that AmneziaVPN takes."""
    return [toast(actor, ""), key_message(db, actor.language, _deliverable(db, actor, args[0]))]


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


def help_page(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Say how it works."""
    key = {"admin": "help_admin", "helper": "help_helper"}.get(actor.role, "help")
    return show(actor, say(actor.language, key), keyboards.to_menu(actor.language))


def switch_language(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Speak the other language from now on."""
    language = "en" if actor.language == "ru" else "ru"
    set_language(db, actor.id, language)
    user = get_user(db, actor.id)
    changed = replace(actor, language=language, user=user)
    if user.state == "approved":
        return menu(db, changed, (), now)
    return [say_to(actor.id, door.denial(language, user, now))]
