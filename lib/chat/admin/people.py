"""The list of people, filtered or searched, page by page."""

from __future__ import annotations

import sqlite3
import zlib

from lib import days
from lib.chat.admin import way_back
from lib.chat.input import clean_name
from lib.chat.paging import page_of
from lib.chat.phrases import labelled, shorten, size
from lib.chat.rules import is_over, quota_of
from lib.chat.screens import Actor, Button, button, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store.counters import ONLINE_SECONDS
from lib.store.outbox import Outgoing
from lib.store.traffic import month_bounds
from lib.store.views.people import FILTERS, Entry, Lookup, count_people, list_people

ON_A_PAGE = 6
FOUND_NAME_LENGTH = 13  # of the name on the button that adds the person
FOUND = "found"
BY_TRAFFIC = "heavy"  # a filter that only changes the order


def list_screen(db: sqlite3.Connection, actor: Actor, chosen: str, page: int, now: int) -> list[Outgoing]:
    """Show a page of the filtered people, and remember it for the way back."""
    words = way_back.last_list(db, actor)[2]
    if chosen not in FILTERS and not (chosen == FOUND and words):
        raise Refused("old_button")
    wanted = lookup(actor, words, now)
    total = count_people(db, chosen, wanted)
    here = page_of(page, total, ON_A_PAGE)
    entries = list_people(db, chosen, wanted, ON_A_PAGE, here.offset)
    way_back.remember_list(db, actor, chosen, here.number, words)
    text = actor.say("people", title=actor.plain(f"people_in_{chosen}", words=words), count=total)
    if not total:
        text = Markup(text + actor.say("people_not_found" if chosen == FOUND else "people_none"))
    elif here.count > 1:
        text = Markup(text + actor.say("people_page", page=here.number + 1, pages=here.count))
    rows = [[button(_label(actor, entry), "person", entry.id)] for entry in entries]
    add = _add_button(actor, words if chosen == FOUND and not total else "") if actor.role == "admin" else []
    foot = [actor.button("filters_button", "filters"), actor.button("search_button", "search"), actor.back("panel")]
    return show(actor, text, [*rows, *here.buttons("people", chosen), add, foot])


def _add_button(actor: Actor, words: str) -> list[Button]:
    """Return the button that adds a person without Telegram: under the name that nobody was found by, if it is one."""
    try:
        name = clean_name(words)
    except Refused:
        return [actor.button("add_person_button", "add_person")]
    label = actor.plain("add_found_button", name=shorten(name, FOUND_NAME_LENGTH))
    return [button(label, "add_found", mark_of(words))]


def mark_of(words: str) -> int:
    """Return a number for the words of a search, too long for a button: an older button must not mean newer words."""
    return zlib.crc32(words.encode())


def choose_filter(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Return buttons for the filters with any matches, each with its count, the current one ticked."""
    (chosen, _, words), buttons = way_back.last_list(db, actor), []
    wanted = lookup(actor, words, now)
    for name in FILTERS:
        count = count_people(db, name, wanted)
        if count or name in ("all", chosen):
            label = actor.plain(f"filter_{name}") + ("" if name == BY_TRAFFIC else f" {count}")
            buttons.append(button(f"• {label}" if name == chosen else label, "people", name, 0))
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    return show(actor, actor.say("filters"), [*rows, [way_back.back_button(db, actor)]])


def lookup(actor: Actor, words: str, now: int) -> Lookup:
    """Return a list's query parameters: the time, the month, the common limit and the search text."""
    month = month_bounds(days.month_of(now, actor.zone))
    return Lookup(now - ONLINE_SECONDS, month, actor.settings.quota_bytes, words)


def _label(actor: Actor, entry: Entry) -> str:
    """Return a person's button label: their state, name and this month's traffic."""
    if entry.state != "approved":
        sign = {"captcha": "🚪", "pending": "⏳", "rejected": "❌", "blocked": "⛔"}[entry.state]
    elif is_over(entry.used, quota_of(actor.settings, entry.quota_bytes)):
        sign = "⚠️"
    else:
        sign = "🟢" if entry.online else "⚪️" if entry.handshake_at else "💤"
    if entry.id < 0:
        sign = "📵" if sign == "💤" else f"{sign} 📵"
    used = f" · {size(actor.language, entry.used)}" if entry.used else ""
    return labelled(sign, entry.full_name, used)
