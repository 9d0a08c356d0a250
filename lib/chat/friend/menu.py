"""A friend's menu, and the switch to the next language."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat import rules
from lib.chat.friend import door
from lib.chat.rules import can_ask
from lib.chat.screens import Actor, Keyboard, delete, say_to, show, text_button
from lib.chat.texts import Markup, next_language
from lib.store.config_requests import open_request
from lib.store.configs import configs_of
from lib.store.outbox import Outgoing
from lib.store.users import get_user, set_language


def menu(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the friend's menu."""
    request = open_request(db, actor.id)
    waiting: str = Markup("")
    if request:
        waiting = actor.say("menu_waiting" if request.state == "pending" else "menu_making", name=request.name)
    text = actor.say(
        "menu",
        configs=len(configs_of(db, actor.id)),
        total=rules.month_sum(db, actor, now),
        waiting=waiting,
        off=rules.quota_warning(db, actor, now),
    )
    cancellable = request.id if request and request.state == "pending" else None
    staff = actor.role in ("helper", "admin")
    return show(actor, text, _keyboard(actor.language, staff, can_ask(db, actor), cancellable))


def leave(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Go back from a picture, which can't turn into a menu: it goes, and the menu comes anew."""
    return [delete(actor), *menu(db, replace(actor, on_text=False), now)]


def switch_language(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Switch to the next language."""
    language = next_language(actor.language)
    set_language(db, actor.id, language)
    user = get_user(db, actor.id)
    changed = replace(actor, language=language, user=user)
    if user.state == "approved":
        return menu(db, changed, now)
    return [say_to(actor.id, door.denial(language, user, now))]


def _keyboard(language: str, staff: bool, may_ask: bool, waiting_request: int | None) -> Keyboard:
    """The friend's menu; a request that waits can be cancelled there, who decides finds the way to the panel."""
    ask = [text_button(language, "new_config", "new", style="primary")] if may_ask else []
    if waiting_request:
        ask = [text_button(language, "cancel_request", "cancel", waiting_request)]
    rows = [
        [text_button(language, "my_configs", "configs"), *ask],
        [text_button(language, "traffic", "stats"), text_button(language, "does_not_work", "problem", 0)],
        [
            text_button(language, "help_button", "help"),
            text_button(next_language(language), "language_button", "language"),
        ],
    ]
    return [*rows, [text_button(language, "panel_button", "panel")]] if staff else rows
