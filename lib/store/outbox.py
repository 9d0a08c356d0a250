"""The tables outbox and notices: messages on their way until Telegram has them, in order within a chat."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from lib.store.database import columns, find_row, list_rows, number

TAP, DIALOGUE, OUTSIDER, BROADCAST = 0, 1, 2, 3  # priorities; an outsider is not approved yet
LONGEST_DELAY = 60  # seconds that a row is put off; one due later was written before the clock was set back
ROWS_AT_ONCE = 500  # of one INSERT
NO_CHAT = 0  # the chat_id of calls that concern no chat


@dataclass(frozen=True)
class Outgoing:
    """A call to Telegram that a handler wants; `params` without chat_id and without file contents.

    With a `subject`, the message that a send… or edit… results in is remembered under it; an edit… or delete… without
    a message_id of its own finds it there. What is still unsent after `lasts` seconds is dropped; None: never.
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
    """Queue messages in this order; an edit replaces an edit of the same message that still waits.

    The result of a tap replaces an equal message that still waits: a user may tap the same button again and
    again while nothing can be delivered. Messages waiting for a chat become as urgent as a dialogue queued after them:
    only answers to taps overtake. Messages to a person without Telegram are left out.
    """
    messages = [message for message in messages if message.chat_id >= NO_CHAT]
    if not messages:
        return
    query = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM outbox WHERE chat_id = value)"
    tapped = {message.chat_id for message in messages if message.method == "answerCallbackQuery"}
    waiting = set(list_rows(db, int, query, (json.dumps(list({message.chat_id for message in messages})),)))
    for message in messages:
        message_id = message.params.get("message_id")
        if message.method == "editMessageText" and message_id is not None:
            # If that was a notice, it becomes another screen, and later edits of the notice would overwrite it.
            query = "DELETE FROM notices WHERE chat_id = ? AND message_id = ? AND subject IS NOT ?"
            db.execute(query, (message.chat_id, message_id, message.subject))
        if message.chat_id in waiting and message.method.startswith("edit"):
            same = "chat_id = ? AND method = ? AND subject IS ? AND json_extract(params, '$.message_id') IS ?"
            query = f"DELETE FROM outbox WHERE {same}"
            db.execute(query, (message.chat_id, message.method, message.subject, message_id))
        if message.chat_id in waiting and message.priority == DIALOGUE:
            if message.chat_id in tapped:
                _drop_equal(db, message)
            query = "UPDATE outbox SET priority = ? WHERE chat_id = ? AND priority > ?"
            db.execute(query, (DIALOGUE, message.chat_id, DIALOGUE))
    for start in range(0, len(messages), ROWS_AT_ONCE):
        _insert(db, messages[start : start + ROWS_AT_ONCE], now)


def _drop_equal(db: sqlite3.Connection, message: Outgoing) -> None:
    """Drop a waiting message with the same content; one that is remembered under a subject stays."""
    if message.subject is None and message.method.startswith("send"):
        same = "chat_id = ? AND priority = ? AND method = ? AND params = ? AND attachment IS ? AND subject IS NULL"
        query = f"DELETE FROM outbox WHERE {same}"
        params = json.dumps(message.params, ensure_ascii=False)
        db.execute(query, (message.chat_id, DIALOGUE, message.method, params, message.attachment))


def _insert(db: sqlite3.Connection, messages: Sequence[Outgoing], now: int) -> None:
    rows = [
        (m.chat_id, m.method, json.dumps(m.params, ensure_ascii=False), m.attachment, m.priority, m.subject, now, now,
         None if m.lasts is None else now + m.lasts)
        for m in messages
    ]  # fmt: skip
    names = "chat_id, method, params, attachment, priority, subject, created_at, due_at, expires_at"
    places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(rows))
    db.execute(f"INSERT INTO outbox ({names}) VALUES {places}", list(chain.from_iterable(rows)))


