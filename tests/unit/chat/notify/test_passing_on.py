"""What concerns a person without Telegram reaches the admin who passes it on, in that admin's language."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from lib.chat.notify.sharing import note_turns
from lib.settings import Settings
from lib.store.configs import configs_of
from lib.store.outbox import BROADCAST
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.stage import Stage, make_stage

GRANDMA, KEEPER, OTHER = -1, 2, 1
HOUR, DAY = 3600, 86400


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """A person without Telegram with a config that works, whose files go to the second admin, who speaks Russian."""
    stage = make_stage(desk, settings)
    stage.at(2026, 5, 20, 12)
    desk.taps(KEEPER, "add_person")
    desk.says(KEEPER, "Grandma")
    desk.taps(KEEPER, f"issue_as:{GRANDMA}:iphone")
    stage.round(60)
    desk.deliver()
    return stage


def connect(stage: Stage) -> int:
    """Let the device connect; return the config's id."""
    (config,) = configs_of(stage.desk.db, GRANDMA)
    stage.awg.move(config.public_key, 148, 92, stage.desk.now)
    stage.round(60)
    stage.desk.deliver()
    return config.id


def about_her(rows: list[sqlite3.Row]) -> list[sqlite3.Row]:
    return [row for row in rows if row["method"] == "sendMessage" and "\n📵 Grandma\n" in text_of(row)]


def told(rows: list[sqlite3.Row]) -> sqlite3.Row:
    """Return the only new message about Grandma, which goes to the keeper."""
    (row,) = about_her(rows)
    assert row["chat_id"] == KEEPER
    assert complaints(row) == []
    return row


def test_it_works(stage: Stage) -> None:
    config = connect(stage)
    stage.desk.taps(KEEPER, f"held_until:{config}:30")
    assert about_her(stage.round(60)) == []
    near = told(stage.round(24 * DAY))
    assert "Скоро закончится" in text_of(near)
    assert "осталось: 7 дней" in text_of(near)
    assert data_of(near) == [f"held:{config}"]
    assert near["priority"] == BROADCAST
    stage.desk.deliver()
    told(stage.round(6 * DAY))
    stage.desk.deliver()
    over = told(stage.round(DAY))
    assert "Больше не действует" in text_of(over)
    assert data_of(over) == [f"held:{config}"]


def test_the_limit_is_told_near_its_end_used_up_and_open_again(stage: Stage) -> None:
    config = connect(stage)
    stage.keeper._file = stage.desk.settings = replace(stage.desk.settings, quota_bytes=10_000)
    for used, words in ((8_500, "Лимит почти исчерпан"), (11_000, "Лимит исчерпан")):
        stage.desk.db.execute("REPLACE INTO stats VALUES (?, '2026-05-20', 0, ?)", (config, used))
        row = told(stage.round(60))
        assert words in text_of(row)
        assert data_of(row) == [f"person:{GRANDMA}"]
        stage.desk.deliver()
        assert about_her(stage.round(60)) == [], "each is told once"
    again = told(stage.round(12 * DAY))
    assert "Трафик снова есть" in text_of(again)
    assert data_of(again) == [f"person:{GRANDMA}"]


def test_a_device_that_stays_silent_for_an_hour_is_mentioned_once(stage: Stage) -> None:
    row = told(stage.round(HOUR))
    assert "Пока не на связи" in text_of(row)
    assert data_of(row) == ["held:1"]
    stage.desk.deliver()
    assert about_her(stage.round(DAY)) == []


def test_what_another_admin_does_to_her_is_told_and_ones_own_deeds_are_not(stage: Stage) -> None:
    config, block = connect(stage), f"decide:{GRANDMA}:approved:blocked:page"
    unblock = f"decide:{GRANDMA}:blocked:approved:page"
    deeds = {
        f"held_pause:{config}": "На паузе", f"held_resume:{config}": "Снова включён", block: "Заблокировано",
        unblock: "Разблокировано", f"held_until:{config}:30": "Новая дата", f"held_until:{config}:never": "Теперь бес",
    }  # fmt: skip
    assert [about_her(stage.desk.taps(KEEPER, deed)) for deed in deeds] == [[]] * len(deeds)
    for deed, words in deeds.items():
        row = told(stage.desk.taps(OTHER, deed))
        assert words in text_of(row)
        assert "Решение: Person 1" in text_of(row)


@pytest.mark.parametrize("deed", ["held_delete:1", f"expel:{GRANDMA}"])
def test_what_is_gone_for_good_is_told(stage: Stage, deed: str) -> None:
    connect(stage)
    row = told(stage.desk.taps(OTHER, deed))
    assert "удал" in text_of(row).lower()
    assert data_of(row) == (["menu"] if deed.startswith("expel") else [f"person:{GRANDMA}"])


def test_a_new_file_after_a_change_of_the_server_comes_with_its_reason(stage: Stage) -> None:
    config = connect(stage)
    stage.keeper._file = stage.desk.settings = replace(stage.desk.settings, server_endpoint="new.example.org")
    stage.round(60)
    number = stage.desk.db.execute("SELECT max(generation) FROM server").fetchone()[0]
    row = told(stage.desk.taps(OTHER, f"rollout:{number}"))
    assert "Сервер изменился" in text_of(row)
    assert data_of(row) == [f"held:{config}"]


def test_a_config_of_hers_that_two_devices_share_is_reported_without_an_id(stage: Stage) -> None:
    config, desk = connect(stage), stage.desk
    note_turns(desk.db, desk.settings, [config], desk.now)
    mine, theirs = note_turns(desk.db, desk.settings, [config], desk.now + DAY)
    assert "\nWho: 📵 Grandma\n" in str(mine.params["text"])
    assert "\nКто: 📵 Grandma\n" in str(theirs.params["text"])
