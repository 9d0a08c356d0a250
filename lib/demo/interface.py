"""What the stage's interface can do, and the stand-in that does it on a machine without root."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_TOOL = Path(__file__).with_name("awg_tool.py")
_DOWNLOAD = 150_000_000  # bytes


@dataclass(frozen=True)
class Peer:
    """A live peer: `age` of its last handshake in seconds, None before the first; bytes as the server counts them."""

    key: str
    address: str
    age: int | None
    received: int
    sent: int


class Interface(Protocol):
    """An interface that the stage's levers move."""

    name: str
    command: str  # AWG_COMMAND
    endpoint: str  # SERVER_ENDPOINT
    needs_conf: bool  # a friend comes online by the file that was delivered

    def up(self) -> None:
        """Make it, with the peers of the bot's file, as its PostUp line says."""

    def down(self) -> None:
        """Take it away, peers and counters with it."""

    def peers(self) -> list[Peer] | None:
        """Look; None when there is no interface."""

    def download(self, conf: str) -> None:
        """Let friends come online and fetch something."""

    def go_offline(self) -> None:
        """Let them go."""

    def set_clock(self, ahead: float) -> None:
        """Set its clock this many seconds ahead, where that is possible."""


class StandIn:
    """An interface of awg_tool.py, whose state is a file."""

    needs_conf = False
    endpoint = "vpn.example.org"

    def __init__(self, folder: Path, peers_file: Path) -> None:
        self.name = "awg0"
        self._ahead = 0.0
        state = {"AWG_TOOL_STATE": str(folder / "interface.json"), "AWG_TOOL_PEERS": str(peers_file)}
        self._prefix = ("env", *(f"{name}={value}" for name, value in state.items()), sys.executable, str(_TOOL))
        self.command = shlex.join([*self._prefix, "awg"])

    def up(self) -> None:
        """Bring it up."""
        self._run("awg-quick", "up", self.name)

    def down(self) -> None:
        """Bring it down."""
        self._run("awg-quick", "down", self.name)

    def peers(self) -> list[Peer] | None:
        """Ask `awg show`."""
        return read_peers((*self._prefix, "awg", "show", self.name, "dump"), time.time() + self._ahead)

    def download(self, conf: str) -> None:
        """Let everybody come online and download."""
        self._run("demo", "download", str(_DOWNLOAD))

    def go_offline(self) -> None:
        """Send everybody offline."""
        self._run("demo", "offline", "all")

    def set_clock(self, ahead: float) -> None:
        """Set the clock of its counters and handshakes."""
        self._run("demo", "clock", str(ahead))
        self._ahead = ahead

    def _run(self, *words: str) -> None:
        subprocess.run([*self._prefix, *words], check=True, capture_output=True, timeout=20)


def read_peers(words: tuple[str, ...], now: float) -> list[Peer] | None:
    """Run `show dump` and read its lines of peers; None when it fails."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=20)
    if done.returncode:
        return None
    peers = []
    for line in done.stdout.splitlines()[1:]:
        key, _, _, allowed, handshake, received, sent, _ = line.split("\t")
        age = max(0, int(now) - int(handshake)) if int(handshake) else None
        peers.append(Peer(key, allowed.partition("/")[0], age, int(received), int(sent)))
    return peers
