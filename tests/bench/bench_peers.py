"""Measure the keeper on a real interface with many peers: a sample, the return of all peers, an approval among them.

Run as root: .venv/bin/python tests/bench/bench_peers.py [--runs N] [--json FILE]; it needs wg and wireguard-go. Each
figure is compared with what the bare tool takes for the same thing in the same run. To move the counters, the server
sends to the peers, which makes it begin handshakes.
"""

from __future__ import annotations

import base64
import gc
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
from lib.store.configs import WantedPeer, wanted
from lib.store.database import connect, prepare_database, transaction
from lib.store.server import note_generation
from lib.vpn.awg import Awg
from lib.vpn.peers import PeersFile
from tests.bench.bench_dispatch import CROWD, FRIEND
from tests.bench.figures import Figure, command, figure
from tests.system.network import Network, RealInterface, run
from tests.unit.bot_settings import TOKEN
from tests.unit.chat.desk import NOON, Desk

PEERS, BUSY = 10_000, 1_000
APART = 6  # seconds between two handshakes that the server begins with a silent peer, and a bit
SPEAK = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    for address in sys.stdin.read().split():
        one.sendto(b"x", (address, 9))
"""


class Stage:
    """A bot's keeper, its database and a real interface."""

    def __init__(self, folder: Path, interface: RealInterface, peers: int) -> None:
        self.interface = interface
        self.settings = settings_for(folder, interface)
        prepare_database(self.settings.database)
        self.db = connect(self.settings.database)
        self.now = NOON
        self.words = [*shlex.split(interface.command)]
        self.desk = Desk(self.db, self.settings)
        self.desk.says(1, "/start")
        self.desk.is_let_in(FRIEND)
        self.desk.deliver()
        add_configs(self.desk, peers)
        awg = Awg(self.settings.awg_command, interface.name)
        self.keeper = Keeper(self.db, awg, self.settings, lambda: self.woken.append(time.perf_counter()))
        self.woken: list[float] = []  # when the sender was told that there is something to send

    def round(self, seconds: int = 60) -> None:
        """Run a round: after a minute, as the clock does, or after a moment, as a decision does."""
        self.now += seconds
        self.keeper.round(self.now)

    def wanted(self) -> list[WantedPeer]:
        return wanted(self.db, NOON, "2026-05", 0)

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
    """Approve many friends, each with a delivered config."""
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
    """Return the address of one of the crowd."""
    return f"10.8.{number // 250 + 1}.{number % 250 + 1}"


def timed(deed: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    begin = time.perf_counter()
    deed()
    return 1000 * (time.perf_counter() - begin)


def boot(stage: Stage, runs: int) -> Figure:
    """Bring back all peers of an interface that lost them, by a round and by the bare tool."""
    file = stage.settings.peers_file
    PeersFile(file).write(stage.wanted())
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


def sample(stage: Stage, runs: int, what: str, apart: float = 0) -> Figure:
    """Take a sample of an interface that has all its peers."""
    ours, bare = [], []
    stage.round()
    for _ in range(runs):
        time.sleep(apart)
        bare.append(timed(lambda: stage.tool("show", stage.interface.name, "dump")))
        ours.append(timed(stage.round))
    return figure(what, "ms", ours, "wg show dump, alone", bare, 2)


def speak(stage: Stage, network: Network, count: int) -> None:
    """Make the server send to some peers: it keeps starting handshakes with them, so their counters move."""
    peers = stage.wanted()[:count]
    text = "".join(
        f"[Peer]\nPublicKey = {peer.public_key}\nAllowedIPs = {peer.allowed_ips}\nEndpoint = 127.0.0.1:9\n"
        for peer in peers
    )
    stage.tool("addconf", stage.interface.name, "/dev/stdin", stdin=text.encode())
    addresses = " ".join(peer.allowed_ips.partition("/")[0] for peer in peers)
    run("ip", "netns", "exec", network.server, sys.executable, "-c", SPEAK, stdin=addresses)


def approval(stage: Stage, runs: int) -> Figure:
    """Measure the time from the admin's tap to the file's bytes, against the bare calls needed for that.

    The sender begins as soon as it is woken, while the round goes on.
    """
    ours, bare = [], []
    for number in range(runs):
        stage.desk.now += 3600  # a friend may ask a few times an hour
        stage.desk.taps(FRIEND, "device:iphone")
        (request,) = stage.db.execute("SELECT id FROM config_requests WHERE state = 'pending'").fetchone()

        def approve(request: int = request) -> float:
            stage.woken.clear()
            begin = time.perf_counter()
            stage.desk.taps(1, f"judge:{request}:approved")
            stage.round(1)
            files = stage.db.execute("SELECT attachment FROM outbox WHERE attachment IS NOT NULL").fetchall()
            assert len(files) == 1
            rendered = timed(lambda: [render(stage.db, stage.settings, name, stage.now) for (name,) in files])
            return 1000 * (stage.woken[0] - begin) + rendered

        def bare_calls(number: int = number) -> None:
            stage.tool("show", stage.interface.name, "dump")
            stage.tool("set", stage.interface.name, "peer", key(), "allowed-ips", f"10.9.{number}.1/32")

        ours.append(approve())
        bare.append(timed(bare_calls))
        (config,) = stage.db.execute("SELECT id FROM configs WHERE user_id = ?", (FRIEND,)).fetchall()[-1]
        stage.desk.taps(FRIEND, f"delete:{config}")
        stage.round(1)
    return figure("an approval, to the file", "ms", ours, "dump + wg set", bare, 1.5)


def figures(runs: int) -> list[Figure]:
    with Network() as network, tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        network.interface.addresses = ("10.8.0.1/16",)
        stage = Stage(Path(folder), network.interface, PEERS)
        gc.freeze()  # as the bot does when it starts
        network.interface.up()
        try:
            lines = [boot(stage, runs), sample(stage, runs, "a sample of 10,000 silent peers"), approval(stage, runs)]
            speak(stage, network, BUSY)
            return [*lines, sample(stage, runs, "the same, 1,000 of them with traffic", APART)]
        finally:
            network.interface.down()


if __name__ == "__main__":
    command(__doc__, figures, 5)
