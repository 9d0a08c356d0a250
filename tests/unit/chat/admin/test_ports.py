"""The ports that lead to the tunnel: who uses which, and a move that cuts nobody off."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from lib.chat.notify.delivery import load_files
from lib.keeper import Keeper
from lib.settings import Settings
from lib.store.configs import configs_of, set_disguise
from lib.store.outdated import outdated
from lib.store.preferences import in_force, read_preferences
from lib.store.users import get_user, move_user
from tests.unit.chat.desk import Desk, data_of, open_desk, text_of
from tests.unit.stage import Stage, make_stage, texts
from tests.unit.vpn.arrivals import table

OWN = 51820
DAY = 86400


@pytest.fixture
def stage(db: sqlite3.Connection, settings: Settings) -> Stage:
    settings = replace(settings, second_ports=(443, 500))
    stage = make_stage(open_desk(db, settings), settings)
    for who in (100, 101, 102):
        stage.give_config(who)
    comes(stage, {100: None, 101: None, 102: None})  # their first connections are news of another kind
    return stage


def comes(stage: Stage, by: dict[int, int | None], seconds: int = 120) -> list[sqlite3.Row]:
    """Let friends' devices shake hands, each by a port (None: nft does not tell); return what the round says."""
    stage.desk.now += seconds
    elements = []
    for who, port in by.items():
        key, address = configs_of(stage.desk.db, who)[0].public_key, f"203.0.113.{who}"
        stage.awg.move(key, 1000, 1000, stage.desk.now)
        stage.awg.peers[key] = stage.awg.peers[key]._replace(endpoint=f"{address}:5000")
        elements += [(address, 5000, port, 170)] if port else []
    stage.awg.around = stage.awg.around._replace(table=table(*elements))
    return stage.round()


def shown(stage: Stage) -> str:
    return text_of(stage.desk.taps(1, "ports")[-1])


def file_of(stage: Stage, who: int) -> str:
    """Return the .conf that a friend gets now."""
    db = stage.desk.db
    return str(load_files(db, in_force(db, stage.desk.settings), configs_of(db, who)[0], get_user(db, who)).conf)


def test_it_works(stage: Stage) -> None:
    comes(stage, {100: OWN, 101: 443, 102: None})
    assert f"✅ {OWN}: 1\n443: 1\n500: 0\nport unknown: 1\n\nNew files use <b>port {OWN}</b>" in shown(stage)
    asked = stage.desk.taps(1, "confirm_usual_port:443")[-1]
    assert "Devices that already use port 443: 1." in text_of(asked)
    assert data_of(asked) == ["usual_port:443", "ports"]
    screen = stage.desk.taps(1, "usual_port:443")[-1]
    assert "<b>Moving to port 443</b>: 1 of 3 devices use it." in text_of(screen)
    assert "Not yet:\n• Person 100: iPhone\n• Person 102: iPhone" in text_of(screen)
    assert "Configs with an older file: 2." in text_of(screen), "the one that uses 443 needs no new file"
    assert data_of(screen)[0] == "outdated"
    assert ":443\n" in file_of(stage, 100)
    assert comes(stage, {100: OWN}) == [], "the admin knows what they did, and nobody is cut off"
    number = stage.desk.db.execute("SELECT max(generation) FROM server").fetchone()[0]
    preview = text_of(stage.desk.taps(1, f"confirm_rollout:{number}")[-1])
    assert "There's a new way in to the server" in preview
    rows = stage.desk.taps(1, f"rollout:{number}")
    assert {row["chat_id"] for row in rows if row["chat_id"] >= 100} == {100, 102}
    assert "The old one keeps working" in texts(rows, 100)[0]
    assert texts(comes(stage, {100: 443, 101: 443})) == []
    assert texts(comes(stage, {100: 443, 102: 443}))[0].startswith("✅ <b>Everyone uses port 443 now</b>")
    assert texts(comes(stage, {100: 443, 102: OWN})) == texts(comes(stage, {102: 443})) == [], "it is said once"
    assert "Moving" not in shown(stage)


