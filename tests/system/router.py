"""A server between a friend and the internet: three network namespaces, real rules of a firewall, real packets.

The tunnel is a cable with the tunnel's name and addresses: a firewall sees no difference.
"""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import ExitStack, suppress
from ipaddress import ip_interface
from typing import NamedTuple

from lib.vpn.interface import Interface, Surroundings
from lib.watch import way_out
from lib.watch.way_out import Finding
from tests.needs import need, need_tools
from tests.system.installed import inside
from tests.system.network import Namespace, wait

PORT = 51820
TUNNEL, UPLINK = "awg0", "eth0"
SERVER, FRIEND, WORLD = "10.8.0.1", "10.8.0.2", "198.51.100.1"
SERVER6, FRIEND6, WORLD6 = "fd10:8::1", "fd10:8::2", "2001:db8:1::1"
OUTSIDE, OUTSIDE6 = "203.0.113.1", "2001:db8:2::1"  # the server's addresses on the uplink
PATIENCE = 0.25  # seconds for a packet between namespaces


def need_router() -> None:
    """Require root and the tools of this module."""
    need(os.geteuid() == 0, "root")
    need_tools("ip", "nft", "iptables-nft", "iptables-nft-restore")


class Verdict(NamedTuple):
    """Whether friends' traffic is passed on and translated, and whether the port can be reached; None: unknown."""

    forward: bool | None
    nat: bool | None
    input: bool | None

    def contradicts(self, truth: Verdict) -> bool:
        """Return True if this says anything that is not so."""
        both = zip(self, truth, strict=True)
        return any(said is not None and real is not None and said != real for said, real in both)


def _verdict(levels: dict[str, str], key: str) -> bool | None:
    found = {level for name, level in levels.items() if name in (key, f"{key}_ok", f"{key}_once", f"{key}_unknown")}
    return {"ok": True, "wrong": False}.get(found.pop()) if len(found) == 1 else None


