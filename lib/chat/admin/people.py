"""The list of people: narrowed by a filter or by a search, page by page."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from lib import days
from lib.chat.input import ask
from lib.chat.paging import page_of
from lib.chat.phrases import shorten, size
from lib.chat.rules import is_over, quota_of
from lib.chat.screens import Actor, Button, Keyboard, button, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store.counters import ONLINE_SECONDS
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing
from lib.store.traffic import month_bounds
from lib.store.users import set_awaiting
from lib.store.views.people import FILTERS, Entry, Lookup, count_people, list_people

ON_A_PAGE = 10
NAME_LENGTH = 24  # of a name on a button, which also shows the month's traffic
SEARCH_LENGTH = 64
UNCOUNTED = frozenset({"heavy"})  # filters that only change the order
FOUND = "found"


def list_screen(db: sqlite3.Connection, actor: Actor, chosen: str, page: int, now: int) -> list[Outgoing]:
    """Show a page of the people whom a filter leaves, and remember it for the way back."""
    words = last_list(db, actor)[2]
    if chosen not in FILTERS and not (chosen == FOUND and words):
        raise Refused("old_button")
    month = month_bounds(days.month_of(now, actor.zone))
    lookup = Lookup(now - ONLINE_SECONDS, month, actor.settings.quota_bytes, words)
    counts = {name: count_people(db, name, lookup) for name in (*FILTERS, chosen) if name not in UNCOUNTED}
    total = counts["all" if chosen in UNCOUNTED else chosen]
    here = page_of(page, total, ON_A_PAGE)
    entries = list_people(db, chosen, lookup, ON_A_PAGE, here.offset)
    _remember(db, actor, chosen, here.number, words)
    text = actor.say("people", title=actor.plain(f"people_in_{chosen}", words=words), count=total)
    if not total:
        text = Markup(text + actor.say("people_none"))
    elif here.count > 1:
        text = Markup(text + actor.say("people_page", page=here.number + 1, pages=here.count))
    rows = [[button(_label(actor, entry), "person", entry.id)] for entry in entries]
    return show(actor, text, [*rows, *here.buttons("people", chosen), *_filters(actor, chosen, counts)])


def ask_words(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask for whom to search."""
    return ask(db, actor, "search", actor.say("search_prompt"), [[back_to_list(db, actor)]])


def take_words(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Show whom the words find; the next message is a new search."""
    words = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:SEARCH_LENGTH]
    if not any(map(str.isalnum, words)):
        raise Refused("bad_search")
    _remember(db, actor, FOUND, 0, words)
    set_awaiting(db, actor.id, "search")
    return list_screen(db, actor, FOUND, 0, now)


def back_to_list(db: sqlite3.Connection, actor: Actor) -> Button:
    """Lead back to the list that the admin saw last."""
    return actor.back("people", *last_list(db, actor)[:2])


def last_list(db: sqlite3.Connection, actor: Actor) -> tuple[str, int, str]:
    """Return which list the admin saw last, which page of it, and for which words they searched last."""
    chosen, page, words = json.loads(get_meta(db, f"people:{actor.id}") or '["all", 0, ""]')
    return chosen, page, words


def _remember(db: sqlite3.Connection, actor: Actor, chosen: str, page: int, words: str) -> None:
    put_meta(db, f"people:{actor.id}", json.dumps([chosen, page, words], ensure_ascii=False))


def _label(actor: Actor, entry: Entry) -> str:
    """Name a person on a button, with a sign of their state and the month's traffic."""
    if entry.state != "approved":
        sign = {"captcha": "🚪", "pending": "⏳", "rejected": "❌", "blocked": "⛔"}[entry.state]
    elif is_over(entry.used, quota_of(actor.settings, entry.quota_bytes)):
        sign = "⚠️"
    else:
        sign = "🟢" if entry.online else "⚪️" if entry.handshake_at else "💤"
    used = f" · {size(actor.language, entry.used)}" if entry.used else ""
    return f"{sign} {shorten(entry.full_name, NAME_LENGTH)}{used}"


def _filters(actor: Actor, chosen: str, counts: Mapping[str, int]) -> Keyboard:
    """Offer every filter with its count, the present one ticked; then the search and the way back."""
    buttons = []
    for name in FILTERS:
        label = " ".join([actor.plain(f"filter_{name}"), *([str(counts[name])] if name in counts else [])])
        buttons.append(button(f"• {label}" if name == chosen else label, "people", name, 0))
    rows = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    rows[-1].append(actor.button("search_button", "search"))
    return [*rows, [actor.back("panel")]]
