"""When may the next message go? Telegram's limits as two kinds of bucket, and the waits it asks for. Pure."""

from __future__ import annotations

PER_SECOND = 28.8  # over all chats; the limit is 30 in any second
LATE = 0.04  # seconds by which one may go late without making those behind it later: 28.8 * 1.04 is below 30
CHAT_PER_SECOND = 1.0
CHAT_BURST = 4.0
FORGET_AFTER = 60.0  # seconds after which a quiet chat's bucket is surely full


class Pace:
    """Tell how long a chat must wait; all times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._next = 0.0  # when the next message of all may go
        self._held = 0.0  # nothing at all before then
        self._chats: dict[int, tuple[float, float]] = {}  # chat -> (tokens, when they were counted)
        self._chats_held: dict[int, float] = {}

    def wait(self, chat_id: int, now: float) -> float:
        """Give the seconds until a message to this chat may go; 0 when it may go now."""
        tokens = self._tokens(chat_id, now)
        refill = 0.0 if tokens >= 1 else (1 - tokens) / CHAT_PER_SECOND
        return max(self.wait_any(now), refill, self._chats_held.get(chat_id, 0.0) - now)

    def take(self, chat_id: int, now: float) -> None:
        """Note that a message to this chat goes now."""
        self._next = max(self._next, now - LATE) + 1 / PER_SECOND
        self._chats[chat_id] = (self._tokens(chat_id, now) - 1, now)
        if len(self._chats) > 1000:
            self._forget(now)

    def wait_any(self, now: float) -> float:
        """Give the seconds until a message to any chat may go."""
        return max(0.0, self._next - now, self._held - now)

    def wait_untold(self, now: float) -> float:
        """Give the seconds until a call that concerns no chat's limit (an answer to a tap) may go."""
        return max(0.0, self._held - now)

    def hold_all(self, seconds: float, now: float) -> None:
        """Wait with everything."""
        self._held = max(self._held, now + seconds)

    def hold_chat(self, chat_id: int, seconds: float, now: float) -> None:
        """Wait with a chat as Telegram said; a second chat held at the same time means that it said so to all."""
        if any(until > now for chat, until in self._chats_held.items() if chat != chat_id):
            self.hold_all(seconds, now)
        self._chats_held[chat_id] = now + seconds

    def _tokens(self, chat_id: int, now: float) -> float:
        tokens, at = self._chats.get(chat_id, (CHAT_BURST, now))
        return min(CHAT_BURST, tokens + (now - at) * CHAT_PER_SECOND)

    def _forget(self, now: float) -> None:
        self._chats = {chat: state for chat, state in self._chats.items() if now - state[1] < FORGET_AFTER}
        self._chats_held = {chat: until for chat, until in self._chats_held.items() if until > now}