def test_a_way_back_makes_the_older_files_the_right_ones_again(stage: Stage) -> None:
    comes(stage, {100: OWN, 101: OWN, 102: OWN})
    stage.desk.taps(1, "usual_port:443")
    assert read_preferences(stage.desk.db) == {"USUAL_PORT": "443"}
    assert len(outdated(stage.desk.db)) == 3
    stage.desk.taps(1, f"usual_port:{OWN}")
    assert read_preferences(stage.desk.db) == {}
    assert outdated(stage.desk.db) == []
    assert f":{OWN}\n" in file_of(stage, 100)
    assert "Moving" not in shown(stage), "all are there already"
    query = "SELECT subject, detail FROM audit ORDER BY id DESC LIMIT 2"
    entries = [tuple(row) for row in stage.desk.db.execute(query)]
    assert entries == [("setting:USUAL_PORT", f"443 > {OWN}"), ("setting:USUAL_PORT", f"{OWN} > 443")]


def test_a_disguise_keeps_its_own_port_and_holds_no_move_up(stage: Stage) -> None:
    set_disguise(stage.desk.db, configs_of(stage.desk.db, 102)[0].id, '["quiet", {"Jc": "3"}, 500]')
    stage.desk.taps(1, "usual_port:443")
    assert ":500\n" in file_of(stage, 102)
    assert texts(comes(stage, {100: 443, 101: OWN, 102: 500})) == []
    assert "1 of 2 devices use it. Not yet:\n• Person 101: iPhone\n\n" in shown(stage)
    assert "Everyone uses port 443 now" in texts(comes(stage, {101: 443}))[0]


def test_what_nft_does_not_tell_is_not_known_and_ends_no_move(stage: Stage) -> None:
    stage.desk.taps(1, "usual_port:443")
    assert texts(comes(stage, {100: None, 101: None, 102: None})) == []
    assert "443: 0\n500: 0\nport unknown: 3" in shown(stage)
    assert "0 of 3 devices" in shown(stage)


def test_silent_devices_and_people_who_are_out_are_not_waited_for(stage: Stage) -> None:
    comes(stage, {100: OWN, 101: OWN, 102: OWN})
    stage.desk.taps(1, "usual_port:443")
    move_user(stage.desk.db, 101, "approved", "blocked", stage.desk.now, 1)
    assert texts(comes(stage, {100: 443})) == []
    assert "Everyone" in "".join(texts(comes(stage, {100: 443}, seconds=31 * DAY)))


def test_a_port_that_no_device_came_by_is_a_warning(stage: Stage) -> None:
    assert "⚠️ No device has used port 500 yet." in text_of(
        stage.desk.taps(1, "confirm_usual_port:500")[-1])  # fmt: skip


@pytest.mark.parametrize("verb", ["confirm_usual_port", "usual_port"])
@pytest.mark.parametrize("port", [444, 0, -1, 99999])
def test_a_port_that_leads_nowhere_is_refused(stage: Stage, verb: str, port: int) -> None:
    stage.desk.taps(1, f"{verb}:{port}")
    assert read_preferences(stage.desk.db) == {}


def test_many_devices_that_have_not_moved_are_a_sum(stage: Stage) -> None:
    for who in range(103, 108):
        stage.give_config(who)
    comes(stage, dict.fromkeys(range(100, 108), OWN))
    stage.desk.taps(1, "usual_port:443")
    assert "• Person 104: iPhone\n• and 3 more\n\n📨 Configs with an older file: 8." in shown(stage)


def test_a_port_that_was_taken_from_the_settings_is_still_shown(stage: Stage) -> None:
    comes(stage, {100: 500})
    stage.desk.settings = replace(stage.desk.settings, second_ports=(443,))
    assert "500, no longer in the settings: 1" in shown(stage)
    stage.desk.settings = replace(stage.desk.settings, second_ports=())
    assert f"One port leads to the tunnel: {OWN}" in shown(stage)


def test_the_settings_file_moves_the_port_too_and_the_admins_hear_that_nobody_is_cut_off(stage: Stage) -> None:
    settings = replace(stage.desk.settings, usual_port=443)
    stage.keeper = Keeper(stage.desk.db, stage.awg, settings, lambda: None)  # type: ignore[arg-type]
    stage.desk.settings = settings
    told = text_of(stage.round(60)[0])
    assert "address vpn.example.org:443" in told
    assert "They keep working" in told
    assert "USUAL_PORT" not in read_preferences(stage.desk.db)
    stage.desk.taps(1, f"usual_port:{OWN}")
    assert read_preferences(stage.desk.db) == {"USUAL_PORT": str(OWN)}, "it overrules the file"


def test_before_the_interface_was_seen_nothing_is_offered(desk: Desk) -> None:
    screen = desk.taps(1, "ports")[-1]
    assert "hasn't been seen yet" in text_of(screen)
    assert data_of(screen) == ["ports", "ways"]
