"""When the next message may go: Telegram's limits as two kinds of token bucket, and the waits it asks for. Pure."""

from __future__ import annotations

PER_SECOND = 28.8  # over all chats; the limit is 30 in any second
LATE = 0.04  # seconds by which one may go late without delaying those behind it: 28.8 * 1.04 is below 30
CHAT_PER_SECOND = 1.0
CHAT_BURST = 4.0
FORGET_AFTER = 60.0  # seconds after which a quiet chat's bucket is surely full


class Pace:
    """Computes how long a chat must wait; all times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._next = 0.0  # when the next message to any chat may go
        self._held = 0.0  # until then, nothing at all may go
        self._chats: dict[int, tuple[float, float]] = {}  # chat -> (tokens, when they were counted)
        self._chats_held: dict[int, float] = {}

    def wait(self, chat_id: int, now: float) -> float:
        """Return how many seconds to wait before the next message to this chat."""
        tokens = self._tokens(chat_id, now)
        refill = 0.0 if tokens >= 1 else (1 - tokens) / CHAT_PER_SECOND
        return max(self.wait_any(now), refill, self._chats_held.get(chat_id, 0.0) - now)

    def wait_any(self, now: float) -> float:
        """Return how many seconds to wait before the next message to any chat."""
        return max(0.0, self._next - now, self._held - now)

    def wait_for_answers(self, now: float) -> float:
        """Return how many seconds to wait before answering a tap, which counts towards no chat's limit."""
        return max(0.0, self._held - now)

    def take(self, chat_id: int, now: float) -> None:
        """Count a message that goes to this chat now."""
        self._next = max(self._next, now - LATE) + 1 / PER_SECOND
        self._chats[chat_id] = (self._tokens(chat_id, now) - 1, now)
        if len(self._chats) > 1000:
            self._chats = {chat: state for chat, state in self._chats.items() if now - state[1] < FORGET_AFTER}
            self._chats_held = {chat: until for chat, until in self._chats_held.items() if until > now}

    def hold_all(self, seconds: float, now: float) -> None:
        """Hold everything back."""
        self._held = max(self._held, now + seconds)

    def hold_chat(self, chat_id: int, seconds: float, now: float) -> None:
        """Hold a chat back as Telegram asked; if another one is held at the same time, hold all of them."""
        if any(until > now for chat, until in self._chats_held.items() if chat != chat_id):
            self.hold_all(seconds, now)
        self._chats_held[chat_id] = now + seconds

    def _tokens(self, chat_id: int, now: float) -> float:
        tokens, at = self._chats.get(chat_id, (CHAT_BURST, now))
        return min(CHAT_BURST, tokens + (now - at) * CHAT_PER_SECOND)
