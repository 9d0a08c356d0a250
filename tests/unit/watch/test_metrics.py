"""The numbers for Prometheus: in its format, replaced atomically, readable by everyone, without personal data."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from lib.errors import AwgError
from lib.keeper import Keeper
from lib.settings import Settings, read_settings
from lib.watch.metrics import write_metrics
from tests.prometheus import read_metrics
from tests.unit.bot_settings import TOKEN
from tests.unit.chat.desk import Desk
from tests.unit.chat.screens import said
from tests.unit.stage import Stage, make_stage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "textfile" / "andreyvpn.prom"


@pytest.fixture
def stage(db: sqlite3.Connection, settings: Settings, path: Path) -> Stage:
    path.parent.mkdir()
    desk = Desk(db, settings)
    desk.says(1, "/start")
    return make_stage(desk, replace(settings, metrics_file=path))


def test_it_works(stage: Stage, path: Path) -> None:
    key = stage.give_config()
    stage.desk.passes_captcha(101)
    stage.desk.taps(100, "device:windows")
    stage.awg.move(key, 10, 100, handshake_at=stage.desk.now)
    stage.round(60)
    found = read_metrics(path.read_text())
    assert {name.removeprefix("andreyvpn_"): number for name, number in found.items() if number} == {
        "up": 1, 'peers{kind="wanted"}': 1, 'peers{kind="live"}': 1, "online": 1, "received_bytes_total": 10,
        "sent_bytes_total": 100, 'users{state="approved"}': 2, 'users{state="pending"}': 1, "requests_pending": 1,
        "outbox_waiting": found["andreyvpn_outbox_waiting"], "last_sample_timestamp_seconds": stage.desk.now,
        "last_backup_timestamp_seconds": stage.desk.now - 60,
    }  # fmt: skip
    assert found['andreyvpn_trouble{kind="silence"}'] == 0


def test_who_reaches_telegram_alone_is_counted_apart(stage: Stage, path: Path) -> None:
    key = stage.give_config()
    stage.desk.db.execute("UPDATE users SET quota_bytes = 1000000 WHERE id = 100")
    stage.awg.move(key, 10, 2_000_000, handshake_at=stage.desk.now)
    stage.round(60)
    assert key in stage.awg.peers
    found = read_metrics(path.read_text())
    numbers = [found[f'andreyvpn_peers{{kind="{kind}"}}'] for kind in ("wanted", "live", "foreign", "telegram")]
    assert (numbers, found["andreyvpn_online"]) == ([0, 0, 0, 1], 0)
    assert "Peers: 0, online 0" in said(stage.desk.taps(1, "status"))
    stage.desk.db.execute("UPDATE users SET quota_bytes = 9000000 WHERE id = 100")
    stage.round(60)
    found = read_metrics(path.read_text())
    assert [found[f'andreyvpn_peers{{kind="{kind}"}}'] for kind in ("wanted", "live", "telegram")] == [1, 1, 0]


def test_the_sums_never_fall(stage: Stage, path: Path) -> None:
    key, last = stage.give_config(), 0
    for step in (60, 86400, 40 * 86400, -86400, 400 * 86400):
        stage.awg.move(key, 7, 70)
        stage.round(step)
        sent = read_metrics(path.read_text())["andreyvpn_sent_bytes_total"]
        assert sent > last
        last = sent
        stage.awg.restart()
        stage.round()
    assert last == 5 * 70


def test_a_trouble_is_a_number_of_its_own_and_the_wanted_peers_are_known_all_the_same(stage: Stage, path: Path) -> None:
    stage.give_config()
    stage.awg.trouble = AwgError("no such device", "no_interface")
    stage.round(60)
    found = read_metrics(path.read_text())
    assert (found["andreyvpn_up"], found["andreyvpn_online"], found['andreyvpn_peers{kind="wanted"}']) == (0, 0, 1)
    assert found['andreyvpn_trouble{kind="interface"}'] == 1


def test_nothing_of_a_person_is_in_it(stage: Stage, path: Path) -> None:
    stage.give_config()
    stage.round(60)
    text = path.read_text()
    for private in ("100", "Person", "Phone", "10.8.0", "vpn.example.org"):
        assert private not in re.sub(r" \d+\n", "\n", text)


def test_everybody_may_read_it_whatever_the_umask(path: Path) -> None:
    path.parent.mkdir()
    before = os.umask(0o077)
    try:
        write_metrics(path, "x 1\n")
        write_metrics(path, "x 2\n")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert (path.read_text(), [found.name for found in path.parent.iterdir()]) == ("x 2\n", [path.name])


def test_it_is_whole_at_every_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    write_metrics(path, "x 1\n")
    seen: list[object] = []
    monkeypatch.setattr(Path, "replace", lambda new, target: seen.append((new, new.read_text(), target.read_text())))
    write_metrics(path, "x 2\n")
    ((new, fresh, present),) = seen  # type: ignore[misc]
    assert (fresh, present, new.parent) == ("x 2\n", "x 1\n", path.parent)
    assert new.suffix != ".prom", "the collector would read it"


def test_a_folder_that_is_not_there_stops_nothing(stage: Stage, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.rmdir()
    stage.give_config()
    assert stage.round(60) == []
    assert "The metrics can't be written" in caplog.text


def test_without_the_setting_there_is_no_file(stage: Stage, settings: Settings, path: Path) -> None:
    assert settings.metrics_file is None
    stage.keeper = Keeper(stage.desk.db, stage.awg, settings, lambda: None)  # type: ignore[arg-type]
    stage.round(60)
    assert list(path.parent.iterdir()) == []


def test_the_setting_is_a_path() -> None:
    required = {"BOT_TOKEN": TOKEN, "ADMIN_IDS": "1", "SERVER_ENDPOINT": "vpn.example.org"}
    assert read_settings({**required, "METRICS_FILE": "/run/x.prom"}).metrics_file == Path("/run/x.prom")