def next_rows(db: sqlite3.Connection, now: int) -> Iterator[Row]:
    """Iterate over the rows that may be sent now, most urgent first: the first of each chat, if it is due."""
    query = f"""SELECT {columns(Row)}
                FROM outbox
                WHERE due_at NOT BETWEEN ? AND ? AND NOT EXISTS (
                    SELECT 1 FROM outbox AS earlier
                    WHERE earlier.chat_id = outbox.chat_id
                      AND (earlier.priority, earlier.id) < (outbox.priority, outbox.id))
                ORDER BY priority, id"""
    for row in db.execute(query, (now + 1, now + LONGEST_DELAY)):
        yield Row(row[0], row[1], row[2], json.loads(row[3]), *row[4:])


def has_expired(db: sqlite3.Connection, now: int) -> bool:
    """Return True if anything waits that is too late to be of use."""
    return db.execute("SELECT 1 FROM outbox WHERE expires_at <= ? LIMIT 1", (now,)).fetchone() is not None


def drop_expired(db: sqlite3.Connection, now: int) -> int:
    """Drop what is too late to be of use; return how many rows."""
    return db.execute("DELETE FROM outbox WHERE expires_at <= ?", (now,)).rowcount


def finish(db: sqlite3.Connection, row: Row, message_id: int | None) -> None:
    """Delete a row that was dealt with; remember the message it became, if any, under its subject."""
    db.execute("DELETE FROM outbox WHERE id = ?", (row.id,))
    if row.subject and message_id and row.method.startswith(("send", "edit")):
        query = """INSERT INTO notices (subject, chat_id, message_id) VALUES (?, ?, ?)
                   ON CONFLICT (subject, chat_id) DO UPDATE SET message_id = excluded.message_id"""
        db.execute(query, (row.subject, row.chat_id, message_id))
    elif row.subject and row.method.startswith("delete"):
        db.execute("DELETE FROM notices WHERE subject = ? AND chat_id = ?", (row.subject, row.chat_id))


def postpone(db: sqlite3.Connection, row_id: int, due_at: int) -> None:
    """Try a row again later, and count the attempt."""
    db.execute("UPDATE outbox SET due_at = ?, attempts = attempts + 1 WHERE id = ?", (due_at, row_id))


def replace_row(db: sqlite3.Connection, row_id: int, method: str, params: Mapping[str, Any]) -> None:
    """Send something else instead, such as a new message in place of an edit whose message is gone."""
    query = "UPDATE outbox SET method = ?, params = ?, attempts = attempts + 1 WHERE id = ?"
    db.execute(query, (method, json.dumps(params, ensure_ascii=False), row_id))


def drop_chat(db: sqlite3.Connection, chat_id: int) -> int:
    """Drop everything for a chat that can't be reached; return how many rows."""
    return db.execute("DELETE FROM outbox WHERE chat_id = ?", (chat_id,)).rowcount


def drop_subject(db: sqlite3.Connection, subject: str) -> int:
    """Drop what waits on a subject; return how many rows. One that is being sent right now still arrives."""
    return db.execute("DELETE FROM outbox WHERE subject = ?", (subject,)).rowcount


def move_chat(db: sqlite3.Connection, chat_id: int, new_id: int) -> None:
    """Redirect messages for a chat that got a new id from Telegram; nothing is sent to a group."""
    if new_id < NO_CHAT:
        drop_chat(db, chat_id)
    db.execute("UPDATE outbox SET chat_id = ? WHERE chat_id = ?", (new_id, chat_id))


def count_waiting(db: sqlite3.Connection) -> int:
    """Count the waiting messages."""
    return number(db, "SELECT count(*) FROM outbox")


def count_unsent(db: sqlite3.Connection, chat_id: int) -> int:
    """Count the messages that wait for a chat, edits aside."""
    return number(db, "SELECT count(*) FROM outbox WHERE chat_id = ? AND method LIKE 'send%'", (chat_id,))


