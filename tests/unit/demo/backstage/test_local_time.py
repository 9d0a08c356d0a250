"""Where a month begins, in every time zone."""

from __future__ import annotations

from datetime import datetime

import pytest

from lib.demo.backstage.local_time import local_time, next_month


def test_it_works() -> None:
    assert local_time(0, "Europe/Moscow").isoformat() == "1970-01-01T03:00:00+03:00"


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-11-18T12:00+00:00", "UTC", "2026-12-01T00:00+00:00"),
        ("2026-12-31T22:30+00:00", "Europe/Moscow", "2027-01-31T21:00+00:00"),
        ("2026-12-31T20:59:59+00:00", "Europe/Moscow", "2026-12-31T21:00+00:00"),
        ("2026-10-10T00:00+00:00", "Europe/Berlin", "2026-10-31T23:00+00:00"),
        ("2026-01-31T00:00+00:00", "no such zone", None),
    ],
)
def test_the_next_month_is_found_in_every_zone(now: str, zone: str, expected: str | None) -> None:
    found = next_month(datetime.fromisoformat(now).timestamp(), zone)
    assert expected is None or found == datetime.fromisoformat(expected).timestamp()
    assert found > datetime.fromisoformat(now).timestamp()
