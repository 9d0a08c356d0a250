"""Traffic: paging through the months in place, the year, and what deleted configs carried."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from lib.chat.attachments import render
from lib.chat.friend.traffic import year_until
from lib.chat.texts import LANGUAGES
from lib.store.configs import revoke
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of

FRIEND = 100
PICTURE = {"message_id": 5, "date": 1, "photo": [{"file_id": "x"}]}


@pytest.fixture
def config(desk: Desk) -> int:
    desk.is_let_in(FRIEND)
    config = hold_config(desk.db, FRIEND, desk.now)
    for day, received, sent in (("2026-03-31", 10, 100), ("2026-05-01", 20, 200), ("2026-05-28", 30, 300)):
        count(desk, config, day, received, sent)
    return config


def count(desk: Desk, config: int, day: str, received: int, sent: int) -> None:
    desk.db.execute("INSERT INTO stats VALUES (?, ?, ?, ?)", (config, day, received, sent))


def test_it_works(desk: Desk, config: int) -> None:
    (row,) = desk.says(FRIEND, "/stats")
    assert (row["method"], row["attachment"]) == ("sendPhoto", "chart:100:2026-05")
    assert "Total: ⬇️ 500 B  ⬆️ 50 B" in text_of(row)
    assert data_of(row) == ["month:2026-04", "year", "leave"]


def test_the_picture_turns_into_the_month_before_in_place(desk: Desk, config: int) -> None:
    _, row = desk.taps(FRIEND, "month:2026-04", PICTURE)
    params = json.loads(row["params"])
    assert (row["method"], params["message_id"], row["attachment"]) == ("editMessageMedia", 5, "chart:100:2026-04")
    assert "Traffic in April 2026</b>\n\nNo traffic.\n\nTotal: ⬇️ 0 B  ⬆️ 0 B" in text_of(row)
    assert data_of(row) == ["month:2026-03", "month:2026-05", "year", "leave"]
    assert data_of(desk.taps(FRIEND, "month:2026-03", PICTURE)[-1]) == ["month:2026-04", "year", "leave"]
    assert complaints(row) == []


@pytest.mark.parametrize("month", ["2026-02", "2026-06", "2026-13", "2026-00", "26-05", "٢٠٢٦-05", "2026-05-01", ""])
def test_a_month_before_the_first_or_after_the_present_is_not_shown(desk: Desk, config: int, month: str) -> None:
    (alert,) = desk.taps(FRIEND, f"month:{month}", PICTURE)
    assert "out of date" in json.loads(alert["params"])["text"]


def test_a_year_is_a_table_from_the_first_month_on(desk: Desk, config: int) -> None:
    _, row = desk.taps(FRIEND, "year", PICTURE)
    lines = text_of(row).split("<pre>")[1].split("</pre>")[0].splitlines()
    assert [line.split()[0] for line in lines] == ["Month", "Mar", "Apr", "May", "Total"]
    assert lines[-1].split()[1:] == ["600", "B", "60", "B"]
    assert row["attachment"] == "year:100:2026-05"
    assert data_of(row) == ["month:2026-05", "leave"]


def test_a_year_has_twelve_months_across_its_turn() -> None:
    assert year_until("2026-02")[0] == "2025-03"
    assert len(year_until("2026-02")) == 12


def test_what_deleted_configs_carried_stays_in_the_sums(desk: Desk, config: int) -> None:
    second = hold_config(desk.db, FRIEND, desk.now, "Laptop")
    count(desk, second, "2026-05-02", 1, 1)
    revoke(desk.db, config, desk.now)
    text = text_of(desk.says(FRIEND, "/stats")[0])
    assert "<b>Laptop</b>: ⬇️ 1 B  ⬆️ 1 B" in text
    assert "Deleted configs: ⬇️ 500 B  ⬆️ 50 B" in text
    assert "Total: ⬇️ 501 B  ⬆️ 51 B" in text
    revoke(desk.db, second, desk.now)
    text = text_of(desk.says(FRIEND, "/stats")[0])
    assert "Deleted configs: ⬇️ 501 B  ⬆️ 51 B" in text
    assert "Deleted configs: ⬇️ 100 B" in text_of(desk.taps(FRIEND, "month:2026-03", PICTURE)[-1])


def test_a_friend_without_any_traffic_is_told_where_to_begin(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    (row,) = desk.says(FRIEND, "/stats")
    assert "nothing to count" in text_of(row)
    assert data_of(row) == ["new", "menu"]


def test_the_page_says_how_much_of_the_quota_is_left_and_when_it_reopens(desk: Desk, config: int) -> None:
    desk.db.execute("UPDATE users SET quota_bytes = 1000")
    assert "Monthly limit: 1.00 KB, 450 B left" in text_of(desk.says(FRIEND, "/stats")[0])
    desk.db.execute("UPDATE users SET quota_bytes = 550")
    assert "off until 31 May 2026 23:59, then it comes back by itself" in text_of(desk.says(FRIEND, "/stats")[0])


def test_the_page_says_how_fast_one_is_only_where_there_is_a_limit(desk: Desk, config: int) -> None:
    assert "peed" not in text_of(desk.says(FRIEND, "/stats")[0])
    desk.taps(1, "set:SPEED_MBIT:2")
    assert text_of(desk.says(FRIEND, "/stats")[0]).endswith("Speed limit: 10 Mbit/s, shared by all your devices")
    desk.taps(1, f"person_speed:{FRIEND}:50")
    assert "Speed limit: 50 Mbit/s" in text_of(desk.says(FRIEND, "/stats")[0])
    desk.taps(1, f"person_speed:{FRIEND}:0")
    assert "peed" not in text_of(desk.says(FRIEND, "/stats")[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_captions_fit(desk: Desk, language: str) -> None:
    desk.is_let_in(FRIEND, language_code=language)
    for _ in range(12):
        config = hold_config(desk.db, FRIEND, desk.now, "A" + "💥" * 31)
        for month in year_until("2026-05"):
            count(desk, config, f"{month}-02", 123_456_789_012, 123_456_789_012)
    count(desk, config, "2026-05-03", 1, 1)
    revoke(desk.db, config, desk.now)
    desk.db.execute("UPDATE users SET quota_bytes = 999999999999999, speed_kbit = 2500")
    rows = [*desk.says(FRIEND, "/stats"), *desk.taps(FRIEND, "year"), *desk.taps(FRIEND, "month:2026-04", PICTURE)]
    assert [what for row in rows for what in complaints(row)] == []


@pytest.mark.parametrize("reference", ["chart:100:2026-05", "chart:100:2026-04", "year:100:2026-05"])
def test_each_picture_is_drawn(desk: Desk, config: int, reference: str) -> None:
    file = render(desk.db, desk.settings, reference, desk.now)
    assert file
    assert file.field == "photo"
    assert Image.open(io.BytesIO(file.content)).width == 960
    assert render(desk.db, desk.settings, reference.replace("100", "999", 1), desk.now) is None


def test_only_the_present_month_has_a_today(desk: Desk, config: int, monkeypatch: pytest.MonkeyPatch) -> None:
    marked = []
    monkeypatch.setattr("lib.chat.drawing.chart.draw_days", lambda bars, today, **words: marked.append(today) or b"")
    for reference in ("chart:100:2026-05", "chart:100:2026-04", "year:100:2026-05"):
        render(desk.db, desk.settings, reference, desk.now)
    assert marked == [27, None, 11]


def test_without_a_config_the_screen_says_what_waits_instead_of_asking_again(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    assert data_of(desk.taps(FRIEND, "stats")[-1]) == ["new", "menu"]
    desk.taps(FRIEND, "device:iphone")
    waiting = desk.taps(FRIEND, "stats")[-1]
    assert "“iPhone” is with the admin" in text_of(waiting)
    assert data_of(waiting) == ["menu"]
    desk.taps(1, "judge:1:approved")
    making = desk.taps(FRIEND, "stats")[-1]
    assert "“iPhone” is being made" in text_of(making)
    assert data_of(making) == ["menu"]
