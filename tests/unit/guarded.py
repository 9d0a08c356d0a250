"""An interface in memory on which nobody may be who must not."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_interface
from typing import Any

from lib.vpn.addresses import outside_of
from tests.unit.interface import MemoryAwg


class Guarded(MemoryAwg):
    """Fails the test when it is told to let somebody have more than they may.

    `look_up` returns the keys of all configs, and of those that must be live. `held` are the addresses that the fence
    keeps to Telegram.
    """

    def __init__(self, look_up: Callable[[], tuple[set[str], set[str]]]) -> None:
        super().__init__()
        self.look_up, self.held = look_up, set[str]()

    def change(self, *args: Any, **kwargs: Any) -> Any:
        seen = super().change(*args, **kwargs)
        assert self.unheld() == [], "they have more than they may"
        return seen

    def fence(self, speeds: Any, only: Any, resolvers: Any, unless: str) -> tuple[str, str | None]:
        answer, (ours, wanted) = super().fence(speeds, only, resolvers, unless), self.look_up()
        going = {network for key in ours - wanted if key in self.peers for network in self.peers[key].networks}
        own = tuple(map(ip_interface, self.subnet.split(",")))
        going -= outside_of(own, going).keys()  # nothing gets back to those
        taken = {network for key in wanted if key in self.peers for network in self.peers[key].networks}
        assert (going - taken) & self.held <= set(only), "the fence opens before a peer goes"
        self.held = set(only)
        return answer

    def unheld(self) -> list[str]:
        """List the addresses of peers that have the whole internet, and are neither wanted nor others'."""
        ours, wanted = self.look_up()
        bad = [peer for key, peer in self.peers.items() if key in ours - wanted and not self.held >= {*peer.networks}]
        return [peer.allowed_ips for peer in bad]
