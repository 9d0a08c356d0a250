"""The bot imports another program's data about its peers: keys, end dates, and who was disabled."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from lib.settings import Settings
from lib.store.configs import configs_of
from lib.store.foreign import ForeignPeer, list_foreign
from lib.vpn.interface import LivePeer
from lib.watch import handed_over
from lib.watch.handed_over import HandedOver
from tests.unit.chat.desk import Desk, text_of
from tests.unit.stage import Stage, make_stage

ANN, BEN, CAT, DAN = (letter * 43 + "=" for letter in "ABCD")
SECRET, PSK = "S" * 43 + "=", "P" * 43 + "="
DAY = 86400


def entry(key: str, address: str, name: str = "", ends: int | None = None, enabled: bool = True) -> dict[str, Any]:
    return {"public_key": key, "private_key": SECRET, "preshared_key": PSK, "addresses": [address], "name": name,
            "expires_at": ends, "enabled": enabled}  # fmt: skip


@pytest.fixture
def stage(db: sqlite3.Connection, settings: Settings) -> Stage:
    """A server taken over from wg-easy with four peers: Ben's was disabled, Cat's and Dan's have end dates."""
    desk = Desk(db, settings)
    desk.says(1, "/start")
    desk.is_let_in(100)
    stage = make_stage(desk, settings)
    stage.round()
    now, ends = desk.now, {ANN: None, CAT: desk.now + DAY}
    for number, key in enumerate(ends, 2):
        stage.awg.peers[key] = LivePeer(key, PSK, f"10.8.0.{number}/32", None, 1000, 20_000, now - 60)
    peers = [entry(ANN, "10.8.0.2/32", "Ann"), entry(CAT, "10.8.0.3/32", "Cat", now + DAY),
             entry(BEN, "10.8.0.4/32", "Ben", enabled=False), entry(DAN, "10.8.0.5/32", "Dan", now - DAY)]  # fmt: skip
    settings.database.with_name("handed-over.json").write_text(json.dumps(peers))
    return stage


def peers(stage: Stage) -> dict[str, ForeignPeer]:
    return {peer.public_key: peer for peer in list_foreign(stage.desk.db, 100, 0)}


def give(stage: Stage, key: str) -> Any:
    stage.desk.taps(1, f"adopt:{peers(stage)[key].id}:100")
    return configs_of(stage.desk.db, 100)[-1]


def test_it_works(stage: Stage, settings: Settings) -> None:
    file = settings.database.with_name("handed-over.json")
    stage.round(60)
    assert not file.exists(), "there are keys in it"
    found = peers(stage)
    assert {found[key].private_key for key in (ANN, BEN, CAT, DAN)} == {SECRET}
    assert SECRET not in repr(found)
    assert [key for key, peer in found.items() if peer.evicted_at] == [BEN, DAN], "disabled, and over"
    assert found[ANN].live == 1
    config = give(stage, ANN)
    assert (config.private_key, config.expires_at, config.paused_at) == (SECRET, None, None)
    stage.round(60)
    assert ANN in stage.awg.peers


def test_who_was_disabled_can_be_given_away_and_is_on_pause(stage: Stage) -> None:
    stage.round(60)
    shown = text_of(stage.desk.taps(1, f"peer:{peers(stage)[BEN].id}")[-1])
    assert "its keys are known" in shown
    assert "Expires:" not in shown
    config = give(stage, BEN)
    assert (config.name, config.private_key, config.preshared_key) == ("Ben", SECRET, PSK)
    assert config.paused_at is not None
    stage.round(60)
    assert BEN not in stage.awg.peers
    stage.desk.taps(1, f"held_resume:{config.id}")
    stage.round(60)
    assert stage.awg.peers[BEN].allowed_ips == "10.8.0.4/32"


def test_end_dates_go_on_to_hold(stage: Stage) -> None:
    stage.round(60)
    assert "Expires:" in text_of(stage.desk.taps(1, f"peer:{peers(stage)[CAT].id}")[-1])
    end = peers(stage)[CAT].expires_at
    assert end
    stage.round(end - stage.desk.now)
    stage.round(60)
    assert CAT not in stage.awg.peers
    assert ANN in stage.awg.peers
    dan = give(stage, DAN)
    assert (dan.paused_at, dan.expires_at is not None and dan.expires_at < stage.desk.now) == (None, True)


