"""After a story in which everything goes wrong, every secret is where it belongs and nowhere else."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.company import TOKEN, Company
from tests.integration.troubled_interface import TroubledInterface
from tests.stand import Person

PLACES = {"configs"}  # the tables that may hold a key


class Spy:
    """Somebody who watches processes and the outbox all the time."""

    def __init__(self, company: Company) -> None:
        self.children: set[bytes] = set()
        self.outbox: set[str] = set()
        self._company, self._enough = company, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._enough.wait(0.002):
            self._look_at_children()
            with suppress(sqlite3.Error):
                self.outbox.update(str(row) for row in self._company.rows("SELECT * FROM outbox"))

    def _look_at_children(self) -> None:
        bot = self._company.process
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError, IndexError):
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                command = (process / "cmdline").read_bytes()
                if bot and parent == bot.pid and b"andreyvpn_bot.py" not in command:  # else not yet another program
                    self.children |= {command, (process / "environ").read_bytes()}

    def end(self) -> None:
        self._enough.set()
        self._thread.join()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with Company(tmp_path, interface=TroubledInterface(tmp_path), LOG_LEVEL="DEBUG") as company:
        yield company


def go_wrong(company: Company) -> None:
    """Make the tool quote a key, Telegram fail and truncate answers, and kill the bot."""
    (key,) = company.rows("SELECT private_key FROM configs")[0]
    company.interface.misbehave(f'echo "Key is not the correct length or format: \\`{key}\'" >&2; exit 1')
    company.admin.wait_for("can't be reached", timeout=30)
    company.interface.misbehave("")
    company.admin.wait_for("works again, all", timeout=30)
    with company.stand.down():
        time.sleep(2)
    for kind in ("html502", "truncated", "reset"):
        company.stand.fault(kind, method="sendDocument")
    company.stop()
    company.start()


@pytest.mark.slow(30)
def test_it_works(company: Company) -> None:
    spy = Spy(company)
    company.let_in(company.friend)
    company.let_in(company.second_friend)
    conf = company.give_config(company.friend)
    go_wrong(company)
    company.friend.press(data="file:1", message=company.friend.last(), forge=True)
    company.give_config(company.second_friend)
    company.stand.settle(60)
    company.wait(company.is_quiet, 60)
    spy.end()
    secrets = company.secrets()
    assert len(secrets) == 4
    assert secrets[0] in conf.decode()
    assert spy.children, "children were seen"
    assert not leaks([TOKEN, *secrets], b"".join(spy.children))
    assert not leaks([TOKEN, *secrets], "".join(spy.outbox).encode())
    assert not leaks([TOKEN, *secrets], company.log.read_bytes())
    assert not leaks([TOKEN, *secrets], said_in_the_database(company))
    assert not leaks([TOKEN, *secrets], str([person.transcript() for person in everybody(company)]).encode())
    for path in company.folder.glob("bot_data.db*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_each_private_key_left_the_house_only_to_its_owner(company: Company) -> None:
    company.let_in(company.friend)
    company.let_in(company.second_friend)
    company.give_config(company.friend)
    company.give_config(company.second_friend)
    keys = dict(company.rows("SELECT user_id, private_key FROM configs"))
    for person in everybody(company):
        files = [person.download(message) for message in person.messages() if "document" in message]
        held = {owner for owner, key in keys.items() if leaks([key], b"".join(files))}
        assert held == ({person.id} & keys.keys())


def everybody(company: Company) -> list[Person]:
    return [company.admin, company.second_admin, company.friend, company.second_friend]


def said_in_the_database(company: Company) -> bytes:
    """Return every row of every table, except those where keys belong."""
    tables = {name for (name,) in company.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")} - PLACES
    return str([company.rows(f"SELECT * FROM {table}") for table in tables]).encode()


def leaks(secrets: list[str], text: bytes) -> list[str]:
    return [secret for secret in secrets if secret.encode() in text]
