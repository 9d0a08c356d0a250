"""Notifications to systemd: ready, alive while all workers are, stopping. A stop is clean at any instant."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from lib.heartbeat import ALLOWANCE
from lib.keeper import PROGRESS_SECONDS
from lib.telegram.api import CONNECT_SECONDS, READ_SECONDS
from lib.telegram.poller import POLL_SECONDS
from tests.company import ROOT, Company
from tests.reporting import Figures
from tests.stand import Person, words

STOPS = 30
STARTS = 6
WATCHDOG = 4.5  # seconds
# In this process a worker is given up after 8 seconds, and a poll that nothing comes of is short.
IMPATIENT = """from lib import heartbeat
from lib.telegram import poller
from tests.reporting import Figures
heartbeat.ALLOWANCE = 8.0
poller.POLL_SECONDS = 1
"""


class Manager:
    """The socket of systemd that a service notifies."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.heard: list[tuple[float, str]] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        while datagram := self._socket.recv(4096):
            self.heard += [(time.monotonic(), line) for line in datagram.decode().splitlines()]

    def lines(self, since: int = 0) -> list[str]:
        return [line for _, line in self.heard[since:]]

    def beats(self) -> list[float]:
        return [at for at, line in self.heard if line == "WATCHDOG=1"]

    def status(self) -> str:
        return next((line for line in reversed(self.lines()) if line.startswith("STATUS=")), "")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._listener.join()
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(str(tmp_path / "notify") if request.param == "path" else f"@andreyvpn-{os.getpid()}")
    yield manager
    manager.close()


def served(folder: Path, manager: Manager, **settings: str) -> Company:
    usec = str(int(WATCHDOG * 1e6))
    return Company(folder, **{"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": usec, **settings})


def test_it_works(tmp_path: Path, manager: Manager) -> None:
    with served(tmp_path, manager) as company:
        assert manager.lines()[0] == "READY=1"
        company.wait(lambda: len(manager.beats()) >= 4, timeout=60, what="four signs of life")
        beats = manager.beats()
        assert max(after - before for before, after in pairwise(beats)) < WATCHDOG / 2
        assert manager.status() == "STATUS=All workers live"
        assert company.stop() == 0
    company.wait(lambda: "STOPPING=1" in manager.lines())
    assert [manager.lines().count(word) for word in ("READY=1", "STOPPING=1")] == [1, 1]
    assert manager.lines()[-1] == "STOPPING=1"


def test_no_single_wait_of_a_worker_looks_like_death() -> None:
    longest = max(CONNECT_SECONDS + READ_SECONDS, CONNECT_SECONDS + POLL_SECONDS + 10, PROGRESS_SECONDS)
    assert longest * 1.5 < ALLOWANCE


@pytest.mark.parametrize("manager", ["path"], indirect=True)
def test_a_manager_that_went_away_does_not_disturb_the_bot(tmp_path: Path, manager: Manager) -> None:
    with served(tmp_path, manager, WATCHDOG_USEC="300000") as company:
        company.wait(manager.beats)
        (tmp_path / "notify").unlink()
        company.friend.send("/stats")
        company.friend.wait_for("We haven't met yet")
        assert company.stop() == 0


