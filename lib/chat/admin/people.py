"""The list of people: narrowed by a filter or by words, page by page."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from lib import days
from lib.chat.paging import Page, page_of
from lib.chat.phrases import shorten, size
from lib.chat.rules import is_over, quota_of
from lib.chat.screens import Actor, Keyboard, button, show, text_button
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.store.counters import ONLINE_SECONDS, is_online
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing
from lib.store.traffic import month_bounds
from lib.store.users import set_awaiting
from lib.store.views.people import FILTERS, Entry, Lookup, count_people, list_people

ON_A_PAGE = 10
NAME_SHOWN = 24  # characters of a name on a button, which also tells the month's traffic
WORDS_TAKEN = 64  # characters of what is searched for
UNCOUNTED = frozenset({"heavy"})  # the filter only puts all in another order
FOUND = "found"


def list_screen(db: sqlite3.Connection, actor: Actor, chosen: str, page: int, now: int) -> list[Outgoing]:
    """Show a page of the people whom a filter leaves, and note where the admin looks, for the way back."""
    words = _last(db, actor)[2]
    if chosen not in FILTERS and not (chosen == FOUND and words):
        raise Refused("old_button")
    lookup = _lookup(actor, words, now)
    counts = {name: count_people(db, name, lookup) for name in (*FILTERS, chosen) if name not in UNCOUNTED}
    total = counts["all" if chosen in UNCOUNTED else chosen]
    here = page_of(page, total, ON_A_PAGE)
    entries = list_people(db, chosen, lookup, ON_A_PAGE, here.offset)
    put_meta(db, f"people:{actor.id}", json.dumps([chosen, here.number, words], ensure_ascii=False))
    keyboard = [
        *([button(_label(actor, entry, now), "person", entry.id)] for entry in entries),
        *here.buttons("people", chosen),
        *_filters(actor.language, chosen, counts),
    ]
    return show(actor, _text(actor.language, chosen, words, total, here), keyboard)


def ask_words(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Let the next messages say who is looked for."""
    set_awaiting(db, actor.id, "search")
    back = [[actor.back("people", *way_back(db, actor))]]
    return show(actor, actor.say("search_prompt"), back)


def take_words(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Show whom the words find; another message looks for others."""
    words = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:WORDS_TAKEN]
    if not any(map(str.isalnum, words)):
        raise Refused("bad_search")
    put_meta(db, f"people:{actor.id}", json.dumps([FOUND, 0, words], ensure_ascii=False))
    return list_screen(db, actor, FOUND, 0, now)


def way_back(db: sqlite3.Connection, actor: Actor) -> tuple[str, int]:
    """Tell which list, and which page of it, the admin looked at last."""
    chosen, page, _ = _last(db, actor)
    return chosen, page


def _last(db: sqlite3.Connection, actor: Actor) -> tuple[str, int, str]:
    """Read the list, the page and the words that meta's people:<admin> keeps."""
    chosen, page, words = json.loads(get_meta(db, f"people:{actor.id}") or '["all", 0, ""]')
    return chosen, page, words


def _lookup(actor: Actor, words: str, now: int) -> Lookup:
    month = month_bounds(days.month_of(now, actor.zone))
    return Lookup(now - ONLINE_SECONDS, month, actor.settings.quota_bytes, words)


def _text(language: str, chosen: str, words: str, total: int, page: Page) -> Markup:
    title = plain(language, f"people_in_{chosen}", words=words)
    text = say(language, "people", title=title, count=total)
    if page.count > 1:
        text = Markup(text + say(language, "people_page", page=page.number + 1, pages=page.count))
    if not total:
        text = Markup(text + say(language, "people_none"))
    return text


def _label(actor: Actor, entry: Entry, now: int) -> str:
    """Name a person on a button, with a sign of their state and the month's traffic."""
    used = f" · {size(actor.language, entry.used)}" if entry.used else ""
    return f"{_sign(actor, entry, now)} {shorten(entry.full_name, NAME_SHOWN)}{used}"


def _sign(actor: Actor, entry: Entry, now: int) -> str:
    if entry.state != "approved":
        return {"captcha": "🚪", "pending": "⏳", "rejected": "❌", "blocked": "⛔"}[entry.state]
    if is_over(entry.used, quota_of(actor.settings, entry.quota_bytes)):
        return "⚠️"
    if is_online(entry.handshake_at, now):
        return "🟢"
    return "⚪️" if entry.handshake_at else "💤"


def _filters(language: str, chosen: str, counts: Mapping[str, int]) -> Keyboard:
    """Offer every filter with how many it leaves, the present one ticked; then the search and the way back."""
    buttons = []
    for name in FILTERS:
        label = plain(language, f"filter_{name}")
        label = f"{label} {counts[name]}" if name in counts else label
        buttons.append(button(f"• {label}" if name == chosen else label, "people", name, 0))
    rows = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    rows[-1].append(text_button(language, "search_button", "search"))
    return [*rows, [text_button(language, "back", "panel")]]