def is_on_its_way(db: sqlite3.Connection, chat_id: int, attachment: str) -> bool:
    """Return True if a file waits to be sent to a chat."""
    query = "SELECT EXISTS (SELECT 1 FROM outbox WHERE chat_id = ? AND attachment = ?)"
    return bool(number(db, query, (chat_id, attachment)))


def is_file_on_its_way(db: sqlite3.Connection, chat_id: int, config_id: int) -> bool:
    """Return True if a config's file, under whatever name, is still to be sent to a chat."""
    query = "SELECT EXISTS (SELECT 1 FROM outbox WHERE chat_id = ? AND attachment GLOB ?)"
    return bool(number(db, query, (chat_id, f"conf:{config_id}:*")))


def count_of_subject(db: sqlite3.Connection, subject: str) -> int:
    """Count the waiting messages on a subject."""
    return number(db, "SELECT count(*) FROM outbox WHERE subject = ?", (subject,))


def message_of(db: sqlite3.Connection, subject: str, chat_id: int) -> int | None:
    """Return the message about a subject in a chat; None if there is none."""
    return find_row(db, int, "SELECT message_id FROM notices WHERE subject = ? AND chat_id = ?", (subject, chat_id))


def recipients(db: sqlite3.Connection, subject: str) -> list[int]:
    """List the chats that were sent, or are about to be sent, a message about a subject."""
    query = "SELECT chat_id FROM notices WHERE subject = :s UNION SELECT chat_id FROM outbox WHERE subject = :s"
    return list_rows(db, int, query, {"s": subject})


def notices_of(db: sqlite3.Connection, subject: str) -> list[tuple[int, int]]:
    """List the messages about a subject: chat and message."""
    rows = db.execute("SELECT chat_id, message_id FROM notices WHERE subject = ? ORDER BY chat_id", (subject,))
    return [(chat_id, message_id) for chat_id, message_id in rows]


def count_notices(db: sqlite3.Connection, subject: str) -> int:
    """Count the chats that have a message about a subject."""
    return number(db, "SELECT count(*) FROM notices WHERE subject = ?", (subject,))


def forget_subject(db: sqlite3.Connection, subject: str) -> None:
    """Forget the messages about a subject: they will not be edited any more."""
    db.execute("DELETE FROM notices WHERE subject = ?", (subject,))


def forget_message(db: sqlite3.Connection, subject: str, chat_id: int) -> None:
    """Forget the message about a subject in one chat, and drop what was not sent yet."""
    for table in ("notices", "outbox"):
        db.execute(f"DELETE FROM {table} WHERE subject = ? AND chat_id = ?", (subject, chat_id))


def forget_notices(db: sqlite3.Connection, chat_id: int) -> list[int]:
    """Forget the messages about others that a person got as a helper, and drop those not sent yet.

    Return the messages that ask for a decision still to be made.
    """
    about_others = "(subject IN ('crowd', 'reminder', 'panel') OR subject GLOB 'user:*' OR subject GLOB 'request:*')"
    query = f"""SELECT message_id FROM notices
                WHERE chat_id = ? AND {about_others} AND subject NOT IN (
                    SELECT 'user:' || id FROM users WHERE state <> 'pending'
                    UNION ALL SELECT 'request:' || id FROM config_requests WHERE state <> 'pending')
                ORDER BY message_id"""
    waiting = list_rows(db, int, query, (chat_id,))
    for table in ("notices", "outbox"):
        db.execute(f"DELETE FROM {table} WHERE chat_id = ? AND {about_others}", (chat_id,))
    return waiting


def forget_chat(db: sqlite3.Connection, chat_id: int, subjects: Iterable[str]) -> None:
    """Drop what waits for a chat or is about these subjects, and forget the messages that were sent."""
    drop_chat(db, chat_id)
    db.execute("DELETE FROM notices WHERE chat_id = ?", (chat_id,))
    for subject in subjects:
        drop_subject(db, subject)
        forget_subject(db, subject)
