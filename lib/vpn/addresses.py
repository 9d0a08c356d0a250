"""Find the lowest free address of a subnet. Pure: what is taken goes in, an address or SubnetFull comes out."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence

from lib.errors import SubnetFull

_IPV4 = re.compile(r"([1-9]?[0-9]|1[0-9]{2}|2[0-9]{2})" + r"\.([1-9]?[0-9]|1[0-9]{2}|2[0-9]{2})" * 3)

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Range = tuple[int, int]


def free_addresses(own: Sequence[Interface], taken: Iterable[str]) -> tuple[str, str | None]:
    """Give the lowest free IPv4 address, and IPv6 where the interface has one.

    `own` are the interface's addresses with their subnets, `taken` addresses or networks that rows and live peers hold.
    Raises SubnetFull that names the subnet, or says that there is no IPv4 one.
    """
    held: dict[int, set[Range]] = {4: set(), 6: set()}
    for version, span in map(_range_of, {text if ":" in text else text.removesuffix("/32") for text in taken}):
        held[version].add(span)
    free: dict[int, str] = {}
    for version, ranges in held.items():
        subnets = [address for address in own if address.version == version]
        if subnets:
            free[version] = _lowest(subnets, ranges)
    if 4 not in free:
        raise SubnetFull("(IPv4 —)")
    return free[4], free.get(6)


def _range_of(text: str) -> tuple[int, Range]:
    """Read an address, or a network, as its version, first and last number. There are thousands of them at once."""
    host, _, length = text.partition("/")
    version, family, bits = (6, socket.AF_INET6, 128) if ":" in host else (4, socket.AF_INET, 32)
    free = bits - int(length or bits)
    first = int.from_bytes(socket.inet_pton(family, host), "big") >> free << free
    return version, (first, first + (1 << free) - 1)


def _lowest(subnets: Sequence[Interface], held: set[Range]) -> str:
    own = {(int(address.ip), int(address.ip)) for address in subnets}
    for subnet in (address.network for address in subnets):
        found = _lowest_in(subnet, held | own)
        if found:
            return found
    raise SubnetFull(", ".join(str(address.network) for address in subnets))


def _lowest_in(subnet: Network, held: Iterable[Range]) -> str | None:
    """Walk up past the ranges that are held; a route to the whole subnet or more holds no single address."""
    whole = first, last = int(subnet.network_address), int(subnet.broadcast_address)
    candidate = first + 1
    for low, high in sorted(span for span in held if whole != span and first <= span[0] and span[1] <= last):
        if low > candidate:
            break
        candidate = max(candidate, high + 1)
    return str(subnet[candidate - first]) if candidate < last else None


def network_of(endpoint: str) -> str | None:
    """Name the network that a peer's endpoint ('203.0.113.5:51820', '[2001:db8::5]:51820') lies in: /24, /48 of IPv6.

    None for what is no endpoint.
    """
    host = endpoint.rpartition(":")[0].strip("[]").partition("%")[0]
    if (parts := _IPV4.fullmatch(host)) and all(int(part) < 256 for part in parts.groups()):
        return f"{parts[1]}.{parts[2]}.{parts[3]}.0/24"  # ten thousand peers a round: most of them come by IPv4
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    length = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))
