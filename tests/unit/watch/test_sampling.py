"""Whatever happens, a sampler that remembers the peers records the same as one that looks at all of them each time."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from lib.chat.admin import foreign_peers
from lib.chat.screens import Actor
from lib.errors import Refused
from lib.settings import read_settings
from lib.store import configs
from lib.store.configs import add_config, find_config, revoke
from lib.store.database import connect, prepare_database, transaction
from lib.store.foreign import list_foreign
from lib.store.server import note_generation
from lib.store.traffic import Usage, month_total
from lib.store.users import add_user
from lib.vpn.interface import Interface, LivePeer
from lib.watch.sampling import Sampler
from tests.unit.bot_settings import TOKEN

FRIEND, CONFIGS, STRANGERS = 100, 2, 1
NOON = 1_780_000_000
TABLES = ("counters", "stats", "hours", "networks", "foreign_peers", "configs", "server", "outbox",
          "meta")  # fmt: skip


class History:
    """One interface, sampled into several databases: the first by one lasting sampler, the others by new ones."""

    def __init__(self, folder: Path, databases: int = 2) -> None:
        self.settings = read_settings(
            {"BOT_TOKEN": TOKEN, "ADMIN_IDS": "1", "SERVER_ENDPOINT": "vpn.example.org", "TIMEZONE": "Europe/Moscow",
             "DATABASE": str(folder / "bot_data.db")}
        )  # fmt: skip
        self.now, self.index = NOON, 1
        self.peers: dict[str, LivePeer] = {}
        self._known: dict[LivePeer, LivePeer] = {}
        self.dbs = [make_database(folder / f"{number}.db") for number in range(databases)]
        self.sampler = Sampler(self.dbs[0])

    def sample(self, index: str | None = None, news_can_be_told: bool = True) -> None:
        found = (self._known.setdefault(peer, peer) for peer in self.peers.values())  # a line that was read before
        seen = Interface("SERVER", 51820, {}, tuple(found), index=index or str(self.index))
        for db in self.dbs:
            with (self.sampler if db is self.dbs[0] else Sampler(db)).record(self.settings, seen, self.now):
                if not news_can_be_told:
                    raise ZeroDivisionError

    def both(self, deed: Callable[[sqlite3.Connection], object]) -> None:
        for db in self.dbs:
            with transaction(db):
                deed(db)

    def contents(self) -> list[dict[str, list[tuple[object, ...]]]]:
        """Return the contents of each database."""
        return [
            {table: sorted(map(tuple, db.execute(f"SELECT * FROM {table}")), key=repr) for table in TABLES}
            for db in self.dbs
        ]


def make_database(path: Path) -> sqlite3.Connection:
    prepare_database(path)
    db = connect(path)
    db.execute("PRAGMA synchronous = OFF")
    add_user(db, 1, None, "Admin", "en", NOON)
    add_user(db, FRIEND, None, "Anna", "en", NOON)
    db.execute("UPDATE users SET state = 'pending'")
    db.execute("UPDATE users SET state = 'approved'")
    note_generation(db, "SERVER", {}, "vpn.example.org:51820", NOON)
    for number in range(1, CONFIGS + 1):
        add_config(
            db,
            user_id=FRIEND,
            request_id=None,
            name="phone",
            addresses=(f"10.8.0.{number + 1}", None),
            keys=(key(number), "private", "preshared"),
            generation=1,
            now=NOON,
        )
    return db


def key(number: int) -> str:
    return f"{number:043d}="


def moves(history: History, rng: random.Random) -> None:
    for peer in rng.sample(sorted(history.peers.values()), rng.randint(0, len(history.peers))):
        history.peers[peer.public_key] = peer._replace(
            endpoint=rng.choice([None, "203.0.113.5:1", "198.51.100.7:2"]),
            handshake_at=max(0, history.now - rng.randrange(300)) if rng.random() < 0.7 else peer.handshake_at,
            received=peer.received + rng.randrange(5000),
            sent=peer.sent + rng.randrange(5000),
        )


def comes(history: History, rng: random.Random) -> None:
    number = rng.randint(1, CONFIGS + STRANGERS)
    amount = rng.choice([0, 0, 700])
    fresh = LivePeer(key(number), "preshared", f"10.8.0.{number + 1}/32", None, 0, amount, amount)
    history.peers.setdefault(fresh.public_key, fresh)


def goes(history: History, rng: random.Random) -> None:
    if history.peers:
        del history.peers[rng.choice(sorted(history.peers))]


def returns_at_once(history: History, rng: random.Random) -> None:
    for one in list(history.peers.values()):
        history.peers[one.public_key] = one._replace(endpoint=None, handshake_at=0, received=0, sent=0)


def restarts(history: History, rng: random.Random) -> None:
    history.index += 1
    returns_at_once(history, rng)


def is_hidden(history: History, rng: random.Random) -> None:
    history.sample("-")


def is_revoked(history: History, rng: random.Random) -> None:
    number = rng.randint(1, CONFIGS)
    history.both(lambda db: revoke(db, number, history.now) if find_config(db, number) else None)


def is_adopted(history: History, rng: random.Random) -> None:
    def adopt(db: sqlite3.Connection) -> None:
        found = list_foreign(db, 1, 0)
        actor = Actor(1, "admin", "en", history.settings, None)
        with suppress(Refused):
            foreign_peers.adopt(db, actor, found[0].id if found else 1, FRIEND, history.now)

    history.both(adopt)


def breaks_off(history: History, rng: random.Random) -> None:
    """Make a round fail after everything was recorded: nothing of it stays, and the next round records it."""
    with pytest.raises(ZeroDivisionError):
        history.sample(news_can_be_told=False)


def another_samples(history: History, rng: random.Random) -> None:
    """Sample with a second keeper's sampler in between, while some peers are gone."""
    mine, history.sampler, peers = history.sampler, Sampler(history.dbs[0]), dict(history.peers)
    goes(history, rng)
    history.sample()
    history.sampler, history.peers = mine, peers


