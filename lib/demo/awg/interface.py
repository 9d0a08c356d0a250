"""The interface that the demo controls, and its simulated version for a machine without root."""

from __future__ import annotations

import base64
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_TOOL = Path(__file__).with_name("tool.py")
_DOWNLOAD = 150_000_000  # bytes
_LIKE_DNS = "I1 = <r 2><b 0x8580"  # in files whose first packet looks like a DNS answer
_TOO_MUCH = 100 * 10**9  # bytes, more than the demo's limit and what an admin adds to it
FIRST_PORT = 51820


@dataclass(frozen=True)
class LivePeer:
    """A peer on the interface; `age` is the seconds since its last handshake, None before the first one."""

    key: str
    address: str
    age: int | None
    received: int  # by the server, in bytes
    sent: int


class Interface(Protocol):
    """An interface that the demo can control."""

    name: str
    command: str  # AWG_COMMAND
    endpoint: str  # SERVER_ENDPOINT
    real: bool  # a friend can connect only with a .conf that was delivered
    port: int

    def up(self) -> None:
        """Create the interface with the peers in the bot's file, as its PostUp line would."""

    def down(self) -> None:
        """Remove the interface, with its peers and their counters."""

    def peers(self) -> list[LivePeer] | None:
        """Return the peers, or None if there is no interface."""

    def download(self, confs: Sequence[str]) -> None:
        """Connect the friends' devices and download something; `confs` are all .conf files delivered, newest last."""

    def late(self, confs: Sequence[str]) -> set[str]:
        """Return the addresses of devices that get no handshake, as far as the demo has to see to that."""

    def use_up(self, key: str) -> None:
        """Download more than any monthly limit on one device, where the interface can simulate that."""

    def go_offline(self) -> None:
        """Disconnect the friends' devices."""

    def change_port(self) -> None:
        """Move to the next port; devices whose files name the old one can no longer connect."""

    def set_filter(self, on: bool) -> None:
        """Make the friends' network drop packets that look like DNS, if that can be simulated."""

    def add_stranger(self, key: str, address: str) -> None:
        """Add a peer as an admin would by hand."""

    def switch(self, key: str, on: bool) -> None:
        """Switch one device on or off, if that can be simulated."""

    def set_clock(self, offset: float) -> None:
        """Set the interface's clock this many seconds ahead, if possible."""


class SimulatedInterface:
    """An interface of the stand-in tool, with its state in a file."""

    real = False
    endpoint = "vpn.example.org"

    def __init__(self, folder: Path, peers_file: Path) -> None:
        self.name, self.port = "awg0", FIRST_PORT
        self._clock_offset, self._filters = 0.0, False
        variables = {"AWG_TOOL_STATE": str(folder / "interface.state"), "AWG_TOOL_PEERS": str(peers_file)}
        assignments = (f"{name}={value}" for name, value in variables.items())
        self._prefix = ("env", *assignments, sys.executable, "-IS", str(_TOOL))
        self.command = shlex.join([*self._prefix, "awg"])

    def up(self) -> None:
        """Bring the interface up."""
        self._run("awg-quick", "up", self.name)

    def down(self) -> None:
        """Bring the interface down."""
        self._run("awg-quick", "down", self.name)

    def peers(self) -> list[LivePeer] | None:
        """Return the peers, or None if the interface is down."""
        return read_peers((*self._prefix, "awg", "show", self.name, "dump"), time.time() + self._clock_offset)

    def download(self, confs: Sequence[str]) -> None:
        """Connect all peers and download something, but no device whose newest file gets no answer."""
        late, peers = self.late(confs), self.peers() or []
        if not self._filters and late.isdisjoint(peer.address for peer in peers):
            self._run("demo", "download", str(_DOWNLOAD))
            return
        for peer in peers:
            if peer.address not in late:
                self._run("demo", "download", str(_DOWNLOAD), peer.key)
            elif self._filters:
                self._run("demo", "call", peer.key)

    def late(self, confs: Sequence[str]) -> set[str]:
        """Return the addresses of the devices whose newest file names an old port, or has what the network drops."""
        newest = {conf.partition("Address = ")[2].partition("/")[0]: conf for conf in confs}
        return {
            address
            for address, conf in newest.items()
            if not conf.partition("Endpoint = ")[2].splitlines()[0].endswith(f":{self.port}")
            or (self._filters and _LIKE_DNS in conf)
        }

    def use_up(self, key: str) -> None:
        """Simulate a download by one peer that exceeds any monthly limit."""
        self._run("demo", "download", str(_TOO_MUCH), key)

    def go_offline(self) -> None:
        """Disconnect all peers."""
        self._run("demo", "offline", "all")

    def change_port(self) -> None:
        """Move to the next port and disconnect all peers, since their files name the old one."""
        self.port += 1
        self._run("awg", "set", self.name, "listen-port", str(self.port))
        self.go_offline()

    def set_filter(self, on: bool) -> None:
        """Switch the filter, and disconnect all peers when it begins."""
        self._filters = on
        if on:
            self.go_offline()

    def add_stranger(self, key: str, address: str) -> None:
        """Add a peer."""
        self._run("awg", "set", self.name, "peer", key, "allowed-ips", f"{address}/32")

    def switch(self, key: str, on: bool) -> None:
        """Connect or disconnect one peer."""
        self._run("demo", "online" if on else "offline", key)

    def set_clock(self, offset: float) -> None:
        """Set the clock used for handshakes and counters."""
        self._run("demo", "clock", str(offset))
        self._clock_offset = offset

    def _run(self, *words: str) -> None:
        subprocess.run([*self._prefix, *words], check=True, capture_output=True, timeout=20)


def new_key() -> str:
    """Return a random public key without a known private key."""
    return base64.b64encode(os.urandom(32)).decode()


def read_peers(command: tuple[str, ...], now: float) -> list[LivePeer] | None:
    """Run a `show dump` command and return its peers, or None if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    if done.returncode:
        return None
    peers = []
    for line in done.stdout.splitlines()[1:]:
        key, _, _, allowed, handshake, received, sent, _ = line.split("\t")
        age = max(0, int(now) - int(handshake)) if int(handshake) else None
        peers.append(LivePeer(key, allowed.partition("/")[0], age, int(received), int(sent)))
    return peers
