"""The one way to the interface: compare the wanted peers with the live ones, apply the difference, look again.

Peers that the bot did not make stay untouched. The wanted peers are also written to a file, from which the
interface's PostUp loads them when the bot is not running.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from lib.atomic_file import replace_file
from lib.errors import AwgError
from lib.store.configs import Config, WantedPeer, ids_by_key
from lib.store.foreign import evicted_keys
from lib.vpn.awg import Awg, Interface, LivePeer, render_peers


@dataclass(frozen=True)
class Difference:
    """Peers to add or correct, keys to remove, wanted addresses that foreign peers hold, number of foreign peers."""

    add: tuple[WantedPeer, ...]
    remove: tuple[str, ...]
    conflicts: tuple[str, ...]
    strangers: int


def compare(wanted: Sequence[WantedPeer], live: Mapping[str, LivePeer], ours: Set[str]) -> Difference:
    """Compare wanted peers with live ones by key; `ours` comes from ours_among."""
    wrong = [peer for peer in wanted if not _matches(peer, live.get(peer.public_key))]
    others = live.keys() - {peer.public_key for peer in wanted}
    unwanted = others & ours
    strangers = others - unwanted
    foreign = {network for key in strangers for network in live[key].networks}
    return Difference(
        tuple(peer for peer in wrong if foreign.isdisjoint(peer.networks)),
        tuple(key for key in live if key in unwanted),
        tuple(network for peer in wrong for network in peer.networks if network in foreign),
        len(strangers),
    )


def _matches(one: WantedPeer | Config, peer: LivePeer | None) -> bool:
    return peer is not None and peer.preshared_key == one.preshared_key and peer.allowed_ips == one.allowed_ips


def ours_among(db: sqlite3.Connection, wanted: Sequence[WantedPeer], live: Mapping[str, LivePeer]) -> Set[str]:
    """Return the keys of unwanted live peers that may be removed: the bot's, adopted ones, and evicted ones.

    Call it in the snapshot in which `wanted` was read: a peer adopted in between would look unwanted.
    """
    others = live.keys() - {peer.public_key for peer in wanted}
    return ids_by_key(db, others).keys() | evicted_keys(db)


def sync(awg: Awg, seen: Interface, wanted: Sequence[WantedPeer], ours: Set[str]) -> tuple[Interface, Difference]:
    """Make the live peers the wanted ones; return the interface as read back, and what could not be changed.

    `seen` is the interface as just shown, its counters recorded. Raise AwgError if the tool fails, or reports success
    without having done it.
    """
    difference = compare(wanted, seen.by_key, ours)
    if not (difference.add or difference.remove):
        return seen, difference
    awg.remove_peers(difference.remove)
    awg.add_peers(difference.add)
    seen = awg.show()
    left = compare(wanted, seen.by_key, ours)
    if left.add or left.remove:
        raise AwgError(f"awg took {len(left.add)} peers to add and {len(left.remove)} to remove, but did not do it")
    return seen, left


def live_among(configs: Sequence[Config], seen: Interface) -> list[Config]:
    """Return the configs whose peers are on the interface exactly as they should be."""
    return [config for config in configs if _matches(config, seen.by_key.get(config.public_key))]


class PeersFile:
    """The file of the wanted peers for the interface's PostUp, readable by us alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[Sequence[WantedPeer], tuple[int, ...] | None] | None = None

    def write(self, wanted: Sequence[WantedPeer]) -> None:
        """Write the wanted peers if they or the file have changed. May raise OSError."""
        if self._kept == (wanted, self._stamp()):
            return
        text = render_peers(wanted)
        if not self._path.exists() or self._path.read_text(encoding="ascii", errors="replace") != text:
            replace_file(self._path, text.encode("ascii"))
        self._kept = wanted, self._stamp()

    def _stamp(self) -> tuple[int, ...] | None:
        """Return what changes when the file is replaced or written to."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns
