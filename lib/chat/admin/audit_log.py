"""The audit log: who did what, in words, as pages and as a file."""

from __future__ import annotations

import sqlite3
from datetime import datetime, tzinfo

from lib import days
from lib.chat.admin.person_config import last_day
from lib.chat.files import Attachment, table
from lib.chat.paging import Page
from lib.chat.phrases import local_date_time, shorten, size, speed
from lib.chat.rules import COMMON_REASONS
from lib.chat.screens import Actor, attach, done, show
from lib.chat.texts import LANGUAGES, Markup, plain
from lib.chat.ways import name_of_way
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.users import find_user, name_of

LINES = 6  # per page
FILE_LINES = 100_000  # the newest; older ones are left out of the file
DETAIL_LENGTH = 80
NAME_LENGTH = 24  # of a name on a page, where a line should stay a line


def overview(db: sqlite3.Connection, actor: Actor, user_id: int, page: int) -> list[Outgoing]:
    """Show a page of the log, newest first; user_id 0 means everyone."""
    entries = audit.list_entries(db, user_id, LINES + 1, page * LINES)  # the extra one means there is another page
    if not entries and page:
        return overview(db, actor, user_id, 0)
    title = actor.say("history_of", name=name_of(db, user_id)) if user_id else actor.say("history")
    lines = Markup("\n".join(describe(actor, entry) for entry in entries[:LINES])) or actor.say("history_empty")
    keyboard = [
        *Page(page, page + 1 + (len(entries) > LINES), LINES).buttons("history", user_id),
        [actor.button("history_file", "history_file", user_id)] if entries else [],
        [actor.button("history_all", "history", 0, 0)] if user_id else [],
        [actor.back("person_more", user_id) if find_user(db, user_id) else actor.back("panel")],
    ]
    return show(actor, Markup(f"{title}\n\n{lines}"), keyboard)


def describe(actor: Actor, entry: audit.Entry) -> Markup:
    """Write an entry in one line: when, who, what."""
    at, who = local_date_time(actor.language, entry.at, actor.zone), shorten(_who(actor.language, entry), NAME_LENGTH)
    what = _what(actor.language, entry, actor.zone, NAME_LENGTH)
    return actor.say("history_line", at=at, who=who, what=f" {what}" if what.startswith("→") else f": {what}")


def send_file(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Send the whole log as a table, written at the moment of sending."""
    if not audit.list_entries(db, user_id, 1):
        raise Refused("history_is_empty")
    audit.note(db, now, actor.id, "export", "history")
    reference, caption = f"history:{actor.language}:{user_id}", actor.say("history_caption")
    return [*done(actor, "done_exporting"), attach(actor.id, "Document", reference, caption, [[actor.back("panel")]])]


def render_log(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment:
    """Return the file: time, actor, action, subject, and the detail as recorded."""
    (language, _, user_id), zone = rest.partition(":"), settings.timezone
    rows = []
    for entry in audit.list_entries(db, int(user_id), FILE_LINES):
        at = datetime.fromtimestamp(entry.at, zone).strftime("%Y-%m-%d %H:%M:%S")
        rows.append((at, _who(language, entry), _what(language, entry, zone), entry.detail))
    head = [plain(language, f"column_{key}") for key in ("at", "who", "what", "detail")]
    return table(language, f"history-{days.day_of(now, zone)}", head, rows)


def _who(language: str, entry: audit.Entry) -> str:
    if entry.actor_id is None:
        return plain(language, "the_bot")
    return entry.actor or (str(entry.actor_id) if entry.actor_id else plain(language, "somebody"))


def _what(language: str, entry: audit.Entry, zone: tzinfo, most: int = 128) -> str:
    """Describe what was done; an action without a text is shown as it was recorded."""
    key = _key(entry)
    return plain(
        language,
        key if key in LANGUAGES[language].TEXTS else "did_other",
        person=shorten(entry.person or plain(language, "somebody"), most),
        thing=shorten(entry.thing or plain(language, "something"), most),
        detail=shorten(_detail(language, entry, zone), DETAIL_LENGTH),
        number=shorten(entry.subject.partition(":")[2], 16),
        action=entry.action,
        whom=shorten(entry.person or entry.subject, 32),
    )


def _detail(language: str, entry: audit.Entry, zone: tzinfo) -> str:
    """Return the detail in words: a limit, a date, a setting's value, or a chosen reason."""
    detail, action = entry.detail, entry.action
    if detail in COMMON_REASONS:
        return plain(language, f"why_{detail[1:]}")
    if action in ("quota", "speed", "limit") and detail == "default":
        return plain(language, "grant_as_everybody")
    if action == "quota" and detail.isdigit():
        return size(language, int(detail)) if int(detail) else plain(language, "quota_none")
    if action == "speed" and detail.isdigit():
        return speed(language, int(detail)) if int(detail) else plain(language, "speed_none")
    if action == "expiry":
        return last_day(language, int(detail) if detail.isdigit() else None, zone)
    if action == "set":
        ends = (plain(language, "set_in_file") if end == "file" else end for end in detail.split(" > "))
        return " → ".join(ends)
    if action in ("another_way", "way_found"):
        return name_of_way(language, detail)
    if action == "rename":
        return detail.replace(" > ", " → ", 1)
    if action in ("rollout", "forget"):
        return detail.partition(" ")[0]  # a number of configs
    return detail or "—"


def _key(entry: audit.Entry) -> str:
    if entry.kind == "user" and entry.action == "approved" and entry.detail == "was blocked":
        return "did_user_unblocked"
    if entry.action == "forget" and not entry.actor_id:
        return "did_user_left"
    if entry.action == "rename" and not entry.detail:  # of a time when the names were not recorded
        return "did_config_renamed"
    if entry.action == "rejected" and entry.detail and entry.detail != "was pending":
        return f"did_{entry.kind}_rejected_why"
    return f"did_{entry.kind}_{entry.action}"
