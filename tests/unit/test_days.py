"""Days and months as people see them, through leap years and changes of the clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import days

MOSCOW, BERLIN, SAMOA = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")
ZONES = st.sampled_from([MOSCOW, BERLIN, SAMOA, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Australia/Lord_Howe")])
MOMENTS = st.integers(min_value=1_200_000_000, max_value=2_100_000_000)


def at(zone: ZoneInfo, *when: int) -> int:
    return int(datetime(*when, tzinfo=zone).timestamp())  # type: ignore[arg-type,misc]


def test_it_works() -> None:
    noon = at(MOSCOW, 2026, 3, 31, 12)
    assert days.day_of(noon, MOSCOW) == "2026-03-31"
    assert days.next_month_start(noon, MOSCOW) == at(MOSCOW, 2026, 4, 1)


@pytest.mark.parametrize(("month", "length"), [("2024-02", 29), ("2026-02", 28), ("2026-12", 31), ("2100-02", 28)])
def test_months_have_their_days(month: str, length: int) -> None:
    assert len(days.days_of_month(month)) == length


def test_the_year_turns() -> None:
    assert (days.month_before("2026-01"), days.month_after("2025-12")) == ("2025-12", "2026-01")


def test_an_interval_over_midnight_is_divided_in_proportion() -> None:
    begin, end = at(MOSCOW, 2026, 5, 1, 21), at(MOSCOW, 2026, 5, 2, 1)
    assert days.split_by_day(400, begin, end, MOSCOW) == {"2026-05-01": 300, "2026-05-02": 100}


def test_a_day_of_23_hours_gets_its_share() -> None:
    begin, end = at(BERLIN, 2026, 3, 29), at(BERLIN, 2026, 3, 30, 1)
    assert days.split_by_day(2400, begin, end, BERLIN) == {"2026-03-29": 2300, "2026-03-30": 100}


def test_a_whole_month_asleep_touches_every_day() -> None:
    begin, end = at(MOSCOW, 2024, 1, 31, 12), at(MOSCOW, 2024, 3, 1, 12)
    assert len(days.split_by_day(10**9, begin, end, MOSCOW)) == 1 + 29 + 1


def test_a_clock_set_back_gives_all_to_the_present_day() -> None:
    now = at(MOSCOW, 2026, 5, 1, 23)
    assert days.split_by_day(5, now + 7200, now, MOSCOW) == {"2026-05-01": 5}


@given(amount=st.integers(0, 10**15), begin=MOMENTS, length=st.integers(-5_000_000, 5_000_000), zone=ZONES)
def test_no_byte_is_lost_or_made(amount: int, begin: int, length: int, zone: ZoneInfo) -> None:
    parts = days.split_by_day(amount, begin, begin + length, zone)
    assert sum(parts.values()) == amount
    assert all(part > 0 for part in parts.values())


@given(moment=MOMENTS, zone=ZONES)
def test_a_month_begins_where_the_last_one_ends(moment: int, zone: ZoneInfo) -> None:
    turn = days.next_month_start(moment, zone)
    assert turn > moment
    assert days.month_of(turn, zone) == days.month_after(days.month_of(turn - 1, zone))
    assert days.month_of(turn - 1, zone) == days.month_of(moment, zone)


@pytest.mark.parametrize(
    ("hour", "hours", "quiet"),
    [(23, (23, 8), True), (7, (23, 8), True), (8, (23, 8), False), (22, (23, 8), False), (13, (13, 15), True),
     (15, (13, 15), False), (12, None, False)],
)  # fmt: skip
def test_quiet_hours_may_span_midnight(hour: int, hours: tuple[int, int] | None, quiet: bool) -> None:
    moment = int(datetime(2026, 5, 3, hour, 30, tzinfo=MOSCOW).timestamp())
    assert days.is_quiet(moment, MOSCOW, hours) is quiet
