"""A first handshake is announced once, to the friend and in admins' notices; a silent hour brings one offer of help."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace

import pytest

from lib.errors import AwgError
from lib.settings import Settings
from lib.store.configs import configs_of
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.stage import Stage, make_stage

FRIEND, HOUR = 100, 3600


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """A friend who was just given a config."""
    stage = make_stage(desk, settings)
    stage.round()
    stage.give_config(FRIEND)
    desk.deliver()
    return stage


def connects(stage: Stage, seconds: int = 0) -> list[sqlite3.Row]:
    """Connect the friend's devices after some time; return the messages of the round that sees it."""
    stage.desk.now += seconds
    for config in configs_of(stage.desk.db, FRIEND):
        stage.awg.move(config.public_key, 148, 92, stage.desk.now)
    return heard(stage.round())


def heard(rows: list[sqlite3.Row]) -> list[sqlite3.Row]:
    assert [complaint for row in rows for complaint in complaints(row)] == []
    return [row for row in rows if row["chat_id"] == FRIEND]


def test_it_works(stage: Stage) -> None:
    stage.desk.now += 60
    (config,) = configs_of(stage.desk.db, FRIEND)
    stage.awg.move(config.public_key, 148, 92, stage.desk.now)
    rows = stage.round()
    (told,) = heard(rows)
    assert "🎉 <b>It works!</b>" in text_of(told)
    assert data_of(told) == ["config:1", "menu"]
    notices = [row for row in rows if row["chat_id"] in (1, 2)]
    assert [row["subject"] for row in notices] == ["request:1"] * 2 + [f"user:{FRIEND}"] * 2
    assert {row["method"] for row in notices} == {"editMessageText"}, "no ring"
    assert all(re.search("It works: the device|Работает: устройство", text_of(row)) for row in notices)
    assert connects(stage, 60) == connects(stage, 30 * HOUR) == []


def test_the_card_of_the_person_follows_only_their_first_device(stage: Stage) -> None:
    connects(stage, 60)
    stage.give_config(FRIEND)
    stage.desk.deliver()
    (_, second) = configs_of(stage.desk.db, FRIEND)
    stage.awg.move(second.public_key, 148, 92, stage.desk.now)
    assert {row["subject"] for row in stage.round() if row["chat_id"] == 1} == {"request:2"}


def test_a_silent_hour_brings_one_offer_of_help(stage: Stage) -> None:
    assert heard(stage.round(HOUR - 1)) == []
    (offer,) = heard(stage.round(1))
    assert "hasn't connected yet" in text_of(offer)
    assert data_of(offer) == ["trouble:1", "later:1"]
    stage.desk.deliver()
    assert heard(stage.round(24 * HOUR)) == []
    assert "won't ask again" in text_of(stage.desk.taps(FRIEND, "later:1")[-1])
    stage.desk.deliver()
    assert "It works" in text_of(connects(stage, 60)[0]), "better late than never"


def test_who_connected_within_the_hour_is_not_asked(stage: Stage) -> None:
    connects(stage, 60)
    stage.desk.deliver()
    assert heard(stage.round(2 * HOUR)) == []


def test_a_first_connection_that_uses_up_the_limit_brings_one_message(stage: Stage) -> None:
    stage.keeper._file = replace(stage.desk.settings, quota_bytes=10_000)
    (config,) = configs_of(stage.desk.db, FRIEND)
    stage.awg.move(config.public_key, 148, 99_999, stage.desk.now)
    (told,) = heard(stage.round(60))
    assert "limit of 10.0 KB is used up" in text_of(told)


def test_a_config_that_is_off_is_not_asked_about_until_it_is_on_again(stage: Stage) -> None:
    stage.desk.taps(1, "held_pause:1")
    stage.desk.deliver()
    assert heard(stage.round(2 * HOUR)) == []
    stage.desk.taps(1, "held_resume:1")
    stage.desk.deliver()
    assert "hasn't connected yet" in text_of(heard(stage.round(60))[0])


def test_nobody_is_asked_while_the_server_is_down_nor_at_once_when_it_is_back(stage: Stage) -> None:
    stage.awg.trouble = AwgError("gone", "no_interface")
    stage.round(60)
    stage.desk.deliver()
    assert heard(stage.round(2 * HOUR)) == []
    stage.awg.trouble = None
    stage.round(60)
    stage.desk.deliver()
    assert heard(stage.round(HOUR - 60)) == []
    assert heard(stage.round(60))


def test_nobody_is_asked_about_a_file_that_is_still_on_its_way(stage: Stage) -> None:
    stage.desk.taps(FRIEND, "file:1")
    assert [row for row in heard(stage.round(HOUR)) if "hasn't connected" in text_of(row)] == []
    stage.desk.deliver()
    assert "hasn't connected" in text_of(heard(stage.round(60))[0]), "the offer is not lost, only later"


def test_who_was_blocked_hears_nothing(stage: Stage) -> None:
    stage.desk.taps(1, f"decide:{FRIEND}:approved:blocked")
    stage.desk.deliver()
    assert connects_blocked(stage) == []
    assert heard(stage.round(2 * HOUR)) == []


def connects_blocked(stage: Stage) -> list[sqlite3.Row]:
    """Simulate a last handshake just before the peer is removed."""
    (config,) = configs_of(stage.desk.db, FRIEND)
    stage.awg.move(config.public_key, 148, 92, stage.desk.now)
    return heard(stage.round(10))


def test_a_config_of_the_time_before_is_no_news(stage: Stage) -> None:
    stage.desk.db.execute("UPDATE configs SET connected_at = live_since")
    assert connects(stage, 60) == heard(stage.round(2 * HOUR)) == []


def test_a_new_file_for_an_adopted_device_is_news_and_the_adopted_one_is_not(stage: Stage) -> None:
    assert connects(stage, 60)
    stage.desk.db.execute("UPDATE configs SET private_key = NULL")
    stage.desk.deliver()
    assert connects(stage, 60) == []
    stage.desk.taps(FRIEND, "renew:1")
    stage.round()
    stage.desk.deliver()
    assert "It works" in text_of(connects(stage, 60)[0])
