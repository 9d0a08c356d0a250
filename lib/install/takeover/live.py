"""Read the peers of a running interface, and initiate handshakes with them after a move.

A device takes 15 seconds to notice that its packets get no answer. So we set the friend's endpoint and a persistent
keepalive on the new interface, which makes it start a handshake at once.
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

ONLINE_SECONDS = 180  # a peer counts as online for this long after its last handshake
PEERS_A_CALL = 200
COLUMNS = 8
MOST_BYTES = 1 << 63
ALIVE_SECONDS = 25
_ENDPOINT = re.compile(r"([0-9.]{7,15}|\[[0-9a-fA-F:.]{2,45}\]):[0-9]{1,5}")  # no host names: DNS may block


@dataclass(frozen=True)
class Peer:
    """The current state of a peer."""

    endpoint: str  # '' if unknown
    addresses: str
    handshake: int  # epoch seconds
    received: int  # bytes
    sent: int
    alive: int  # the persistent keepalive in seconds; 0: off


def peers_of(run: Run, tool: Sequence[str], interface: str) -> dict[str, Peer]:
    """Return the peers by public key. Raise OSError if there is no such interface."""
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
    """Return the endpoints of the known peers that are online, by key."""
    now = time.time()
    return {key: seen.endpoint for key, seen in peers.items()
            if key in known and now - seen.handshake < ONLINE_SECONDS}  # fmt: skip


def is_there(interface: str) -> bool:
    """Return True if this machine has an interface of this name."""
    return (Path("/sys/class/net") / interface).exists()


def greet(run: Run, tool: Sequence[str], interface: str, friends: Iterable[tuple[str, str]]) -> None:
    """Initiate handshakes with friends, given as (key, endpoint). Errors are ignored."""
    changes = ([key, "endpoint", endpoint, *_alive(ALIVE_SECONDS)] for key, endpoint in friends if endpoint)
    _set(run, tool, interface, changes)


def leave_alone(run: Run, tool: Sequence[str], interface: str, before: Iterable[tuple[str, int]]) -> None:
    """Restore the keepalives that `greet` changed, given as (key, seconds). Connections stay up."""
    _set(run, tool, interface, ([key, *_alive(seconds)] for key, seconds in before))


def _alive(seconds: int) -> list[str]:
    return ["persistent-keepalive", str(seconds)]


def _set(run: Run, tool: Sequence[str], interface: str, changes: Iterable[list[str]]) -> None:
    rest = iter(changes)
    while some := list(islice(rest, PEERS_A_CALL)):
        attempt(run, *tool, "set", interface, *(word for change in some for word in ("peer", *change)))
