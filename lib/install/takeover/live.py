"""Peers of an interface that runs, and how to let them know that it is another one now.

A friend's device notices by itself only after 15 seconds that its packets get no answer. So the new interface is told
where the friend is, and asked to keep the connection alive: it opens the connection at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lib.install.takeover.tools import Run, attempt

ONLINE_SECONDS = 180  # since the latest handshake
PEERS_A_CALL = 200
COLUMNS = 8


@dataclass(frozen=True)
class Peer:
    """A peer as it is now."""

    endpoint: str  # '' if it is not known
    addresses: str
    handshake: int  # epoch seconds
    received: int  # bytes
    sent: int


def peers_of(run: Run, tool: Sequence[str], interface: str) -> dict[str, Peer]:
    """Return the peers by their public keys. Raise OSError if there is no such interface."""
    lines = (line.split("\t") for line in run([*tool, "show", interface, "dump"], "").splitlines()[1:])
    return {
        key: Peer("" if endpoint == "(none)" else endpoint, addresses, int(handshake), int(received), int(sent))
        for key, _, endpoint, addresses, handshake, received, sent, _ in (
            line for line in lines if len(line) == COLUMNS
        )
    }


def is_there(interface: str) -> bool:
    """Return True if this machine has an interface."""
    return (Path("/sys/class/net") / interface).exists()


def greet(run: Run, tool: Sequence[str], interface: str, friends: Iterable[tuple[str, str]]) -> None:
    """Try to open connections to friends, each given by key and endpoint."""
    _set(run, tool, interface, ([key, "endpoint", endpoint, *_alive(25)] for key, endpoint in friends if endpoint))


def leave_alone(run: Run, tool: Sequence[str], interface: str, keys: Iterable[str]) -> None:
    """Remove the keepalives that `greet` set; connections stay."""
    _set(run, tool, interface, ([key, *_alive(0)] for key in keys))


def _alive(seconds: int) -> list[str]:
    return ["persistent-keepalive", str(seconds)]


def _set(run: Run, tool: Sequence[str], interface: str, changes: Iterable[list[str]]) -> None:
    rest = iter(changes)
    while some := list(islice(rest, PEERS_A_CALL)):
        attempt(run, *tool, "set", interface, *(word for change in some for word in ("peer", *change)))
