"""Settings in the chat: in words, checked like the file's, in force at once, and back to the file with one tap."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lib.chat.admin.settings import PRESETS
from lib.settings import IN_CHAT, READERS
from lib.store.audit import list_entries
from lib.store.preferences import in_force, read_preferences
from lib.store.traffic import Usage, month_total
from lib.store.users import get_user
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.hostile import HOSTILE
from tests.unit.chat.screens import buttons, keys
from tests.unit.stage import make_stage


def test_it_works(desk: Desk) -> None:
    (_, listed) = desk.taps(1, "settings")
    labels = dict(map(reversed, buttons(listed)))  # type: ignore[arg-type]
    assert labels["setting:QUOTA_GB"] == "Monthly limit: no limit"
    assert labels["setting:TIMEZONE"] == "Time zone: Europe/Moscow"
    (_, shown) = desk.taps(1, "setting:QUOTA_GB")
    assert "Now: <b>no limit</b> (as in the file on the server)" in text_of(shown)
    assert ("100 GB", "set:QUOTA_GB:2") in buttons(shown)
    (_, shown) = desk.taps(1, "set:QUOTA_GB:2")
    assert "Now: <b>100 GB</b> (set here)" in text_of(shown)
    assert ("✅ 100 GB", "set:QUOTA_GB:2") in buttons(shown)
    assert ("↩️ As in the file: no limit", "unset:QUOTA_GB") in buttons(shown)
    assert in_force(desk.db, desk.settings).quota_bytes == 100 * 10**9
    (_, shown) = desk.taps(1, "unset:QUOTA_GB")
    assert "Now: <b>no limit</b> (as in the file on the server)" in text_of(shown)
    assert [entry.detail for entry in list_entries(desk.db, 0, 2)] == ["100 > file", "file > 100"]


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("QUOTA_GB", "1,5", "1.5"), ("QUOTA_GB", " 0 ", "0"), ("MAX_CONFIGS", "7", "7"), ("LANGUAGE", "EN", "en"),
        ("CLIENT_DNS", "9.9.9.9 ,1.1.1.1", "9.9.9.9, 1.1.1.1"), ("TIMEZONE", "Asia/Tokyo", "Asia/Tokyo"),
        ("QUIET_HOURS", "23 – 8", "23-8"), ("SPEED_MBIT", "2,5", "2.5"), ("TELEGRAM_WHEN_OFF", "No", "no"),
    ],
)  # fmt: skip
def test_a_value_can_be_typed(desk: Desk, name: str, typed: str, kept: str) -> None:
    desk.taps(1, f"setting:{name}")
    *_, shown = desk.says(1, typed)
    assert "(set here)" in text_of(shown)
    assert read_preferences(desk.db) == {name: kept}


@pytest.mark.parametrize("name", IN_CHAT)
@pytest.mark.parametrize("typed", ["nonsense", "-1", "1000000000", "1.1.1.1.1", "23-23", "../../etc/passwd", "", "5>6"])
def test_a_bad_value_is_explained_and_asked_for_again(desk: Desk, name: str, typed: str) -> None:
    desk.taps(1, f"setting:{name}")
    (answer,) = desk.says(1, typed)
    assert "go back: /start" in text_of(answer)
    assert read_preferences(desk.db) == {}
    assert get_user(desk.db, 1).awaiting == f"setting_value:{name}"


@pytest.mark.parametrize("name", IN_CHAT)
@pytest.mark.parametrize("typed", HOSTILE, ids=ascii)
def test_the_settings_stay_readable_whatever_is_typed(desk: Desk, name: str, typed: str) -> None:
    desk.taps(1, f"setting:{name}")
    rows = [*desk.says(1, typed), *desk.taps(1, "settings"), *desk.taps(1, "history:0:0")]
    assert [complaint for row in rows for complaint in complaints(row)] == []
    in_force(desk.db, desk.settings)


@pytest.mark.parametrize("name", IN_CHAT)
@pytest.mark.parametrize("who", [1, 2])
def test_every_offered_value_is_valid_and_ticked_once_chosen(desk: Desk, name: str, who: int) -> None:
    for number, value in enumerate(PRESETS[name]):
        *_, shown = desk.taps(who, f"set:{name}:{number}")
        assert complaints(shown) == []
        assert read_preferences(desk.db) == {name: value}
        READERS[name][1](value)
        assert sum(text.startswith("✅") for text, _ in buttons(shown)) == 1


def test_a_double_tap_is_logged_once(desk: Desk) -> None:
    for _ in range(2):
        desk.taps(1, "set:MAX_CONFIGS:3")
    assert len(list_entries(desk.db, 0, 10)) == 1


def test_the_usual_speed_is_set_said_and_taken_back(desk: Desk) -> None:
    assert keys(desk.taps(1, "settings"))["setting:SPEED_MBIT"] == "Speed limit: no limit"
    assert "All their devices share it" in text_of(desk.taps(1, "setting:SPEED_MBIT")[-1])
    (_, shown) = desk.taps(2, "set:SPEED_MBIT:2")
    assert "Сейчас: <b>10 Мбит/с</b> (задано здесь)" in text_of(shown)
    assert ("✅ 10 Мбит/с", "set:SPEED_MBIT:2") in buttons(shown)
    assert ("↩️ Как в файле: без ограничения", "unset:SPEED_MBIT") in buttons(shown)
    assert in_force(desk.db, desk.settings).speed_kbit == 10_000
    desk.taps(1, "unset:SPEED_MBIT")
    assert in_force(desk.db, desk.settings).speed_kbit == 0


def test_a_lower_config_limit_applies_at_once_and_takes_none_away(desk: Desk) -> None:
    desk.is_let_in(100)
    for _ in range(2):
        hold_config(desk.db, 100, desk.now)
    desk.taps(1, "set:MAX_CONFIGS:1")
    (refusal,) = desk.taps(100, "device:iphone")
    assert "You have 2 of 2 configs" in text_of(refusal)


def test_the_language_applies_to_people_whose_telegram_uses_another(desk: Desk) -> None:
    rows = desk.taps(1, "set:LANGUAGE:1")
    assert "setMyCommands" in [row["method"] for row in rows]
    desk.says(300, "/start", language_code="xx")
    assert get_user(desk.db, 300).language == "en"


def test_another_timezone_moves_no_traffic_and_repeats_no_report(desk: Desk) -> None:
    stage = make_stage(desk, desk.settings)
    key = stage.give_config()
    stage.at(2026, 5, 31, 23, 0)
    stage.round()
    stage.awg.move(key, 10, 100)
    stage.round(60)
    before = month_total(desk.db, "2026-05")
    assert before == Usage(10, 100)
    desk.taps(1, "setting:TIMEZONE")
    desk.says(1, "Asia/Novosibirsk")  # where it is June already
    told = [text_of(row) for row in stage.round(60) if "Results" in text_of(row)]
    assert len(told) == 1
    stage.awg.move(key, 1, 2)
    stage.round(60)
    desk.taps(1, "unset:TIMEZONE")
    rows = [row for _ in range(3) for row in stage.round(1200)]
    assert not any("Results" in text_of(row) for row in rows)
    total = [month_total(desk.db, month) for month in ("2026-05", "2026-06")]
    assert (sum(u.received for u in total), sum(u.sent for u in total)) == (11, 102)
    assert month_total(desk.db, "2026-05") == before


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Etc/Zulu"])
def test_utc_is_ticked_under_each_of_its_names_and_nothing_else(desk: Desk, name: str) -> None:
    desk.settings = replace(desk.settings, timezone=ZoneInfo(name))
    labels = keys(desk.taps(1, "setting:TIMEZONE"))
    assert [data for data, label in labels.items() if "✅" in label] == ["set:TIMEZONE:0"]
    desk.settings = replace(desk.settings, timezone=ZoneInfo("Etc/GMT-3"))
    assert "✅" not in str(keys(desk.taps(1, "setting:TIMEZONE")))


def test_the_settings_file_is_not_changed(desk: Desk) -> None:
    file = replace(desk.settings)
    desk.taps(1, "set:TIMEZONE:0")
    assert desk.settings == file
    assert str(in_force(desk.db, in_force(desk.db, desk.settings)).timezone) == "UTC"
    assert datetime.fromtimestamp(desk.now, in_force(desk.db, desk.settings).timezone).hour == 20