DEEDS = (moves, moves, moves, comes, comes, goes, returns_at_once, restarts, is_hidden, is_revoked, is_adopted,
         breaks_off, another_samples)  # fmt: skip


@trials(max_examples=100)
@given(steps=st.lists(st.tuples(st.sampled_from(DEEDS), st.booleans()), max_size=20), seed=st.integers(0, 2**32))
def test_it_works(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Callable[..., None], bool]], seed: int
) -> None:
    history, rng = History(tmp_path_factory.mktemp("history")), random.Random(seed)
    for _ in range(3):
        comes(history, rng)
    for deed, sampled in steps:
        deed(history, rng)
        if sampled:
            history.now += rng.choice([0, 1, 60, 60, 90_000])
            history.sample()
        mine, fresh = history.contents()
        assert mine == fresh
    for db in history.dbs:
        db.close()


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path, databases=1)
    with closing(history.dbs[0]):
        yield history


def looked_at(history: History, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Take a sample; return whose counters were looked at."""
    counted: list[int] = []
    original = configs.ids_by_key

    def spy(db: sqlite3.Connection, keys: object) -> dict[str, int]:
        found = original(db, keys)  # type: ignore[arg-type]
        counted.extend(found.values())
        return found

    with monkeypatch.context() as patch:
        patch.setattr("lib.watch.sampling.configs.ids_by_key", spy)
        history.now += 60
        history.sample()
    return sorted(set(counted))


def test_only_what_moved_is_looked_at(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2):
        history.peers[key(number)] = LivePeer(key(number), "preshared", f"10.8.0.{number + 1}/32", None, 0, 5, 5)
    assert looked_at(history, monkeypatch) == [1, 2]
    assert looked_at(history, monkeypatch) == []
    history.peers[key(2)] = history.peers[key(2)]._replace(received=6)
    assert looked_at(history, monkeypatch) == [2]
    del history.peers[key(1)]
    assert looked_at(history, monkeypatch) == [1]


def test_where_the_database_names_another_sample_everything_is_looked_at(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.peers[key(1)] = LivePeer(key(1), "preshared", "10.8.0.2/32", None, 0, 5, 5)
    assert looked_at(history, monkeypatch) == [1]
    with Sampler(history.dbs[0]).record(history.settings, Interface("SERVER", 51820, {}, (), index="1"), history.now):
        pass
    assert looked_at(history, monkeypatch) == [1]
    history.index = 2
    assert looked_at(history, monkeypatch) == [1]


def test_a_revoked_config_leaves_no_network_behind_while_its_peer_goes(history: History) -> None:
    history.peers[key(1)] = LivePeer(key(1), "preshared", "10.8.0.2/32", "203.0.113.5:1", NOON, 5, 5)
    history.sample()
    revoke(history.dbs[0], 1, NOON)
    history.peers[key(1)] = history.peers[key(1)]._replace(endpoint="198.51.100.7:2", received=9)
    history.sample()
    assert history.dbs[0].execute("SELECT count(*) FROM networks").fetchone()[0] == 0


def test_what_a_peer_carried_before_it_was_adopted_is_not_counted_even_if_the_interface_could_not_be_seen(
    history: History,
) -> None:
    history.sample()
    history.index = 2
    stranger = LivePeer(key(9), "preshared", "10.8.0.9/32", None, NOON, 700, 700)
    history.peers[stranger.public_key] = stranger
    history.sample("-")
    is_adopted(history, random.Random())
    history.peers[stranger.public_key] = stranger._replace(received=750, sent=700)
    history.sample()
    assert month_total(history.dbs[0], "2026-05") == Usage(50, 0)
