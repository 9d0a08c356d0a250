"""Telegram's rate limits: 30 messages a second for all chats, and one a second for each chat after a short burst."""

from __future__ import annotations

import pytest

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.rate_limiter import RateLimiter


def test_it_works():
    limiter = RateLimiter()
    for _ in range(5):
        limiter.take(7, now=100)
    with pytest.raises(ApiError) as caught:
        limiter.take(7, now=100)
    assert (caught.value.code, caught.value.parameters) == (429, {"retry_after": 1})
    limiter.take(7, now=101)


def test_a_full_chat_does_not_delay_another():
    limiter = RateLimiter()
    for _ in range(5):
        limiter.take(7, now=100)
    assert limiter.take(8, now=100) is None


def test_all_chats_together_take_thirty_a_second():
    limiter = RateLimiter()
    for chat in range(30):
        limiter.take(chat + 1, now=100)
    with pytest.raises(ApiError, match="Too Many Requests: retry after 1"):
        limiter.take(99, now=100)


def test_each_photo_of_an_album_counts():
    limiter = RateLimiter()
    limiter.take(7, now=100, count=4)
    with pytest.raises(ApiError, match="retry after 9"):
        limiter.take(7, now=100, count=10)


def test_a_clock_that_is_set_back_does_no_harm():
    limiter = RateLimiter()
    limiter.take(7, now=100)
    assert limiter.take(7, now=50) is None
