"""My configs shows each config's state and open requests; nothing that is off is shown as online."""

from __future__ import annotations

import json

import pytest

from lib.chat.admin import status
from lib.store.configs import count_online, wanted
from lib.store.counters import Reading, keep_readings
from lib.store.keeper_notes import Health, write_fact
from lib.store.traffic import month_bounds
from lib.store.views.people import Lookup, count_people, list_people
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of

FRIEND, MONTH = 100, "2026-05"


@pytest.fixture
def config(desk: Desk) -> int:
    """A config whose device is connected."""
    desk.is_let_in(FRIEND)
    write_fact(desk.db, Health(up=True, since=desk.now - 9000))
    config = hold_config(desk.db, FRIEND, desk.now, "iPhone")
    keep_readings(desk.db, [Reading(config, 5, 9, desk.now)], "life")
    desk.db.execute("INSERT INTO stats VALUES (?, '2026-05-28', 5, 9)", (config,))
    return config


def labels(desk: Desk, who: int, data: str) -> list[str]:
    row = desk.taps(who, data)[-1]
    return [button["text"] for line in json.loads(row["params"])["reply_markup"]["inline_keyboard"] for button in line]


def test_it_works(desk: Desk, config: int) -> None:
    hold_config(desk.db, FRIEND, desk.now, "Mac", platform="mac")
    desk.taps(FRIEND, "device:windows")
    assert labels(desk, FRIEND, "configs") == ["🟢 iPhone", "⚪️ Mac", "⏳ Windows", "🏠 Menu"]
    assert "The admin has your request for “Windows”" in text_of(desk.taps(FRIEND, "asked:3")[-1])


def test_a_first_request_is_shown_although_there_is_no_config_yet(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    desk.taps(FRIEND, "device:windows")
    row = desk.taps(FRIEND, "configs")[-1]
    assert "None yet" not in text_of(row)


OFF = {
    "⏸": "UPDATE configs SET paused_at = 1",
    "⌛️": "UPDATE configs SET expires_at = 1",
    "⚠️": "UPDATE users SET quota_bytes = 14 WHERE id = 100",
    "⛔": "UPDATE users SET state = 'blocked' WHERE id = 100",
}


@pytest.mark.parametrize("sign", OFF)
def test_what_is_off_is_nowhere_online(desk: Desk, config: int, sign: str) -> None:
    lookup = Lookup(desk.now - 180, month_bounds(MONTH), 0)
    assert (count_online(desk.db, desk.now, MONTH, 0), count_people(desk.db, "online", lookup)) == (1, 1)
    assert "🟢 Person 100 · 14 B" in labels(desk, 1, "people:all:0")
    desk.db.execute(OFF[sign])
    assert wanted(desk.db, desk.now, MONTH, 0) == []
    assert count_online(desk.db, desk.now, MONTH, 0) == 0
    assert count_people(desk.db, "online", lookup) == 0
    assert [one.online for one in list_people(desk.db, "all", lookup, 9, 0) if one.id == FRIEND] in ([0], [])
    assert not [label for label in labels(desk, 1, "people:all:0") if label.startswith("🟢 Person 100")]
    page = desk.taps(1, f"person:{FRIEND}")[-1]
    assert f"{sign} iPhone" in page["params"]
    assert "🟢" not in text_of(page).partition("iPhone")[2].partition("\n")[0]
    assert "online 0" in status.describe(desk.db, desk.settings, "en", desk.now)
    if sign != "⛔":
        assert f"{sign} iPhone" in labels(desk, FRIEND, "configs")
        assert "Connection: 🟢" not in text_of(desk.taps(FRIEND, f"config:{config}")[-1])
        assert "🟢" not in text_of(desk.taps(FRIEND, "stats")[-1])
