"""“Try another way” for somebody without Telegram: whoever gets their files tries, and hears what works."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from lib.chat.notify.trials import SILENCE, WATCHED
from lib.settings import Settings
from lib.store import trials
from lib.store.configs import Config, configs_of
from lib.store.invitations import note_username
from lib.vpn import disguises
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.screens import alert, keys, said
from tests.unit.stage import Stage, make_stage

GRANDMA = -1


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """A server of 2.0 and a person without Telegram, whose files go to the first admin, and whose phone just calls."""
    note_username(desk.db, "andreyvpn_bot")
    stage = make_stage(desk, settings)
    stage.awg.parameters.update({"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "20", "S2": "90", "S3": "5"})
    stage.round()
    desk.taps(1, "add_person")
    desk.says(1, "Grandma")
    desk.taps(1, f"issue_as:{GRANDMA}:iphone")
    stage.round(60)
    moves(stage, 148)
    stage.round(10)
    desk.deliver()
    return stage


def config_of(stage: Stage) -> Config:
    (config,) = configs_of(stage.desk.db, GRANDMA)
    return config


def moves(stage: Stage, received: int, sent: int = 0) -> None:
    """Let her phone's packets arrive; with an answer, it shakes hands."""
    stage.awg.move(config_of(stage).public_key, received, sent, stage.desk.now if sent else 0)


def tries(stage: Stage, step: int) -> list[sqlite3.Row]:
    """Tap the button; return what is sent, all of which arrives."""
    rows = [row for row in stage.desk.taps(1, f"held_way:1:{step}") if row["method"] != "answerCallbackQuery"]
    stage.desk.deliver()
    return rows


def told(stage: Stage, seconds: int = 10) -> list[sqlite3.Row]:
    """Advance the clock; return the messages to anybody."""
    rows = stage.round(seconds)
    stage.desk.deliver()
    return rows


def present(stage: Stage) -> str:
    return disguises.load(config_of(stage).disguise).key


def test_it_works(stage: Stage) -> None:
    page = stage.desk.taps(1, "held:1")
    assert "🆘 Packets arrive, but no handshake completes" in said(page)
    assert keys(page)["held_way:1:0"] == "🎭 Try another way"
    before = config_of(stage)
    picture, file = tries(stage, 0)
    assert [(row["chat_id"], row["method"]) for row in (picture, file)] == [(1, "sendPhoto"), (1, "sendDocument")]
    assert [complaint for row in (picture, file) for complaint in complaints(row)] == []
    for words in ("iPhone: another way", "Grandma", "like web traffic (QUIC)", "on their device"):
        assert words in text_of(file)
    assert data_of(file) == ["held_way:1:2", "held_stop:1"]
    assert replace(config_of(stage), disguise="", files_sent=0) == replace(before, disguise="", files_sent=0)
    moves(stage, 9_000, 90_000)
    works = next(row for row in told(stage) if "got through" in text_of(row))
    assert works["chat_id"] == 1
    assert "Grandma" in text_of(works)
    assert data_of(works) == ["held:1"]
    assert present(stage) == "quic"


def test_what_fails_is_told_to_the_admin_who_goes_on_or_stops(stage: Stage) -> None:
    before = config_of(stage).disguise
    tries(stage, 0)
    moves(stage, 148)
    told(stage)
    (failed,) = told(stage, WATCHED)
    assert (failed["chat_id"], data_of(failed)) == (1, ["held_way:1:2", "held_watch:1:2", "held_stop:1"])
    assert "Grandma" in text_of(failed)
    assert "I'm watching again" in said(stage.desk.taps(1, "held_watch:1:2"))
    (silent,) = told(stage, SILENCE)
    assert "nothing yet" in text_of(silent)
    tries(stage, 2)
    assert present(stage) == "quiet"
    assert "hasn't changed" in said(stage.desk.taps(1, "held_stop:1"))
    assert config_of(stage).disguise == before
    assert alert(stage.desk.taps(1, "held_stop:1")).startswith("This button is out of date")


def test_when_all_were_tried_the_page_says_so_and_offers_no_more(stage: Stage) -> None:
    before, step = config_of(stage).disguise, 0
    while (rows := tries(stage, step))[-1]["attachment"]:
        moves(stage, 148)
        step = step + 1 if step else 2
    (over,) = rows
    assert "probably blocked on their network" in text_of(over)
    assert data_of(over) == ["held:1", "menu"], "they are the admin"
    assert config_of(stage).disguise == before
    page = stage.desk.taps(1, "held:1")
    assert "Every disguise was tried" in said(page)
    assert not [data for data in keys(page) if data.startswith("held_way")]


def test_nobody_but_who_gets_the_files_tries(stage: Stage) -> None:
    assert not [data for data in keys(stage.desk.taps(2, "held:1")) if data.startswith("held_way")]
    assert "получает другой админ: Person 1" in alert(stage.desk.taps(2, "held_way:1:0"))
    assert trials.find_trial(stage.desk.db, 1) is None


def test_an_admin_who_is_none_any_more_hears_nothing_and_the_first_one_goes_on(stage: Stage) -> None:
    stage.desk.db.execute("UPDATE users SET kept_by = 2 WHERE id < 0")
    stage.desk.taps(2, "held_way:1:0")
    stage.desk.deliver()
    stage.desk.settings = stage.keeper._file = replace(stage.desk.settings, admin_ids=(1,))
    (silent,) = told(stage, SILENCE)
    assert (silent["chat_id"], data_of(silent)[0]) == (1, "held_way:1:2")
    assert alert(stage.desk.taps(2, "held_stop:1"))
    assert tries(stage, 2)[-1]["attachment"], "whoever has the files now goes on"


def test_who_comes_to_telegram_meanwhile_goes_on_alone(stage: Stage) -> None:
    tries(stage, 0)
    stage.desk.taps(1, f"invite_person_now:{GRANDMA}")
    code = stage.desk.db.execute("SELECT code FROM invitations").fetchone()[0]
    stage.desk.says(100, f"/start {code}")
    stage.desk.deliver()
    told_her = next(row for row in told(stage, SILENCE) if "nothing yet" in text_of(row))
    assert (told_her["chat_id"], data_of(told_her)[0]) == (100, "another_way:1:2")
    assert "out of date" in alert(stage.desk.taps(1, "held_way:1:2"))


def test_nothing_is_offered_while_the_config_is_off_or_works(stage: Stage) -> None:
    moves(stage, 9_000, 90_000)
    told(stage)
    works = stage.desk.taps(1, "held:1")
    stage.desk.taps(1, "held_pause:1")
    for page in (works, stage.desk.taps(1, "held:1")):
        assert "🆘" not in said(page)
        assert not [data for data in keys(page) if data.startswith("held_way")]
    assert "is off right now" in alert(stage.desk.taps(1, "held_way:1:0"))
