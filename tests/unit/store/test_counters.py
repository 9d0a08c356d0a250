"""The sum of all days always equals the sum of all differences, however the counters and the clock jump."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.store.counters import (
    FLOW,
    difference,
    is_online,
    may_be_same,
    read_signs,
    record_sample,
    repair_handshakes,
)
from lib.store.database import connect, prepare_database
from lib.store.traffic import Usage, days_of_user, month_total
from tests.unit.store.samples import MOSCOW, NOON, sample, with_config


def test_it_works(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 100, 1000, NOON)
    sample(db, 150, 1500, NOON + 60)
    assert days_of_user(db, 100, "2026-05") == {"2026-05-28": Usage(150, 1500)}


def test_bytes_that_come_are_heard_and_more_than_keepalives_flow(db: sqlite3.Connection) -> None:
    config = with_config(db)
    sample(db, 148, 92, NOON)
    assert read_signs(db, config) == (NOON, 0)
    sample(db, 148, 92 + FLOW - 1, NOON + 60)
    assert read_signs(db, config) == (NOON, 0), "answers to nobody"
    sample(db, 200, 92 + 2 * FLOW, NOON + 120)
    assert read_signs(db, config) == (NOON + 120, NOON + 120)
    assert read_signs(db, config + 1) == (0, 0)
    repair_handshakes(db, NOON - 86400)
    assert max(read_signs(db, config)) < NOON - 86400, "the clock had run ahead"


def test_counters_that_fell_began_again(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 100, 1000, NOON)
    sample(db, 30, 40, NOON + 60)
    assert month_total(db, "2026-05") == Usage(130, 1040)


def test_another_life_of_the_interface_begins_at_zero_even_if_it_is_already_ahead(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 100, 100, NOON)
    sample(db, 500, 500, NOON + 60, life="two")
    assert month_total(db, "2026-05") == Usage(600, 600)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("boot:7", "boot:7", True),
        ("boot:7", "boot:8", False),
        ("boot:7", "another:7", False),
        ("boot:7", "boot:-", True),
        ("boot:-", "boot:8", True),
        ("-:7", "boot:7", True),
        ("-:7", "boot:8", False),
        ("-:-", "boot:7", True),
    ],
)
def test_two_lives_are_the_same_unless_a_part_that_was_seen_in_both_differs(
    before: str, after: str, same: bool
) -> None:
    assert may_be_same(before, after) is same


def test_a_life_that_can_not_be_seen_for_once_is_taken_for_the_same(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 100, 100, NOON, life="boot:7")
    sample(db, 150, 150, NOON + 60, life="boot:-")
    assert month_total(db, "2026-05") == Usage(150, 150)


def test_what_was_seen_of_a_life_is_kept_while_it_can_not_be_seen(db: sqlite3.Connection) -> None:
    with_config(db)
    for at, (amount, life) in enumerate([(4000, "boot:1"), (4000, "boot:-"), (4500, "boot:2"), (4600, "-:-")]):
        sample(db, amount, 0, NOON + 60 * at, life=life)
    assert month_total(db, "2026-05").received == 4000 + 4500 + 100


def test_a_config_that_was_never_seen_moved_since_the_last_sample(db: sqlite3.Connection) -> None:
    with_config(db)
    midnight = 1_777_582_800  # 2026-05-01 00:00 in Moscow
    record_sample(db, [], [], "one", midnight - 3600, MOSCOW)
    sample(db, 400, 0, midnight + 3 * 3600)
    assert (month_total(db, "2026-04").received, month_total(db, "2026-05").received) == (100, 300)


def test_rows_are_written_only_where_something_changed(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 100, 100, NOON)
    before = db.total_changes
    sample(db, 100, 100, NOON + 60)
    assert db.total_changes - before == 1, "the moment of the sample alone"


def test_a_peer_that_was_gone_begins_at_zero_even_if_it_is_already_ahead(db: sqlite3.Connection) -> None:
    with_config(db)
    sample(db, 100, 100, NOON)
    record_sample(db, [], [1], "one", NOON + 60, MOSCOW)
    sample(db, 500, 500, NOON + 120)
    assert month_total(db, "2026-05") == Usage(600, 600)


def test_a_night_asleep_is_divided_at_midnight(db: sqlite3.Connection) -> None:
    with_config(db)
    midnight = 1_777_582_800  # 2026-05-01 00:00 in Moscow
    sample(db, 0, 0, midnight - 3600)
    sample(db, 400, 0, midnight + 3 * 3600)
    assert (month_total(db, "2026-04").received, month_total(db, "2026-05").received) == (100, 300)


STEPS = st.lists(
    st.tuples(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(-(10**5), 3 * 10**6), st.sampled_from("ab")),
    max_size=12,
)


@settings(max_examples=60)
@given(steps=STEPS)
def test_days_sum_to_the_differences(tmp_path_factory: object, steps: list[tuple[int, int, int, str]]) -> None:
    path = Path(tmp_path_factory.mktemp("days")) / "bot_data.db"  # type: ignore[attr-defined]
    prepare_database(path)
    db = connect(path)
    with_config(db)
    now, last, expected = NOON, (0, 0, "a"), [0, 0]
    for received, sent, step, life in steps:
        now += step
        sample(db, received, sent, now, life)
        for way, (before, after) in enumerate(zip(last[:2], (received, sent), strict=True)):
            expected[way] += difference(int(before), after, life == last[2])
        last = (received, sent, life)
    assert list(db.execute("SELECT total(received), total(sent) FROM stats").fetchone()) == expected
    db.close()


@pytest.mark.parametrize(("ahead", "online"), [(-180, False), (-179, True), (0, True), (60, True), (61, False)])
def test_a_handshake_in_the_future_is_nobody_online(ahead: int, online: bool) -> None:
    assert is_online(1000 + ahead, 1000) == online
