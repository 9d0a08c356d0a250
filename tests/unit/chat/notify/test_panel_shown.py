"""The panel shows the current state; open ones are edited when waiting decisions or troubles change."""

from __future__ import annotations

import pytest

from lib.chat.notify.alerts import follow
from lib.chat.notify.panel_shown import HEADINGS
from lib.errors import AwgError
from lib.settings import Settings
from lib.store.outbox import message_of
from lib.store.users import set_helper
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.roles import bring
from tests.unit.chat.screens import keys, said
from tests.unit.stage import Stage, make_stage


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    return make_stage(desk, settings)


def edits(stage: Stage) -> dict[int, str]:
    """Advance a minute; return the edited panels by chat."""
    stage.round(60)
    assert [complaint for row in stage.panels for complaint in complaints(row)] == []
    return {row["chat_id"]: text_of(row) for row in stage.panels}


def test_it_works(stage: Stage) -> None:
    assert "has not been checked yet" in said(stage.desk.taps(1, "panel"))
    key = stage.give_config(100)
    stage.give_config(101)
    stage.desk.now += 60
    stage.awg.move(key, received=10, sent=10, handshake_at=stage.desk.now)
    stage.round()
    assert "🟢 1 of 2 online, all well" in said(stage.desk.taps(1, "panel"))


def test_never_more_are_online_than_there_are(stage: Stage) -> None:
    key = stage.give_config(100)
    stage.desk.now += 60
    stage.awg.move(key, received=10, sent=10, handshake_at=stage.desk.now)
    stage.round()
    stage.desk.taps(1, "decide:100:approved:blocked")
    stage.round(10)
    stage.desk.taps(1, "decide:100:blocked:approved")
    assert "🟢 0 of 0 online" in said(stage.desk.taps(1, "panel")), "their peer returns with the next round"
    assert "online 0" in said(stage.desk.taps(1, "status"))
    stage.round()
    assert "🟢 1 of 1 online" in said(stage.desk.taps(1, "panel"))


def test_what_is_wrong_is_said_instead(stage: Stage) -> None:
    stage.round()
    stage.awg.trouble = AwgError("gone", "no_interface")
    told = edits(stage)
    assert "🔴" in told[1]
    assert "all well" not in told[1]
    assert edits(stage) == {}
    stage.awg.trouble = None
    assert "all well" in edits(stage)[1]


def test_all_is_not_well_while_something_waits_or_a_config_is_outdated(stage: Stage) -> None:
    stage.give_config(100)
    stage.desk.passes_captcha(101)
    assert "🟢 0 of 1 online\n" in edits(stage)[1]
    stage.desk.taps(1, "decide:101:pending:approved")
    assert "0 of 1 online, all well" in edits(stage)[1]
    stage.awg.parameters["S1"] = "21"
    assert "🟢 0 of 1 online\n📨 Outdated configs: 1" in edits(stage)[1]


def test_peers_that_are_not_the_bots_are_in_neither_number(stage: Stage) -> None:
    key = stage.give_config(100)
    stage.awg.peers["foreign"] = stage.awg.peers[key]._replace(public_key="foreign", allowed_ips="10.8.0.99/32")
    stage.round()
    assert "🟢 0 of 1 online" in said(stage.desk.taps(1, "panel"))
    assert "Peers: 1, online 0, added by hand: 1" in said(stage.desk.taps(1, "status"))


def test_everyone_inside_is_counted_and_only_the_first_few_troubles_are_named(stage: Stage) -> None:
    stage.round()
    stage.desk.is_let_in(100)
    assert "People inside: 3." in said(stage.desk.taps(1, "panel"))
    wrong = dict.fromkeys(("backup", "conflict", "impossible", "no_ipv4", "peers_file", "subnet"), "…")
    follow(stage.desk.db, stage.desk.settings, wrong, stage.desk.now)
    assert len(said(stage.desk.taps(1, "panel")).split("\n\n")[1].splitlines()) == HEADINGS


def test_a_panel_is_not_edited_for_what_it_already_shows(stage: Stage) -> None:
    stage.round()
    assert stage.panels == []


def test_an_open_panel_follows_what_waits(stage: Stage) -> None:
    stage.round()
    stage.desk.passes_captcha(100)
    told = edits(stage)
    assert "Waiting for an answer: 1" in told[1]
    assert "Ждут ответа: 1" in told[2]
    assert edits(stage) == {}
    stage.desk.taps(1, "decide:100:pending:approved")
    assert "Waiting for an answer: 0" in edits(stage)[1]


def test_a_panel_that_was_opened_in_between_is_no_reason_to_forget_the_others(stage: Stage) -> None:
    stage.round()
    stage.desk.passes_captcha(100)
    stage.desk.taps(1, "panel")
    assert set(edits(stage)) == {1, 2}


def test_a_panel_that_became_another_screen_is_left_alone(stage: Stage) -> None:
    stage.desk.deliver()
    panel = message_of(stage.desk.db, "panel", 1)
    stage.desk.taps(1, "settings", {"message_id": panel, "date": 0, "text": "…"})
    stage.round()
    stage.desk.passes_captcha(100)
    assert set(edits(stage)) == {2}


def test_a_helper_sees_no_state_of_the_server_and_nothing_after_they_are_one_no_longer(stage: Stage) -> None:
    bring(stage.desk, 100, "helper")
    rows = stage.desk.taps(100, "panel")
    assert "🤝 <b>Helper</b>" in said(rows)
    assert "online" not in said(rows)
    assert set(keys(rows)) == {"requests:0", "people:all:0", "panel", "menu"}
    stage.round()
    stage.desk.passes_captcha(101)
    assert 100 in edits(stage)
    set_helper(stage.desk.db, 100, False)
    stage.desk.passes_captcha(102)
    assert set(edits(stage)) == {1, 2}
