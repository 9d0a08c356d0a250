"""The live interface as the node sees it: its parameters, peers and addresses, and what surrounds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import NamedTuple

from lib.errors import AwgError
from lib.vpn import obfuscation

Addresses = tuple[IPv4Interface | IPv6Interface, ...]


class LivePeer(NamedTuple):
    """A peer on the interface, whose first three fields are those of a WantedPeer. Its repr shows no secret.

    `handshake_at` is in epoch seconds, 0 for never; `received` and `sent` are bytes as the server sees them.
    """

    public_key: str
    preshared_key: str | None
    allowed_ips: str
    endpoint: str | None
    handshake_at: int
    received: int
    sent: int

    @property
    def networks(self) -> list[str]:
        """Its addresses and networks, with prefix lengths."""
        return self.allowed_ips.split(",") if self.allowed_ips else []

    def __repr__(self) -> str:
        return f"LivePeer({self.public_key}, {self.allowed_ips}, {self.handshake_at}, {self.received}, {self.sent})"


class Surroundings(NamedTuple):
    """What the tools print where the interface lives; None where a tool is missing or fails.

    `tool` is from `awg --version`. JSON are `forwarding` from `ip netconf show`, `routes` from `ip route show table
    all`, and `firewall` from `nft -t list ruleset`, which leaves out the elements of sets. `iptables` and `ip6tables`
    are from iptables-nft-save, which says more about the same rules. `table` is JSON of what install.sh wrote, with the
    elements of its sets.
    """

    tool: str | None
    forwarding: str | None
    routes: str | None
    firewall: str | None
    iptables: str | None = None
    ip6tables: str | None = None
    table: str | None = None


@dataclass(frozen=True)
class Interface:
    """The live interface; `parameters` come from `obfuscation.read` (one may be a key) and are empty for WireGuard.

    `index` is the kernel's number for it, a new one when it is recreated; `kind` is `amneziawg` or `wireguard` in the
    kernel, `tun` in userspace, '-' if unknown. `addresses` leave out link-local ones. `surroundings` are None unless
    they were asked for.
    """

    public_key: str
    port: int
    parameters: dict[str, str] = field(repr=False)
    peers: tuple[LivePeer, ...]
    index: str = "-"
    kind: str = "-"
    addresses: Addresses = ()
    surroundings: Surroundings | None = field(default=None, repr=False)

    @cached_property
    def by_key(self) -> dict[str, LivePeer]:
        """The peers by their public keys."""
        return {peer.public_key: peer for peer in self.peers}


def parse_dump(text: str, known: dict[str, LivePeer] | None = None) -> Interface:
    """Parse `show IF dump` of any version, told apart by the number of columns.

    The node has cut off its first column, the private key. `known` caches the peers of lines parsed before, because
    most devices are silent most of the time; it is updated. Raise AwgError, which quotes nothing of the text: `garbage`
    if it is unreadable, `no_interface` without a key.
    """
    lines = text.rstrip("\n").split("\n")
    columns = lines[0].split("\t")
    if len(columns) - 3 not in obfuscation.TABLES:
        raise AwgError(f"awg show dump answered with {len(columns) + 1} columns, as no known version does", "garbage")
    public_key, port, *parameters = columns[:-1]
    if public_key == "(none)":
        raise AwgError("awg show dump: the interface has no private key — is it up?", "no_interface")
    try:
        peers = {line: (known or {}).get(line) or _parse_peer(line) for line in lines[1:]}
        interface = Interface(public_key, int(port), obfuscation.read(parameters), tuple(peers.values()))
    except ValueError:
        raise AwgError("awg show dump answered with a line that is no interface's and no peer's", "garbage") from None
    if known is not None:
        known.clear()
        known.update(peers)
    return interface


def _parse_peer(line: str) -> LivePeer:
    """Parse the 8 columns of a peer; raise ValueError for anything else."""
    public_key, preshared, endpoint, allowed, handshake, received, sent, _keepalive = line.split("\t")
    if len(public_key) != 44:
        raise ValueError
    allowed = "" if allowed == "(none)" else ",".join(sorted(allowed.split(","), key=lambda address: ":" in address))
    preshared_key = None if preshared == "(none)" else preshared
    seen_at = None if endpoint == "(none)" else endpoint
    return LivePeer(public_key, preshared_key, allowed, seen_at, int(handshake), int(received), int(sent))


def parse_look(answer: Mapping[str, object], known: dict[str, LivePeer]) -> Interface:
    """Parse what the node answers to `look`; `known` and what is raised are parse_dump's."""
    match answer:
        case {"dump": str(dump), "index": int(index), "kind": str(kind), "addresses": [*texts], **rest}:
            interface = parse_dump(dump, known)
            try:
                addresses = tuple(ip_interface(str(text)) for text in texts)
            except ValueError:
                raise AwgError("the node answered with something that is not an address", "garbage") from None
            found = Surroundings(*map(rest.get, Surroundings._fields)) if rest else None  # type: ignore[arg-type]
            return replace(interface, index=str(index), kind=kind, addresses=addresses, surroundings=found)
    raise AwgError("the node answered with something that is not an interface", "garbage")
