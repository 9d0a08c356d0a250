"""A person's config as admins see it: paused, limited in time, sent again, deleted. Peers follow."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import pytest

from lib.chat.phrases import full_date_time
from lib.settings import Settings
from lib.store import telegram_only
from lib.store.config_requests import get_request, open_request
from lib.store.configs import find_config
from lib.store.told import tell_once
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.screens import alert, keys, said, told
from tests.unit.stage import MOSCOW, Stage, make_stage

FRIEND = 100


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    return make_stage(desk, settings)


def test_it_works(stage: Stage) -> None:
    key = stage.give_config(FRIEND)
    rows = stage.desk.taps(1, "held:1")
    for words in ("🔑 <b>iPhone</b>", "Owner: Person 100 (no username)", "✅ On", "Addresses: 10.8.0.2",
                  f"<code>{key}</code>", "Created: 28 May 2026", "Expires: never", "not connected yet"):  # fmt: skip
        assert words in said(rows), words
    assert list(keys(rows)) == [
        "held_pause:1", "held_expiry:1", "held_send:1", "held:1", f"person:{FRIEND}", "confirm_held_delete:1"
    ]  # fmt: skip


def test_a_pause_cuts_the_tunnel_and_resuming_brings_the_same_one_back(stage: Stage) -> None:
    key = stage.give_config(FRIEND)
    rows = stage.desk.taps(1, "held_pause:1")
    assert "paused the config “iPhone”" in told(rows)[0]
    assert any("⏸ Paused" in text_of(row) for row in rows)
    stage.round()
    assert key not in stage.awg.peers
    rows = stage.desk.taps(1, "held_resume:1")
    assert "is on again" in told(rows)[0]
    stage.round()
    assert stage.awg.peers[key].allowed_ips == "10.8.0.2/32"


def test_a_double_tap_pauses_and_tells_once(stage: Stage) -> None:
    stage.give_config(FRIEND)
    stage.desk.taps(1, "held_pause:1")
    assert told(stage.desk.taps(1, "held_pause:1")) == []
    assert "out of date" in alert(stage.desk.taps(1, "held_pause:1"))


@pytest.mark.parametrize(("word", "last"), [("7", (2026, 6, 5)), ("30", (2026, 6, 28)), ("90", (2026, 8, 27))])
def test_a_config_expires_at_the_end_of_a_day(stage: Stage, word: str, last: tuple[int, int, int]) -> None:
    stage.give_config(FRIEND)
    stage.at(2026, 5, 29, 15, 30)
    rows = stage.desk.taps(1, f"held_until:1:{word}")
    config = find_config(stage.desk.db, 1)
    assert config is not None
    assert config.expires_at is not None
    assert datetime.fromtimestamp(config.expires_at - 1, MOSCOW).timetuple()[:6] == (*last, 23, 59, 59)
    until = full_date_time("en", config.expires_at - 1, MOSCOW)
    assert f"expires on {until}." in told(rows)[0]


def test_a_typed_date_includes_that_day_and_the_peer_can_come_back(stage: Stage) -> None:
    key = stage.give_config(FRIEND)
    stage.at(2026, 5, 29, 15)
    stage.desk.taps(1, "held_own_date:1")
    rows = stage.desk.says(1, " 30.5.2026 ")
    assert "Expires: 30 May 2026 23:59" in said(rows)
    assert "expires on 30 May 2026 23:59" in told(rows)[0]
    stage.at(2026, 5, 30, 23, 59, 59)
    stage.round()
    assert key in stage.awg.peers
    stage.at(2026, 5, 31)
    stage.round()
    assert telegram_only.ids(stage.desk.db) == {1}
    assert "⌛️ Expired" in said(stage.desk.taps(1, "held:1"))
    tell_once(stage.desk.db, "config:1", "expires:7", stage.desk.now)
    rows = stage.desk.taps(1, "held_until:1:never")
    assert "no longer expires" in told(rows)[0]
    assert tell_once(stage.desk.db, "config:1", "expires:7", stage.desk.now), "a later expiry is announced again"
    stage.round()
    assert key in stage.awg.peers


def test_today_is_the_earliest_date(stage: Stage) -> None:
    stage.give_config(FRIEND)
    stage.at(2026, 5, 29, 15)
    stage.desk.taps(1, "held_own_date:1")
    assert "Expires: 29 May 2026 23:59" in said(stage.desk.says(1, "29.05.2026"))


@pytest.mark.parametrize(
    "typed",
    ["28.05.2026", "31.02.2027", "2027-01-01", "01.01.27", "tomorrow", "00.01.2030", "01.01.9999", "31.12.0001",
     "٠١.٠١.٢٠٣٠", "1.1.20300"],
)  # fmt: skip
def test_an_invalid_date_is_refused_and_asked_for_again(stage: Stage, typed: str) -> None:
    stage.give_config(FRIEND)
    stage.at(2026, 5, 29, 15)
    stage.desk.taps(1, "held_own_date:1")
    assert "Send a date" in said(stage.desk.says(1, typed))
    stage.desk.says(1, "31.12.2099")
    config = find_config(stage.desk.db, 1)
    assert config is not None
    assert config.expires_at


def test_the_same_choice_again_tells_nobody(stage: Stage) -> None:
    stage.give_config(FRIEND)
    assert told(stage.desk.taps(1, "held_until:1:7"))
    assert told(stage.desk.taps(1, "held_until:1:7")) == []


def test_the_files_are_sent_again_once_a_minute(stage: Stage) -> None:
    stage.give_config(FRIEND)
    rows = stage.desk.taps(1, "held_send:1")
    assert [(row["chat_id"], row["attachment"]) for row in rows if row["attachment"]] == [
        (FRIEND, "conf:1:person-iphone2")
    ]
    assert "a moment ago" in alert(stage.desk.taps(1, "held_send:1"))
    stage.desk.now += 61
    assert len(stage.desk.taps(1, "held_send:1")) == 2


def test_a_deleted_config_is_gone_for_good_and_its_owner_told(stage: Stage) -> None:
    key = stage.give_config(FRIEND)
    assert "held_delete:1" in keys(stage.desk.taps(1, "confirm_held_delete:1"))
    rows = stage.desk.taps(1, "held_delete:1")
    assert "deleted the config “iPhone”" in told(rows)[0]
    assert any("👤" in text_of(row) and "Configs: 0" in text_of(row) for row in rows)
    stage.round()
    assert key not in stage.awg.peers
    assert "deleted a config of Person 100" in said(stage.desk.taps(1, f"person_more:{FRIEND}"))


def test_a_config_deleted_before_it_arrived_leaves_the_friend_free_to_ask_again(stage: Stage) -> None:
    stage.desk.is_let_in(FRIEND)
    stage.desk.taps(FRIEND, "device:iphone")
    stage.desk.taps(1, "judge:1:approved")
    stage.round()
    stage.desk.db.execute("UPDATE configs SET live_since = NULL")
    stage.desk.db.execute("DROP TRIGGER config_requests_change_state")
    stage.desk.db.execute("UPDATE config_requests SET state = 'approved'")
    stage.desk.taps(1, "held_delete:1")
    assert get_request(stage.desk.db, 1).state == "issued"
    assert open_request(stage.desk.db, FRIEND) is None


def test_somebody_without_access_is_not_told_about_their_configs(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    hold_config(desk.db, FRIEND, desk.now)
    desk.taps(1, f"decide:{FRIEND}:approved:blocked:page")
    assert "its owner has no access" in said(desk.taps(1, "held:1"))
    assert told(desk.taps(1, "held_pause:1")) == []
    assert told(desk.taps(1, "held_delete:1")) == []


def test_an_admins_own_config_is_paused_without_a_message_to_themselves(desk: Desk) -> None:
    hold_config(desk.db, 1, desk.now)
    rows: list[sqlite3.Row] = desk.taps(1, "held_pause:1")
    assert [row["method"] for row in rows] == ["answerCallbackQuery", "editMessageText"]


def test_a_config_over_the_quota_says_so(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    config_id = hold_config(desk.db, FRIEND, desk.now)
    desk.db.execute("INSERT INTO stats VALUES (?, '2026-05-28', 9, 9)", (config_id,))
    desk.db.execute("UPDATE users SET quota_bytes = 10 WHERE id = ?", (FRIEND,))
    assert "limit is used up" in said(desk.taps(1, f"held:{config_id}"))


def test_no_secret_is_shown(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    hold_config(desk.db, FRIEND, desk.now)
    for deed in ("held:1", f"person:{FRIEND}", "held_pause:1", "confirm_held_delete:1"):
        assert not any("PRIVATE" in row["params"] or "PRESHARED" in row["params"] for row in desk.taps(1, deed))


@pytest.mark.parametrize(
    ("word", "toast", "logged"),
    [("never", "Действует: бессрочно", "«iPhone» действует бессрочно"),
     ("7", "Действует: до 05.06.2026", "«iPhone» действует до 05.06.2026")],
)  # fmt: skip
def test_the_toast_and_the_log_say_the_expiry_as_a_sentence(stage: Stage, word: str, toast: str, logged: str) -> None:
    stage.give_config(FRIEND)
    stage.at(2026, 5, 29, 15)
    stage.desk.taps(2, "held_until:1:30")
    assert alert(stage.desk.taps(2, f"held_until:1:{word}")) == toast
    assert logged in said(stage.desk.taps(2, "history:0:0"))
