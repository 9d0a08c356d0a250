"""“What works where”: a table of disguises and networks for admins, and the one that new files get."""

from __future__ import annotations

import pytest

from lib.settings import Settings
from lib.store.configs import configs_of
from lib.store.disguise_days import note_outcomes
from lib.store.preferences import in_force, read_preferences
from lib.vpn import disguises
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.screens import buttons
from tests.unit.stage import Stage, make_stage


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    desk.says(1, "/start")
    stage = make_stage(desk, settings)
    stage.awg.parameters.update({"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "20", "S2": "90", "S3": "5"})
    stage.round()
    return stage


def shown(stage: Stage) -> str:
    return text_of(stage.desk.taps(1, "ways")[-1])


def test_it_works(stage: Stage) -> None:
    assert "Nothing is known yet" in shown(stage)
    assert "New files get: <b>like a DNS answer</b>" in shown(stage)
    db = stage.desk.db
    note_outcomes(db, "2026-05-20", [("198.51.0.0/16", "dns")] * 12, worked=True)
    note_outcomes(db, "2026-05-21", [("198.51.0.0/16", "dns"), ("203.0.0.0/16", "quic/443")], worked=False)
    note_outcomes(db, "2026-05-21", [("203.0.0.0/16", "quiet")], worked=True)
    text = shown(stage)
    assert "<b>All networks</b>\nlike a DNS answer: ✅ 12  ✖️ 1\nquiet, few packets: ✅ 1  ✖️ 0\n" in text
    assert "<b>198.51.0.0/16</b>\nlike a DNS answer: ✅ 12  ✖️ 1" in text
    assert "<b>203.0.0.0/16</b>\nquiet, few packets: ✅ 1  ✖️ 0\nlike web traffic (QUIC), port 443: ✅ 0  ✖️ 1" in text


def test_the_usual_one_is_set_by_a_tap_and_only_new_files_get_it(stage: Stage) -> None:
    stage.give_config(100)
    marked = [text for text, data in buttons(stage.desk.taps(1, "ways")[-1]) if text.startswith("✅")]
    assert marked == ["✅ like a DNS answer"]
    rows = stage.desk.taps(1, "usual_way:quiet")
    assert "New files get: <b>quiet, few packets</b>" in text_of(rows[-1])
    assert read_preferences(stage.desk.db) == {"CLIENT_DISGUISE": "quiet"}
    assert in_force(stage.desk.db, stage.desk.settings).client_disguise == "quiet"
    stage.give_config(101)
    names = [disguises.load(configs_of(stage.desk.db, who)[0].disguise).name for who in (100, 101)]
    assert names == ["dns", "quiet"]
    entry = stage.desk.db.execute("SELECT subject, detail FROM audit ORDER BY id DESC").fetchall()
    assert ("setting:CLIENT_DISGUISE", "dns > quiet") in [tuple(row) for row in entry]


@pytest.mark.parametrize("key", ["dns/443", "nothing", "", "server:x"])
def test_what_the_server_does_not_offer_is_refused(stage: Stage, key: str) -> None:
    stage.desk.taps(1, f"usual_way:{key}")
    assert read_preferences(stage.desk.db) == {}


def test_plain_wireguard_has_no_disguises(stage: Stage) -> None:
    stage.awg.parameters.clear()
    stage.round()
    assert "plain WireGuard" in shown(stage)
    assert [data for _, data in buttons(stage.desk.taps(1, "ways")[-1])] == ["ways", "ports", "status"]
