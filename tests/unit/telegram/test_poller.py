"""The poller hands over what is an update, and is not held up by what is none."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from lib.telegram.poller import Poller


class Telegram:
    """Answers getUpdates with what it is given, once, and anything else with nothing of interest."""

    def __init__(self, updates: Any) -> None:
        self._updates = [updates]

    def call(self, method: str, params: Mapping[str, Any], **_: object) -> Any:
        if method == "getUpdates":
            return self._updates.pop() if self._updates else []
        return {"username": "bot"}


def handled(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, updates: Any) -> list[Any]:
    """Return what is handed over of what Telegram answers with."""
    seen: list[Any] = []
    nothing = lambda *_: None  # noqa: E731
    poller = Poller(db, Telegram(updates), seen.append, lambda: 0.0, threading.Event(), nothing, nothing)  # type: ignore[arg-type]
    monkeypatch.setattr(poller, "_sleep", nothing)
    for _ in range(4):
        poller.step()
    return seen


def test_it_works(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert handled(db, monkeypatch, [{"update_id": 1}, {"update_id": 2}]) == [{"update_id": 1}, {"update_id": 2}]


@pytest.mark.parametrize("bad", [None, 7, "x", [], {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 2**63}])
def test_what_has_no_number_does_not_hold_up_the_rest(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, bad: object
) -> None:
    assert handled(db, monkeypatch, [bad, {"update_id": 2}]) == [{"update_id": 2}]
    assert handled(db, monkeypatch, [bad]) == []


@pytest.mark.parametrize("answer", [None, 7, "updates", {"update_id": 1}])
def test_what_is_not_a_list_is_no_updates(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    assert handled(db, monkeypatch, answer) == []
