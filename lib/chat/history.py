"""Who did what, in words: pages of history, of everybody or of one person, and the whole of it as a file."""

from __future__ import annotations

import sqlite3
from datetime import datetime, tzinfo

from lib.chat import keyboards
from lib.chat.screens import Actor, attach, button, show, toast
from lib.chat.sheet import write_sheet
from lib.chat.texts import LANGUAGES, Markup, plain, say
from lib.chat.typed import cut
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.audit import Entry, list_entries
from lib.store.outbox import Outgoing
from lib.store.users import name_of

LINES = 15  # of a page
NAME = 24  # characters of a name in a line
DETAIL = 80
MOST = 100_000  # lines of a file, the newest


def overview(db: sqlite3.Connection, actor: Actor, args: tuple[int, int], now: int) -> list[Outgoing]:
    """Show a page of history, newest first; the person 0 means everybody."""
    person, page = args
    found = list_entries(db, person, LINES + 1, page * LINES)
    if not found and page:
        return overview(db, actor, (person, 0), now)
    lines = [line(actor, entry) for entry in found[:LINES]]
    title = say(actor.language, "history_of", name=name_of(db, person)) if person else say(actor.language, "history")
    body = Markup("\n".join(lines)) if lines else say(actor.language, "history_empty")
    turning = keyboards.pages(page, page + 1 + (len(found) > LINES), "history", person)
    everybody = [[button(plain(actor.language, "history_all"), "history", 0, 0)]] if person else []
    file = [[button(plain(actor.language, "history_file"), "history_file", person)]] if lines else []
    text = Markup(f"{title}\n\n{body}")
    return show(actor, text, [*turning, *file, *everybody, *keyboards.to_panel(actor.language)])


def send_file(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Send all of it as a table; it is written when it is sent."""
    if not list_entries(db, args[0], 1):
        raise Refused("history_is_empty")
    audit.note(db, now, actor.id, "export", "history")
    caption = say(actor.language, "history_caption")
    reference = f"history:{actor.language}:{args[0]}"
    back = keyboards.to_panel(actor.language)
    file = attach(actor.id, "Document", reference, caption, back)
    return [toast(actor, plain(actor.language, "done_exporting")), file]


def table(db: sqlite3.Connection, settings: Settings, language: str, person: int) -> str:
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
    at = _moment(entry.at, actor.settings.timezone, "%d.%m.%y %H:%M")
    return say(
        actor.language,
        "history_line",
        at=at,
        who=cut(_who(actor.language, entry), NAME),
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
        person=cut(entry.person or plain(language, "somebody"), most),
        thing=cut(entry.thing or plain(language, "something"), most),
        detail=cut(entry.detail or "—", DETAIL),
        number=cut(entry.subject.partition(":")[2], 16),
        action=entry.action,
        whom=cut(entry.person or entry.subject, 32),
    )


def _key(entry: Entry) -> str:
    if entry.subject.startswith("user:") and entry.action == "approved" and entry.detail == "was blocked":
        return "did_user_unblocked"
    if entry.action == "forget" and not entry.actor_id:
        return "did_user_left"
    if entry.action == "rejected" and entry.detail and entry.detail != "was pending":
        return f"did_{entry.kind}_rejected_why"
    return f"did_{entry.kind}_{entry.action}"
