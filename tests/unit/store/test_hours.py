"""The server's hours: their sums equal those of the days, and they show when somebody is usually online."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.days import split_by_hour
from lib.store import hours
from lib.store.database import connect, prepare_database, transaction
from lib.store.traffic import Usage, ever_moved
from tests.unit.store.samples import NOON, sample, with_config

HOUR, DAY = 3600, 86400
SHARP = NOON - NOON % HOUR


def moved(db: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """Return received and sent of every hour with traffic, counted from SHARP."""
    rows = db.execute("SELECT hour, received, sent FROM hours WHERE received + sent > 0 ORDER BY hour")
    return {(hour - SHARP) // HOUR: (received, sent) for hour, received, sent in rows}


def be_online(db: sqlite3.Connection, *days_ago: int, now: int = SHARP) -> None:
    for days in days_ago:
        hours.note_online(db, 1, now - days * DAY)
        hours.note_online(db, 1, now - days * DAY - HOUR)


def test_it_works(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 0, 0, SHARP)
    sample(db, 10, 100, SHARP + 60)
    sample(db, 15, 150, SHARP + HOUR - 1)
    hours.note_online(db, 3, SHARP + 5)
    hours.note_online(db, 2, SHARP + 50)
    assert hours.list_hours(db, SHARP, SHARP) == [hours.Hour(SHARP, 15, 150, 3)]


def test_what_came_over_the_edge_of_an_hour_is_divided_by_time(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 0, 0, SHARP - 45)
    sample(db, 600, 60, SHARP + 15)
    assert moved(db) == {-1: (450, 45), 0: (150, 15)}


def test_a_sample_at_the_very_edge_belongs_to_the_hour_that_ended(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 0, 0, SHARP - 60)
    sample(db, 600, 0, SHARP)
    assert moved(db) == {-1: (600, 0)}


def test_a_night_asleep_is_no_peak_of_the_morning(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 0, 0, SHARP)
    sample(db, 0, 8000, SHARP + 8 * HOUR)
    assert moved(db) == dict.fromkeys(range(8), (0, 1000))


@pytest.mark.parametrize("step", [-HOUR, 0])
def test_a_clock_set_back_gives_it_to_the_present_hour(db: sqlite3.Connection, step: int) -> None:
    with_config(db)
    sample(db, 0, 0, SHARP)
    sample(db, 7, 0, SHARP + step)
    assert moved(db) == {step // HOUR: (7, 0)}


def test_five_weeks_are_kept_and_no_more(db: sqlite3.Connection) -> None:
    for days in (0, 34, 36, 400):
        hours.note_online(db, 1, SHARP - days * DAY)
    hours.forget_hours(db, SHARP)
    assert [(SHARP - hour.hour) // DAY for hour in hours.list_hours(db, 0, SHARP)] == [34, 0]


def test_a_year_asleep_makes_no_more_hours_than_are_kept(db: sqlite3.Connection) -> None:
    with_config(db)
    with transaction(db):
        sample(db, 0, 0, SHARP - 365 * DAY)
        sample(db, 10**9, 10**10, SHARP)
    assert len(moved(db)) == 35 * 24
    assert tuple(db.execute("SELECT sum(received), sum(sent) FROM hours").fetchone()) == (10**9, 10**10)


def test_busy_days_are_those_with_somebody_online_at_this_hour_and_the_one_before(db: sqlite3.Connection) -> None:
    be_online(db, 1, 2, 3, 7, 8)
    hours.note_online(db, 0, SHARP)
    hours.note_online(db, 5, SHARP - 4 * DAY)
    hours.note_online(db, 5, SHARP - 5 * DAY - HOUR)
    be_online(db, 6, now=SHARP + 5 * HOUR)
    assert hours.count_busy_days(db, SHARP + 1800, 7) == 4


@given(amount=st.integers(0, 10**15), begin=st.integers(0, 10**7), length=st.integers(-HOUR, 30 * DAY))
def test_the_parts_sum_to_the_whole(amount: int, begin: int, length: int) -> None:
    parts = split_by_hour(amount, begin, begin + length)
    assert sum(parts.values()) == amount
    assert all(hour % HOUR == 0 and part > 0 for hour, part in parts.items())


STEPS = st.lists(
    st.tuples(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(-(10**5), 10**5), st.sampled_from("ab")),
    max_size=12,
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_hours_days_and_the_sum_of_all_times_agree(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, int, str]]
) -> None:
    path = Path(tmp_path_factory.mktemp("hours")) / "bot_data.db"
    prepare_database(path)
    db = connect(path)
    with_config(db)
    db.execute("PRAGMA synchronous = OFF")
    now = NOON
    for received, sent, step, life in steps:
        now += step
        sample(db, received, sent, now, life)
    by_hour, by_day = (db.execute(f"SELECT total(received), total(sent) FROM {name}").fetchone()
                       for name in ("hours", "stats"))  # fmt: skip
    assert tuple(by_hour) == tuple(by_day)
    assert ever_moved(db) == Usage(*map(int, by_day))
    db.close()


def test_the_sum_of_all_times_begins_with_what_an_older_bot_counted(db: sqlite3.Connection) -> None:
    config = with_config(db)
    db.execute("INSERT INTO stats VALUES (?, '2025-01-01', 5, 50)", (config,))
    assert ever_moved(db) == Usage(5, 50)
    sample(db, 1, 2, NOON)
    assert ever_moved(db) == Usage(6, 52)
