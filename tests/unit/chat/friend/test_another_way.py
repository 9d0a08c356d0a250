"""“Try another way”: one disguise after another is sent, watched, and kept or given up; what worked where is known."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest

from lib.chat.attachments import render
from lib.chat.notify.trials import SILENCE, WATCHED
from lib.chat.ways import next_way, provider
from lib.errors import AwgError
from lib.keeper import WATCH_SECONDS
from lib.settings import Settings
from lib.store import disguise_days, trials
from lib.store.configs import Config, configs_of, set_disguise
from lib.store.disguise_days import note_outcomes
from lib.store.outdated import is_outdated
from lib.vpn import disguises
from lib.vpn.interface import LivePeer
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.stage import Stage, make_stage

FRIEND = 100
PHONE = "198.51.100.7:4444"  # where the friend's phone comes from
HERE = "198.51.0.0/16"


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """A server of 2.0 with a friend, whose phone calls but never gets an answer."""
    stage = make_stage(desk, settings)
    stage.awg.parameters.update({"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "20", "S2": "90", "S3": "5"})
    stage.round()
    stage.give_config(FRIEND)
    desk.deliver()
    moves(stage, received=148)
    stage.round(10)
    desk.deliver()
    return stage


def config_of(stage: Stage) -> Config:
    (config,) = configs_of(stage.desk.db, FRIEND)
    return config


def moves(stage: Stage, received: int = 0, sent: int = 0, shakes: bool = False) -> None:
    """Let the friend's peer carry bytes from their phone, with a handshake or without."""
    key = config_of(stage).public_key
    peer = stage.awg.peers[key]
    stage.awg.peers[key] = LivePeer(
        key, peer.preshared_key, peer.allowed_ips, PHONE, stage.desk.now if shakes else peer.handshake_at,
        peer.received + received, peer.sent + sent,
    )  # fmt: skip


def tries(stage: Stage, step: int) -> sqlite3.Row:
    """Tap the button; return the file's message, which arrives."""
    file = stage.desk.taps(FRIEND, f"another_way:1:{step}")[-1]
    stage.desk.deliver()
    return file


def conf(stage: Stage, row: sqlite3.Row) -> str:
    attachment = render(stage.desk.db, stage.desk.settings, row["attachment"], stage.desk.now)
    assert attachment is not None
    return attachment.content.decode()


def told(stage: Stage, seconds: int = 10) -> list[sqlite3.Row]:
    """Advance the clock; return the messages to the friend."""
    rows = [row for row in stage.round(seconds) if row["chat_id"] == FRIEND]
    stage.desk.deliver()
    return rows


def present(stage: Stage) -> str:
    return disguises.load(config_of(stage).disguise).key


def test_it_works(stage: Stage) -> None:
    assert present(stage) == "dns", "what new files get"
    finding = stage.desk.taps(FRIEND, "trouble:1")[-1]
    assert "answer doesn't get back" in text_of(finding)
    assert data_of(finding)[0] == "another_way:1:0"
    file = tries(stage, 0)
    assert data_of(file) == ["steps:1", "another_way:1:2", "stop_trying:1"]
    assert "like web traffic (QUIC)" in text_of(file)
    text = conf(stage, file)
    assert "I1 = <b 0xc" in text
    assert f"PrivateKey = {config_of(stage).private_key}" in text, "the same keys"
    assert file["attachment"].startswith("conf:1:anna-") or file["attachment"].count(":") == 2
    moves(stage, received=148)
    assert told(stage) == []
    moves(stage, received=9_000, sent=90_000, shakes=True)
    (done,) = told(stage)
    assert "it got through" in text_of(done)
    assert "QUIC" in text_of(done)
    assert present(stage) == "quic"
    assert told(stage, 3600) == []
    assert disguise_days.total_experience(stage.desk.db, "2026-01-01")[0].disguise == "quic"
    assert provider(stage.desk.db, config_of(stage)) == HERE


