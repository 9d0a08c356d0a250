"""A full disk, a locked or damaged database: nothing is lost, and what can't be repaired ends with one clear line."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.company import ROOT, Company
from tests.integration.copies import each_message_once
from tests.integration.small_disk import SmallDisk
from tests.needs import need_tools
from tests.reporting import Figures

PATIENCE = 60
FAULT_SECONDS = 15  # for which a fault goes on: several attempts of every worker
DISK_ERRORS = (  # the call to the system that fails while the bot starts, and which of those on the database's files
    ("pread64", 1), ("pread64", 4), ("pread64", 8), ("openat", 2), ("openat", 3), ("fcntl", 1), ("pwrite64", 1),
)  # fmt: skip


@pytest.fixture
def company(tmp_path: Path, disk: SmallDisk) -> Iterator[Company]:
    """A company that keeps its database on the small disk."""
    company = Company(tmp_path, DATABASE=str(disk.folder / "bot_data.db"))
    company.database = disk.folder / "bot_data.db"
    with company:
        yield company


@pytest.fixture
def counted(company: Company) -> Iterator[Company]:
    """A company whose messages are counted: each came once."""
    with each_message_once(company):
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


def check_that_it_may_pass(said: str) -> None:
    """Check that a start that failed over a passing problem gives no harmful advice."""
    assert "try again in a moment" in said
    assert "backup" not in said
    assert "Traceback" not in said


def test_a_full_disk_loses_nothing(counted: Company, disk: SmallDisk) -> None:
    counted.let_in(counted.friend)
    notice = counted.ask(counted.friend)
    with disk.full():
        counted.admin.press("Approve", message=notice)
        counted.second_friend.send("/start")
        counted.wait(complained(counted, "can't use the database and tries again"), PATIENCE)
    counted.friend.wait_for("This file is your personal key", timeout=PATIENCE)
    counted.second_friend.wait_for(predicate=lambda message: "photo" in message, timeout=PATIENCE)
    assert counted.rows("SELECT count(*) FROM configs") == [(1,)]
    assert counted.rows("PRAGMA integrity_check") == [("ok",)]


def is_idle(company: Company) -> Callable[[], bool]:
    return lambda: company.rows("SELECT count(*) FROM outbox") == [(0,)]


@contextmanager
def messages_on_their_way(company: Company) -> Iterator[None]:
    """Have a friend ask for a config; inside the block, two messages about it are sent but not yet recorded."""
    company.let_in(company.friend)
    company.wait(is_idle(company), PATIENCE)
    company.stand.fault("slow", method="sendMessage", seconds=2, count=2)
    company.friend.press(data="device:iphone", message=company.friend.last(), forge=True)
    company.wait(lambda: company.rows("SELECT count(*) FROM config_requests") == [(1,)], PATIENCE)
    yield
    company.wait(is_idle(company), PATIENCE)


def test_a_disk_that_fills_up_while_messages_are_on_their_way_repeats_none(counted: Company, disk: SmallDisk) -> None:
    with messages_on_their_way(counted), disk.full():
        counted.wait(complained(counted, "can't be recorded"), PATIENCE)
        time.sleep(FAULT_SECONDS)
    assert len(counted.stand.requests(method="sendMessage", since=first_slow(counted))) == 2


def test_a_lock_that_comes_while_messages_are_on_their_way_repeats_none(counted: Company) -> None:
    with messages_on_their_way(counted), closing(sqlite3.connect(counted.database, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        counted.wait(complained(counted, "can't be recorded"), PATIENCE)
        time.sleep(FAULT_SECONDS)
        lock.execute("ROLLBACK")
    assert len(counted.stand.requests(method="sendMessage", since=first_slow(counted))) == 2


def first_slow(company: Company) -> int:
    """Return the number of the last call before those that Telegram took slowly."""
    return int(next(call["id"] for call in company.stand.requests() if call["fault"] == "slow")) - 1


def test_a_read_only_disk_is_refused_at_the_start(company: Company, disk: SmallDisk) -> None:
    company.stop()
    disk.read_only(True)
    assert "andreyvpn: " in fails_to_start(company)
    disk.read_only(False)
    company.start()


def test_a_full_disk_at_the_start_passes(company: Company, disk: SmallDisk) -> None:
    company.stop()
    with disk.full():
        check_that_it_may_pass(fails_to_start(company, code=1))
    company.start()


def test_a_database_locked_by_another_program_loses_nothing(counted: Company) -> None:
    counted.let_in(counted.friend)
    lock = sqlite3.connect(counted.database, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    counted.friend.press(data="device:iphone", message=counted.friend.last(), forge=True)
    counted.wait(complained(counted, "database is locked"), PATIENCE)
    lock.execute("ROLLBACK")
    lock.close()
    counted.admin.wait_for("Request for a config", timeout=PATIENCE)
    assert counted.rows("SELECT name, state FROM config_requests") == [("iPhone", "pending")]


@pytest.mark.parametrize("pragma", ["", "PRAGMA locking_mode = EXCLUSIVE"], ids=["to write", "to read"])
def test_a_lock_at_the_start_passes_and_needs_no_backup(company: Company, pragma: str) -> None:
    company.stop()
    with closing(sqlite3.connect(company.database, isolation_level=None)) as lock:
        lock.execute(pragma)
        lock.execute("BEGIN EXCLUSIVE")
        said = fails_to_start(company, code=1)
        assert "database is locked" in said
        check_that_it_may_pass(said)
    company.start()


def strace(company: Company, call: str, nth: int) -> list[str]:
    """Return the command that fails one call of each thread on the database's files, the nth, with EIO."""
    need_tools("strace")
    files = [word for end in ("", "-wal", "-shm") for word in ("-P", f"{company.database}{end}")]
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={nth}"]
    return ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", str(company.folder / "strace"), *files, *inject]