def test_what_is_handed_over_twice_changes_nothing(stage: Stage, settings: Settings) -> None:
    file = settings.database.with_name("handed-over.json")
    content = file.read_text()
    stage.round(60)
    stage.desk.taps(1, f"evict:{peers(stage)[ANN].id}")
    config = give(stage, BEN)
    file.write_text(content)
    stage.round(60)
    stage.round(60)
    assert BEN not in peers(stage)
    assert configs_of(stage.desk.db, 100)[-1].id == config.id
    assert peers(stage)[ANN].evicted_at
    assert ANN not in stage.awg.peers


def test_what_is_handed_over_anew_takes_nothing_away(stage: Stage, settings: Settings) -> None:
    stage.round(60)
    before = peers(stage)
    again = [entry(CAT, "10.8.0.3/32", "Cat", before[CAT].expires_at + DAY if before[CAT].expires_at else None)]
    again.append(entry(ANN, "10.8.0.2/32") | {"private_key": None})
    settings.database.with_name("handed-over.json").write_text(json.dumps(again))
    stage.round(60)
    after = peers(stage)
    assert after[CAT].expires_at == before[CAT].expires_at
    assert after[ANN].private_key == SECRET


def test_when_somebodys_time_was_over_is_not_forgotten(stage: Stage) -> None:
    stage.round(60)
    ended = peers(stage)[DAN].evicted_at
    stage.round(60)
    assert peers(stage)[DAN].evicted_at == ended


def test_who_is_still_on_the_interface_is_not_given_away(stage: Stage) -> None:
    stage.round(60)
    peer = peers(stage)[ANN]
    stage.desk.taps(1, f"evict:{peer.id}")
    stage.desk.taps(1, f"adopt:{peer.id}:100")
    assert configs_of(stage.desk.db, 100) == []
    stage.round(60)
    assert ANN not in stage.awg.peers
    stage.round(60)
    assert give(stage, ANN).public_key == ANN


@pytest.mark.parametrize("text", ["", "{", "{}", "[7, null, {}]", "[" * 100_000, '[{"public_key": "x"}]', "\x00"])
def test_what_is_no_list_of_peers_is_left(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    assert HandedOver(tmp_path / "file").read() == []


def test_values_that_are_none_are_left_out(tmp_path: Path) -> None:
    wrong = {"public_key": ANN, "private_key": "--help", "preshared_key": 7, "addresses": ["x", "10.8.0.2/32", None],
             "name": "two\nlines", "expires_at": True, "enabled": 1}  # fmt: skip
    (tmp_path / "file").write_text(json.dumps([wrong]))
    [kept] = HandedOver(tmp_path / "file").read()
    assert (kept.private_key, kept.preshared_key, kept.allowed_ips) == (None, None, ("10.8.0.2/32",))
    assert (kept.name, kept.expires_at, kept.enabled) == ("", None, False)


@pytest.mark.parametrize("end", [0, -1, 1 << 33, 1 << 63, 10**400, 1.5, "1800000000"])
def test_an_end_date_that_is_none_is_left_out(tmp_path: Path, end: Any) -> None:
    """One of these would not even fit into the database, and stop each round."""
    (tmp_path / "file").write_text(json.dumps([entry(ANN, "10.8.0.2/32") | {"expires_at": end}]))
    [kept] = HandedOver(tmp_path / "file").read()
    assert kept.expires_at is None


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text(json.dumps([entry(ANN, "10.8.0.2/32"), entry(BEN, "10.8.0.3/32")]))
    monkeypatch.setattr(handed_over, "MOST_PEERS", 1)
    assert [kept.public_key for kept in HandedOver(tmp_path / "file").read()] == [ANN]
    monkeypatch.setattr(handed_over, "MOST_BYTES", 100)
    assert HandedOver(tmp_path / "file").read() == []


def test_a_link_or_a_pipe_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(json.dumps([entry(ANN, "10.8.0.2/32")]))
    (tmp_path / "link").symlink_to("real")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "pipe").open("r+b", buffering=0) as pipe:
        pipe.write((tmp_path / "real").read_bytes())
        assert HandedOver(tmp_path / "pipe").read() == []
    assert HandedOver(tmp_path / "link").read() == HandedOver(tmp_path / "pipe").read() == []
    HandedOver(tmp_path / "not there").forget()
