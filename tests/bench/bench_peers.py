"""Measure the keeper on a real interface with many peers: a sample, the return of all peers, an approval among them.

Run as root: .venv/bin/python tests/bench/bench_peers.py [--peers N] [--runs N] [--json FILE]; with wg and
wireguard-go. Beside each figure stands what the bare tool takes for the same, in the same run.
"""

from __future__ import annotations

import argparse
import base64
import secrets
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.chat.attachments import render
from lib.keeper import Keeper
from lib.settings import Settings, read_settings
from lib.store.config_requests import add_request, move_request
from lib.store.configs import wanted
from lib.store.database import connect, prepare_database, transaction
from lib.store.server import note_generation
from lib.vpn import qr
from lib.vpn.awg import Awg
from lib.vpn.peers import write_peers_file
from tests.bench.bench_dispatch import CROWD, FRIEND
from tests.bench.figures import Figure, figure, machine, show
from tests.system.network import Network, RealInterface
from tests.unit.chat.conftest import NOON, Desk
from tests.unit.conftest import TOKEN


class Stage:
    """A bot's keeper, its database and a real interface."""

    def __init__(self, folder: Path, interface: RealInterface, peers: int) -> None:
        self.interface = interface
        self.settings = settings_for(folder, interface)
        prepare_database(self.settings.database)
        self.db = connect(self.settings.database)
        self.now = NOON
        self.words = [*shlex.split(interface.command)]
        desk = Desk(self.db, self.settings)
        desk.says(1, "/start")
        desk.is_let_in(FRIEND)
        desk.deliver()
        add_configs(desk, peers)
        self.keeper = Keeper(self.db, Awg(self.settings.awg_command, interface.name), self.settings, lambda: None)

    def round(self) -> None:
        self.now += 60
        self.keeper.round(self.now)

    def tool(self, *words: str, stdin: bytes | None = None) -> bytes:
        """Run the bare tool."""
        done = subprocess.run([*self.words, *words], input=stdin, capture_output=True, check=True, timeout=120)
        return done.stdout


def settings_for(folder: Path, interface: RealInterface) -> Settings:
    return read_settings(
        {"BOT_TOKEN": TOKEN, "ADMIN_IDS": "1", "SERVER_ENDPOINT": "vpn.example.org", "AWG_COMMAND": interface.command,
         "AWG_INTERFACE": interface.name, "DATABASE": str(folder / "bot_data.db"), "TIMEZONE": "Europe/Moscow"}
    )  # fmt: skip


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def add_configs(desk: Desk, count: int) -> None:
    """Let many friends be inside, each with a delivered config."""
    generation = note_generation(desk.db, "server key", {}, "vpn.example.org:51820", NOON)
    ids = range(CROWD, CROWD + count)
    with transaction(desk.db):
        desk.db.executemany(
            "INSERT INTO users (id, full_name, language, created_at) VALUES (?, 'Person', 'en', ?)",
            ((n, NOON) for n in ids),
        )
        desk.db.execute("UPDATE users SET state = 'approved' WHERE id >= ?", (CROWD,))
        desk.db.executemany(
            """INSERT INTO configs (user_id, name, address, public_key, private_key, preshared_key, generation,
                                    created_at, live_since)
               VALUES (?, 'Phone', ?, ?, ?, ?, ?, ?, ?)""",
            ((n, address(n - CROWD), key(), key(), key(), generation, NOON, NOON) for n in ids),
        )


def address(number: int) -> str:
    """Give the address of one of the crowd."""
    return f"10.8.{number // 250 + 1}.{number % 250 + 1}"


def timed(deed: Callable[[], object]) -> float:
    """Give the milliseconds that a deed takes."""
    begin = time.perf_counter()
    deed()
    return 1000 * (time.perf_counter() - begin)


def boot(stage: Stage, runs: int) -> Figure:
    """Bring all peers back to an interface that lost them, by a round and by the bare tool."""
    file = stage.settings.peers_file
    write_peers_file(file, wanted(stage.db, NOON, "2026-05", 0))
    text = file.read_bytes()
    ours, bare = [], []
    for _ in range(runs):
        for times, deed in (
            (bare, lambda: stage.tool("addconf", stage.interface.name, "/dev/stdin", stdin=text)),
            (ours, stage.round),
        ):
            stage.interface.down()
            stage.interface.up()
            times.append(timed(deed))
    return figure("all peers back at boot", "ms", ours, "wg addconf of the same file", bare, 1.3)


def sample(stage: Stage, runs: int) -> Figure:
    """Take a sample of an interface that is as it should be, each peer's counters moved."""
    ours, bare = [], []
    for _ in range(runs):
        bare.append(timed(lambda: stage.tool("show", stage.interface.name, "dump")))
        stage.db.execute("UPDATE counters SET received = 0, sent = 0")
        ours.append(timed(stage.round))
    return figure("a sample of all peers", "ms", ours, "wg show dump, alone", bare, 2)


def approval(stage: Stage, runs: int) -> Figure:
    """From an approval to the bytes of both attachments, against the bare calls that this needs."""
    ours, bare = [], []
    for number in range(runs):
        request = add_request(stage.db, FRIEND, "Phone", NOON)

        def approve(request: int = request) -> None:
            with transaction(stage.db):
                move_request(stage.db, request, "pending", "approved", NOON, 1)
            stage.round()
            files = stage.db.execute("SELECT attachment FROM outbox WHERE attachment IS NOT NULL").fetchall()
            assert files
            assert all(render(stage.db, stage.settings, reference, stage.now) for (reference,) in files)

        def bare_calls(number: int = number) -> None:
            stage.tool("show", stage.interface.name, "dump")
            stage.tool("set", stage.interface.name, "peer", key(), "allowed-ips", f"10.9.{number}.1/32")
            qr.draw("x" * 300)

        stage.db.execute("DELETE FROM outbox")
        ours.append(timed(approve))
        bare.append(timed(bare_calls))
    return figure("an approval, to both files", "ms", ours, "dump + wg set + QR code", bare, 1.5)


def figures(peers: int, runs: int) -> list[Figure]:
    with Network() as network, tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        network.interface.addresses = ("10.8.0.1/16",)
        stage = Stage(Path(folder), network.interface, peers)
        network.interface.up()
        try:
            return [boot(stage, runs), sample(stage, runs), approval(stage, runs)]
        finally:
            network.interface.down()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peers", type=int, default=10_000, metavar="N", help="peers on the interface (10000)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each (5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    print(f"{machine()}, {options.peers} peers")
    show(figures(options.peers, options.runs), options.json)


if __name__ == "__main__":
    main()
