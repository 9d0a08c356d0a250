"""A friend's menu, help, and the switch to the next language."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat import keyboards
from lib.chat.friend import door
from lib.chat.notify import telegram_path
from lib.chat.notify.claims_shown import offer
from lib.chat.phrases import size
from lib.chat.rules import can_ask, this_month, wants_more
from lib.chat.screens import Actor, Button, delete, say_to, show, text_button
from lib.chat.texts import Markup, next_language
from lib.store.config_requests import open_request
from lib.store.outbox import Outgoing
from lib.store.users import set_language


def menu(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the friend's menu."""
    request, month = open_request(db, actor.id), this_month(db, actor, actor.id, now)
    held, used = len(month.configs), month.used.total
    ask: list[Button] = []
    waiting = Markup("")
    if request and request.state == "pending":
        waiting = actor.say("menu_waiting", name=request.name)
        ask = [actor.button("cancel_request", "cancel", request.id)]
    elif request:
        waiting = actor.say("menu_making", name=request.name)
    elif can_ask(db, actor, request, held):
        ask = [actor.button("new_config", "new", style="primary")]
    total, off = size(actor.language, used), telegram_path.quota_warning(db, actor, used, now)
    text = actor.say("menu", configs=held, total=total, waiting=waiting, off=off)
    switch = text_button(next_language(actor.language), "language_button", "language")
    panels = {"admin": "panel_button", "helper": "panel_button_helper"}
    panel = [actor.button(panels[actor.role], "panel")] if actor.role in panels else []
    keyboard = [
        *(keyboards.more_traffic(actor.language) if wants_more(db, actor, used, now) else []),
        [actor.button("my_configs", "configs"), *ask],
        *(offer(db, actor.settings, actor.language) if actor.role != "admin" else []),
        [actor.button("traffic", "stats"), actor.button("does_not_work", "problem", 0)],
        [actor.button("help_button", "help"), switch],
        panel,
    ]
    return show(actor, text, keyboard)


def leave(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Go back from a picture, which can't turn into a menu: delete it, and send the menu."""
    return [delete(actor), *menu(db, replace(actor, on_text=False), now)]


def help_page(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show how it works."""
    key = {"admin": "help_admin", "helper": "help_helper"}.get(actor.role, "help")
    return show(actor, actor.say(key), [[actor.button("account_button", "account"), actor.to_menu()]])


def switch_language(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Switch to the next language permanently."""
    language = next_language(actor.language)
    set_language(db, actor.id, language)
    user = replace(actor.person, language=language)
    if user.state == "approved":
        return menu(db, replace(actor, language=language, user=user), now)
    return [say_to(actor.id, door.denial(language, user, now))]
