"""A full disk, a locked or damaged database: nothing is lost, and what can't be repaired ends with one clear line."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.company import ROOT, Company
from tests.needs import need
from tests.reporting import Figures

PATIENCE = 60
FAULT_SECONDS = 15  # for which a fault goes on: several attempts of every worker


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    need(os.geteuid() == 0, "root")
    mount = tmp_path / "disk"
    mount.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount], capture_output=True)
    need(made.returncode == 0, "the right to mount")
    yield mount
    subprocess.run(["umount", "--lazy", mount], check=True)


@pytest.fixture
def company(tmp_path: Path, disk: Path) -> Iterator[Company]:
    """A company that keeps only its database on the small disk."""
    company = Company(tmp_path, DATABASE=str(disk / "bot_data.db"))
    company.database = disk / "bot_data.db"
    with company:
        yield company


def complained(company: Company, words: str) -> Callable[[], bool]:
    return lambda: words in company.log.read_text()


def ends_by_itself(company: Company) -> str:
    """Wait for the process to exit; return the last line of its log."""
    assert company.process
    assert company.process.wait(timeout=PATIENCE) == 2
    company.process = None
    return company.log.read_text().splitlines()[-1]


def fails_to_start(company: Company, code: int = 2) -> str:
    """Start a bot that must fail to start; return what it prints."""
    words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "run"]
    done = subprocess.run(words, env=company.environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    return done.stderr


def write_without_end(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_a_full_disk_loses_nothing(company: Company, disk: Path) -> None:
    company.let_in(company.friend)
    notice = company.ask(company.friend)
    ballast = disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        write_without_end(ballast)
    company.admin.press("Approve", message=notice)
    company.second_friend.send("/start")
    company.wait(complained(company, "can't use the database and tries again"), PATIENCE)
    ballast.unlink()
    company.friend.wait_for("This file is your personal key", timeout=PATIENCE)
    company.second_friend.wait_for(predicate=lambda message: "photo" in message, timeout=PATIENCE)
    assert company.rows("SELECT count(*) FROM configs") == [(1,)]
    assert company.rows("PRAGMA integrity_check") == [("ok",)]


def copies(company: Company, since: int) -> dict[tuple[object, ...], int]:
    """Count what Telegram took: calls that send something, by chat and content, since a number in its log."""
    sent = [
        (call["params"].get("chat_id"), call["params"].get("text"), call["params"].get("caption"), call["method"])
        for call in company.stand.requests(since=since)
        if call["method"].startswith("send") and call["status"] == 200
    ]
    return {one: sent.count(one) for one in sent}


def is_idle(company: Company) -> Callable[[], bool]:
    return lambda: company.rows("SELECT count(*) FROM outbox") == [(0,)]


@contextmanager
def messages_on_their_way(company: Company) -> Iterator[None]:
    """Let a friend ask for a config; in the block, two messages about it have left, and none is recorded yet."""
    company.let_in(company.friend)
    company.wait(is_idle(company), PATIENCE)
    since = company.stand.requests()[-1]["id"]
    company.stand.fault("slow", method="sendMessage", seconds=2, count=2)
    company.friend.press(data="device:iphone", message=company.friend.last(), forge=True)
    company.wait(lambda: company.rows("SELECT count(*) FROM config_requests") == [(1,)], PATIENCE)
    yield
    company.wait(is_idle(company), PATIENCE)
    found = copies(company, since)
    assert len(found) == 2
    assert set(found.values()) == {1}, found


def test_a_disk_that_fills_up_while_messages_are_on_their_way_repeats_none(company: Company, disk: Path) -> None:
    ballast = disk / "ballast"
    with messages_on_their_way(company):
        with pytest.raises(OSError, match="No space left"):
            write_without_end(ballast)
        company.wait(complained(company, "can't be recorded"), PATIENCE)
        time.sleep(FAULT_SECONDS)
        ballast.unlink()


def test_a_lock_that_comes_while_messages_are_on_their_way_repeats_none(company: Company) -> None:
    with messages_on_their_way(company), closing(sqlite3.connect(company.database, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        company.wait(complained(company, "can't be recorded"), PATIENCE)
        time.sleep(FAULT_SECONDS)
        lock.execute("ROLLBACK")


def test_a_read_only_disk_is_refused_at_the_start(company: Company, disk: Path) -> None:
    company.stop()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert "andreyvpn: " in fails_to_start(company)
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    company.start()


def test_a_database_locked_by_another_program_loses_nothing(company: Company) -> None:
    company.let_in(company.friend)
    lock = sqlite3.connect(company.database, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    company.friend.press(data="device:iphone", message=company.friend.last(), forge=True)
    company.wait(complained(company, "database is locked"), PATIENCE)
    lock.execute("ROLLBACK")
    lock.close()
    company.admin.wait_for("Request for a config", timeout=PATIENCE)
    assert company.rows("SELECT name, state FROM config_requests") == [("iPhone", "pending")]


def test_a_lock_at_the_start_passes_and_needs_no_backup(company: Company) -> None:
    company.stop()
    with closing(sqlite3.connect(company.database, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        said = fails_to_start(company, code=1)
        assert "database is locked" in said
        assert "try again in a moment" in said
        assert "backup" not in said
    company.start()


@pytest.mark.parametrize("deed", ["deleted", "replaced"])
def test_a_database_that_is_gone_ends_the_bot_rather_than_write_into_nothing(company: Company, deed: str) -> None:
    company.let_in(company.friend)
    copy = shutil.copy(company.database, company.folder / "copy.db")
    for name in ("", "-wal", "-shm"):
        Path(f"{company.database}{name}").unlink(missing_ok=True)
    if deed == "replaced":
        shutil.copy(copy, company.database)
    assert "was deleted or replaced while the bot ran" in ends_by_itself(company)
    shutil.copy(copy, company.database)


def damage(company: Company, table: str) -> None:
    """Overwrite a table's root page."""
    with sqlite3.connect(company.database) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = db.execute("PRAGMA page_size").fetchone()
        (number,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    with company.database.open("r+b") as file:
        file.seek(size * (number - 1))
        file.write(b"\xa5" * size)


def test_damage_that_is_met_while_running_ends_the_bot_with_one_clear_line(company: Company) -> None:
    company.let_in(company.friend)
    company.stop()
    damage(company, "audit")
    company.start()
    company.friend.press(data="device:iphone", message=company.friend.last(), forge=True)
    assert "database disk image is malformed; restore it from a backup" in ends_by_itself(company)


def test_damage_that_is_met_at_the_start_is_one_clear_line_too(company: Company) -> None:
    company.stop()
    damage(company, "outbox")
    assert "database disk image is malformed; restore it from a backup" in fails_to_start(company)


def test_the_whole_story_fits_into_64_megabytes(company: Company, figures: Figures) -> None:
    company.let_in(company.friend)
    company.give_config(company.friend)
    company.friend.send("/stats")
    company.friend.wait_for("Traffic in")
    assert company.process
    status = Path(f"/proc/{company.process.pid}/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    figures.say(f"at most {peak / 1e6:.1f} MB, with captchas, QR code and chart drawn")
    assert peak < 64e6
