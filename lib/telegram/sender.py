"""Carry the outbox to Telegram: most urgent first, in order within a chat, at the legal pace; note each row's fate."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from lib.errors import (
    AlreadyDone,
    AnotherPoller,
    BadRequest,
    ChatMoved,
    MessageGone,
    RetryLater,
    TelegramError,
    Unreachable,
    WrongToken,
)
from lib.store import outbox
from lib.store.database import transaction
from lib.store.outbox import LONGEST_DELAY, NO_CHAT, Row
from lib.telegram.api import Telegram
from lib.telegram.pace import Pace

log = logging.getLogger(__name__)

IDLE_SECONDS = 5.0  # the longest sleep between two looks into the outbox
AFRESH = {"editMessageText": "sendMessage", "editMessageMedia": "sendPhoto"}  # what says it where the message is gone


class File(Protocol):
    """What `render` gives: a file and the parameter that takes it."""

    @property
    def field(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def content(self) -> bytes: ...


def _answers_tap(row: Row) -> bool:
    """Tell the calls that no chat's limit counts, and that name no chat."""
    return row.method == "answerCallbackQuery"


def _afresh(params: dict[str, Any]) -> dict[str, Any]:
    """Turn an edit's parameters into those of a new message that says the same."""
    media = {name: value for name, value in params.get("media", {}).items() if name not in ("type", "media")}
    return {**{name: value for name, value in params.items() if name not in ("message_id", "media")}, **media}


