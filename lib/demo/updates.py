"""The queue of updates: what is not confirmed comes again; kinds not asked for are never queued; old ones vanish."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lib.demo.limits import CALLBACK_SECONDS, POLL_SECONDS, UPDATE_SECONDS
from lib.demo.refusal import Refused

KINDS = frozenset((
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
    "chat_boost", "removed_chat_boost",
))  # fmt: skip
DEFAULT_KINDS = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}
_FIRST_ID = 700_000_001


@dataclass(frozen=True)
class _Queued:
    update: dict[str, Any]
    until: float


class UpdateQueue:
    """Updates in order of their ids; `changed` is the world's condition, which its methods are called under."""

    def __init__(
        self, changed: threading.Condition, now: Callable[[], float], tell: Callable[[int], None] = lambda offset: None
    ) -> None:
        self._changed, self._now, self._tell = changed, now, tell
        self._queue: list[_Queued] = []
        self._poll = 0  # the number of the newest poll; an older one that still waits is told of the conflict
        self.next_id = _FIRST_ID
        self.allowed = DEFAULT_KINDS
        self.webhook = ""
        self.stopped = False
        self.confirmed = 0  # every update with an id below has been confirmed

    def add(self, kind: str, content: dict[str, Any]) -> int | None:
        """Queue an update; None when the bot does not want this kind."""
        if kind not in self.allowed:
            return None
        update_id, self.next_id = self.next_id, self.next_id + 1
        until = self._now() + (CALLBACK_SECONDS if kind == "callback_query" else UPDATE_SECONDS)
        self._queue.append(_Queued({"update_id": update_id, kind: content}, until))
        self._changed.notify_all()
        return update_id

    def add_raw(self, update: dict[str, Any]) -> int:
        """Queue an update as it is, with its own id if it has one."""
        update = {"update_id": self.next_id, **update}
        self.next_id = max(self.next_id, int(update["update_id"]) + 1)
        self._queue.append(_Queued(update, self._now() + UPDATE_SECONDS))
        self._changed.notify_all()
        return int(update["update_id"])

    def pending(self) -> int:
        """Count what is not confirmed."""
        self._queue = [queued for queued in self._queue if queued.until > self._now()]
        return len(self._queue)

    def drop(self) -> None:
        """Forget everything that waits."""
        self._queue.clear()

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Note which kinds are wanted from now on; None keeps what was said before, an empty list means the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) & KINDS or DEFAULT_KINDS

    def poll(self, offset: int, limit: int, timeout: int) -> list[dict[str, Any]]:
        """Confirm what is below the offset, and wait for the rest; raises Refused 409 for a rival."""
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; "
                               "use deleteWebhook to delete the webhook first")  # fmt: skip
        self._poll += 1
        mine = self._poll
        self._changed.notify_all()
        self._confirm(offset)
        end = time.monotonic() + min(max(timeout, 0), POLL_SECONDS)
        while True:
            if self._poll != mine:
                raise Refused(409, "Conflict: terminated by other getUpdates request; "
                                   "make sure that only one bot instance is running")  # fmt: skip
            if self.webhook:
                raise Refused(409, "Conflict: terminated by setWebhook request")
            left = end - time.monotonic()
            if self.pending() or left <= 0 or self.stopped:
                return [queued.update for queued in self._queue[: min(limit, 100) if limit > 0 else 100]]
            self._changed.wait(left)

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            if offset != self.confirmed:
                self.confirmed = offset
                self._tell(offset)
            self._queue = [queued for queued in self._queue if queued.update["update_id"] >= offset]
        elif offset < 0:
            self._queue = self._queue[offset:]
