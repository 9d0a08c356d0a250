"""Fetch updates: long poll, hand each one over to be committed, and confirm it by the next poll's offset."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.errors import AnotherPoller, RetryLater, WrongToken
from lib.store.updates import BATCH, next_offset
from lib.telegram.api import Telegram

log = logging.getLogger(__name__)

POLL_SECONDS = 50
ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
RIVAL_SECONDS = 300  # how long another poller is tolerated before giving up
BEAT_SECONDS = 30.0  # the longest time between heartbeats while waiting
DOUBTS, DOUBT_SECONDS = 3, 5.0  # how often, and how far apart, to ask whether a token that was refused is valid
LONGEST_PAUSE = 30.0  # seconds between attempts while Telegram can't be reached


def is_update(update: object) -> bool:
    """Return True for an object with a number, without which it can be neither handled nor confirmed."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63


@dataclass
class Poller:
    """The loop of one thread. `handle(update)` commits an update with all its effects, or raises.

    `save_username(username)` gets the bot's username before the first poll. While it is `waiting` for Telegram, nothing
    is lost if the thread ends.
    """

    db: sqlite3.Connection
    telegram: Telegram
    handle: Callable[[Mapping[str, Any]], None]
    clock: Callable[[], float]
    stop: threading.Event
    beat: Callable[[], None]
    save_username: Callable[[str], None]
    waiting: bool = False
    _webhook_gone: bool = False
    _username_saved: bool = False
    _rival_since: float | None = None
    _pause: float = 0.0

    def run(self) -> None:
        """Poll until told to stop; raise WrongToken, or AnotherPoller if there still is one after some minutes."""
        while not self.stop.is_set():
            self.step()

    def step(self) -> None:
        """Delete a webhook, ask for the bot's username, or poll once and hand over what came."""
        self.beat()
        if not self._webhook_gone:
            self._webhook_gone = bool(self._attempt(lambda: self.telegram.call("deleteWebhook", {})))
        elif not self._username_saved:
            if me := self._attempt(lambda: self.telegram.call("getMe", {})):
                self.save_username(str(me["username"]))
                self._username_saved = True
        else:
            for update in self._attempt(self._poll) or []:
                if self.stop.is_set():
                    return
                self.handle(update)
                self.beat()

    def _poll(self) -> list[Mapping[str, Any]]:
        offset = next_offset(self.db, int(self.clock()))
        params = {"offset": offset, "timeout": POLL_SECONDS, "limit": BATCH, "allowed_updates": ALLOWED_UPDATES}
        updates = self.telegram.call("getUpdates", params, read_seconds=POLL_SECONDS + 10)
        readable = [update for update in updates if is_update(update)] if isinstance(updates, list) else []
        if not readable and updates:
            raise RetryLater("getUpdates: nothing but malformed updates", LONGEST_PAUSE)
        return readable

    def _attempt(self, call: Callable[[], Any]) -> Any:
        """Make a call; if Telegram can't serve it, wait longer each time and return None."""
        try:
            self.waiting = True
            try:
                result = call()
            finally:
                self.waiting = False
            self._rival_since, self._pause = None, 0.0
            return result
        except WrongToken as exc:
            self._doubt(exc)
        except AnotherPoller as exc:
            self._tolerate_rival(exc)
        except RetryLater as exc:
            self._pause = min(max(self._pause * 2, exc.seconds), max(LONGEST_PAUSE, exc.seconds))
            log.warning("%s; next attempt in %.0f s", exc, self._pause)
            self._sleep(self._pause)
        return None

    def _doubt(self, exc: WrongToken) -> None:
        """Ask several times whether Telegram knows the token; raise WrongToken if it says no each time."""
        log.warning("%s; asking whether the token is still valid", exc)
        for _ in range(DOUBTS):
            self._sleep(DOUBT_SECONDS)
            try:
                self.telegram.call("getMe", {})
            except WrongToken:
                continue
            except RetryLater as trouble:
                log.warning("%s", trouble)
            return
        if not self.stop.is_set():
            raise exc

    def _tolerate_rival(self, exc: AnotherPoller) -> None:
        """Wait for another copy of the bot to end; then give up, because each of two copies gets only some updates."""
        now = time.monotonic()
        self._rival_since = self._rival_since or now
        if now - self._rival_since > RIVAL_SECONDS:
            raise exc
        log.error("Another program uses the same token: stop it, or give this bot a token of its own (%s)", exc)
        self._webhook_gone = False  # the other program may have set one
        self._sleep(10)

    def _sleep(self, seconds: float) -> None:
        """Wait, with a heartbeat now and then."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.stop.wait(min(left, BEAT_SECONDS)):
            self.beat()
