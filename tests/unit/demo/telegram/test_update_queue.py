"""The queue of updates: delivery, confirmation, conflicts, kinds and expiry."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.update_queue import UpdateQueue


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def updates(clock: Clock) -> UpdateQueue:
    return UpdateQueue(threading.Condition(threading.RLock()), clock, on_confirmed=lambda offset: None)


def poll(updates: UpdateQueue, offset: int = 0, limit: int = 100, timeout: int = 0) -> list[int]:
    with updates._changed:
        return [update["update_id"] for update in updates.poll(offset, limit, timeout)]


def add(updates: UpdateQueue, kind: str = "message") -> Any:
    with updates._changed:
        return updates.add(kind, {})


def later(action: Callable[[], Any]) -> threading.Timer:
    timer = threading.Timer(0.05, action)
    timer.start()
    return timer


def test_it_works(updates: UpdateQueue):
    first = add(updates)
    assert poll(updates) == [first]


def test_unconfirmed_updates_are_delivered_again(updates: UpdateQueue):
    first, second = add(updates), add(updates)
    assert poll(updates) == poll(updates) == [first, second]
    assert poll(updates, offset=second) == [second]
    assert poll(updates) == [second]
    assert poll(updates, offset=second + 1) == []
    assert poll(updates) == []


def test_ids_are_consecutive(updates: UpdateQueue):
    assert add(updates) + 1 == add(updates)


def test_a_negative_offset_keeps_only_the_newest(updates: UpdateQueue):
    ids = [add(updates) for _ in range(3)]
    assert poll(updates, offset=-1) == ids[-1:]
    assert poll(updates) == ids[-1:]


def test_the_limit_is_applied_and_capped(updates: UpdateQueue):
    ids = [add(updates) for _ in range(120)]
    assert poll(updates, limit=2) == ids[:2]
    assert poll(updates, limit=500) == ids[:100]


def test_a_long_poll_ends_as_soon_as_there_is_an_update(updates: UpdateQueue):
    timer = later(lambda: add(updates))
    assert len(poll(updates, timeout=50)) == 1
    timer.join()


def test_a_second_poll_ends_the_first_one(updates: UpdateQueue):
    timer = later(lambda: poll(updates))
    with pytest.raises(ApiError, match="terminated by other getUpdates request") as caught:
        poll(updates, timeout=50)
    assert caught.value.code == 409
    timer.join()


def test_polling_fails_while_a_webhook_is_set(updates: UpdateQueue):
    updates.webhook = "https://example.org"
    with pytest.raises(ApiError, match="webhook is active"):
        poll(updates)


def test_unwanted_kinds_are_never_queued(updates: UpdateQueue):
    assert add(updates, "chat_member") is None
    updates.allow(["message"])
    assert add(updates, "callback_query") is None
    assert add(updates) is not None


def test_the_wanted_kinds_stay_until_they_are_changed(updates: UpdateQueue):
    updates.allow(["chat_member"])
    updates.allow(None)
    assert add(updates, "chat_member") is not None
    updates.allow([])
    assert add(updates, "chat_member") is None
    assert add(updates, "my_chat_member") is not None


def test_updates_are_kept_for_a_day(updates: UpdateQueue, clock: Clock):
    first = add(updates)
    clock.now += 24 * 3600 - 1
    assert poll(updates) == [first]
    clock.now += 2
    assert poll(updates) == []


def test_presses_are_kept_for_150_seconds(updates: UpdateQueue, clock: Clock):
    press, text = add(updates, "callback_query"), add(updates)
    assert poll(updates) == [press, text]
    clock.now += 151
    assert poll(updates) == [text]


def test_a_raw_update_may_have_its_own_id(updates: UpdateQueue):
    with updates._changed:
        assert updates.add_raw({"update_id": 5, "message": {}}) == 5
        assert updates.add_raw({"update_id": 900_000_000, "message": {}}) == 900_000_000
    assert add(updates) == 900_000_001