def test_what_does_not_work_is_said_and_the_next_one_is_offered(stage: Stage) -> None:
    tries(stage, 0)
    moves(stage, received=148)
    assert told(stage, 60) == []
    (failed,) = told(stage, WATCHED)
    assert "not this one" in text_of(failed)
    assert data_of(failed) == ["another_way:1:2", "watch_again:1:2", "stop_trying:1"]
    tries(stage, 2)
    assert present(stage) == "quiet"
    (known,) = disguise_days.total_experience(stage.desk.db, "2026-01-01")
    assert (known.disguise, known.worked, known.failed) == ("quic", 0, 1)


def test_a_handshake_alone_is_no_success(stage: Stage) -> None:
    tries(stage, 0)
    moves(stage, received=300, sent=200, shakes=True)
    assert told(stage) == []
    assert "not this one" in text_of(told(stage, WATCHED)[0])


def test_a_slow_friend_is_watched_once_more_and_nothing_is_counted(stage: Stage) -> None:
    tries(stage, 0)
    (silent,) = told(stage, SILENCE)
    assert "nothing yet" in text_of(silent)
    again = stage.desk.taps(FRIEND, "watch_again:1:2")[-1]
    assert "I'm watching" in text_of(again)
    stage.desk.deliver()
    moves(stage, received=9_000, sent=90_000, shakes=True)
    assert "it got through" in text_of(told(stage)[0])
    assert [one.failed for one in disguise_days.total_experience(stage.desk.db, "2026-01-01")] == [0]


def test_who_stops_has_the_earlier_file_again(stage: Stage) -> None:
    before = config_of(stage).disguise
    tries(stage, 0)
    assert config_of(stage).disguise != before
    assert "hasn't changed" in text_of(stage.desk.taps(FRIEND, "stop_trying:1")[-1])
    assert config_of(stage).disguise == before
    assert [text_of(row)[:2] for row in told(stage, 3600)] == ["💤 "], "nothing but the usual offer of help"
    assert "out of date" in stage.desk.taps(FRIEND, "another_way:1:2")[-1]["params"]


def test_when_all_were_tried_honest_words_and_the_admin_knows(stage: Stage) -> None:
    before, step, seen = config_of(stage).disguise, 0, []
    while (row := tries(stage, step))["attachment"]:
        seen.append(present(stage))
        moves(stage, received=148)
        step = len(seen) + 1
    assert seen == ["quic", "quiet", "server", "none"]
    assert "probably blocked on this network" in text_of(row)
    assert data_of(row) == ["complain:1", "config:1", "menu"]
    assert config_of(stage).disguise == before
    rows = stage.desk.taps(FRIEND, "complain:1")
    card = next(row for row in rows if row["chat_id"] == 1)
    assert "Every disguise was tried" in text_of(card)
    stage.desk.deliver()
    finding = stage.desk.taps(FRIEND, "trouble:1")[-1]
    assert "You've tried every way" in text_of(finding)
    assert "another_way" not in str(data_of(finding))
    stage.round(86400 + 60)
    stage.desk.deliver()
    assert trials.find_trial(stage.desk.db, 1) is None, "tomorrow the network may be another"


def test_only_what_was_watched_to_its_end_counts_as_failed_and_once(stage: Stage) -> None:
    tries(stage, 0)
    moves(stage, received=148)  # from the old tunnel, which is still on
    told(stage)
    tries(stage, 2)
    assert disguise_days.total_experience(stage.desk.db, "2026-01-01") == [], "nobody watched it for long enough"
    step = 3
    while tries(stage, step)["attachment"]:
        step += 1
        moves(stage, received=148)
        told(stage)
        told(stage, WATCHED)
    before = disguise_days.total_experience(stage.desk.db, "2026-01-01")
    assert [(one.disguise, one.failed) for one in before] == [("none", 1), ("server", 1)]
    tries(stage, step)
    assert disguise_days.total_experience(stage.desk.db, "2026-01-01") == before, "the last one is counted once"
    (alert,) = stage.desk.taps(FRIEND, f"watch_again:1:{step}")
    assert "out of date" in json.loads(alert["params"])["text"], "the file is no longer the one that was tried"


def test_rounds_come_faster_while_somebody_tries(stage: Stage) -> None:
    usual = stage.keeper.pause(stage.desk.now)
    tries(stage, 0)
    assert stage.keeper.pause(stage.desk.now) == WATCH_SECONDS < usual
    stage.desk.taps(FRIEND, "stop_trying:1")
    assert stage.keeper.pause(stage.desk.now) == usual


