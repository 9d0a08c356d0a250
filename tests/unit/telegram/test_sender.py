"""The sender records what became of each row; what it can't record it remembers, and sends nothing until it can."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lib import errors
from lib.chat.screens import say_to
from lib.chat.texts import Markup
from lib.settings import Settings
from lib.store import outbox
from lib.store.database import connect, prepare_database
from lib.telegram.sender import RETRY_SECONDS, Schedule, Sender


class Telegram:
    """Records every call, and returns scripted answers."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self.calls: list[tuple[str, int]] = []
        self._answer = answer

    def call(self, method: str, params: dict[str, Any], files: object = None) -> Any:
        self.calls.append((method, params["chat_id"]))
        return self._answer()


class Stage:
    """Two sending threads' senders, without the threads, and the database between them."""

    def __init__(self, database: Path, answer: Callable[[], Any] = lambda: {"message_id": 7}) -> None:
        self.database = database
        self.telegram = Telegram(answer)
        self.now = 1000.0
        self.schedule = Schedule(lambda: self.now)
        self.senders = [self._make(), self._make()]
        self.db = self.senders[0].db

    def _make(self) -> Sender:
        db = connect(self.database)
        db.execute("PRAGMA busy_timeout = 20")
        nothing = lambda *_: None  # noqa: E731
        return Sender(db, self.telegram, self.schedule, nothing, nothing, lambda: self.now)  # type: ignore[arg-type]

    def enqueue(self, *chats: int) -> None:
        outbox.enqueue(self.db, [say_to(chat, Markup("hello")) for chat in chats], int(self.now))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold a lock on the database, as another program might."""
        with closing(sqlite3.connect(self.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    def steps(self, count: int = 5) -> None:
        for _ in range(count):
            for sender in self.senders:
                self.now += 1
                sender.step()


@pytest.fixture
def stage(settings: Settings) -> Iterator[Stage]:
    prepare_database(settings.database)
    stage = Stage(settings.database)
    yield stage
    for sender in stage.senders:
        sender.db.close()


def test_it_works(stage: Stage) -> None:
    stage.enqueue(1, 2, 1)
    stage.steps()
    assert sorted(stage.telegram.calls) == [("sendMessage", 1), ("sendMessage", 1), ("sendMessage", 2)]
    assert outbox.count_waiting(stage.db) == 0


def test_what_can_not_be_recorded_is_sent_once_and_recorded_later(stage: Stage) -> None:
    stage.enqueue(1)
    with stage.locked():
        stage.steps()
        assert stage.telegram.calls == [("sendMessage", 1)]
        assert stage.senders[1].step() == RETRY_SECONDS
    stage.steps()
    assert stage.telegram.calls == [("sendMessage", 1)]
    assert outbox.count_waiting(stage.db) == 0


def test_nothing_new_is_sent_until_what_was_sent_is_recorded(stage: Stage) -> None:
    stage.enqueue(1, 2, 3)
    with stage.locked():
        stage.steps()
        assert len(stage.telegram.calls) == 1
    stage.steps()
    assert sorted(chat for _, chat in stage.telegram.calls) == [1, 2, 3]


def test_a_sender_that_starts_again_remembers_what_was_sent(stage: Stage) -> None:
    stage.enqueue(1)
    with stage.locked():
        stage.steps(1)
        stage.senders[0].db.close()
        stage.senders[0] = stage._make()
        stage.steps()
    stage.db = stage.senders[0].db
    stage.steps()
    assert stage.telegram.calls == [("sendMessage", 1)]
    assert outbox.count_waiting(stage.db) == 0


def test_a_connection_that_will_never_write_is_given_up_and_what_was_sent_is_remembered(stage: Stage) -> None:
    stage.enqueue(1)
    stage.db.execute("PRAGMA query_only = ON")  # as after a disk error, when SQLite opens the file for reading alone
    stage.senders[0].step()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        stage.senders[0].step()
    stage.senders[1].step()
    assert stage.telegram.calls == [("sendMessage", 1)]
    assert outbox.count_waiting(stage.senders[1].db) == 0


def test_an_edit_that_was_cut_off_before_it_was_recorded_is_remembered_all_the_same(settings: Settings) -> None:
    def fail() -> None:
        raise errors.AlreadyDone("400 message is not modified")

    prepare_database(settings.database)
    stage = Stage(settings.database, fail)
    edit = outbox.Outgoing(1, "editMessageText", {"message_id": 7, "text": "asked"}, subject="request:1")
    outbox.enqueue(stage.db, [edit], int(stage.now))
    stage.senders[0].step()
    assert outbox.count_waiting(stage.db) == 0
    assert outbox.message_of(stage.db, "request:1", 1) == 7
    for sender in stage.senders:
        sender.db.close()


@pytest.mark.parametrize(
    ("failure", "left"),
    [
        (errors.Unreachable("403"), 0),
        (errors.AlreadyDone("400"), 0),
        (errors.BadRequest("400"), 0),
        (errors.RetryLater("500", 1.0), 1),
        (errors.ChatMoved("400", 9), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_failure_that_can_not_be_recorded_is_met_once(
    settings: Settings, failure: errors.TelegramError, left: int
) -> None:
    def fail() -> None:
        raise failure

    prepare_database(settings.database)
    stage = Stage(settings.database, fail)
    stage.enqueue(1)
    with stage.locked():
        stage.steps()
        assert stage.telegram.calls == [("sendMessage", 1)]
    stage.schedule.record_rest(stage.db)
    assert outbox.count_waiting(stage.db) == left
    for sender in stage.senders:
        sender.db.close()