class Lanes:
    """What the sender's threads share: the pace, and which chats one of them is busy with."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._busy: set[int] = set()
        self._pace = Pace()

    def claim(self, db: sqlite3.Connection, now: int) -> tuple[Row | None, float]:
        """Take the most urgent row that may go now; without one, tell how many seconds to sleep at most."""
        with self._lock:
            clock, sleep = self._clock(), IDLE_SECONDS
            for row in outbox.next_rows(db, now):
                if row.chat_id in self._busy:
                    continue
                all_wait = 0.0 if _answers_tap(row) else self._pace.wait_any(clock)
                if all_wait:  # for thousands of rows behind this one, too
                    return None, min(sleep, all_wait)
                wait = self._wait(row, clock)
                if not wait:
                    self._busy.add(row.chat_id)
                    if not _answers_tap(row):
                        self._pace.take(row.chat_id, clock)
                    return row, 0.0
                sleep = min(sleep, wait)
            return None, sleep

    def _wait(self, row: Row, clock: float) -> float:
        return self._pace.wait_untold(clock) if _answers_tap(row) else self._pace.wait(row.chat_id, clock)

    def release(self, row: Row) -> None:
        """Let others serve this chat."""
        with self._lock:
            self._busy.discard(row.chat_id)

    def hold_chat(self, chat_id: int, seconds: float) -> None:
        """Leave a chat alone, as Telegram told."""
        with self._lock:
            self._pace.hold_chat(chat_id, seconds, self._clock())

    def hold_all(self, seconds: float) -> None:
        """Leave Telegram alone for a moment."""
        with self._lock:
            self._pace.hold_all(seconds, self._clock())


class Sender:
    """One sending thread. `render(db, reference, now)` makes a file, `lose(db, chat_id)` notes who is unreachable."""

    def __init__(
        self,
        db: sqlite3.Connection,
        telegram: Telegram,
        lanes: Lanes,
        render: Callable[[sqlite3.Connection, str, int], File | None],
        lose: Callable[[sqlite3.Connection, int], None],
        clock: Callable[[], float],
    ) -> None:
        self._db, self._telegram, self._lanes = db, telegram, lanes
        self._render, self._lose, self._clock = render, lose, clock

    def run(self, stop: threading.Event, wake: threading.Event, beat: Callable[[], None]) -> None:
        """Send until told to stop; raises WrongToken."""
        while not stop.is_set():
            beat()
            wake.clear()
            sleep = self.step()
            if sleep:
                wake.wait(sleep)
            else:
                wake.set()  # there may be work for the other threads too

    def step(self) -> float:
        """Send one row; give the seconds to sleep when none may go."""
        now = int(self._clock())
        row, sleep = self._lanes.claim(self._db, now)
        if row is None:
            if outbox.has_expired(self._db, now):
                with transaction(self._db):
                    outbox.drop_expired(self._db, now)
            return sleep
        try:
            self._deliver(row, now)
        finally:
            self._lanes.release(row)
        return 0.0

    def _deliver(self, row: Row, now: int) -> None:
        """Send a row and note what became of it."""
        try:
            sent = self._send(row, now)
            self._finish(row, sent)
        except RetryLater as exc:
            self._retry(row, exc, now)
        except (WrongToken, AnotherPoller):
            raise
        except TelegramError as exc:
            self._settle(row, exc)

    def _send(self, row: Row, now: int) -> Any:
        """Make the call that a row describes; None when its subject or attachment is gone."""
        params = {**row.params, **({} if row.chat_id == NO_CHAT or _answers_tap(row) else {"chat_id": row.chat_id})}
        if row.expires_at is not None and row.expires_at <= now:
            return None
        if row.subject and not row.method.startswith("send") and "message_id" not in params:
            params["message_id"] = outbox.message_of(self._db, row.subject, row.chat_id)
            if params["message_id"] is None:
                return None
        if row.attachment is None:
            return self._telegram.call(row.method, params)
        file = self._render(self._db, row.attachment, now)
        if file is None:
            return None
        return self._telegram.call(row.method, params, {file.field: (file.file_name, file.content, file.mime)})

    def _finish(self, row: Row, sent: Any) -> None:
        with transaction(self._db):
            outbox.finish(self._db, row, sent.get("message_id") if isinstance(sent, dict) else None)

    def _retry(self, row: Row, exc: RetryLater, now: int) -> None:
        """Wait exactly as told by Telegram; longer each time while it can't be reached or is ill."""
        seconds = exc.seconds if exc.of_chat else min(exc.seconds * 2 ** min(row.attempts, 10), LONGEST_DELAY)
        log.warning("%s; outbox row %d waits %.0f s", exc, row.id, seconds)
        if exc.of_chat:
            self._lanes.hold_chat(row.chat_id, seconds)
        else:
            self._lanes.hold_all(exc.seconds)
        with transaction(self._db):
            outbox.postpone(self._db, row.id, now if exc.of_chat else now + int(seconds))

    def _settle(self, row: Row, exc: TelegramError) -> None:
        """Note a fate other than sent."""
        with transaction(self._db):
            if isinstance(exc, Unreachable) and row.chat_id != NO_CHAT:
                log.info("%s; chat %d is not written to until it writes to us", exc, row.chat_id)
                self._lose(self._db, row.chat_id)
                outbox.drop_chat(self._db, row.chat_id)
            elif isinstance(exc, ChatMoved):
                outbox.move_chat(self._db, row.chat_id, exc.chat_id)
            elif isinstance(exc, MessageGone) and row.method in AFRESH:
                outbox.replace_row(self._db, row.id, AFRESH[row.method], _afresh(row.params))
            elif isinstance(exc, AlreadyDone | MessageGone | Unreachable):
                outbox.finish(self._db, row, None)
            elif isinstance(exc, BadRequest):
                self._blame_ourselves(row, exc)

    def _blame_ourselves(self, row: Row, exc: BadRequest) -> None:
        """Say a text that Telegram can't parse without its markup; drop anything else that it will never take."""
        log.error("%s; outbox row %d is ours to mend", exc, row.id)
        if "can't parse entities" in str(exc) and "parse_mode" in row.params:
            plain = {name: value for name, value in row.params.items() if name != "parse_mode"}
            outbox.replace_row(self._db, row.id, row.method, plain)
        else:
            outbox.finish(self._db, row, None)
