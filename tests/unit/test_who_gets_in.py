"""Whatever happens in whatever order: nobody has more than they may, nobody less, and each byte is counted once."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lib.days import DAY, month_of
from lib.errors import AwgError
from lib.keeper import Keeper
from lib.settings import Settings
from lib.store import configs, telegram_only
from lib.store.database import transaction
from lib.store.keeper_notes import read_troubles
from lib.store.preferences import in_force, set_preference
from lib.vpn.interface import Interface, Surroundings
from tests.unit.chat.desk import Desk
from tests.unit.guarded import Guarded
from tests.unit.stage import Stage

SEEDS = int(os.environ.get("WALKS", "8"))
STEPS = 120
FRIENDS = (100, 101, 102)
FAILED = AwgError("it failed", "failed")
MEGABYTE = 10**6
FENCE = '{"nftables": [{"table": {"family": "inet", "name": "andreyvpn_fence_awg0", "handle": 7}}]}'


class Killed(BaseException):
    """The bot is gone in the middle of a call."""


class Fragile(Guarded):
    """May be told to fail, or to die, before or after a call."""

    before: dict[str, BaseException]
    after: dict[str, BaseException]

    def _called(self, name: str) -> None:
        super()._called(name)
        if name in self.before:
            raise self.before.pop(name)

    def _ended(self, name: str) -> None:
        if name in self.after:
            raise self.after.pop(name)

    def look(self, way_out: bool = False) -> Interface:
        shown = FENCE if self.held else None
        self.around = Surroundings("amneziawg-tools v1.0", None, None, shown)
        return super().look(way_out)

    def change(self, *args: object, **kwargs: object) -> object:
        seen = super().change(*args, **kwargs)
        self._ended("change")
        return seen

    def fence(self, *args: object) -> tuple[str, str | None]:  # type: ignore[override]
        answer = super().fence(*args)  # type: ignore[arg-type]
        self._ended("fence")
        return answer


@dataclass
class Walk:
    stage: Stage
    awg: Fragile
    settings: Settings
    chance: random.Random
    moved: int = 0  # bytes of configs, counted or not yet

    @property
    def db(self) -> sqlite3.Connection:
        return self.stage.desk.db

    def step(self) -> str:
        """Do one thing, and let the keeper see it."""
        acts: list[Callable[[], None]] = [
            self.flows, self.flows, self.flows, self.limits, self.expires, self.pauses, self.is_blocked,
            self.is_deleted, self.gets_another, self.renews, self.switches, self.restarts, self.begins_anew,
            self.breaks, self.dies, self.loses_an_address,
        ]  # fmt: skip
        act = self.chance.choice(acts)
        act()
        self.round(self.chance.choice((0, 10, 60, 60, 3600, DAY, 9 * DAY)))
        return act.__name__

    def round(self, seconds: int = 0) -> None:
        """Run a round; after one that dies, another one of a new process."""
        while True:
            try:
                self.stage.round(seconds)
                break
            except Killed:
                self.begins_anew()
                seconds = 0
        if "interface" not in (troubles := read_troubles(self.db)):
            self.check(fenced="fence" not in troubles)

    def check(self, fenced: bool) -> None:
        ours, wanted = look_up(self.stage, self.settings)
        assert self.awg.unheld() == []
        for key in wanted:
            assert key in self.awg.peers, "who may be there is there"
            assert not fenced or self.awg.held.isdisjoint(self.awg.peers[key].networks), "with the whole internet"
        live = self.awg.peers.keys() & ours
        assert telegram_only.ids(self.db) == set(configs.ids_by_key(self.db, live - wanted).values())
        kept = self.settings.peers_file.read_text()
        assert all((key in kept) == (key in wanted) for key in ours)
        counted = "SELECT coalesce(sum(received + sent), 0) FROM "
        (stats,), (apart,) = (self.db.execute(counted + table).fetchone() for table in ("stats", "telegram_days"))
        assert stats + apart == self.moved

    def flows(self) -> None:
        for key in [key for key in sorted(self.awg.peers) if self.chance.random() < 0.7]:
            sent = self.chance.choice((1, 1000, MEGABYTE, 60 * MEGABYTE, 500 * MEGABYTE))
            self.awg.move(key, 100, sent, self.stage.desk.now)
            self.moved += 100 + sent

    def limits(self) -> None:
        quota = self.chance.choice((None, 0, 1, 100 * MEGABYTE, 10**12))
        speed = self.chance.choice((None, 0, 5000))
        who = self.chance.choice(FRIENDS)
        self.db.execute("UPDATE users SET quota_bytes = ?, speed_kbit = ? WHERE id = ?", (quota, speed, who))

    def expires(self) -> None:
        when = self.chance.choice((None, self.stage.desk.now, self.stage.desk.now + 3600))
        self.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (when, self.a_config()))

    def pauses(self) -> None:
        query = "UPDATE configs SET paused_at = CASE WHEN paused_at IS NULL THEN 1 END WHERE id = ?"
        self.db.execute(query, (self.a_config(),))

    def is_blocked(self) -> None:
        who = self.chance.choice(FRIENDS)
        if self.db.execute("SELECT state FROM users WHERE id = ?", (who,)).fetchone()[0] == "approved":
            self.stage.desk.taps(1, f"decide:{who}:approved:blocked")
        else:
            self.stage.desk.taps(1, f"decide:{who}:blocked:approved")

    def is_deleted(self) -> None:
        config_id = self.a_config()
        if config_id and self.chance.random() < 0.3:
            configs.revoke(self.db, config_id, self.stage.desk.now)

    def gets_another(self) -> None:
        who = self.chance.choice(FRIENDS)
        self.stage.desk.taps(1, f"decide:{who}:blocked:approved")
        self.db.execute("UPDATE users SET config_limit = 5 WHERE id = ?", (who,))
        self.stage.desk.taps(who, "device:iphone")
        (request,) = self.db.execute("SELECT max(id) FROM config_requests").fetchone()
        self.stage.desk.taps(1, f"judge:{request}:approved")

    def renews(self) -> None:
        if config_id := self.a_config():
            self.db.execute("UPDATE configs SET private_key = NULL WHERE id = ?", (config_id,))
            (owner,) = self.db.execute("SELECT user_id FROM configs WHERE id = ?", (config_id,)).fetchone()
            self.stage.desk.taps(owner, f"renew:{config_id}")

    def switches(self) -> None:
        with transaction(self.db):
            set_preference(self.db, "TELEGRAM_WHEN_OFF", self.chance.choice(("no", None, None)))

    def restarts(self) -> None:
        """Restart the interface, counted to the last byte."""
        self.awg.before.clear()
        self.awg.after.clear()
        self.round()
        self.awg.restart()

    def begins_anew(self) -> None:
        self.stage.keeper = Keeper(self.db, self.awg, self.settings, lambda: None, lambda: 0)  # type: ignore[arg-type]

    def breaks(self) -> None:
        self.awg.fence_trouble = self.chance.choice((None, None, FAILED))

    def dies(self) -> None:
        when = self.chance.choice((self.awg.before, self.awg.after))
        when[self.chance.choice(("change", "fence"))] = self.chance.choice((Killed(), FAILED))

    def loses_an_address(self) -> None:
        self.awg.subnet = self.chance.choice(("10.8.0.1/24", "10.8.0.1/24,fd10:8::1/64"))

    def a_config(self) -> int | None:
        found = self.db.execute("SELECT id FROM configs WHERE revoked_at IS NULL").fetchall()
        return self.chance.choice(found)[0] if found else None


def look_up(stage: Stage, settings: Settings) -> tuple[set[str], set[str]]:
    """Return the keys of all configs, and of those that must be live."""
    quota = in_force(stage.desk.db, settings).quota_bytes
    month = month_of(stage.desk.now, settings.timezone)
    wanted = configs.wanted(stage.desk.db, stage.desk.now, month, quota)
    ours = {key for (key,) in stage.desk.db.execute("SELECT public_key FROM configs").fetchall()}
    return ours, {peer.public_key for peer in wanted}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_it_works(db: sqlite3.Connection, settings: Settings, tmp_path: Path, seed: int) -> None:
    desk = Desk(db, settings)
    awg = Fragile(lambda: look_up(stage, settings))
    awg.before, awg.after = {}, {}
    stage = Stage(desk, awg, Keeper(db, awg, settings, lambda: None, lambda: desk.now))  # type: ignore[arg-type]
    walk = Walk(stage, awg, settings, random.Random(seed))
    desk.says(1, "/start")
    for who in FRIENDS:
        stage.give_config(who)
    done = []
    for _ in range(STEPS):
        try:
            done.append(walk.step())
        except BaseException:
            print(done[-12:])
            raise
