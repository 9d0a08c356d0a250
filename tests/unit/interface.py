"""An interface in memory that follows the rules of a real one, for stories in which the clock jumps."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from ipaddress import ip_interface

from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn.awg import Interface, Keys, LivePeer

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

    def show(self) -> Interface:
        self._called("show")
        peers = tuple(self.peers.values())
        return Interface("SERVER" + "=" * 38, 51820, dict(self.parameters), peers, kind=self.kind)

    def addresses(self) -> tuple[object, ...]:
        self._called("ip")
        return (ip_interface(self.subnet),)

    def add_peers(self, specs: Iterable[WantedPeer]) -> None:
        self._called("addconf")
        for spec in specs:
            for key, peer in self.peers.items():
                left = ",".join(address for address in peer.networks if address not in spec.networks)
                self.peers[key] = peer._replace(allowed_ips=left)
            old = self.peers.get(spec.public_key) or LivePeer(spec.public_key, None, "", None, 0, 0, 0)
            self.peers[spec.public_key] = old._replace(
                preshared_key=spec.preshared_key or None, allowed_ips=spec.allowed_ips
            )

    def remove_peers(self, public_keys: Iterable[str]) -> None:
        self._called("set")
        for key in public_keys:
            self.peers.pop(key, None)

    def version(self) -> str:
        self._called("version")
        return "amneziawg-tools v1.0"

    def restart(self) -> None:
        self.peers.clear()

    def move(self, key: str, received: int, sent: int, handshake_at: int = 0) -> None:
        """Send traffic through a peer."""
        peer = self.peers[key]
        self.peers[key] = peer._replace(
            received=peer.received + received, sent=peer.sent + sent, handshake_at=handshake_at
        )