class Router:
    """The server; everything that was set up is removed at the end."""

    def __enter__(self) -> Router:
        tag = f"av{secrets.token_hex(4)}"
        with ExitStack() as undo:
            names = [undo.enter_context(Namespace(f"{tag}{end}")) for end in "sfw"]
            self.server, self.friend, self.world = names
            self._lay_cables()
            self._sockets(undo)
            wait(lambda: self.reaches_the_world(6) and self.reaches_the_port(6), 20, "IPv6")
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _lay_cables(self) -> None:
        server, friend, world = self.server, self.friend, self.world
        for other, near, far in ((friend, TUNNEL, "vpn"), (world, UPLINK, "wan")):
            server.run("ip", "link", "add", near, "type", "veth", "peer", far, "netns", other.name)
        addresses = (
            (server, TUNNEL, f"{SERVER}/16", f"{SERVER6}/64"), (friend, "vpn", f"{FRIEND}/16", f"{FRIEND6}/64"),
            (server, UPLINK, f"{OUTSIDE}/24", f"{OUTSIDE6}/64"), (world, "wan", "203.0.113.2/24", "2001:db8:2::2/64"),
            (world, "lo", f"{WORLD}/32", f"{WORLD6}/128"),
        )  # fmt: skip
        for machine, device, four, six in addresses:
            machine.run("ip", "address", "add", four, "dev", device)
            machine.run("ip", "address", "add", six, "dev", device, "nodad")
            machine.run("ip", "link", "set", device, "up")
        for machine, four, six in (
            (server, "203.0.113.2", "2001:db8:2::2"), (friend, SERVER, SERVER6), (world, OUTSIDE, OUTSIDE6),
        ):  # fmt: skip
            machine.run("ip", "route", "add", "default", "via", four)
            machine.run("ip", "-6", "route", "add", "default", "via", six)
        self.forward(True)

    def forward(self, on: bool) -> None:
        """Switch forwarding on or off."""
        for switch in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            self.server.run("sysctl", "-qw", f"{switch}={int(on)}")

    def _sockets(self, undo: ExitStack) -> None:
        """Open a site in the world, and the port of the server."""
        self._sites, self._doors = {}, {}
        for family, site, door in ((socket.AF_INET, WORLD, OUTSIDE), (socket.AF_INET6, WORLD6, OUTSIDE6)):
            with inside(self.world.name):
                self._sites[family] = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
                self._sites[family].bind((site, 443))
                self._sites[family].listen()
                self._sites[family].settimeout(PATIENCE)
            with inside(self.server.name):
                self._doors[family] = undo.enter_context(socket.socket(family, socket.SOCK_DGRAM))
                self._doors[family].bind((door, PORT))
                self._doors[family].settimeout(PATIENCE)

    def load(self, nft: str = "", iptables: str = "", ip6tables: str = "") -> None:
        """Replace all rules."""
        self.server.run("nft", "-f", "-", stdin=f"flush ruleset\n{nft}")
        for tool, text in (("iptables", iptables), ("ip6tables", ip6tables)):
            if text:
                self.server.run(f"{tool}-nft-restore", stdin=text)

    def surroundings(self) -> Surroundings:
        """Return what the node would tell."""
        ask = self.server.run
        return Surroundings(
            None, ask("ip", "-j", "netconf", "show"), ask("ip", "-j", "route", "show", "table", "all"),
            ask("nft", "-j", "-t", "list", "ruleset"), ask("iptables-nft-save"), ask("ip6tables-nft-save"),
        )  # fmt: skip

    def find(self, family: int = 4, around: Surroundings | None = None) -> list[Finding]:
        """Return what the bot finds, if the tunnel has this IP version alone."""
        addresses = (ip_interface(f"{SERVER}/16") if family == 4 else ip_interface(f"{SERVER6}/64"),)
        seen = Interface("", PORT, {}, (), addresses=addresses, surroundings=around or self.surroundings())
        return way_out.find(TUNNEL, seen)

    def judged(self, family: int = 4, around: Surroundings | None = None) -> Verdict:
        """Return what the bot says of the three things that packets can show."""
        levels = {finding.key: finding.level for finding in self.find(family, around)}
        return Verdict(*(_verdict(levels, f"way_{name}") for name in Verdict._fields))

    def tried(self, family: int = 4) -> Verdict:
        """Return the same, as packets show it; NAT can only be seen of what gets through."""
        seen_as = self.reaches_the_world(family)
        translated = None if seen_as is None else seen_as in (OUTSIDE, OUTSIDE6)
        return Verdict(seen_as is not None, translated, self.reaches_the_port(family))

    def reaches_the_world(self, family: int = 4) -> str | None:
        """Open a friend's connection to a site; return the address that the site sees, None if nothing gets through."""
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        with inside(self.friend.name), socket.socket(kind, socket.SOCK_STREAM) as device:
            device.settimeout(PATIENCE)
            word = secrets.token_bytes(8)
            with suppress(OSError):
                device.connect((WORLD if family == 4 else WORLD6, 443))
                device.send(word)
                while True:  # what comes first may be a connection that earlier rules have kept
                    connection, address = self._sites[kind].accept()
                    with connection:
                        connection.settimeout(PATIENCE)
                        if connection.recv(8) == word:
                            return str(address[0])
        return None

    def reaches_the_port(self, family: int = 4) -> bool:
        """Knock from outside at the server's port, and wait for the answer."""
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        with inside(self.world.name), socket.socket(kind, socket.SOCK_DGRAM) as device:
            device.settimeout(PATIENCE)
            with suppress(OSError):
                for word in (secrets.token_bytes(8), b"again"):
                    device.sendto(word, (OUTSIDE if family == 4 else OUTSIDE6, PORT))
                    _, address = self._doors[kind].recvfrom(10)
                    self._doors[kind].sendto(word, address)
                    assert device.recv(10) == word
                return True
        return False
