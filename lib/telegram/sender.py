"""Send the outbox to Telegram: most urgent first, in order within a chat, within its limits; record each row's fate."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from lib import errors
from lib.store import outbox
from lib.store.database import transaction
from lib.store.outbox import LONGEST_DELAY, NO_CHAT, Row
from lib.telegram.api import Files, Telegram
from lib.telegram.pace import Pace

log = logging.getLogger(__name__)

ANSWER = "answerCallbackQuery"  # to a tap: names no chat, and counts towards no chat's limit
IDLE_SECONDS = 5.0  # the longest sleep between two looks into the outbox
DOUBTS, DOUBT_SECONDS = 3, 3.0  # how often, and how long nothing is sent, after an answer that the token is not valid
RETRY_SECONDS = 2.0  # between two attempts to record what was sent
AS_NEW = {"editMessageText": "sendMessage", "editMessageMedia": "sendPhoto"}  # used if the message to edit is gone

Record = Callable[[sqlite3.Connection], object]  # writes what became of a row


def _new_message(params: dict[str, Any]) -> dict[str, Any]:
    """Turn an edit's parameters into those of a new message with the same content."""
    media = {name: value for name, value in params.get("media", {}).items() if name not in ("type", "media")}
    return {**{name: value for name, value in params.items() if name not in ("message_id", "media")}, **media}


class Schedule:
    """What the sending threads share: the pace, which chats one of them is busy with, and what is not recorded yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._recording = threading.Lock()
        self._busy: set[int] = set()
        self._unrecorded: dict[int, Record] = {}
        self._pace = Pace()

    def claim(self, db: sqlite3.Connection, now: int) -> tuple[Row | None, float]:
        """Take the most urgent row that may go now; if there is none, return how many seconds to sleep at most.

        As long as the fate of any row could not be recorded, there is none: it would be sent again and again.
        """
        with self._lock:
            if self._unrecorded:
                return None, RETRY_SECONDS
            clock, sleep = self._clock(), IDLE_SECONDS
            for row in outbox.next_rows(db, now):
                if row.chat_id in self._busy:
                    continue
                answers_tap = row.method == ANSWER
                if answers_tap:
                    wait = self._pace.wait_for_answers(clock)
                elif everybody := self._pace.wait_any(clock):  # the thousands of rows behind this one wait, too
                    return None, min(sleep, everybody)
                else:
                    wait = self._pace.wait(row.chat_id, clock)
                if not wait:
                    self._busy.add(row.chat_id)
                    if not answers_tap:
                        self._pace.take(row.chat_id, clock)
                    return row, 0.0
                sleep = min(sleep, wait)
            return None, sleep

    def release(self, row: Row) -> None:
        """Leave this chat to other threads again."""
        with self._lock:
            self._busy.discard(row.chat_id)

    def record(self, db: sqlite3.Connection, row: Row, record: Record) -> None:
        """Record the fate of a row; if the database can't be written to, remember it for `record_rest`."""
        try:
            with transaction(db):
                record(db)
        except sqlite3.OperationalError as exc:
            log.error(
                "What became of outbox row %d can't be recorded, and nothing is sent until it is: %s", row.id, exc
            )
            with self._lock:
                self._unrecorded[row.id] = record

    def record_rest(self, db: sqlite3.Connection) -> None:
        """Record what could not be recorded earlier, once the database is writable again. One thread at a time.

        Raise the error of a read-only connection: it will never be able to write.
        """
        if not self._unrecorded or not self._recording.acquire(blocking=False):
            return
        try:
            with self._lock:
                rest = dict(self._unrecorded)
            with transaction(db):
                for record in rest.values():
                    record(db)
            with self._lock:
                for row_id in rest:
                    del self._unrecorded[row_id]
        except sqlite3.OperationalError as exc:
            if "readonly" in str(exc):
                raise
        finally:
            self._recording.release()

    def hold_chat(self, chat_id: int, seconds: float) -> None:
        """Send nothing to a chat for as long as Telegram asked."""
        with self._lock:
            self._pace.hold_chat(chat_id, seconds, self._clock())

    def hold_all(self, seconds: float) -> None:
        """Send nothing at all for a while."""
        with self._lock:
            self._pace.hold_all(seconds, self._clock())


