"""What waits for a decision: one list of people and requests, and a page for each."""

from __future__ import annotations

import sqlite3
from typing import Any

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
LIST = "list"  # behind the data of a button: where it stands


def overview(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List what waits, oldest first, one page of it."""
    total = count_open(db)
    here = page_of(page, total, ON_A_PAGE)
    rows = [
        [button(_label(actor.language, one, now), "asker" if one.kind == "user" else "request", one.id)]
        for one in list_waiting(db, ON_A_PAGE, here.offset)
    ]
    text = actor.say("waiting" if total else "nothing_waits", count=total)
    ways = [actor.button("refresh", "requests", here.number), *keyboards.to_panel(actor.language)[0]]
    return show(actor, text, [*rows, *here.buttons("requests"), ways])


def _label(language: str, one: Waiting, now: int) -> str:
    """Name who waits and for how long, 40 characters at most."""
    waited = span(language, now - one.since)
    if one.kind == "user":
        return f"👤 {shorten(one.full_name, 26)} · {waited}"
    return f"🔑 {shorten(one.full_name, 14)}: {shorten(one.device, 10)} · {waited}"


def show_asker(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Show a person with the decisions that are open on them."""
    user = get_user(db, user_id)
    text, ways = decisions_shown.user_notice(db, actor.language, user)
    if user.state != "pending":
        return show(actor, text, ways)
    waited = actor.say("waits_for", span=span(actor.language, now - (user.decided_at or user.created_at)))
    return show(actor, Markup(text + waited), [*_of_list(ways), *_more(actor, "why_person", user.id)])


def show_request(db: sqlite3.Connection, actor: Actor, request_id: int, now: int) -> list[Outgoing]:
    """Show a request with the decisions that are open on it."""
    request = get_request(db, request_id)
    text, ways = decisions_shown.request_notice(db, actor.language, request)
    if request.state != "pending":
        return show(actor, text, ways)
    waited = actor.say("waits_for", span=span(actor.language, now - request.created_at))
    return show(actor, Markup(text + waited), [*_of_list(ways), *_more(actor, "why_request", request.id)])


def _of_list(ways: Keyboard) -> Keyboard:
    """Let the decisions on a page of the list lead back to it."""
    return [[_lead_back(way) for way in row] for row in ways]


def _lead_back(way: dict[str, Any]) -> dict[str, Any]:
    data = str(way.get("callback_data"))
    return {**way, "callback_data": f"{data}:{LIST}"} if data.startswith(("decide:", "judge:")) else way


def _more(actor: Actor, verb: str, number: int) -> Keyboard:
    return [
        [actor.button("reject_why", verb, number)],
        [actor.back("requests", 0)],
    ]
