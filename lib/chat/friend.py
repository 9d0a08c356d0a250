"""The friend's screens: menu, the configs they hold, help, language."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from lib.chat import door, keyboards, statistics
from lib.chat.asking import can_ask, config_limit
from lib.chat.delivery import file_message, key_message, qr_message
from lib.chat.screens import Actor, button, delete, say_to, show, toast
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.store.config_requests import open_request
from lib.store.configs import configs_of, get_config, set_generation
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import get_user, set_language

ON_A_PAGE = 20  # configs


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
    staff = actor.role in ("helper", "admin")
    return show(actor, text, keyboards.menu(actor.language, staff, can_ask(db, actor), cancellable))


def leave(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Go back from a picture, which can't turn into a menu: it goes, and the menu comes anew."""
    return [delete(actor), *menu(db, replace(actor, on_text=False), (), now)]


def list_configs(db: sqlite3.Connection, actor: Actor, args: tuple[object, ...], now: int) -> list[Outgoing]:
    """Show which configs the friend holds, from the first one on."""
    return list_page(db, actor, (0,), now)


def list_page(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show a page of the configs that the friend holds."""
    configs = configs_of(db, actor.id)
    page, count = page_of(configs, args[0])
    shown = configs[page * ON_A_PAGE :][:ON_A_PAGE]
    ask = [[button(plain(actor.language, "new_config"), "new", style="primary")]] if can_ask(db, actor) else []
    keyboard = [
        *keyboards.configs(actor.language, shown, "config"),
        *keyboards.pages(page, count, "configs_page"),
        *ask,
        *keyboards.to_menu(actor.language),
    ]
    text = say(actor.language, "configs" if configs else "no_configs")
    limit = config_limit(actor.settings, get_user(db, actor.id))
    if actor.role != "admin" and len(configs) >= limit:
        text = Markup(text + say(actor.language, "limit_reached", count=len(configs), limit=limit))
    return show(actor, text, keyboard)


def page_of(configs: Sequence[object], wanted: int) -> tuple[int, int]:
    """Give the page to show, the last one where fewer are left, and how many there are."""
    count = max(1, -(-len(configs) // ON_A_PAGE))
    return min(wanted, count - 1), count


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
    account = button(plain(actor.language, "account_button"), "account")
    return show(actor, say(actor.language, key), [[account, *keyboards.to_menu(actor.language)[0]]])


def switch_language(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Speak the other language from now on."""
    language = "en" if actor.language == "ru" else "ru"
    set_language(db, actor.id, language)
    user = get_user(db, actor.id)
    changed = replace(actor, language=language, user=user)
    if user.state == "approved":
        return menu(db, changed, (), now)
    return [say_to(actor.id, door.denial(language, user, now))]
