"""Measure a database after five years of 200 friends, its size and its answers, against its first month.

Run: .venv/bin/python tests/bench/bench_years.py [--runs N] [--json FILE]. The years are played day by day through the
keeper and the handlers, on an interface in memory: four samples a day with traffic, several taps a month by every
friend, some who come and go, months that turn. Then this database and one that is a month old are measured in turns.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.days import day_of
from lib.keeper import Keeper
from lib.store import configs
from lib.store.database import connect, prepare_database
from lib.store.keeper_notes import Backup, write_fact
from tests.bench.bench_dispatch import settings_for
from tests.bench.figures import Figure, command, figure, in_turns
from tests.unit.chat.desk import Desk
from tests.unit.interface import MemoryAwg

FRIENDS, DAYS, SAMPLES, DAY = 200, 5 * 365, 4, 86400
MONTH = 31  # days
FIRST = 100  # the first friend's id
TAPS = ("menu", "configs", "stats", "year", "help", "config:{}")
ADMINS = ("people:all:0", "by_day:{month}", "by_hour", "top:0", "history:0:0", "status")
LIMIT_MB = 100


class Years:
    """A bot that is driven through its days."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.settings = settings_for(folder)
        prepare_database(self.settings.database)
        self.db = connect(self.settings.database)
        self.db.execute("PRAGMA synchronous = OFF")
        self.desk = Desk(self.db, self.settings)
        self.awg = MemoryAwg("10.8.0.1/16")
        self.keeper = Keeper(self.db, self.awg, self.settings, lambda: None)  # type: ignore[arg-type]
        self.rng = random.Random(5)
        self.desk.says(1, "/start")
        self.friends = list(range(FIRST, FIRST + FRIENDS))
        for friend in self.friends:
            self.give_config(friend)
        self.spend_day()

    def give_config(self, friend: int) -> None:
        """Approve a person with a config."""
        self.desk.is_let_in(friend)
        self.desk.taps(friend, "device:iphone")
        request = self.db.execute("SELECT max(id) FROM config_requests").fetchone()[0]
        self.desk.taps(1, f"judge:{request}:approved")

    def round(self) -> None:
        """Run one round of the keeper, without its nightly backup, and let every message arrive."""
        write_fact(self.db, Backup(self.desk.now, day_of(self.desk.now, self.settings.timezone)))
        self.keeper.round(self.desk.now)
        self.db.execute("DELETE FROM outbox")

    def spend_day(self) -> None:
        """Simulate a day."""
        for _ in range(SAMPLES):
            self.desk.now += DAY // SAMPLES
            for key in self.awg.peers:
                amount = int(self.rng.expovariate(1e-8))
                self.awg.move(key, amount // 10, amount, self.desk.now)
            self.round()
        for friend in self.rng.sample(self.friends, len(self.friends) // 5):
            self.desk.taps(friend, self.rng.choice(TAPS).format(self.config_of(friend)))

    def replace_friend(self) -> None:
        """Remove a person, and approve a new one."""
        gone = self.friends.pop(self.rng.randrange(len(self.friends)))
        self.desk.taps(1, f"decide:{gone}:approved:blocked")
        self.friends.append(max(self.friends) + 1)
        self.give_config(self.friends[-1])

    def config_of(self, friend: int) -> int:
        held = configs.configs_of(self.db, friend)
        return held[0].id if held else 0

    def size_mb(self) -> float:
        """Return the size of the file in MB (10**6), after a checkpoint."""
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.settings.database.stat().st_size / 10**6

    def questions(self) -> dict[str, Callable[[], object]]:
        """Return what is measured: screens, by their buttons, and a round of the keeper."""
        friend, month = self.friends[0], day_of(self.desk.now, self.settings.timezone)[:7]
        asked = {data: (friend, data.format(self.config_of(friend))) for data in TAPS}
        asked |= {data: (1, data.format(month=month)) for data in ADMINS}
        taps = {name: (lambda who=who, data=data: self.desk.taps(who, data)) for name, (who, data) in asked.items()}
        return {**taps, "a round": self.round}


def figures(runs: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        young, old = Years(Path(folder) / "young"), Years(Path(folder) / "old")
        for _ in range(MONTH):
            young.spend_day()
        for day in range(DAYS):
            old.spend_day()
            if day % MONTH == 0:
                old.replace_friend()
        size = figure("database after five years", "MB", [old.size_mb()], "limit", [LIMIT_MB], 1)
        lines = []
        fresh = young.questions()
        for name, ask in old.questions().items():
            times = in_turns({"young": fresh[name], "old": ask}, runs)
            lines.append(figure(name.partition(":")[0], "ms", times["old"], "after its first month", times["young"], 2))
        young.db.close()
        old.db.close()
    return [size, *lines]


if __name__ == "__main__":
    command(__doc__, figures, 15)
