"""Measure what grows with the friends: 200, 2,000 and 20,000 of them, each with a config, on a real interface.

Run as root: .venv/bin/python tests/bench/bench_growth.py [--runs N] [--json FILE]; with wg and wireguard-go. The limits
are where people would notice: 10 s until all are back after a reboot, a tenth of each minute for the keeper's round, a
quarter of a second for a screen, and a quarter of a server's 512 MB for the unchanged bot at work among them.
"""

from __future__ import annotations

import gc
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.store.database import transaction
from tests.bench.bench_dispatch import FRIEND
from tests.bench.bench_peers import Stage, approval, timed
from tests.bench.bench_start import memory_mb, service_environment
from tests.bench.figures import Figure, command, figure
from tests.company import Company
from tests.system.network import Network

SIZES = (200, 2_000, 20_000)
ROUND, SCREEN, RETURN, MEMORY = 6_000, 250, 10_000, 128  # milliseconds; MB
SCREENS = {"a friend's menu": (FRIEND, "menu"), "the list of people": (1, "people:all:0"), "the server": (1, "server")}


def add_month(stage: Stage) -> None:
    """Add a month of traffic to every config."""
    days = ",".join(f"('2026-05-{day:02}')" for day in range(1, 29))
    with transaction(stage.db):
        stage.db.execute(
            f"""WITH days (day) AS (VALUES {days})
                INSERT OR REPLACE INTO stats (config_id, day, received, sent)
                SELECT configs.id, days.day, 1000, 9000 FROM configs, days"""
        )


def memory(stage: Stage) -> float:
    """Return the MB of a bot after some rounds on a stage's database and interface."""
    company = Company(
        stage.settings.database.parent, stage.interface, **{**service_environment(), "LOG_LEVEL": "INFO"}
    )
    company.start()
    try:
        time.sleep(10)
        return memory_mb(company)
    finally:
        company.stop()
        company.stand.close()


def with_cpu(deed: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds that something takes, and its CPU milliseconds with those of the node and the tools."""
    before = cpu_ms()
    return timed(deed), cpu_ms() - before


def cpu_ms() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return 1000 * sum(one.ru_utime + one.ru_stime for one in used)


def grown(size: int, runs: int) -> list[Figure]:
    """Measure one size."""
    with Network() as network, tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        network.interface.addresses = ("10.8.0.1/16",)
        stage = Stage(Path(folder), network.interface, size)
        add_month(stage)
        gc.freeze()
        network.interface.up()
        try:
            lines = [figure(f"{size:,} friends: all back at boot", "ms", [timed(stage.round)], "limit", [RETURN], 1)]
            rounds, cpu = zip(*(with_cpu(stage.round) for _ in range(runs)), strict=True)
            lines.append(figure(f"{size:,} friends: a round", "ms", rounds, "limit", [ROUND], 1))
            lines.append(figure(f"{size:,} friends: a round, CPU", "ms", cpu, "limit", [ROUND], 1))
            for name, (who, data) in SCREENS.items():
                times = [timed(lambda who=who, data=data: stage.desk.taps(who, data)) for _ in range(runs)]  # type: ignore[misc]
                lines.append(figure(f"{size:,} friends: {name}", "ms", times, "limit", [SCREEN], 1))
            ours = approval(stage, runs).ours
            lines.append(figure(f"{size:,} friends: an approval, to the file", "ms", [ours], "limit", [ROUND], 1))
            return [*lines, figure(f"{size:,} friends: memory", "MB", [memory(stage)], "limit", [MEMORY], 1)]
        finally:
            network.interface.down()


def figures(runs: int) -> list[Figure]:
    return [line for size in SIZES for line in grown(size, runs)]


if __name__ == "__main__":
    command(__doc__, figures, 5)
