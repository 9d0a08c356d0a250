"""When the server changes: admins are told once, everyone gets a new config once, and reconnections are counted."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest

from lib.keeper import Keeper
from lib.settings import Settings
from lib.store.configs import configs_of
from lib.store.outbox import BROADCAST
from lib.store.outdated import outdated
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.stage import Stage, make_stage


@pytest.fixture
def stage(db: sqlite3.Connection, settings: Settings) -> Stage:
    desk = Desk(db, settings)
    desk.says(1, "/start")
    desk.says(2, "/start", language_code="ru")
    return make_stage(desk, settings)


def move(stage: Stage, endpoint: str) -> list[sqlite3.Row]:
    """Change the server's endpoint; return what the keeper announces."""
    settings = replace(stage.desk.settings, server_endpoint=endpoint)
    stage.keeper = Keeper(stage.desk.db, stage.awg, settings, lambda: None)  # type: ignore[arg-type]
    stage.desk.settings = settings
    return stage.round(1)


def overview(stage: Stage) -> str:
    return text_of(stage.desk.taps(1, "outdated")[-1])


def send_all(stage: Stage) -> list[sqlite3.Row]:
    number = stage.desk.db.execute("SELECT max(generation) FROM server").fetchone()[0]
    return stage.desk.taps(1, f"rollout:{number}")


def test_it_works(stage: Stage) -> None:
    stage.give_config(100)
    stage.give_config(101)
    told = move(stage, "new.example.org")
    assert [row["chat_id"] for row in told] == [1, 2]
    assert "What changed: address new.example.org:51820.\n" in text_of(told[0])
    assert "Outdated configs: 2" in text_of(told[0])
    assert "configs: 2" in overview(stage)
    rows = send_all(stage)
    friends = [(row["chat_id"], row["method"], row["attachment"]) for row in rows if row["chat_id"] >= 100]
    assert friends == [
        (100, "sendMessage", None), (100, "sendDocument", "conf:1:person-iphone2"),
        (101, "sendMessage", None), (101, "sendDocument", "conf:2:person-iphone2"),
    ]  # fmt: skip
    assert outdated(stage.desk.db) == []
    assert overview(stage).startswith("📨 <b>No outdated configs</b>\n\nLast sent on ")
    assert "0 of 2 reconnected" in overview(stage)
    key = configs_of(stage.desk.db, 101)[0].public_key
    stage.desk.now += 60
    stage.awg.move(key, received=10, sent=10, handshake_at=stage.desk.now)
    stage.round()
    assert "1 of 2 reconnected" in overview(stage)


def test_what_will_be_sent_is_shown_first_with_a_count(stage: Stage) -> None:
    stage.give_config(100)
    stage.give_config(101)
    move(stage, "new.example.org")
    number = stage.desk.db.execute("SELECT max(generation) FROM server").fetchone()[0]
    assert f"confirm_rollout:{number}" in stage.desk.taps(1, "outdated")[-1]["params"]
    (_, shown) = stage.desk.taps(1, f"confirm_rollout:{number}")
    assert "New configs: 2, people: 2" in text_of(shown)
    assert "The server has changed" in text_of(shown)
    assert data_of(shown) == [f"rollout:{number}", "outdated"]
    assert len(outdated(stage.desk.db)) == 2


def test_a_double_tap_sends_once(stage: Stage) -> None:
    stage.give_config(100)
    move(stage, "new.example.org")
    send_all(stage)
    (alert,) = send_all(stage)
    assert "no outdated configs left" in json.loads(alert["params"])["text"]


def test_a_change_that_affects_no_config_is_not_announced(stage: Stage) -> None:
    stage.round()
    assert move(stage, "new.example.org") == []


def test_a_change_that_is_undone_makes_nobody_outdated(stage: Stage) -> None:
    stage.give_config(100)
    first = stage.desk.settings.server_endpoint
    assert move(stage, "new.example.org")
    assert move(stage, first) == []
    assert outdated(stage.desk.db) == []


def test_new_obfuscation_is_announced_by_names_only(stage: Stage) -> None:
    stage.give_config(100)
    stage.awg.parameters = {**stage.awg.parameters, "Jc": "77"}
    told = stage.round(1)
    assert "parameters Jc" in text_of(told[0])
    assert "77" not in text_of(told[0])


def test_blocked_and_unreachable_people_get_theirs_later(stage: Stage) -> None:
    stage.give_config(100)
    stage.give_config(101)
    stage.give_config(102)
    stage.desk.db.execute("UPDATE users SET reachable = 0 WHERE id = 100")
    stage.desk.taps(1, "decide:101:approved:blocked")
    move(stage, "new.example.org")
    assert {row["chat_id"] for row in send_all(stage)} == {1, 102}
    stage.desk.taps(1, "decide:101:blocked:approved")
    assert [config.user_id for config in outdated(stage.desk.db)] == [101]


def test_dialogue_goes_before_a_rollout(stage: Stage) -> None:
    stage.give_config(100)
    move(stage, "new.example.org")
    assert {row["priority"] for row in send_all(stage) if row["chat_id"] == 100} == {BROADCAST}


def test_a_person_with_several_devices_is_counted_once(stage: Stage) -> None:
    stage.give_config(100)
    stage.give_config(100)
    move(stage, "new.example.org")
    number = stage.desk.db.execute("SELECT max(generation) FROM server").fetchone()[0]
    (_, shown) = stage.desk.taps(1, f"confirm_rollout:{number}")
    assert "New configs: 2, people: 1" in text_of(shown)


def test_a_button_that_was_shown_before_another_change_sends_nothing(stage: Stage) -> None:
    stage.give_config(100)
    move(stage, "new.example.org")
    seen = stage.desk.db.execute("SELECT max(generation) FROM server").fetchone()[0]
    move(stage, "newer.example.org")
    stage.desk.taps(1, f"rollout:{seen}")
    assert len(outdated(stage.desk.db)) == 1
