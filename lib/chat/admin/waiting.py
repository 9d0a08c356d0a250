"""What waits for an answer: one list of people, requests and tickets, and a page for each."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.admin import way_back
from lib.chat.notify import decisions_shown
from lib.chat.notify.waiting_shown import waiting_rows
from lib.chat.paging import page_of
from lib.chat.phrases import span
from lib.chat.screens import Actor, Button, Keyboard, show
from lib.chat.texts import Markup
from lib.store.config_requests import get_request
from lib.store.outbox import Outgoing
from lib.store.users import get_user
from lib.store.views.waiting import count_open, list_waiting

ON_A_PAGE = 7


def overview(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List what waits, oldest first, one page of it."""
    for_admin = actor.role == "admin"
    total = count_open(db, for_admin=for_admin)
    here = page_of(page, total, ON_A_PAGE)
    waiting = list_waiting(db, ON_A_PAGE, here.offset, for_admin=for_admin)
    rows = waiting_rows(actor.language, waiting, now)
    way_back.remember_place(db, actor, "requests", here.number)
    text = actor.say("waiting" if total else "nothing_waits", count=total)
    foot = [actor.button("refresh", "requests", here.number), actor.back("panel")]
    return show(actor, text, [*rows, *here.buttons("requests"), foot])


def show_asker(db: sqlite3.Connection, actor: Actor, user_id: int, origin: str, now: int) -> list[Outgoing]:
    """Show a person with the available decisions, as a page of the list or as the original card."""
    user = get_user(db, user_id)
    text, keyboard = decisions_shown.user_notice(db, user)(actor.language)
    if origin == keyboards.NOTICE or user.state != "pending":
        return show(actor, text, keyboard, subject=card_subject(f"user:{user.id}", origin))
    decide = keyboards.decide(actor.language, user, keyboards.LIST)
    return show_pending(db, actor, text, user.decided_at or user.created_at, decide, now)


def show_request(db: sqlite3.Connection, actor: Actor, request_id: int, origin: str, now: int) -> list[Outgoing]:
    """Show a request with the available decisions, as a page of the list or as the original card."""
    request = get_request(db, request_id)
    text, keyboard = decisions_shown.request_notice(db, request)(actor.language)
    if origin == keyboards.NOTICE or request.state != "pending":
        return show(actor, text, keyboard, subject=card_subject(f"request:{request.id}", origin))
    judge = keyboards.judge(actor.language, request.id, keyboards.LIST)
    person = [actor.button("person_button", "person", request.user_id)]
    return show_pending(db, actor, text, request.created_at, [*judge, person], now)


def back_to_person(actor: Actor, user_id: int, origin: str) -> Button:
    """Return the button back to a person's page or card."""
    return actor.back("person", user_id) if origin == keyboards.PAGE else actor.back("asker", user_id, origin)


def card_subject(subject: str, origin: str) -> str | None:
    """Return the subject of a screen in place of a card, None for one that stands elsewhere."""
    return subject if origin == keyboards.NOTICE else None


def show_pending(
    db: sqlite3.Connection, actor: Actor, text: str, since: int, decide: Keyboard, now: int
) -> list[Outgoing]:
    """Show what waits as a page of the list: a text with its buttons, and how long it has waited."""
    waited = actor.say("waits_for", span=span(actor.language, now - since))
    back = actor.back("requests", way_back.page_of(db, actor, "requests"))
    return show(actor, Markup(text + waited), [*decide, [back]])