@pytest.mark.slow(20)
def test_one_disk_error_at_the_start_passes_and_needs_no_backup(company: Company, figures: Figures) -> None:
    ended = Counter[str]()
    for call, nth in DISK_ERRORS:
        company.stop(signal.SIGKILL)
        begun = company.log.stat().st_size
        code = company.try_to_start(*strace(company, call, nth))
        company.wait(lambda: "INJECTED" in (company.folder / "strace").read_text(), what="what strace writes")
        if code is not None:
            assert code == 1, (call, nth)
            check_that_it_may_pass(company.log.read_text()[begun:])
            ended[call] += 1
            company.start()
    figures.say(f"{len(DISK_ERRORS)} starts with a disk error: {sum(ended.values())} ended with exit code 1")
    assert ended["pread64"]
    assert ended["openat"]
    company.let_in(company.friend)


def test_a_disk_error_after_which_nothing_can_be_written_passes(counted: Company) -> None:
    """SQLite then opens the file read-only; no worker's connection may stay like that."""
    counted.stop()
    counted.start(*strace(counted, "openat", 1))
    counted.wait(complained(counted, "attempt to write a readonly database"), PATIENCE)
    counted.friend.send("/start")
    counted.friend.wait_for(predicate=lambda message: "photo" in message, timeout=PATIENCE)


@pytest.mark.parametrize("deed", ["deleted", "replaced"])
def test_a_database_that_is_gone_ends_the_bot_rather_than_write_into_nothing(company: Company, deed: str) -> None:
    company.let_in(company.friend)
    copy = shutil.copy(company.database, company.folder / "copy.db")
    for name in ("", "-wal", "-shm"):
        Path(f"{company.database}{name}").unlink(missing_ok=True)
    if deed == "replaced":
        shutil.copy(copy, company.database)
    assert "was deleted or replaced while the bot was running" in ends_by_itself(company)
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
    assert "(database disk image is malformed). Restore a backup" in ends_by_itself(company)


def test_damage_that_is_met_at_the_start_is_one_clear_line_too(company: Company) -> None:
    company.stop()
    damage(company, "outbox")
    assert "(database disk image is malformed). Restore a backup" in fails_to_start(company)


def test_the_whole_story_fits_into_64_megabytes(company: Company, figures: Figures) -> None:
    company.stop()
    company.start("env")  # not forked: it loads its modules itself
    company.let_in(company.friend)
    company.give_config(company.friend)
    company.friend.send("/stats")
    company.friend.wait_for("Traffic in")
    assert company.process
    status = Path(f"/proc/{company.process.pid}/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    figures.say(f"at most {peak / 1e6:.1f} MB, with captchas, QR code and chart drawn")
    assert peak < 64e6
