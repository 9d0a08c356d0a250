"""The one way across: compare the peers that the database wants with the live ones, apply the difference, look again.

What the bot did not make it does not touch. The wanted peers are also written to a file, from which the interface's
PostUp loads them when the bot is not there.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from lib.errors import AwgError
from lib.store.configs import Config, WantedPeer, ids_by_key
from lib.store.foreign import evicted_keys
from lib.vpn.awg import Awg, Interface, LivePeer, render_peers


@dataclass(frozen=True)
class Difference:
    """What must change: peers to add (or to correct), keys to remove, and addresses that a foreign peer holds.

    `strangers` is the number of foreign peers.
    """

    add: tuple[WantedPeer, ...]
    remove: tuple[str, ...]
    conflicts: tuple[str, ...]
    strangers: int


def compare(wanted: Sequence[WantedPeer], live: Mapping[str, LivePeer], ours: Set[str]) -> Difference:
    """Compare wanted peers with live ones, which stand by their keys; `ours` as ours_among gives them."""
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
    """Find, among live peers that are not wanted, the keys that the bot made or adopted, or that an admin wants gone.

    Call it in the snapshot in which `wanted` was read: a peer that is adopted in between would seem ours but unwanted.
    """
    others = live.keys() - {peer.public_key for peer in wanted}
    return ids_by_key(db, others).keys() | evicted_keys(db)


def sync(awg: Awg, seen: Interface, wanted: Sequence[WantedPeer], ours: Set[str]) -> tuple[Interface, Difference]:
    """Make the live peers those that are wanted; give the interface as read back, and what can't be changed on it.

    `seen` is the interface as just shown, its counters noted. Raises AwgError when the tool fails, or when it says that
    it did what can't be seen afterwards.
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
    """Find the configs that the interface has just as they shall be."""
    return [config for config in configs if _matches(config, seen.by_key.get(config.public_key))]


class PeersFile:
    """The file of the wanted peers for the interface's PostUp: whole or not at all, readable by us alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[Sequence[WantedPeer], tuple[int, ...] | None] | None = None

    def write(self, wanted: Sequence[WantedPeer]) -> None:
        """Bring the file to what is wanted, if that or the file itself is not as it was left. May raise OSError."""
        if self._kept == (wanted, self._stamp()):
            return
        text = render_peers(wanted)
        if not self._path.exists() or self._path.read_text(encoding="ascii", errors="replace") != text:
            self._replace(text)
        self._kept = wanted, self._stamp()

    def _replace(self, text: str) -> None:
        new = self._path.with_name(f"{self._path.name}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def _stamp(self) -> tuple[int, ...] | None:
        """Tell the file from what it may have become: another one, of another length, written at another time."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns
