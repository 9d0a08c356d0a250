"""The one way to the interface: compare the wanted peers with the live ones, apply the difference, look again.

Peers that the bot did not make stay untouched. The wanted peers are also written to a file, from which the
interface's PostUp loads them when the bot is not running.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from lib.atomic_file import replace_file
from lib.errors import AwgError
from lib.store.configs import Config, WantedPeer, ids_by_key
from lib.store.foreign import evicted_keys
from lib.vpn.addresses import outside_of
from lib.vpn.awg import Awg
from lib.vpn.interface import Interface, LivePeer

_KEY = r"[A-Za-z0-9+/]{43}="
_ADDRESS = r"(?:[0-9.]+/32|[0-9a-fA-F.:]+/128)"  # of a single device: nothing wider may slip in
_BLOCK = re.compile(rf"\[Peer\]\nPublicKey = {_KEY}\nPresharedKey = {_KEY}\nAllowedIPs = {_ADDRESS}(?:,{_ADDRESS})*\n")
_NO_KEY = "A" * 43 + "="  # 32 zero bytes: an explicit "no preshared key", which clears an older one


@dataclass(frozen=True)
class Difference:
    """What separates the wanted peers from the live ones.

    `add` are peers to add or correct, `remove` keys. `conflicts` are wanted addresses that foreign peers hold; those
    peers are not added. `outside` are wanted addresses that lie in no network of the interface, or are its own: peers
    are added without them. `strangers` is the number of foreign peers.
    """

    add: tuple[WantedPeer, ...]
    remove: tuple[str, ...]
    conflicts: tuple[str, ...]
    outside: tuple[str, ...]
    strangers: int


def compare(wanted: Sequence[WantedPeer], seen: Interface, ours: Set[str]) -> Difference:
    """Compare wanted peers with live ones by key; `ours` comes from ours_among."""
    live = seen.by_key
    outside = outside_of(seen.addresses, (network for peer in wanted for network in peer.networks))
    wrong = [_within(peer, outside) for peer in wanted if not _matches(peer, live.get(peer.public_key), outside)]
    others = live.keys() - {peer.public_key for peer in wanted}
    unwanted = others & ours
    strangers = others - unwanted
    foreign = {network for key in strangers for network in live[key].networks}
    return Difference(
        tuple(peer for peer in wrong if peer.allowed_ips and foreign.isdisjoint(peer.networks)),
        tuple(key for key in live if key in unwanted),
        tuple(network for peer in wrong for network in peer.networks if network in foreign),
        tuple(outside),
        len(strangers),
    )


def _within(peer: WantedPeer, outside: Collection[str]) -> WantedPeer:
    """Return a wanted peer without the addresses that don't fit the interface."""
    if not outside:
        return peer
    return peer._replace(allowed_ips=",".join(network for network in peer.networks if network not in outside))


def _matches(one: WantedPeer, peer: LivePeer | None, outside: Collection[str]) -> bool:
    """Return True if a live peer is as wanted, with or without the addresses that don't fit the interface."""
    if peer is None or peer.preshared_key != one.preshared_key:
        return False
    fitting = _within(one, outside).allowed_ips
    return peer.allowed_ips == one.allowed_ips or (fitting != "" and peer.allowed_ips == fitting)


def ours_among(db: sqlite3.Connection, wanted: Sequence[WantedPeer], live: Mapping[str, LivePeer]) -> Set[str]:
    """Return the keys of unwanted live peers that may be removed: the bot's, adopted ones, and evicted ones.

    Call it in the snapshot in which `wanted` was read: a peer adopted in between would look unwanted.
    """
    others = live.keys() - {peer.public_key for peer in wanted}
    return ids_by_key(db, others).keys() | evicted_keys(db)


def sync(awg: Awg, seen: Interface, wanted: Sequence[WantedPeer], ours: Set[str]) -> tuple[Interface, Difference]:
    """Make the live peers the wanted ones; return the interface as read back, and what could not be changed.

    `seen` is the interface as just looked at, its counters recorded. Raise AwgError if the node or the tool fails, or
    reports success without having done it.
    """
    difference = compare(wanted, seen, ours)
    if not (difference.add or difference.remove):
        return seen, difference
    seen = awg.change(difference.add, difference.remove)
    left = compare(wanted, seen, ours)
    if left.add or left.remove:
        raise AwgError(f"awg took {len(left.add)} peers to add and {len(left.remove)} to remove, but did not do it")
    return seen, left


def fitting(some: Iterable[WantedPeer], seen: Interface) -> list[WantedPeer]:
    """Return peers with only the addresses that fit the interface; leave out peers that have none."""
    listed = list(some)
    outside = outside_of(seen.addresses, (network for peer in listed for network in peer.networks))
    return [one for one in (_within(peer, outside) for peer in listed) if one.allowed_ips]


def live_among(configs: Sequence[Config], seen: Interface) -> list[Config]:
    """Return the configs whose peers are on the interface as they should be."""
    wanted = [WantedPeer(config.public_key, config.preshared_key, config.allowed_ips) for config in configs]
    outside = outside_of(seen.addresses, (network for peer in wanted for network in peer.networks))
    found = (_matches(peer, seen.by_key.get(peer.public_key), outside) for peer in wanted)
    return [config for config, is_live in zip(configs, found, strict=True) if is_live]


def render_peers(peers: Iterable[WantedPeer]) -> str:
    """Return the [Peer] blocks of the peers file; raise AwgError for a field that may hold more than it should."""
    blocks = [
        f"[Peer]\nPublicKey = {peer.public_key}\nPresharedKey = {peer.preshared_key or _NO_KEY}\n"
        f"AllowedIPs = {peer.allowed_ips}\n"
        for peer in peers
    ]
    if not all(map(_BLOCK.fullmatch, blocks)):
        raise AwgError("a peer has a malformed key or address, or no address; it was not written", "garbage")
    return "\n".join(blocks)


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
