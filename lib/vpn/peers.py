"""The one way across: compare the peers that the database wants with the live ones, apply the difference, look again.

What the bot did not make it does not touch. The wanted peers are also written to a file, from which the interface's
PostUp loads them when the bot is not there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from lib.errors import AwgError
from lib.store.configs import Config, WantedPeer
from lib.vpn.awg import Awg, Interface, LivePeer, render_peers


@dataclass(frozen=True)
class Difference:
    """What must change: configs to add (or to correct), keys to remove, and addresses that a foreign peer holds."""

    add: tuple[WantedPeer, ...]
    remove: tuple[str, ...]
    conflicts: tuple[str, ...]


def compare(wanted: Sequence[WantedPeer], live: Sequence[LivePeer], ours: Set[str]) -> Difference:
    """Compare wanted peers with live ones; `ours` are all public keys that the bot made, adopted or shall remove."""
    by_key = {peer.public_key: peer for peer in live}
    strangers = by_key.keys() - ours
    foreign = {address for key in strangers for address in by_key[key].allowed_ips}
    wrong = [config for config in wanted if not _matches(config, by_key.get(config.public_key))]
    kept = {config.public_key for config in wanted}
    return Difference(
        tuple(config for config in wrong if foreign.isdisjoint(config.allowed_ips)),
        tuple(key for key in by_key if key not in kept and key not in strangers),
        tuple(address for config in wrong for address in config.allowed_ips if address in foreign),
    )


def _matches(config: WantedPeer | Config, peer: LivePeer | None) -> bool:
    if peer is None or peer.preshared_key != config.preshared_key:
        return False
    return peer.allowed_ips == config.allowed_ips or set(peer.allowed_ips) == set(config.allowed_ips)


def sync(awg: Awg, seen: Interface, wanted: Sequence[WantedPeer], ours: Set[str]) -> tuple[Interface, tuple[str, ...]]:
    """Make the live peers those that are wanted; give the interface as read back, and the addresses in conflict.

    `seen` is the interface as just shown, its counters noted. Raises AwgError when the tool fails, or when it says that
    it did what can't be seen afterwards.
    """
    difference = compare(wanted, seen.peers, ours)
    if difference.add or difference.remove:
        awg.remove_peers(difference.remove)
        awg.add_peers(difference.add)
        seen = awg.show()
        left = compare(wanted, seen.peers, ours)
        if left.add or left.remove:
            raise AwgError(f"awg took {len(left.add)} peers to add and {len(left.remove)} to remove, but did not do it")
    return seen, difference.conflicts


def live_among(configs: Sequence[Config], seen: Interface) -> list[Config]:
    """Find the configs that the interface has just as they shall be."""
    by_key = {peer.public_key: peer for peer in seen.peers} if configs else {}
    return [config for config in configs if _matches(config, by_key.get(config.public_key))]


class PeersFile:
    """The file of the wanted peers for the interface's PostUp: whole or not at all, readable by us alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[Sequence[WantedPeer], tuple[int, ...] | None] | None = None

    def write(self, wanted: Sequence[WantedPeer]) -> None:
        """Bring the file to what is wanted, if that or the file itself is not as it was left."""
        if self._kept == (wanted, self._stamp()):
            return
        text = render_peers(wanted)
        if not self._path.exists() or self._path.read_text(encoding="ascii") != text:
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
