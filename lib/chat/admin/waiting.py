"""What waits for a decision: one list of people and requests, and a page for each."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.notify import decisions_shown
from lib.chat.paging import page_of
from lib.chat.phrases import shorten, span
from lib.chat.screens import Actor, Keyboard, button, show
from lib.chat.texts import Markup
from lib.store.config_requests import get_request
from lib.store.outbox import Outgoing
from lib.store.users import get_user
from lib.store.views.waiting import Waiting, count_open, list_waiting

ON_A_PAGE = 8


def overview(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List what waits, oldest first, one page of it."""
    total = count_open(db)
    here = page_of(page, total, ON_A_PAGE)
    rows = [
        [button(_label(actor.language, one, now), "asker" if one.kind == "user" else "request", one.id)]
        for one in list_waiting(db, ON_A_PAGE, here.offset)
    ]
    text = actor.say("waiting" if total else "nothing_waits", count=total)
    foot = [actor.button("refresh", "requests", here.number), actor.back("panel")]
    return show(actor, text, [*rows, *here.buttons("requests"), foot])


def _label(language: str, one: Waiting, now: int) -> str:
    """Write who waits and for how long, in 40 characters at most."""
    waited = span(language, now - one.since)
    if one.kind == "user":
        return f"👤 {shorten(one.full_name, 26)} · {waited}"
    return f"🔑 {shorten(one.full_name, 14)}: {shorten(one.device, 10)} · {waited}"


def show_asker(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Show a person with the decisions that are open on them."""
    user = get_user(db, user_id)
    text, keyboard = decisions_shown.user_notice(db, user)(actor.language)
    if user.state != "pending":
        return show(actor, text, keyboard)
    decide = keyboards.decide(actor.language, user, keyboards.LIST)
    return _show_pending(actor, text, user.decided_at or user.created_at, decide, "why_person", user.id, now)


def show_request(db: sqlite3.Connection, actor: Actor, request_id: int, now: int) -> list[Outgoing]:
    """Show a request with the decisions that are open on it."""
    request = get_request(db, request_id)
    notice = decisions_shown.request_notice(db, request)(actor.language)
    if request.state != "pending":
        return show(actor, *notice)
    judge = keyboards.judge(actor.language, request.id, keyboards.LIST)
    return _show_pending(actor, notice[0], request.created_at, judge, "why_request", request.id, now)


def _show_pending(
    actor: Actor, text: str, since: int, decide: Keyboard, why_verb: str, number: int, now: int
) -> list[Outgoing]:
    """Add how long something has waited, and the decisions, among them a rejection with a reason."""
    waited = actor.say("waits_for", span=span(actor.language, now - since))
    keyboard = [*decide, [actor.button("reject_why", why_verb, number)], [actor.back("requests", 0)]]
    return show(actor, Markup(text + waited), keyboard)
