"""Decide whether a container can be taken over, before anything is changed. Every refusal says what to do."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lib.install.found.amnezia import RESOLVER, RESOLVER_ADDRESS
from lib.install.found.model import FoundServer
from lib.install.free_network import SHORTEST, Network, used
from lib.install.takeover import container as containers
from lib.install.takeover import ports
from lib.install.takeover.container import Container
from lib.install.takeover.tools import Run

SPACE = 16 << 20  # bytes
WITHOUT_SIX = Path("/proc/sys/net/ipv6/conf/default/disable_ipv6")  # for new interfaces; missing: no IPv6 at all
PLACES = (Path("/var/lib/andreyvpn"), Path("/etc/andreyvpn"), Path("/usr/local/lib"))


class Refused(Exception):
    """The container can't be taken over; `key` and `values` select the message."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class Plan:
    """What the take-over will do."""

    server: FoundServer
    here: FoundServer  # as it will be on this machine: see fit()
    container: Container
    tool: str  # on the host: wg or awg
    port: int
    resolver: str
    resolver_to: str

    @property
    def address6(self) -> str:
        return next((address for address in self.here.addresses if ":" in address), "")


def make_plan(run: Run, servers: Sequence[FoundServer], name: str, occupied: Iterable[str], resolver_to: str) -> Plan:
    """Return the plan for taking over this container. Raise Refused if that is impossible. Nothing is changed.

    `occupied` is the input of free_network: all addresses and routes of this machine.
    """
    server = choose(servers, name)
    container, here = inspect(run, server), fit(server, time.time())
    port = published(server, container)
    check_port(run, port)
    check_networks(here, occupied)
    check_space(PLACES)
    resolver = resolver_of(server)
    reached = bool(resolver) and is_reached(run, container.engine, server, resolver)
    return Plan(
        server=server,
        here=here,
        container=container,
        tool="wg" if server.version == "plain" else "awg",
        port=port,
        resolver=resolver,
        resolver_to="" if reached or not resolver else resolver_to,
    )


def resolver_of(server: FoundServer) -> str:
    """Return the resolver in friends' files if it has a private address, else ''."""
    if server.kind.startswith("amnezia"):
        return RESOLVER_ADDRESS
    return next((dns for dns in server.dns if "." in dns and ipaddress.ip_address(dns).is_private), "")


def is_reached(run: Run, engine: str, server: FoundServer, resolver: str) -> bool:
    """Return True if a resolver still answers when the container is stopped: one in another container or the LAN."""
    if server.kind.startswith("amnezia"):
        return containers.is_running(run, engine, RESOLVER)
    own = (ipaddress.ip_interface(address).network for address in server.addresses)
    return not any(ipaddress.ip_address(resolver) in network for network in own)


def inspect(run: Run, server: FoundServer) -> Container:
    """Return a server's container. Raise Refused if it can't be stopped, restarted, or asked who is online."""
    try:
        container = containers.inspect(run, server.name)
        containers.may_change(run, container)
        if container.running:
            run(containers.inside(container.engine, server.name, ["true"]), "")
    except OSError as error:
        raise Refused("docker_refuses", detail=error) from None
    if container.goes_when_stopped:
        raise Refused("goes_when_stopped", name=server.name)
    if container.in_swarm:
        raise Refused("in_swarm", name=server.name)
    if container.running and "tool_failed" in server.faults:
        raise Refused("shows_nothing", name=server.name)
    return container


def choose(servers: Sequence[FoundServer], name: str) -> FoundServer:
    """Return the server of this name. Raise Refused if it isn't in a container or couldn't be read."""
    found = {server.name: server for server in servers}
    if name.startswith("host:") and name in found:
        raise Refused("is_of_the_host", interface=name.removeprefix("host:"))
    if name not in found or name.startswith("host:"):
        others = ", ".join(other for other in found if not other.startswith("host:"))
        raise Refused("not_found" if others else "none_found", name=name, others=others)
    server = found[name]
    if not (server.private_key and server.port and server.addresses):
        raise Refused("not_readable", name=name)
    return server


def fit(server: FoundServer, now: float) -> FoundServer:
    """Return a server with expired peers disabled, and without IPv6 addresses if this machine has IPv6 switched off.

    An interface with IPv6 addresses would not start on such a kernel.
    """
    peers = [replace(peer, enabled=peer.enabled and not (peer.expires_at and peer.expires_at <= now))
             for peer in server.peers]  # fmt: skip
    four = tuple(address for address in server.addresses if ":" not in address)
    if speaks_six() or not four:
        return replace(server, peers=tuple(peers))
    without = [replace(peer, addresses=tuple(net for net in peer.addresses if ":" not in net)) for peer in peers]
    return replace(server, addresses=four, peers=tuple(without))


def speaks_six() -> bool:
    """Return True if new interfaces can have IPv6 addresses."""
    try:
        return WITHOUT_SIX.read_text().strip() == "0"
    except OSError:
        return False


def published(server: FoundServer, container: Container) -> int:
    """Return the container's port on the host."""
    if container.host_network:
        raise Refused("host_network", name=container.name, interface=server.interface)
    outside = container.ports.get(server.port or 0, ())
    if not outside:
        raise Refused("not_published", name=container.name, port=server.port)
    if len(outside) > 1:
        raise Refused("several_ports", name=container.name, ports=", ".join(map(str, outside)))
    return outside[0]


def check_port(run: Run, port: int) -> None:
    """Raise Refused if a program other than docker listens on a UDP port."""
    if others := ports.holders(run, port) - ports.PUBLISHERS:
        raise Refused("port_is_taken", port=port, holder=", ".join(sorted(others - {ports.KERNEL})) or "the kernel")


def check_networks(server: FoundServer, occupied: Iterable[str]) -> None:
    """Raise Refused if this machine uses one of the server's networks for something else.

    The interface adds routes to all networks of its peers, which now affect the whole machine, not just a container.
    """
    taken = [network for network in used(occupied) if network.prefixlen >= SHORTEST]
    own: list[Network] = [ipaddress.ip_interface(address).network for address in server.addresses]
    for peer in (peer for peer in server.peers if peer.enabled):
        for network in map(ipaddress.ip_network, peer.addresses):
            if network.prefixlen < SHORTEST:
                raise Refused("peer_takes_all", peer=peer.name or peer.public_key, network=network)
            own.append(network)
    for network in dict.fromkeys(own):
        for other in taken:
            if network.version == other.version and network.overlaps(other):
                raise Refused("network_is_used", network=network, other=other)


def check_space(places: Iterable[Path]) -> None:
    """Raise Refused if a disk is nearly full."""
    for place in places:
        there = next(path for path in (place, *place.parents) if path.exists())
        seen = os.statvfs(there)
        if seen.f_bavail * seen.f_frsize < SPACE:
            raise Refused("no_space", place=there, free=seen.f_bavail * seen.f_frsize >> 20, needed=SPACE >> 20)
