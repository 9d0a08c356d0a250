"""The table audit: who did what, and when. Never a secret."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lib.days import DAY
from lib.store.database import insert, list_rows, number

KEPT_SECONDS, KEPT_LINES = 366 * DAY, 100_000


@dataclass(frozen=True)
class Entry:
    """A line of the log: who did something (None: the bot, or they left), to which person and thing (a device …)."""

    id: int
    at: int
    actor_id: int | None
    actor: str | None
    action: str
    subject: str
    detail: str
    person: str | None
    thing: str | None

    @property
    def kind(self) -> str:
        """What it is about: 'user', 'request', 'config' …"""
        return self.subject.partition(":")[0]


# One page of the table first, then the names for just that page.
_LINES = """
    WITH line AS (
        SELECT id, at, actor_id, action, subject, detail,
               substr(subject, 1, instr(subject || ':', ':') - 1) AS kind,
               CAST(substr(subject, instr(subject, ':') + 1) AS INTEGER) AS number
        FROM (SELECT * FROM audit {where} ORDER BY id DESC LIMIT :limit OFFSET :offset))
    SELECT line.id, line.at, line.actor_id, actor.full_name, line.action, line.subject, line.detail,
           person.full_name, coalesce(config_requests.name, configs.name, invitations.name)
    FROM line
    LEFT JOIN config_requests ON line.kind = 'request' AND config_requests.id = line.number
    LEFT JOIN configs ON line.kind = 'config' AND configs.id = line.number
    LEFT JOIN invitations ON line.kind = 'invitation' AND invitations.id = line.number
    LEFT JOIN users AS actor ON actor.id = line.actor_id
    LEFT JOIN users AS person
      ON person.id = iif(line.kind = 'user', line.number, coalesce(config_requests.user_id, configs.user_id))
    ORDER BY line.id DESC"""
_ABOUT = """
    WHERE id IN (
        SELECT id FROM audit WHERE actor_id = :person
        UNION SELECT id FROM audit WHERE subject = 'user:' || :person
        UNION SELECT audit.id FROM config_requests JOIN audit ON audit.subject = 'request:' || config_requests.id
              WHERE config_requests.user_id = :person
        UNION SELECT audit.id FROM configs JOIN audit ON audit.subject = 'config:' || configs.id
              WHERE configs.user_id = :person)"""


def note(db: sqlite3.Connection, now: int, actor_id: int | None, action: str, subject: str, detail: str = "") -> None:
    """Write a line of the log; `actor_id` None is the bot itself."""
    insert(db, "audit", at=now, actor_id=actor_id, action=action, subject=subject, detail=detail)


def was_done(db: sqlite3.Connection, actor_id: int, action: str, subject: str, seconds: int, now: int) -> bool:
    """Return True if a person did something within the last `seconds`."""
    return count_done(db, actor_id, [action], seconds, now, subject) > 0


def count_done(
    db: sqlite3.Connection, actor_id: int, actions: Collection[str], seconds: int, now: int, subject: str = ""
) -> int:
    """Count how often a person did any of these things within the last `seconds`, optionally to one subject.

    Entries from the future don't count: they were written while the clock ran ahead.
    """
    about = "AND subject = ?" if subject else ""
    query = f"""SELECT count(*) FROM audit
                WHERE actor_id = ? AND action IN (SELECT value FROM json_each(?)) AND at > ? AND at <= ? {about}"""
    values = (actor_id, json.dumps([*actions]), now - seconds, now, *([subject] if subject else ()))
    return number(db, query, values)


def forget_old(db: sqlite3.Connection, now: int) -> None:
    """Delete the lines that are older than a year, and all but the newest of very many."""
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()
    too_old = db.execute("SELECT max(id) FROM audit WHERE at < ?", (now - KEPT_SECONDS,)).fetchone()[0] or 0
    db.execute("DELETE FROM audit WHERE id <= ?", (max(too_old, last - KEPT_LINES),))


def change_person(db: sqlite3.Connection, old_id: int, new_id: int) -> None:
    """Move a person's entries to another id."""
    for column in ("subject", "detail"):
        query = f"UPDATE audit SET {column} = ? WHERE {column} = ?"
        db.execute(query, (f"user:{new_id}", f"user:{old_id}"))


def forget_person(db: sqlite3.Connection, user_id: int, subjects: Iterable[str]) -> None:
    """Anonymize a person in the log, and these subjects, which were theirs: what was done stays, the names go."""
    db.execute("UPDATE audit SET actor_id = 0, detail = '' WHERE actor_id = ?", (user_id,))
    db.execute("UPDATE audit SET subject = 'user:0', detail = '' WHERE subject = ?", (f"user:{user_id}",))
    db.executemany("UPDATE audit SET detail = '' WHERE subject = ?", [(subject,) for subject in subjects])
    words = "' ' || replace(replace(detail, ':', ' '), ',', ' ') || ' '"
    db.execute(f"UPDATE audit SET detail = '' WHERE {words} LIKE '% ' || ? || ' %'", (str(user_id),))


def list_entries(db: sqlite3.Connection, person_id: int, limit: int, offset: int = 0) -> list[Entry]:
    """List what happened, newest first; with a person's id only what they did or what concerns them, 0: everything."""
    query = _LINES.format(where=_ABOUT if person_id else "")
    return list_rows(db, Entry, query, {"person": person_id, "limit": limit, "offset": offset})