@pytest.mark.slow(30)
@pytest.mark.parametrize("manager", ["path"], indirect=True)
def test_each_worker_that_hangs_is_named_and_the_watchdog_is_starved_until_it_lives(
    tmp_path: Path, manager: Manager
) -> None:
    (tmp_path / "sitecustomize.py").write_text(IMPATIENT)
    settings = {"WATCHDOG_USEC": "1500000", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    with served(tmp_path, manager, **settings) as company:
        company.wait(manager.beats)
        peers = hang_the_keeper(company)
        starved = hear(company, manager, lambda status: status.endswith("from: keeper"))
        company.stand.fault("trickle", method="sendMessage", chat_id=company.friend.id, seconds=400)
        company.friend.send("/stats")
        hear(company, manager, lambda status: "keeper, sender" in status)
        company.stand.fault("trickle", method="getUpdates", seconds=160)
        hear(company, manager, lambda status: "keeper, poller, sender" in status)
        assert "WATCHDOG=1" not in manager.lines(starved)
        free_the_keeper(peers)
        hear(company, manager, lambda status: "from: poller, sender" in status)
        assert company.stop() == 0


def hang_the_keeper(company: Company) -> Path:
    """Replace the file that every round reads with a pipe that nobody writes to; return its path."""
    peers = company.folder / "bot_data.db.peers"
    pipe = company.folder / "pipe"
    os.mkfifo(pipe)
    pipe.replace(peers)
    return peers


def free_the_keeper(pipe: Path) -> None:
    """Send the reader of a pipe an end of file, and remove the pipe."""
    writing = os.open(pipe, os.O_WRONLY)
    pipe.unlink()
    os.close(writing)


def hear(company: Company, manager: Manager, check: Callable[[str], bool]) -> int:
    """Wait for a status; return how many lines had come by then."""
    company.wait(lambda: check(manager.status()), timeout=60, what="the status")
    return len(manager.heard)


@pytest.mark.parametrize("manager", ["path"], indirect=True)
def test_a_tool_that_hangs_is_no_hanging_keeper_and_does_not_stay_behind(tmp_path: Path, manager: Manager) -> None:
    company = served(tmp_path, manager, WATCHDOG_USEC="1500000", SAMPLE_SECONDS="1")
    tool = tmp_path / "tool"
    tool.write_text(
        f'#!/bin/sh\n[ ! -e {tmp_path}/stuck ] || {{ echo $$ >> {tmp_path}/pids; kill -STOP $$; }}\nexec "$@"\n'
    )
    tool.chmod(0o755)
    company.environment["AWG_COMMAND"] = f"{tool} {company.interface.command}"
    (tmp_path / "stuck").touch()  # from the start: otherwise the look at the routes may be what hangs, tool after tool
    with company:
        company.admin.wait_for("can't be reached", timeout=60)
        assert "STATUS=No sign" not in " ".join(manager.lines())
        company.wait(lambda: stuck(tmp_path), timeout=60, what="another call of the tool")
        assert company.stop() == 0
        company.wait(lambda: not stuck(tmp_path), timeout=30, what="the end of the tool")
        (tmp_path / "stuck").unlink()
        company.start()
        company.admin.wait_for("works again, all", timeout=60)


def stuck(folder: Path) -> list[int]:
    """Return the ids of the tools that hang."""
    return [pid for pid in map(int, (folder / "pids").read_text().split()) if Path(f"/proc/{pid}").exists()]


class Chatter:
    """Friends who keep asking for help, and count how often."""

    def __init__(self, friends: list[Person], chance: random.Random) -> None:
        self.asked = {friend.id: 0 for friend in friends}
        self._friends, self._chance, self._enough = friends, chance, threading.Event()
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def _talk(self) -> None:
        while not self._enough.wait(self._chance.uniform(0.02, 0.4)):
            friend = self._chance.choice(self._friends)
            friend.send("/help")
            self.asked[friend.id] += 1

    def end(self) -> None:
        self._enough.set()
        self._thread.join()


@pytest.mark.slow(60)
def test_a_stop_at_any_instant_is_clean_and_loses_nothing(company: Company, figures: Figures) -> None:
    chance = random.Random(3)
    friends = [company.friend, company.second_friend, company.admin, company.second_admin]
    for friend in friends[:2]:
        company.let_in(friend)
    chatter = Chatter(friends, random.Random(4))
    taken = []
    for number in range(STOPS):
        time.sleep(chance.uniform(0.0, 1.0))
        begun = time.monotonic()
        assert company.stop((signal.SIGTERM, signal.SIGINT)[number % 2]) == 0
        taken.append(time.monotonic() - begun)
        company.start()
    chatter.end()
    company.stand.settle(60)
    company.wait(company.is_quiet, timeout=120, what="the last answer")
    for friend in friends:
        assert answers(friend) == chatter.asked[friend.id]
    figures.say(f"{STOPS} stops, {sum(chatter.asked.values())} answers, the slowest stop took {max(taken):.2f} s")
    assert sorted(taken)[-2] < 5


def answers(friend: Person) -> int:
    return sum("❓" in words(message) for message in friend.messages())


def test_a_stop_in_the_middle_of_the_start_leaves_a_bot_that_starts(company: Company) -> None:
    chance = random.Random(5)
    company.stop()
    company.friend.send("/stats")
    for _ in range(STARTS):
        with company.log.open("ab") as log:
            command = [sys.executable, str(ROOT / "andreyvpn_bot.py")]
            process = subprocess.Popen(command, env=company.environment, stderr=log, cwd=company.folder)
        time.sleep(chance.uniform(0.0, 1.0))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in (0, -signal.SIGTERM)
    company.start()
    company.friend.wait_for("We haven't met yet")