def test_a_second_tap_on_the_same_button_sends_nothing(stage: Stage) -> None:
    tries(stage, 0)
    (alert,) = stage.desk.taps(FRIEND, "another_way:1:0")
    assert "out of date" in json.loads(alert["params"])["text"]


def test_a_trial_ends_silently_with_a_pause_and_waits_out_a_server_that_is_down(stage: Stage) -> None:
    tries(stage, 0)
    stage.awg.trouble = AwgError("no", "no_interface")
    assert told(stage, SILENCE + 60) == []
    stage.awg.trouble = None
    assert told(stage) == []
    stage.desk.db.execute("UPDATE configs SET paused_at = 1")
    assert told(stage, SILENCE) == []
    assert trials.find_trial(stage.desk.db, 1) is None
    assert present(stage) == "dns"


def test_what_worked_here_comes_first_then_anywhere_and_what_failed_here_last(stage: Stage) -> None:
    db, desk = stage.desk.db, stage.desk
    config, tried = config_of(stage), ["dns"]

    def following() -> str | None:
        return next_way(db, desk.settings, config, tried, desk.now)

    assert following() == "quic"
    note_outcomes(db, "2026-05-20", [(HERE, "quic")], worked=False)
    assert following() == "quiet"
    note_outcomes(db, "2026-05-20", [("203.0.0.0/16", "none")] * 3, worked=True)
    assert following() == "none"
    note_outcomes(db, "2026-05-20", [(HERE, "server")], worked=True)
    assert following() == "server"
    note_outcomes(db, "2026-01-20", [(HERE, "quiet")] * 9, worked=True)
    assert following() == "server", "what worked months ago says nothing"


def test_second_ports_are_ways_too_and_stand_in_the_file(stage: Stage) -> None:
    stage.desk.settings = replace(stage.desk.settings, second_ports=(443, 500))
    file = tries(stage, 0)
    assert "port 443" in text_of(file)
    assert ":443\n" in conf(stage, file)
    stage.desk.settings = replace(stage.desk.settings, second_ports=(500,))
    assert ":443\n" not in conf(stage, file), "a port that no longer leads here is no use"


def test_configs_that_carry_traffic_are_counted_once_a_day(stage: Stage) -> None:
    moves(stage, received=9_000, sent=90_000, shakes=True)
    stage.round(60)
    stage.desk.deliver()
    stage.round(86400)
    stage.round(60)
    stage.desk.deliver()
    known = disguise_days.list_experience(stage.desk.db, "2026-01-01", 5)
    assert [(one.network, one.disguise, one.worked) for one in known] == [(HERE, "dns", 1)]
    stage.round(100 * 86400)
    assert disguise_days.list_experience(stage.desk.db, "2026-01-01", 5) == []


def test_only_a_file_that_got_through_is_the_present_one(stage: Stage) -> None:
    stage.desk.settings = stage.keeper._file = replace(stage.desk.settings, server_endpoint="new.example.org")
    told(stage)
    tries(stage, 0)
    stage.desk.taps(FRIEND, "stop_trying:1")
    assert is_outdated(stage.desk.db, config_of(stage)), "they have the earlier file again"
    tries(stage, 0)
    moves(stage, received=9_000, sent=90_000, shakes=True)
    told(stage)
    assert not is_outdated(stage.desk.db, config_of(stage))


def test_a_server_that_changed_since_the_file_was_sent_leaves_it_outdated(stage: Stage) -> None:
    tries(stage, 0)
    stage.desk.settings = stage.keeper._file = replace(stage.desk.settings, server_endpoint="new.example.org")
    told(stage)
    moves(stage, received=9_000, sent=90_000, shakes=True)
    assert "it got through" in text_of(told(stage)[0])
    assert is_outdated(stage.desk.db, config_of(stage))


def test_the_earlier_disguise_is_given_back_once(stage: Stage) -> None:
    step = 0
    while tries(stage, step)["attachment"]:
        step = step + 1 if step else 2
    set_disguise(stage.desk.db, 1, '["quic", {}, null]')
    stage.round(86400 + 60)
    assert trials.find_trial(stage.desk.db, 1) is None
    assert present(stage) == "quic", "what it got later stays"
