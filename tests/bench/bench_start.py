"""Measure what the bot costs a small server: CPU until the first poll, and memory when idle and after much work.

Run: .venv/bin/python tests/bench/bench_start.py [--runs N] [--json FILE]. Each figure is compared with that of the bare
imports that no such bot can do without, in the same run, or with that of the same bot before its work. The bot is the
unchanged program, connected to the local Telegram.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.store.database import connect, transaction
from tests.bench.bench_telegram import show_menus
from tests.bench.figures import Figure, command, figure
from tests.company import ROOT, Company
from tests.integration.crowd import crowd
from tests.stand import Person
from tests.unit.chat.configs import hold_config

TICKS = os.sysconf("SC_CLK_TCK")
FRIENDS, STRANGERS, UPDATES, MORE = 100, 50, 10_000, 100_000
DELIVERY, SCREENS = ("qr:{}", "file:{}", "qr:{}", "file:{}", "qr:{}"), ("menu", "configs", "config:{}", "stats", "help")
PATIENCE = 900.0
PLACES = {"DATABASE", "NODE_SOCKET"}
BARE = """
import requests, sqlite3
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))
"""


@contextmanager
def company_at_work() -> Iterator[Company]:
    """Start a bot with default settings, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        company = Company(Path(folder), SAMPLE_SECONDS="60", LOG_LEVEL="INFO", **service_environment())
        company.interface.up()
        company.start()
        try:
            yield company
        finally:
            company.stop()
            company.stand.close()


def service_environment() -> dict[str, str]:
    """Return the environment of the service, with other paths; the code is compiled, as the installer leaves it."""
    lines = (ROOT / "andreyvpn.service").read_text(encoding="utf-8").splitlines()
    words = [line.removeprefix("Environment=").split("=", 1) for line in lines if line.startswith("Environment=")]
    return {"PYTHONDONTWRITEBYTECODE": "", **{name: value for name, value in words if name not in PLACES}}


def measure_bot() -> tuple[float, float]:
    """Start a bot; return (CPU milliseconds until its first poll, MB of memory some seconds later)."""
    with company_at_work() as company:
        company.wait(lambda: company.stand.requests("deleteWebhook"), what="the first call")
        milliseconds = cpu_ms(company)
        time.sleep(3)
        return milliseconds, memory_mb(company)


def measure_imports() -> tuple[float, float]:
    """Import requests and sqlite3 and nothing else; return (CPU milliseconds, MB)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([sys.executable, "-c", BARE], check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), int(out) / 1024


def cpu_ms(company: Company) -> float:
    """Return the CPU milliseconds that the bot has used so far, without those of its children."""
    assert company.process
    fields = Path(f"/proc/{company.process.pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(company: Company) -> float:
    """Return the bot's resident memory in MB (2**20)."""
    assert company.process
    lines = Path(f"/proc/{company.process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def measure_work() -> list[float]:
    """Return the MB of a bot: idle, after 10,000 updates and 500 deliveries, after 100,000 updates."""
    with company_at_work() as company:
        time.sleep(3)
        idle = memory_mb(company)
        friends = crowd(company, FRIENDS)
        configs = give_configs(company, friends)
        menus = show_menus(company, friends)
        for button in (*DELIVERY, *SCREENS):
            for friend, config in zip(friends, configs, strict=True):
                friend.press(data=button.format(config), message=menus[friend.id], forge=True)
            settle(company)  # what is asked for again while it waits is sent once
        sent = [call["method"] for call in company.stand.requests() if call["method"] in ("sendPhoto", "sendDocument")]
        assert len(sent) >= FRIENDS * len(DELIVERY), len(sent)
        write(company, UPDATES - FRIENDS * (2 + len(DELIVERY) + len(SCREENS)))
        worked = memory_mb(company)
        write(company, MORE - UPDATES)
        return [idle, worked, memory_mb(company)]


def give_configs(company: Company, friends: list[Person]) -> list[int]:
    """Give each friend a config."""
    with closing(connect(company.database)) as db, transaction(db):
        return [hold_config(db, friend.id, int(time.time())) for friend in friends]


def write(company: Company, count: int) -> None:
    """Let strangers write, many messages each."""
    for number in range(count):
        who = 10_000 + number % STRANGERS
        chat, sender = {"id": who, "type": "private"}, {"id": who, "is_bot": False, "first_name": "Somebody"}
        message = {"message_id": number + 1, "date": int(time.time()), "chat": chat, "from": sender}
        company.stand.update({"message": {**message, "text": f"let me in {number}"}})
    settle(company)


def settle(company: Company) -> None:
    """Wait until the bot has confirmed and sent everything, and a little longer."""
    company.stand.settle(PATIENCE)
    company.wait(lambda: not company.rows("SELECT 1 FROM outbox"), PATIENCE)
    time.sleep(1)


def figures(runs: int) -> list[Figure]:
    measure_bot()  # which compiles it
    taken = [(*measure_bot(), *measure_imports()) for _ in range(runs)]
    cpu, idle, bare_cpu, bare = zip(*taken, strict=True)
    at_first, worked, after = measure_work()
    return [
        figure("start to the first poll, CPU", "ms", cpu, "import requests, sqlite3", bare_cpu, 2),
        figure("memory, idle", "MB", idle, "import requests, sqlite3", bare, 1.3),
        figure("memory, idle", "MB", idle, "limit", [36], 1),
        figure("memory, 10,000 updates, 500 deliveries", "MB", [worked], "idle", [at_first], 1.4),
        figure("memory, 100,000 updates", "MB", [after], "after 10,000", [worked], 1.05),
    ]


if __name__ == "__main__":
    command(__doc__, figures, 5, "starts")
