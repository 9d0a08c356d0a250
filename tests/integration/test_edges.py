"""A bad start is one clear line and exit code 2; a bad Telegram does not stop the bot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.vpn import obfuscation
from tests.company import ADMIN, FRIEND, ROOT, TOKEN, Company
from tests.integration.copies import each_message_once
from tests.stand import words

GOOD = {"BOT_TOKEN": TOKEN, "ADMIN_IDS": "1", "SERVER_ENDPOINT": "host", "TELEGRAM_API": "http://127.0.0.1:9"}


@pytest.fixture
def counted(company: Company) -> Iterator[Company]:
    """A company whose messages are counted: each came once."""
    with each_message_once(company):
        yield company


def start_badly(folder: Path, *arguments: str, **settings: str) -> str:
    """Start a bot that must fail to start; return what it prints."""
    words_ = [sys.executable, str(ROOT / "andreyvpn_bot.py"), *arguments]
    environment = {"PATH": os.environ["PATH"], **settings}
    done = subprocess.run(words_, env=environment, cwd=folder, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


def test_it_works(tmp_path: Path) -> None:
    with Company(tmp_path) as company:
        assert "Database initialized" in company.log.read_text()
        company.stop()
        company.start()
    assert (tmp_path / "bot.log").read_text().count("Database initialized") == 1
    assert (tmp_path / "bot_data.db").stat().st_mode & 0o777 == 0o600


def test_every_missing_setting_is_named_at_once(tmp_path: Path) -> None:
    said = start_badly(tmp_path)
    assert all(name in said for name in ("BOT_TOKEN", "ADMIN_IDS", "SERVER_ENDPOINT"))


def test_a_file_of_settings_is_read(tmp_path: Path) -> None:
    file = tmp_path / "bot.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()) + "DATABSE=x.db\n")
    assert "line 5: unknown setting 'DATABSE'" in start_badly(tmp_path, "--env", str(file), "run")


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "bot_data.db").write_text("shopping list " * 100)
    assert "file is not a database" in start_badly(tmp_path, **GOOD)
    assert (tmp_path / "bot_data.db").read_text() == "shopping list " * 100


@pytest.mark.parametrize(("words_", "count"), [((), 11), (("--of", "1.0"), 9)])
def test_parameters_for_a_new_server_are_drawn_without_any_settings(
    tmp_path: Path, words_: tuple[str, ...], count: int
) -> None:
    command = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "parameters", *words_]
    drawn = [
        subprocess.run(command, env={}, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=20).stdout
        for _ in range(2)
    ]
    lines = dict(line.split(" = ") for line in drawn[0].splitlines())
    assert len(lines) == count
    obfuscation.check(lines)
    assert drawn[0] != drawn[1]


def test_a_second_copy_on_the_same_database_is_refused(company: Company) -> None:
    assert "another copy of the bot" in start_badly(company.folder, **GOOD)


def test_a_wrong_token_ends_the_bot_with_one_clear_line(company: Company) -> None:
    company.stop()
    said = start_badly(company.folder, **{**GOOD, "TELEGRAM_API": company.stand.url, "BOT_TOKEN": "1:wrong-token-here"})
    assert "Telegram doesn't know this BOT_TOKEN" in said
    assert "wrong-token-here" not in said


def test_an_answer_that_the_token_is_wrong_is_doubted(counted: Company) -> None:
    counted.let_in(counted.friend)
    counted.stand.fault("status", method="getUpdates", status=404, count=1)
    counted.stand.fault("status", method="sendMessage", status=401, count=1)
    counted.friend.send("/help")
    counted.friend.wait_for("One config, one device", timeout=60)
    assert counted.process
    assert counted.process.poll() is None


def test_a_stop_while_telegram_hangs_is_still_quick(company: Company) -> None:
    company.stand.fault("hang", method="sendMessage", seconds=20)
    company.friend.send("/start")
    time.sleep(0.5)
    begun = time.monotonic()
    assert company.stop() == 0
    assert time.monotonic() - begun < 5
    company.stand.clear_faults()


def test_a_message_that_telegram_refuses_for_now_comes_later_and_in_order(counted: Company) -> None:
    counted.stand.fault("429", method="sendMessage", count=1, retry_after=1)
    counted.stand.fault("html502", count=3)
    counted.stand.fault("truncated", count=1)
    counted.stand.fault("reset", count=1)
    counted.friend.send("/stats")
    counted.friend.send("/help")
    counted.wait(lambda: len(counted.friend.messages()) == 2, timeout=40, what="both answers")
    counted.wait(counted.is_quiet, timeout=20)


def test_an_outage_of_telegram_loses_nothing(counted: Company) -> None:
    counted.let_in(counted.friend)
    notice = counted.ask(counted.friend)
    with counted.stand.down():
        time.sleep(1)
    counted.admin.press("Approve", message=notice)
    document = counted.friend.wait_for("This file is your personal key", timeout=60)
    assert counted.friend.download(document)


def test_updates_that_came_while_the_bot_was_down_are_handled_once(counted: Company) -> None:
    counted.let_in(counted.friend)
    counted.wait(counted.is_quiet)  # so that the kill interrupts nothing
    counted.stop(signal.SIGKILL)
    counted.friend.press(data="device:iphone", message=counted.friend.last(), forge=True)
    counted.friend.send("/help")
    counted.start()
    counted.friend.wait_for("One config, one device")
    assert counted.rows("SELECT name, state FROM config_requests") == [("iPhone", "pending")]


def test_a_deleted_notice_does_not_stop_a_decision(counted: Company) -> None:
    counted.knock(counted.friend)
    notice = counted.admin.wait_for(f"ID: {FRIEND}")
    counted.stand.fault(
        "status", method="editMessageText", chat_id=ADMIN, count=1, status=400,
        body='{"ok":false,"error_code":400,"description":"Bad Request: message to edit not found"}',
    )  # fmt: skip
    counted.admin.press("Approve", message=notice)
    counted.friend.wait_for("You're in")
    fresh = counted.admin.wait_for("Approved by Andrey", after=notice)
    assert f"ID: {FRIEND}" in words(fresh)


def test_many_signals_at_once_end_the_bot_as_one_does(company: Company) -> None:
    for _ in range(10):
        assert company.process
        for number in (signal.SIGTERM, signal.SIGINT) * 3:
            company.process.send_signal(number)
        assert company.stop() == 0
        company.start()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_bot_ends_by_either_signal(company: Company, number: int) -> None:
    assert company.stop(number) == 0
