"""Find the lowest free address of a subnet. Pure: the taken addresses go in, an address or SubnetFull comes out."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence, Set

from lib.errors import NoIPv4, SubnetFull

_IPV4 = re.compile(r"([1-9]?[0-9]|1[0-9]{2}|2[0-9]{2})" + r"\.([1-9]?[0-9]|1[0-9]{2}|2[0-9]{2})" * 3)

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Range = tuple[int, int]


def free_addresses(own: Sequence[Interface], taken: Iterable[str]) -> tuple[str, str | None]:
    """Return the lowest free IPv4 address, and an IPv6 one if the interface has IPv6.

    `own` are the interface's addresses with their subnets, `taken` the addresses or networks of rows and live peers.
    Raise SubnetFull if a subnet, which it names, has no free address, NoIPv4 if there is no IPv4 subnet.
    """
    texts = set(taken)
    hosts = {text for text in texts if text.endswith("/32") and ":" not in text}
    singles = {socket.inet_aton(text[:-3]) for text in hosts}  # packed, because there are thousands of them
    ranges: list[tuple[int, Range]] = []
    for text in texts - hosts:
        host, _, length = text.partition("/")
        packed = socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        free = 8 * len(packed) - int(length) if length else 0
        if free:
            first = int.from_bytes(packed, "big") >> free << free
            ranges.append((4 if len(packed) == 4 else 6, (first, first + (1 << free) - 1)))
        else:
            singles.add(packed)
    found: dict[int, str] = {}
    for version in (4, 6):
        subnets = [address for address in own if address.version == version]
        held = [span for its, span in ranges if its == version]
        used = singles.union(address.packed for address in subnets)
        free_ones = filter(None, (_lowest_in(address.network, used, held) for address in subnets))
        if subnets and (lowest := next(free_ones, None)):
            found[version] = lowest
        elif subnets:
            raise SubnetFull(", ".join(str(address.network) for address in subnets))
    if 4 not in found:
        raise NoIPv4(", ".join(map(str, own)) or "—")
    return found[4], found.get(6)


def _lowest_in(subnet: Network, singles: Set[bytes], ranges: Sequence[Range]) -> str | None:
    """Step over what is taken; a route to the whole subnet or more takes no single address."""
    first, last = int(subnet.network_address), int(subnet.broadcast_address)
    inside = [span for span in ranges if first <= span[0] and span[1] <= last and span != (first, last)]
    size, candidate = subnet.max_prefixlen // 8, first + 1
    while candidate < last:
        end = max((high for low, high in inside if low <= candidate <= high), default=candidate - 1)
        if end < candidate and candidate.to_bytes(size, "big") not in singles:
            return str(subnet[candidate - first])
        candidate = max(end, candidate) + 1
    return None


def outside_of(own: Sequence[Interface], devices: Iterable[str]) -> dict[str, None]:
    """Return the addresses of devices ('10.8.0.2/32') that lie in no subnet of `own`, or are one of its addresses.

    They stand in their order. Handshakes with such a peer succeed, but nothing that is sent to it arrives.
    """
    subnets: dict[int, list[Range]] = {4: [], 16: []}
    for one in own:
        first, last = int(one.network.network_address), int(one.network.broadcast_address)
        subnets[len(one.packed)].append((first, last))
    taken = {one.packed for one in own}
    found: dict[str, None] = {}
    for device in devices:
        host = device.partition("/")[0]
        packed = socket.inet_pton(socket.AF_INET6, host) if ":" in host else socket.inet_aton(host)
        number = int.from_bytes(packed, "big")
        if packed in taken or not any(first <= number <= last for first, last in subnets[len(packed)]):
            found[device] = None
    return found


def port_of(endpoint: str | None) -> int | None:
    """Return an endpoint's port; None if there is none."""
    port = (endpoint or "").rpartition(":")[2]
    return int(port) if re.fullmatch("[1-9][0-9]{0,4}", port) and int(port) < 2**16 else None


def network_of(endpoint: str) -> str | None:
    """Return the /24, or /48 of IPv6, of an endpoint ('203.0.113.5:51820', '[2001:db8::5]:51820'); None for others."""
    host = endpoint.rpartition(":")[0].strip("[]").partition("%")[0]
    if (parts := _IPV4.fullmatch(host)) and all(int(part) < 256 for part in parts.groups()):
        return f"{parts[1]}.{parts[2]}.{parts[3]}.0/24"  # the fast path, for up to ten thousand peers in a round
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    length = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))


def provider_of(network: str) -> str:
    """Return the /16, or /32 of IPv6, around a network: wide enough to stand for a provider, and for no person."""
    own = ipaddress.ip_network(network)
    return str(own.supernet(new_prefix=16 if own.version == 4 else 32))