@dataclass
class Sender:
    """One sending thread. `render(db, reference, now)` makes a row's files, and `mark_unreachable(db, chat_id)` records
    that a person can't be reached."""

    db: sqlite3.Connection
    telegram: Telegram
    schedule: Schedule
    render: Callable[[sqlite3.Connection, str, int], Files | None]
    mark_unreachable: Callable[[sqlite3.Connection, int], None]
    clock: Callable[[], float]

    def run(self, stop: threading.Event, wake: threading.Event, beat: Callable[[], None]) -> None:
        """Send until told to stop."""
        while not stop.is_set():
            beat()
            wake.clear()
            if sleep := self.step():
                wake.wait(sleep)
            else:
                wake.set()  # there may be work for the other threads too

    def step(self) -> float:
        """Send one row; if none may go, return how many seconds to sleep."""
        now = int(self.clock())
        self.schedule.record_rest(self.db)
        row, sleep = self.schedule.claim(self.db, now)
        if row is None:
            if outbox.has_expired(self.db, now):
                with transaction(self.db):
                    outbox.drop_expired(self.db, now)
            return sleep
        try:
            self._deliver(row, now)
        finally:
            self.schedule.release(row)
        return 0.0

    def _deliver(self, row: Row, now: int) -> None:
        """Send a row and record what became of it."""
        try:
            sent = self._send(row, now)
        except errors.RetryLater as exc:
            record = self._retry(row, exc, now)
        except errors.WrongToken as exc:
            record = self._doubted(row, exc, now)
        except errors.TelegramError as exc:
            record = self._failure(row, exc)
        else:
            message_id = sent.get("message_id") if isinstance(sent, dict) else None
            record = partial(outbox.finish, row=row, message_id=message_id)
        self.schedule.record(self.db, row, record)

    def _send(self, row: Row, now: int) -> Any:
        """Make the call that a row describes; return None if it has expired, or its message or attachment is gone."""
        if row.expires_at is not None and row.expires_at <= now:
            return None
        params = {**row.params, **({} if row.chat_id == NO_CHAT or row.method == ANSWER else {"chat_id": row.chat_id})}
        if row.subject and not row.method.startswith("send") and "message_id" not in params:
            params["message_id"] = outbox.message_of(self.db, row.subject, row.chat_id)
            if params["message_id"] is None:
                return None
        if row.attachment is None:
            return self.telegram.call(row.method, params)
        files = self.render(self.db, row.attachment, now)
        return None if files is None else self.telegram.call(row.method, params, files)

    def _retry(self, row: Row, exc: errors.RetryLater, now: int) -> Record:
        """Wait exactly as long as Telegram said, or longer each time while it can't be reached or is failing."""
        seconds = exc.seconds if exc.of_chat else min(exc.seconds * 2 ** min(row.attempts, 10), LONGEST_DELAY)
        log.warning("%s; outbox row %d waits %.0f s", exc, row.id, seconds)
        if exc.of_chat:
            self.schedule.hold_chat(row.chat_id, seconds)
        else:
            self.schedule.hold_all(exc.seconds)
        return partial(outbox.postpone, row_id=row.id, due_at=now if exc.of_chat else now + int(seconds))

    def _doubted(self, row: Row, exc: errors.WrongToken, now: int) -> Record:
        """Try a row again later; drop it if Telegram, which knows the bot, does not know the method time and again.

        Whether the token is wrong, and the bot must end, is for the poller to find out.
        """
        wait = self._retry(row, errors.RetryLater(str(exc), DOUBT_SECONDS), now)
        if row.attempts < DOUBTS:
            return wait
        try:
            self.telegram.call("getMe", {})
        except errors.TelegramError:
            return wait
        log.error("Telegram does not know the method %s; outbox row %d is dropped", row.method, row.id)
        return partial(outbox.finish, row=row, message_id=None)

    def _failure(self, row: Row, exc: errors.TelegramError) -> Record:
        """Return how to record that a row can't be sent, or can't be sent like this."""
        if isinstance(exc, errors.Unreachable) and row.chat_id != NO_CHAT:
            log.info("%s; chat %d is not written to until it writes to us", exc, row.chat_id)
            return partial(self._give_chat_up, chat_id=row.chat_id)
        if isinstance(exc, errors.ChatMoved):
            return partial(outbox.move_chat, chat_id=row.chat_id, new_id=exc.chat_id)
        if isinstance(exc, errors.MessageGone) and row.method in AS_NEW:
            method, params = AS_NEW[row.method], _new_message(row.params)
            return partial(outbox.replace_row, row_id=row.id, method=method, params=params)
        if isinstance(exc, errors.BadRequest):
            log.error("%s; outbox row %d is malformed", exc, row.id)
            if "can't parse entities" in str(exc) and "parse_mode" in row.params:
                plain = {name: value for name, value in row.params.items() if name != "parse_mode"}
                return partial(outbox.replace_row, row_id=row.id, method=row.method, params=plain)
        # An edit that was cut off before it was recorded is there already: its message is known all the same.
        edited = row.params.get("message_id") if isinstance(exc, errors.AlreadyDone) else None
        return partial(outbox.finish, row=row, message_id=edited)

    def _give_chat_up(self, db: sqlite3.Connection, chat_id: int) -> None:
        self.mark_unreachable(db, chat_id)
        outbox.drop_chat(db, chat_id)
