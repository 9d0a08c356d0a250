"""Send the outbox to Telegram: most urgent first, in order within a chat, within its limits; record each row's fate."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
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
AS_NEW = {"editMessageText": "sendMessage", "editMessageMedia": "sendPhoto"}  # used if the message to edit is gone


def _new_message(params: dict[str, Any]) -> dict[str, Any]:
    """Turn an edit's parameters into those of a new message with the same content."""
    media = {name: value for name, value in params.get("media", {}).items() if name not in ("type", "media")}
    return {**{name: value for name, value in params.items() if name not in ("message_id", "media")}, **media}


class Schedule:
    """What the sending threads share: the pace, and which chats one of them is busy with."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._busy: set[int] = set()
        self._pace = Pace()

    def claim(self, db: sqlite3.Connection, now: int) -> tuple[Row | None, float]:
        """Take the most urgent row that may go now; if there is none, return how many seconds to sleep at most."""
        with self._lock:
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
    that somebody can't be written to."""

    db: sqlite3.Connection
    telegram: Telegram
    schedule: Schedule
    render: Callable[[sqlite3.Connection, str, int], Files | None]
    mark_unreachable: Callable[[sqlite3.Connection, int], None]
    clock: Callable[[], float]

    def run(self, stop: threading.Event, wake: threading.Event, beat: Callable[[], None]) -> None:
        """Send until told to stop; may raise WrongToken."""
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
            with transaction(self.db):
                outbox.finish(self.db, row, sent.get("message_id") if isinstance(sent, dict) else None)
        except errors.RetryLater as exc:
            self._retry(row, exc, now)
        except (errors.WrongToken, errors.AnotherPoller):
            raise
        except errors.TelegramError as exc:
            self._record_failure(row, exc)

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

    def _retry(self, row: Row, exc: errors.RetryLater, now: int) -> None:
        """Wait exactly as long as Telegram said, or longer each time while it can't be reached or is failing."""
        seconds = exc.seconds if exc.of_chat else min(exc.seconds * 2 ** min(row.attempts, 10), LONGEST_DELAY)
        log.warning("%s; outbox row %d waits %.0f s", exc, row.id, seconds)
        if exc.of_chat:
            self.schedule.hold_chat(row.chat_id, seconds)
        else:
            self.schedule.hold_all(exc.seconds)
        with transaction(self.db):
            outbox.postpone(self.db, row.id, now if exc.of_chat else now + int(seconds))

    def _record_failure(self, row: Row, exc: errors.TelegramError) -> None:
        """Record that a row can't be sent, or can't be sent like this."""
        with transaction(self.db):
            if isinstance(exc, errors.Unreachable) and row.chat_id != NO_CHAT:
                log.info("%s; chat %d is not written to until it writes to us", exc, row.chat_id)
                self.mark_unreachable(self.db, row.chat_id)
                outbox.drop_chat(self.db, row.chat_id)
            elif isinstance(exc, errors.ChatMoved):
                outbox.move_chat(self.db, row.chat_id, exc.chat_id)
            elif isinstance(exc, errors.MessageGone) and row.method in AS_NEW:
                outbox.replace_row(self.db, row.id, AS_NEW[row.method], _new_message(row.params))
            elif isinstance(exc, errors.BadRequest):
                self._handle_bad_request(row, exc)
            else:
                outbox.finish(self.db, row, None)

    def _handle_bad_request(self, row: Row, exc: errors.BadRequest) -> None:
        """Send a text whose markup Telegram can't parse as plain text; drop anything else that it will never accept."""
        log.error("%s; outbox row %d is malformed", exc, row.id)
        if "can't parse entities" in str(exc) and "parse_mode" in row.params:
            plain = {name: value for name, value in row.params.items() if name != "parse_mode"}
            outbox.replace_row(self.db, row.id, row.method, plain)
        else:
            outbox.finish(self.db, row, None)
