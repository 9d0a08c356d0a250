"""Who did what, in words."""

from __future__ import annotations

import sqlite3
from datetime import datetime, tzinfo

from lib import days
from lib.chat import keyboards
from lib.chat.files import Attachment, table
from lib.chat.paging import Page
from lib.chat.phrases import shorten
from lib.chat.screens import Actor, attach, done, show
from lib.chat.spreadsheet import write_sheet
from lib.chat.texts import LANGUAGES, Markup, plain
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.audit import Entry, list_entries
from lib.store.outbox import Outgoing
from lib.store.users import name_of

LINES = 15  # of a page
DETAIL = 80
MOST = 100_000  # lines of a file, the newest


def overview(db: sqlite3.Connection, actor: Actor, user_id: int, page: int, now: int) -> list[Outgoing]:
    """Show a page of history, newest first; user_id 0 means everybody."""
    found = list_entries(db, user_id, LINES + 1, page * LINES)  # one more tells whether there is another page
    if not found and page:
        return overview(db, actor, user_id, 0, now)
    here = Page(page, page + 1 + (len(found) > LINES), LINES)
    lines = [line(actor, entry) for entry in found[:LINES]]
    title = actor.say("history_of", name=name_of(db, user_id)) if user_id else actor.say("history")
    body = Markup("\n".join(lines)) if lines else actor.say("history_empty")
    everybody = [[actor.button("history_all", "history", 0, 0)]] if user_id else []
    file = [[actor.button("history_file", "history_file", user_id)]] if lines else []
    text = Markup(f"{title}\n\n{body}")
    return show(
        actor, text, [*here.buttons("history", user_id), *file, *everybody, *keyboards.to_panel(actor.language)]
    )


def send_file(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Send all of it as a table; it is written when it is sent."""
    if not list_entries(db, user_id, 1):
        raise Refused("history_is_empty")
    audit.note(db, now, actor.id, "export", "history")
    caption = actor.say("history_caption")
    reference = f"history:{actor.language}:{user_id}"
    back = keyboards.to_panel(actor.language)
    file = attach(actor.id, "Document", reference, caption, back)
    return [*done(actor, "done_exporting"), file]


def _table(db: sqlite3.Connection, settings: Settings, language: str, person: int) -> str:
    """Write the file: when, who, what, about whom and what, the detail as it was noted."""
    head = [plain(language, f"column_{key}") for key in ("at", "who", "what", "detail")]
    rows = [
        (
            _moment(entry.at, settings.timezone, "%Y-%m-%d %H:%M:%S"),
            _who(language, entry),
            _what(language, entry),
            entry.detail,
        )
        for entry in list_entries(db, person, MOST)
    ]
    return write_sheet(language, head, rows)


def line(actor: Actor, entry: Entry) -> Markup:
    """Say in one line when, who and what."""
    at = _moment(entry.at, actor.zone, "%d.%m.%y %H:%M")
    return actor.say(
        "history_line",
        at=at,
        who=shorten(_who(actor.language, entry), NAME),
        what=_what(actor.language, entry, NAME),
    )


def _moment(at: int, zone: tzinfo, form: str) -> str:
    return datetime.fromtimestamp(at, zone).strftime(form)


def _who(language: str, entry: Entry) -> str:
    if entry.actor_id is None:
        return plain(language, "the_bot")
    return entry.actor or (str(entry.actor_id) if entry.actor_id else plain(language, "somebody"))


def _what(language: str, entry: Entry, most: int = 128) -> str:
    """Say what was done; an action that has no words is named as it was noted."""
    key = _key(entry)
    known = key in LANGUAGES[language].TEXTS
    return plain(
        language,
        key if known else "did_other",
        person=shorten(entry.person or plain(language, "somebody"), most),
        thing=shorten(entry.thing or plain(language, "something"), most),
        detail=shorten(entry.detail or "—", DETAIL),
        number=shorten(entry.subject.partition(":")[2], 16),
        action=entry.action,
        whom=shorten(entry.person or entry.subject, 32),
    )


def _key(entry: Entry) -> str:
    if entry.subject.startswith("user:") and entry.action == "approved" and entry.detail == "was blocked":
        return "did_user_unblocked"
    if entry.action == "forget" and not entry.actor_id:
        return "did_user_left"
    if entry.action == "rejected" and entry.detail and entry.detail != "was pending":
        return f"did_{entry.kind}_rejected_why"
    return f"did_{entry.kind}_{entry.action}"


def render_file(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    language, _, person = rest.partition(":")
    day = days.day_of(now, settings.timezone)
    return table(f"history-{day}.csv", _table(db, settings, language, int(person)))


NAME = 24  # characters of a name in a line
