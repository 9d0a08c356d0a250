"""Own the tables outbox and notices: messages that were decided, until Telegram has them, in order within a chat."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

TAP, DIALOGUE, STREET, BROADCAST = 0, 1, 2, 3  # the street: whoever is not inside
LONGEST_DELAY = 60  # seconds that a row is put off; one that is due later was written before the clock was set back
ROWS_AT_ONCE = 500  # of one INSERT
NO_CHAT = 0  # the chat_id of what concerns no chat


@dataclass(frozen=True)
class Outgoing:
    """A call to Telegram that a handler wants; `params` without chat_id and without file contents.

    With a `subject`, the message that a send… or edit… gives is noted under it, and an edit… or delete… finds there
    the message_id that it does not carry itself. `lasts` seconds after it was decided it is dropped unsent; None:
    it never is.
    """

    chat_id: int
    method: str
    params: Mapping[str, Any]
    attachment: str | None = None
    priority: int = DIALOGUE
    subject: str | None = None
    lasts: int | None = None


@dataclass(frozen=True)
class Row:
    """A row of outbox, its params decoded; see sql/schema.sql for each column."""

    id: int
    chat_id: int
    method: str
    params: dict[str, Any] = field(repr=False)
    attachment: str | None
    priority: int
    subject: str | None
    created_at: int
    attempts: int
    expires_at: int | None


def enqueue(db: sqlite3.Connection, messages: Sequence[Outgoing], now: int) -> None:
    """Queue messages in this order; an edit replaces one of the same message that still waits.

    What waits for a chat becomes as urgent as the dialogue that follows it there: only answers to taps overtake.
    """
    waiting = _chats_waiting(db, {message.chat_id for message in messages})
    for message in messages:
        if message.method == "editMessageText" and message.subject is None and "message_id" in message.params:
            _make_screen(db, message.chat_id, message.params["message_id"])
        if message.chat_id in waiting and message.method.startswith("edit"):
            _drop_superseded(db, message)
        if message.chat_id in waiting and message.priority == DIALOGUE:
            _hurry(db, message.chat_id)
    for start in range(0, len(messages), ROWS_AT_ONCE):
        _insert(db, messages[start : start + ROWS_AT_ONCE], now)


def _chats_waiting(db: sqlite3.Connection, chat_ids: set[int]) -> set[int]:
    """Return those of the chats for which something waits already."""
    if not chat_ids:
        return set()
    rows = db.execute(
        """SELECT value
           FROM json_each(?)
           WHERE EXISTS (SELECT 1 FROM outbox WHERE chat_id = value)""",
        (json.dumps(list(chat_ids)),),
    )
    return {chat_id for (chat_id,) in rows}


def _insert(db: sqlite3.Connection, messages: Sequence[Outgoing], now: int) -> None:
    rows = [
        (
            message.chat_id,
            message.method,
            json.dumps(message.params, ensure_ascii=False),
            message.attachment,
            message.priority,
            message.subject,
            now,
            now,
            None if message.lasts is None else now + message.lasts,
        )
        for message in messages
    ]
    places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(rows))
    db.execute(
        f"""INSERT INTO outbox (chat_id, method, params, attachment, priority, subject, created_at, due_at, expires_at)
            VALUES {places}""",
        list(chain.from_iterable(rows)),
    )


def _hurry(db: sqlite3.Connection, chat_id: int) -> None:
    db.execute("UPDATE outbox SET priority = ? WHERE chat_id = ? AND priority > ?", (DIALOGUE, chat_id, DIALOGUE))


def _drop_superseded(db: sqlite3.Connection, message: Outgoing) -> None:
    """Drop a waiting edit of the same message, found in the same way: nobody needs to see its steps."""
    db.execute(
        """DELETE FROM outbox
           WHERE chat_id = ? AND method = ? AND subject IS ? AND json_extract(params, '$.message_id') IS ?""",
        (message.chat_id, message.method, message.subject, message.params.get("message_id")),
    )


def _make_screen(db: sqlite3.Connection, chat_id: int, message_id: int) -> None:
    """Let a notice that became another screen be no notice any more, or its edits would sweep that screen away."""
    db.execute("DELETE FROM notices WHERE chat_id = ? AND message_id = ?", (chat_id, message_id))


def next_rows(db: sqlite3.Connection, now: int) -> Iterator[Row]:
    """Go through the rows that may be sent now, most urgent first: the first of each chat, if it is due."""
    rows = db.execute(
        """SELECT id, chat_id, method, params, attachment, priority, subject, created_at, attempts, expires_at
           FROM outbox
           WHERE due_at NOT BETWEEN ? AND ?
             AND NOT EXISTS (
                 SELECT 1
                 FROM outbox AS earlier
                 WHERE earlier.chat_id = outbox.chat_id
                   AND (earlier.priority, earlier.id) < (outbox.priority, outbox.id))
           ORDER BY priority, id""",
        (now + 1, now + LONGEST_DELAY),
    )
    for row in rows:
        yield Row(row[0], row[1], row[2], json.loads(row[3]), *row[4:])


def has_expired(db: sqlite3.Connection, now: int) -> bool:
    """Tell whether anything waits that is too late to be of use."""
    return db.execute("SELECT 1 FROM outbox WHERE expires_at <= ? LIMIT 1", (now,)).fetchone() is not None


def drop_expired(db: sqlite3.Connection, now: int) -> int:
    """Drop what is too late to be of use; give how many."""
    return db.execute("DELETE FROM outbox WHERE expires_at <= ?", (now,)).rowcount


def finish(db: sqlite3.Connection, row: Row, message_id: int | None) -> None:
    """Let a row go whose fate is known; note its message under its subject if it became one."""
    db.execute("DELETE FROM outbox WHERE id = ?", (row.id,))
    if row.subject and message_id and row.method.startswith(("send", "edit")):
        note_message(db, row.subject, row.chat_id, message_id)
    elif row.subject and row.method.startswith("delete"):
        db.execute("DELETE FROM notices WHERE subject = ? AND chat_id = ?", (row.subject, row.chat_id))


def postpone(db: sqlite3.Connection, row_id: int, due_at: int) -> None:
    """Try a row again later, and note the attempt."""
    db.execute("UPDATE outbox SET due_at = ?, attempts = attempts + 1 WHERE id = ?", (due_at, row_id))


def replace_row(db: sqlite3.Connection, row_id: int, method: str, params: Mapping[str, Any]) -> None:
    """Say the same in another way: an edit whose message is gone is sent afresh."""
    db.execute(
        "UPDATE outbox SET method = ?, params = ?, attempts = attempts + 1 WHERE id = ?",
        (method, json.dumps(params, ensure_ascii=False), row_id),
    )


def drop_chat(db: sqlite3.Connection, chat_id: int) -> int:
    """Drop everything for a chat that can't be reached; give how many."""
    return db.execute("DELETE FROM outbox WHERE chat_id = ?", (chat_id,)).rowcount


