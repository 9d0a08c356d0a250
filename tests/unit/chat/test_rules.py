"""Why a config is off is decided once in Python and once in SQL, and both always agree."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.chat.rules import is_over, quota_of, why_off
from lib.settings import Settings
from lib.store.configs import find_config, wanted
from lib.store.server import note_generation
from lib.store.telegram_only import MONTHLY_BYTES
from lib.store.traffic import month_bounds
from lib.store.users import User, add_user, get_user
from lib.store.views.people import Lookup, list_people
from lib.store.views.reminders import high_usage
from lib.store.views.summaries import summarize_configs
from lib.store.views.telegram_path import reaching_telegram

NOW, MONTH = 1_780_000_000, "2026-05"
STATES = {"captcha": [], "pending": ["pending"], "approved": ["approved"], "rejected": ["pending", "rejected"],
          "blocked": ["approved", "blocked"]}  # fmt: skip
SMALL = st.integers(0, 3)
CONFIG = st.fixed_dictionaries(
    {
        "paused_at": st.sampled_from([None, None, None, NOW]),
        "expires_at": st.sampled_from([None, None, NOW - 1, NOW, NOW + 1]),
        "live_since": st.sampled_from([None, NOW]),
        "revoked_at": st.sampled_from([None, None, None, NOW]),
        "days": st.dictionaries(
            st.sampled_from(["2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01"]), st.tuples(SMALL, SMALL)
        ),
    }
)
PERSON = st.fixed_dictionaries(
    {
        "state": st.sampled_from([*STATES, "approved", "approved", "approved", "approved"]),
        "quota_bytes": st.none() | st.integers(0, 8),
        "configs": st.lists(CONFIG, max_size=3),
    }
)


@contextmanager
def undone(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("SAVEPOINT example")
    try:
        yield
    finally:
        db.execute("ROLLBACK TO example")
        db.execute("RELEASE example")


def add(db: sqlite3.Connection, people: list[dict[str, Any]]) -> None:
    """Write people with their configs and traffic into the database; their ids are 1, 2, 3 …"""
    numbers = itertools.count(1)
    generation = note_generation(db, "key", {}, "host:1", NOW)
    for who, person in enumerate(people, 1):
        add_user(db, who, None, "Anna", "en", NOW)
        for state in STATES[person["state"]]:
            db.execute("UPDATE users SET state = ? WHERE id = ?", (state, who))
        db.execute("UPDATE users SET quota_bytes = ? WHERE id = ?", (person["quota_bytes"], who))
        for config in person["configs"]:
            number = next(numbers)
            columns = {name: config[name] for name in ("paused_at", "expires_at", "live_since", "revoked_at")}
            db.execute(
                f"""INSERT INTO configs (id, user_id, name, address, public_key, generation, created_at,
                                         {", ".join(columns)})
                    VALUES (?, ?, 'Phone', ?, ?, ?, 0, ?, ?, ?, ?)""",
                (number, who, f"10.8.0.{number}", f"key {number}", generation, *columns.values()),
            )
            for day, moved in config["days"].items():
                db.execute("INSERT INTO stats VALUES (?, ?, ?, ?)", (number, day, *moved))


def owners(db: sqlite3.Connection, people: list[dict[str, Any]]) -> list[tuple[User, int]]:
    """Return everybody, with the bytes of their month."""
    numbers = range(1, len(people) + 1)
    return [(get_user(db, who), summarize_configs(db, who, MONTH).used.total) for who in numbers]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(PERSON, min_size=1, max_size=3), everybody=st.integers(0, 8))
def test_a_config_is_wanted_exactly_if_nothing_keeps_it_off(
    db: sqlite3.Connection, settings: Settings, people: list[dict[str, Any]], everybody: int
) -> None:
    present = replace(settings, quota_bytes=everybody)
    with undone(db):
        add(db, people)
        on = set()
        for owner, used in owners(db, people):
            for (number,) in db.execute("SELECT id FROM configs WHERE user_id = ?", (owner.id,)).fetchall():
                config = find_config(db, number)
                if config and why_off(present, config, owner, used, NOW) == "":
                    on.add(config.public_key)
        assert {peer.public_key for peer in wanted(db, NOW, MONTH, everybody)} == on


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(PERSON, min_size=1, max_size=3), everybody=st.integers(0, 8))
def test_telegram_stays_exactly_where_a_limit_or_an_end_keeps_a_made_config_off(
    db: sqlite3.Connection, settings: Settings, people: list[dict[str, Any]], everybody: int
) -> None:
    present = replace(settings, quota_bytes=everybody)
    with undone(db):
        add(db, people)
        left = set()
        for owner, used in owners(db, people):
            for (number,) in db.execute("SELECT id FROM configs WHERE user_id = ?", (owner.id,)).fetchall():
                config = find_config(db, number)
                made = config and config.live_since and owner.state == "approved"
                if config and made and why_off(present, config, owner, used, NOW) in ("expired", "quota"):
                    left.add(config.id)
        assert {*reaching_telegram(db, NOW, MONTH, everybody, MONTHLY_BYTES)} == left
        assert reaching_telegram(db, NOW, MONTH, everybody, 0) == {}, "its own limit is used up"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(PERSON, min_size=1, max_size=3), everybody=st.integers(0, 8))
def test_everywhere_the_same_people_are_over_their_limit(
    db: sqlite3.Connection, settings: Settings, people: list[dict[str, Any]], everybody: int
) -> None:
    present = replace(settings, quota_bytes=everybody)
    with undone(db):
        add(db, people)
        over = [who for who, used in owners(db, people) if is_over(used, quota_of(present, who.quota_bytes))]
        reminded = {who.user_id for who in high_usage(db, MONTH, everybody) if who.what.startswith("quota:100:")}
        listed = {entry.id for entry in list_people(db, "over", Lookup(0, month_bounds(MONTH), everybody), 9, 0)}
        assert reminded == {who.id for who in over}
        assert listed == {who.id for who in over if who.state == "approved"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"live_since": None}, ""),
        ({"expires_at": NOW + 1}, ""),
        ({"expires_at": NOW}, "expired"),
        ({"paused_at": NOW, "expires_at": NOW}, "paused"),
        ({"expires_at": NOW, "state": "blocked"}, "expired"),
        ({"state": "blocked", "quota_bytes": 1}, "shut"),
        ({"quota_bytes": 3}, "quota"),
        ({"quota_bytes": 4}, ""),
    ],
)
def test_the_first_reason_is_named(
    db: sqlite3.Connection, settings: Settings, change: dict[str, Any], why: str
) -> None:
    config = {"paused_at": None, "expires_at": None, "live_since": NOW, "revoked_at": None,
              "days": {"2026-05-28": (1, 2)}}  # fmt: skip
    person = {"state": "approved", "quota_bytes": None}
    held = {**config, **{name: value for name, value in change.items() if name in config}}
    add(db, [{**person, **{name: value for name, value in change.items() if name in person}, "configs": [held]}])
    month = summarize_configs(db, 1, MONTH)
    assert why_off(settings, month.get(1).config, get_user(db, 1), month.used.total, NOW) == why
    assert (wanted(db, NOW, MONTH, settings.quota_bytes) == []) == bool(why)
