"""The queue of updates for the bot.

An unconfirmed update is delivered again, an old one is dropped, and one of an unwanted kind is never queued.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.limits import CALLBACK_SECONDS, POLL_SECONDS, UPDATE_SECONDS

_KINDS = frozenset((
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
    "chat_boost", "removed_chat_boost",
))  # fmt: skip
_DEFAULT_KINDS = _KINDS - {"chat_member", "message_reaction", "message_reaction_count"}
_FIRST_ID = 700_000_001


@dataclass(frozen=True)
class _Queued:
    update: dict[str, Any]
    expires_at: float


class UpdateQueue:
    """Updates in the order of their ids. Callers hold `changed`; `on_confirmed` gets each new offset."""

    def __init__(
        self, changed: threading.Condition, now: Callable[[], float], on_confirmed: Callable[[int], None]
    ) -> None:
        self._changed, self._now, self._on_confirmed = changed, now, on_confirmed
        self._queue: list[_Queued] = []
        self._newest_poll = 0  # its number; an older poll that is still waiting ends with a conflict
        self._next_id = _FIRST_ID
        self.allowed = _DEFAULT_KINDS
        self.webhook = ""
        self.stopped = False  # polls return at once
        self.confirmed = 0  # every update with a lower id has been confirmed

    def add(self, kind: str, content: dict[str, Any]) -> int | None:
        """Queue an update and return its id, or None if the bot does not want this kind."""
        if kind not in self.allowed:
            return None
        update_id, self._next_id = self._next_id, self._next_id + 1
        expires_at = self._now() + (CALLBACK_SECONDS if kind == "callback_query" else UPDATE_SECONDS)
        self._queue.append(_Queued({"update_id": update_id, kind: content}, expires_at))
        self._changed.notify_all()
        return update_id

    def add_raw(self, update: dict[str, Any]) -> int:
        """Queue an update unchanged, with its own id if it has one."""
        update = {"update_id": self._next_id, **update}
        self._next_id = max(self._next_id, int(update["update_id"]) + 1)
        self._queue.append(_Queued(update, self._now() + UPDATE_SECONDS))
        self._changed.notify_all()
        return int(update["update_id"])

    def pending(self) -> int:
        """Return the number of unconfirmed updates."""
        self._queue = [queued for queued in self._queue if queued.expires_at > self._now()]
        return len(self._queue)

    def drop(self) -> None:
        """Drop all queued updates."""
        self._queue.clear()

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Set which kinds of updates the bot wants; None changes nothing, an empty list means the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) & _KINDS or _DEFAULT_KINDS

    def poll(self, offset: int, limit: int, timeout: int) -> list[dict[str, Any]]:
        """Confirm updates below the offset and wait for new ones; raise ApiError 409 on a conflict."""
        if self.webhook:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active; "
                               "use deleteWebhook to delete the webhook first")  # fmt: skip
        self._newest_poll += 1
        own_number = self._newest_poll
        self._changed.notify_all()
        self._confirm(offset)
        end = time.monotonic() + min(max(timeout, 0), POLL_SECONDS)
        while True:
            if self._newest_poll != own_number:
                raise ApiError(409, "Conflict: terminated by other getUpdates request; "
                                   "make sure that only one bot instance is running")  # fmt: skip
            if self.webhook:
                raise ApiError(409, "Conflict: terminated by setWebhook request")
            left = end - time.monotonic()
            if self.pending() or left <= 0 or self.stopped:
                return [queued.update for queued in self._queue[: min(limit, 100) if limit > 0 else 100]]
            self._changed.wait(left)

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            if offset != self.confirmed:
                self.confirmed = offset
                self._on_confirmed(offset)
            self._queue = [queued for queued in self._queue if queued.update["update_id"] >= offset]
        elif offset < 0:
            self._queue = self._queue[offset:]
