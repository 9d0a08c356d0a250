"""What waits for an answer, as buttons and as cards that are a page of the list."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from lib.chat import keyboards
from lib.chat.notify import claims_shown, decisions_shown, tickets_shown
from lib.chat.notify.decisions_shown import Notice
from lib.chat.phrases import labelled, shorten, span
from lib.chat.screens import Keyboard, button
from lib.settings import Settings
from lib.store.claims import get_claim
from lib.store.config_requests import get_request
from lib.store.tickets import get_sent
from lib.store.users import get_user
from lib.store.views.waiting import Waiting

SIGNS = {"user": "👤", "request": "🔑", "message": "✉️", "complaint": "🆘", "traffic": "📊", "time": "⏱", "claim": "🙋"}


def waiting_notice(db: sqlite3.Connection, settings: Settings, one: Waiting) -> Notice:
    """Describe what waits with its buttons, as a page of the list does."""
    if one.kind == "user":
        return decisions_shown.user_notice(db, get_user(db, one.id), keyboards.LIST)
    if one.kind == "request":
        return decisions_shown.request_notice(db, get_request(db, one.id), keyboards.LIST)
    if one.kind == "claim":
        return claims_shown.claim_notice(db, settings, get_claim(db, one.id), keyboards.LIST)
    return tickets_shown.ticket_notice(db, settings, get_sent(db, one.id))


def waiting_rows(language: str, waiting: Sequence[Waiting], now: int) -> Keyboard:
    """Return a button for each entry, with its kind, its owner and how long it has been waiting."""
    rows = []
    for one in waiting:
        who = f"{shorten(one.full_name, 14)}: {one.device}" if one.device else one.full_name
        words = labelled(SIGNS[one.kind], who, f" · {span(language, now - one.since)}")
        if one.kind in ("user", "request"):
            rows.append([button(words, "asker" if one.kind == "user" else "request", one.id)])
        else:
            rows.append([button(words, "claim_card" if one.kind == "claim" else "ticket", one.id, keyboards.LIST)])
    return rows
