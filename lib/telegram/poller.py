"""Bring updates in: long poll, hand each one over to be committed, confirm by the next poll's offset."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from lib.errors import AnotherPoller, RetryLater
from lib.store.updates import BATCH, next_offset
from lib.telegram.api import Telegram

log = logging.getLogger(__name__)

POLL_SECONDS = 50
ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
RIVAL_SECONDS = 300  # how long another poller is borne before giving up
BEAT_SECONDS = 30.0  # the longest silence of a poller that only waits
LONGEST_PAUSE = 30.0  # seconds between attempts while Telegram can't be reached


class Poller:
    """The loop of one thread. `handle(update)` commits an update and all its effects, or raises.

    `learn(username)` is told what Telegram calls the bot, before the first poll.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        telegram: Telegram,
        handle: Callable[[Mapping[str, Any]], None],
        clock: Callable[[], float],
        stop: threading.Event,
        beat: Callable[[], None],
        learn: Callable[[str], None],
    ) -> None:
        self._db, self._telegram, self._handle, self._learn = db, telegram, handle, learn
        self._clock, self._stop, self._beat = clock, stop, beat
        self._rival_since: float | None = None
        self._pause = 0.0
        self._ready = False  # no webhook is in the way
        self._known = False  # what the bot is called
        self.waiting = False  # for Telegram; nothing is lost if it ends right then

    def run(self) -> None:
        """Poll until told to stop; raises WrongToken, or AnotherPoller when that one stays."""
        while not self._stop.is_set():
            self.step()

    def step(self) -> None:
        """Make sure that no webhook is in the way, ask for the bot's name, or poll once and hand over what came."""
        self._beat()
        if not self._ready:
            self._ready = bool(self._attempt(lambda: self._telegram.call("deleteWebhook", {})))
            return
        if not self._known:
            me = self._attempt(lambda: self._telegram.call("getMe", {}))
            if me:
                self._learn(str(me["username"]))
                self._known = True
            return
        for update in self._attempt(self._poll) or []:
            if self._stop.is_set():
                return
            self._handle(update)
            self._beat()

    def _poll(self) -> list[Mapping[str, Any]]:
        params = {
            "offset": next_offset(self._db, int(self._clock())),
            "timeout": POLL_SECONDS,
            "limit": BATCH,
            "allowed_updates": ALLOWED_UPDATES,
        }
        updates: list[Mapping[str, Any]] = self._telegram.call("getUpdates", params, read_seconds=POLL_SECONDS + 10)
        return updates

    def _attempt(self, call: Callable[[], Any]) -> Any:
        """Make a call; None, after a pause that grows, when Telegram was no help."""
        try:
            self.waiting = True
            try:
                result = call()
            finally:
                self.waiting = False
            self._rival_since, self._pause = None, 0.0
            return result
        except AnotherPoller as exc:
            self._bear_rival(exc)
        except RetryLater as exc:
            self._pause = min(max(self._pause * 2, exc.seconds), max(LONGEST_PAUSE, exc.seconds))
            log.warning("%s; next attempt in %.0f s", exc, self._pause)
            self._rest(self._pause)
        return None

    def _bear_rival(self, exc: AnotherPoller) -> None:
        """Give another copy of the bot time to end; then give up, because two of them answer everything at random."""
        now = time.monotonic()
        self._rival_since = self._rival_since or now
        if now - self._rival_since > RIVAL_SECONDS:
            raise exc
        log.error("Another program uses the same token: stop it, or give this bot a token of its own (%s)", exc)
        self._ready = False  # it may also have set a webhook
        self._rest(10)

    def _rest(self, seconds: float) -> None:
        """Wait without seeming dead."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._stop.wait(min(left, BEAT_SECONDS)):
            self._beat()
