"""Every message once: compare what Telegram accepted with what the bot queued.

The database keeps the account itself: triggers write each row of the outbox down in the transaction that queues it, so
that a kill, a full disk or a lock takes both back or neither. Telegram's side is its log of calls. A message may have
been taken once more only for each time that nobody could tell the bot, and for each of these exactly once more.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.company import Company
from tests.stand import Json

Message = tuple[str, frozenset[tuple[str, str]]]  # method and parameters, as a form has them
ANSWER = "answerCallbackQuery"
TOLD = (None, "slow", "trickle")  # faults after which the bot has the answer all the same
ACCOUNT = """
CREATE TABLE IF NOT EXISTS queued (
    id INTEGER PRIMARY KEY, chat_id INTEGER, method TEXT, params TEXT, subject TEXT, lasts INTEGER
) STRICT;
CREATE TRIGGER IF NOT EXISTS note_queued AFTER INSERT ON outbox BEGIN
    INSERT INTO queued VALUES (NEW.id, NEW.chat_id, NEW.method, NEW.params, NEW.subject, NEW.expires_at IS NULL);
END;
CREATE TRIGGER IF NOT EXISTS note_replaced AFTER UPDATE OF chat_id, method, params ON outbox BEGIN
    UPDATE queued SET chat_id = NEW.chat_id, method = NEW.method, params = NEW.params WHERE id = NEW.id;
END;
CREATE TABLE IF NOT EXISTS disguised (config_id INTEGER, disguise TEXT) STRICT;
CREATE TRIGGER IF NOT EXISTS note_disguised AFTER UPDATE OF disguise ON configs BEGIN
    INSERT INTO disguised VALUES (NEW.id, NEW.disguise);
END;
"""


@dataclass(frozen=True)
class Death:
    """A kill: the messages then in the outbox, and the last call that Telegram accepted before it."""

    waiting: Counter[Message]
    last_call: int


@dataclass(frozen=True)
class Count:
    """The outcome: the number of different messages, and of additional copies."""

    messages: int
    twice: int


def open_account(database: Path) -> None:
    """Start recording what is queued, and each change of a disguise."""
    with closing(sqlite3.connect(database, timeout=30)) as db:
        db.executescript(ACCOUNT)


def waiting(database: Path) -> Counter[Message]:
    """Count the messages that wait in the outbox."""
    return Counter(_of_row(*row) for row in _read(database, "SELECT chat_id, method, params FROM outbox"))


def check_copies(database: Path, calls: Iterable[Json], deaths: Iterable[Death] = ()) -> Count:
    """Check that Telegram got each message as often as it was queued, plus once for each time it was cut off."""
    rows = [
        (_of_row(*row), bool(lasts))
        for *row, lasts in _read(database, "SELECT chat_id, method, params, lasts FROM queued")
        if _counts(row[1])
    ]
    queued, must = Counter(message for message, _ in rows), {message for message, lasts in rows if lasts}
    taken = [call for call in calls if _counts(call["method"]) and _is_taken(call)]
    copies, cut = Counter(map(_of_call, taken)), _cut_off(taken, deaths)
    assert queued, "nothing was queued, so nothing was counted"
    too_many = {m: (n, queued[m], cut[m]) for m, n in copies.items() if n > queued[m] + cut[m]}
    assert not too_many, f"came too often (came, queued, cut off): {too_many}"
    # A waiting message may be replaced by an equal one, so only the last of several equal ones is certain.
    missing = {m: (copies[m], n) for m, n in queued.items() if m in must and copies[m] < 1 + (n == 1 and cut[m])}
    assert not missing, f"came too rarely (came, queued): {missing}"
    return Count(len(queued), sum(max(0, copies[m] - n) for m, n in queued.items()))


@contextmanager
def each_message_once(company: Company, patience: float = 60) -> Iterator[Company]:
    """Count every message of a company's story, and check at the end that each came once; no bot is killed."""
    company.wait(company.is_quiet, patience, "the last message")
    open_account(company.database)
    begun = company.stand.requests()[-1]["id"]
    yield company
    company.wait(company.is_quiet, patience, "the last message")
    check_copies(company.database, company.stand.requests(since=begun))


def _cut_off(taken: list[Json], deaths: Iterable[Death]) -> Counter[Message]:
    """Count the messages that Telegram accepted without the bot knowing it or living to record it."""
    cut = Counter(_of_call(call) for call in taken if call["fault"] not in TOLD)
    first = 0
    for death in deaths:
        life = Counter(_of_call(call) for call in taken if first < call["id"] <= death.last_call)
        cut += life & death.waiting
        first = death.last_call
    return cut


def _counts(method: str) -> bool:
    return method == ANSWER or (method.startswith("send") and method != "sendChatAction")


def _is_taken(call: Json) -> bool:
    """Return True if a call took effect; an answer invented by a fault is no message."""
    result = (call["answer"] or {}).get("result") if isinstance(call["answer"], dict) else None
    return call["status"] == 200 and (result is True or (isinstance(result, dict) and "date" in result))


def _of_row(chat_id: int, method: str, params: str) -> Message:
    return _message(method, {**json.loads(params), "chat_id": chat_id})


def _of_call(call: Json) -> Message:
    return _message(call["method"], call["params"])


def _message(method: str, params: Mapping[str, Any]) -> Message:
    given = {name: value for name, value in params.items() if value is not None}
    if method == ANSWER:
        given.pop("chat_id", None)
    return method, frozenset((name, _as_in_a_form(value)) for name, value in given.items())


def _as_in_a_form(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as db:
        return db.execute(query).fetchall()
