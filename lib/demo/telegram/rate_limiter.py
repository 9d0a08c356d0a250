"""Telegram's rate limits for messages."""

from __future__ import annotations

import math

from lib.demo.telegram.api_error import ApiError

_ALL_CHATS = 0  # the key of the bucket that all chats share
_ALL_PER_SECOND = 30.0
_CHAT_PER_SECOND = 1.0
_CHAT_BURST = 5.0


class RateLimiter:
    """Token buckets as Telegram has them: one shared by all chats, and one for each chat."""

    def __init__(self) -> None:
        self._buckets: dict[int, tuple[float, float]] = {}  # chat -> (tokens, when they were counted)

    def take(self, chat_id: int, now: float, count: int = 1) -> None:
        """Let this many messages through, or raise ApiError 429 with the time to wait."""
        rates = ((_ALL_CHATS, _ALL_PER_SECOND, _ALL_PER_SECOND), (chat_id, _CHAT_BURST, _CHAT_PER_SECOND))
        left = {key: self._tokens(key, burst, rate, now) - count for key, burst, rate in rates}
        wait = max((0.0 - left[key]) / rate for key, burst, rate in rates)
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self._buckets.update({key: (tokens, now) for key, tokens in left.items()})

    def _tokens(self, key: int, burst: float, rate: float, now: float) -> float:
        tokens, counted_at = self._buckets.get(key, (burst, now))
        return min(burst, tokens + max(0.0, now - counted_at) * rate)
