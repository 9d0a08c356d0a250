"""Peers of an interface that runs, and how to let them know that it is another one now.

A friend's device notices by itself only after 15 seconds that its packets get no answer. So the new interface is told
where the friend is, and asked to keep the connection alive: it opens the connection at once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lib.install.found import checked
from lib.install.takeover.tools import Failed, Run, attempt

ONLINE_SECONDS = 180  # since the latest handshake
PEERS_A_CALL = 200
COLUMNS = 8
MOST_BYTES = 1 << 63
ALIVE_SECONDS = 25
_ENDPOINT = re.compile(r"([0-9.]{7,15}|\[[0-9a-fA-F:.]{2,45}\]):[0-9]{1,5}")  # a name would be asked for, for minutes


@dataclass(frozen=True)
class Peer:
    """A peer as it is now."""

    endpoint: str  # '' if it is not known
    addresses: str
    handshake: int  # epoch seconds
    received: int  # bytes
    sent: int
    alive: int  # seconds between packets that keep the connection; 0: none


def peers_of(run: Run, tool: Sequence[str], interface: str) -> dict[str, Peer]:
    """Return the peers by their public keys. Raise OSError if there is no such interface."""
    first, *others = (line.split("\t") for line in run([*tool, "show", interface, "dump"], "").split("\n"))
    if len(first) < 4:
        raise Failed(f"{' '.join(tool)} doesn't show {interface}")
    return {row[0]: _peer(*row[2:]) for row in others if len(row) == COLUMNS and checked.key(row[0])}


def _peer(endpoint: str, addresses: str, handshake: str, received: str, sent: str, alive: str) -> Peer:
    return Peer(
        endpoint=endpoint if _ENDPOINT.fullmatch(endpoint) else "",
        addresses=", ".join(checked.networks(addresses.split(","))),
        handshake=checked.number(handshake, checked.MOST_SECONDS),
        received=checked.number(received, MOST_BYTES),
        sent=checked.number(sent, MOST_BYTES),
        alive=checked.number(alive, 65535),
    )


def online_of(peers: Mapping[str, Peer], known: Container[str]) -> dict[str, str]:
    """Return where those of the known peers are who are online."""
    now = time.time()
    return {key: seen.endpoint for key, seen in peers.items()
            if key in known and now - seen.handshake < ONLINE_SECONDS}  # fmt: skip


def is_there(interface: str) -> bool:
    """Return True if this machine has an interface."""
    return (Path("/sys/class/net") / interface).exists()


def greet(run: Run, tool: Sequence[str], interface: str, friends: Iterable[tuple[str, str]]) -> None:
    """Open the connection to friends, each given by key and endpoint, as well as that is possible."""
    changes = ([key, "endpoint", endpoint, *_alive(ALIVE_SECONDS)] for key, endpoint in friends if endpoint)
    _set(run, tool, interface, changes)


def leave_alone(run: Run, tool: Sequence[str], interface: str, before: Iterable[tuple[str, int]]) -> None:
    """End what `greet` asked for, by what was asked of each key before; connections stay."""
    _set(run, tool, interface, ([key, *_alive(seconds)] for key, seconds in before))


def _alive(seconds: int) -> list[str]:
    return ["persistent-keepalive", str(seconds)]


def _set(run: Run, tool: Sequence[str], interface: str, changes: Iterable[list[str]]) -> None:
    rest = iter(changes)
    while some := list(islice(rest, PEERS_A_CALL)):
        attempt(run, *tool, "set", interface, *(word for change in some for word in ("peer", *change)))