def move_chat(db: sqlite3.Connection, chat_id: int, new_id: int) -> None:
    """Follow a chat that Telegram gave a new id."""
    db.execute("UPDATE outbox SET chat_id = ? WHERE chat_id = ?", (new_id, chat_id))


def count_waiting(db: sqlite3.Connection) -> int:
    """Count the messages that wait."""
    return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])


def count_unsent(db: sqlite3.Connection, chat_id: int) -> int:
    """Count the new messages, edits aside, that wait for a chat."""
    row = db.execute("SELECT count(*) FROM outbox WHERE chat_id = ? AND method LIKE 'send%'", (chat_id,)).fetchone()
    return int(row[0])


def count_of_subject(db: sqlite3.Connection, subject: str) -> int:
    """Count the messages on a subject that wait."""
    return int(db.execute("SELECT count(*) FROM outbox WHERE subject = ?", (subject,)).fetchone()[0])


def drop_subject(db: sqlite3.Connection, subject: str) -> int:
    """Drop what waits on a subject; give how many. One that is just being sent arrives."""
    return db.execute("DELETE FROM outbox WHERE subject = ?", (subject,)).rowcount


def note_message(db: sqlite3.Connection, subject: str, chat_id: int, message_id: int) -> None:
    """Remember which message in a chat speaks of a subject; a newer one takes its place."""
    db.execute(
        """INSERT INTO notices (subject, chat_id, message_id)
           VALUES (?, ?, ?)
           ON CONFLICT (subject, chat_id) DO UPDATE SET message_id = excluded.message_id""",
        (subject, chat_id, message_id),
    )


def forget_notices(db: sqlite3.Connection, chat_id: int) -> None:
    """Forget the messages about others that somebody got while they decided: these are no longer kept up to date."""
    db.execute(
        """DELETE FROM notices
           WHERE chat_id = ? AND (subject = 'crowd' OR subject GLOB 'user:*' OR subject GLOB 'request:*')""",
        (chat_id,),
    )


def message_of(db: sqlite3.Connection, subject: str, chat_id: int) -> int | None:
    """Find the message in a chat that speaks of a subject; None when none was sent."""
    row = db.execute("SELECT message_id FROM notices WHERE subject = ? AND chat_id = ?", (subject, chat_id)).fetchone()
    return None if row is None else int(row[0])


def chats_told(db: sqlite3.Connection, subject: str) -> list[int]:
    """List the chats that were sent, or are about to be sent, a message on a subject."""
    rows = db.execute(
        "SELECT chat_id FROM notices WHERE subject = :s UNION SELECT chat_id FROM outbox WHERE subject = :s",
        {"s": subject},
    )
    return [row[0] for row in rows]


def notices_of(db: sqlite3.Connection, subject: str) -> list[tuple[int, int]]:
    """List the messages that speak of a subject: chat and message."""
    rows = db.execute("SELECT chat_id, message_id FROM notices WHERE subject = ? ORDER BY chat_id", (subject,))
    return [(chat_id, message_id) for chat_id, message_id in rows]


def forget_chat(db: sqlite3.Connection, chat_id: int, subjects: Iterable[str]) -> None:
    """Drop what is on its way to a chat or speaks of these subjects, and forget the messages that were sent."""
    named = [(subject,) for subject in subjects]
    db.execute("DELETE FROM outbox WHERE chat_id = ?", (chat_id,))
    db.execute("DELETE FROM notices WHERE chat_id = ?", (chat_id,))
    db.executemany("DELETE FROM outbox WHERE subject = ?", named)
    db.executemany("DELETE FROM notices WHERE subject = ?", named)


def count_told(db: sqlite3.Connection, subject: str) -> int:
    """Count the chats that have a message on a subject."""
    return int(db.execute("SELECT count(*) FROM notices WHERE subject = ?", (subject,)).fetchone()[0])


def forget_subject(db: sqlite3.Connection, subject: str) -> None:
    """Forget which messages speak of a subject: they will not be edited any more."""
    db.execute("DELETE FROM notices WHERE subject = ?", (subject,))
