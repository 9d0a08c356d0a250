"""An interface in memory that follows the rules of a real one, for stories in which the clock jumps."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_interface
from typing import Any

from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn.awg import KeptFiles, Keys
from lib.vpn.interface import Interface, LivePeer, Surroundings

PARAMETERS = {"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "20", "S2": "90", "H1": "11", "H2": "12", "H3": "13",
              "H4": "14"}  # fmt: skip


class MemoryAwg:
    """The same calls as lib.vpn.awg.Awg. `trouble` is raised by every call while it is set."""

    def __init__(self, subnet: str = "10.8.0.1/24") -> None:
        self.peers: dict[str, LivePeer] = {}
        self.trouble: AwgError | None = None
        self.subnet = subnet
        self.kind = "tun"
        self.parameters = dict(PARAMETERS)
        self.around = Surroundings("amneziawg-tools v1.0", None, None, None)
        self.fence_trouble: AwgError | None = None
        self.speed_trouble: str | None = None
        self.fences: list[tuple[Any, Any, Any, str]] = []  # as asked for
        self.files_trouble: AwgError | None = None
        self.list_trouble: str | None = None
        self.kept: dict[str, str] = {}  # the bot's peers in the container's files: names by key
        self.names: dict[str, str] = {}  # the app's names of other peers
        self.off: dict[str, str] = {}  # peers that the bot has switched off: addresses by key
        self.deleted: set[str] = set()  # peers that the bot has deleted, but the app still lists
        self.others: set[str] = set()  # live peers that the bot doesn't know
        self.revoked: set[str] = set()  # peers revoked in the app
        self.restored: set[str] = set()  # missing peers that were too many to count as revoked
        self.calls: list[str] = []
        self._numbers = itertools.count(1)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.trouble:
            raise self.trouble

    def generate_keys(self) -> Keys:
        self._called("genkey")
        number = next(self._numbers)
        return Keys(*(f"{kind}{number:042d}=" for kind in "PUS"))

    def look(self, way_out: bool = False) -> Interface:
        self._called("look")
        return replace(self._seen(), surroundings=self.around if way_out else None)

    def change(self, add: Iterable[WantedPeer] = (), remove: Iterable[str] = ()) -> Interface:
        self._called("change")
        for key in remove:
            self.peers.pop(key, None)
        for one in add:
            for key, peer in self.peers.items():
                left = ",".join(address for address in peer.networks if address not in one.networks)
                self.peers[key] = peer._replace(allowed_ips=left)
            old = self.peers.get(one.public_key) or LivePeer(one.public_key, None, "", None, 0, 0, 0)
            self.peers[one.public_key] = old._replace(
                preshared_key=one.preshared_key or None, allowed_ips=one.allowed_ips
            )
        return self._seen()

    def fence(self, speeds: Any, only: Any, resolvers: Any, unless: str) -> tuple[str, str | None]:
        self._called("fence")
        if self.fence_trouble:
            raise self.fence_trouble
        self.fences.append((speeds, only, resolvers, unless))
        return ("seen" if speeds or only else ""), self.speed_trouble

    def files(self, wanted: Any, off: Any, deleted: Any, others: Any) -> tuple[KeptFiles, str | None]:
        self._called("files")
        if self.files_trouble:
            raise self.files_trouble
        wanted = list(wanted)
        self.kept = {peer.public_key: name for peer, name in wanted if peer.public_key not in self.revoked}
        self.off, self.others = {peer.public_key: peer.allowed_ips for peer, _ in off}, set(others)
        self.deleted = set(deleted)
        asked = {peer.public_key for peer, _ in wanted}
        self.revoked &= asked  # forget peers that the bot no longer wants
        return KeptFiles(dict(self.names), set(self.revoked), set(self.restored)), self.list_trouble

    def close(self) -> None:
        self.calls.append("close")

    def _seen(self) -> Interface:
        addresses = tuple(map(ip_interface, self.subnet.split(",")))
        return Interface(
            "SERVER" + "=" * 38, 51820, dict(self.parameters), tuple(self.peers.values()), "-", self.kind, addresses
        )

    def restart(self) -> None:
        self.peers.clear()

    def move(self, key: str, received: int, sent: int, handshake_at: int = 0) -> None:
        """Send traffic through a peer."""
        peer = self.peers[key]
        self.peers[key] = peer._replace(
            received=peer.received + received, sent=peer.sent + sent, handshake_at=handshake_at
        )
