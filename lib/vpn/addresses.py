"""Find the lowest free address of a subnet. Pure: what is taken goes in, an address or SubnetFull comes out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence

from lib.errors import SubnetFull

_IPV4 = re.compile(r"([1-9]?[0-9]|1[0-9]{2}|2[0-9]{2})" + r"\.([1-9]?[0-9]|1[0-9]{2}|2[0-9]{2})" * 3)

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def free_addresses(own: Sequence[Interface], taken: Iterable[str]) -> tuple[str, str | None]:
    """Give the lowest free IPv4 address, and IPv6 where the interface has one.

    `own` are the interface's addresses with their subnets, `taken` addresses or networks that rows and live peers hold.
    Raises SubnetFull that names the subnet, or says that there is no IPv4 one.
    """
    held = [ipaddress.ip_network(text, strict=False) for text in taken]
    free: dict[int, str] = {}
    for version in (4, 6):
        subnets = [address for address in own if address.version == version]
        if subnets:
            free[version] = _lowest(subnets, held)
    if 4 not in free:
        raise SubnetFull("(IPv4 —)")
    return free[4], free.get(6)


def _lowest(subnets: Sequence[Interface], held: Sequence[Network]) -> str:
    own = [ipaddress.ip_network(address.ip) for address in subnets]
    for subnet in (address.network for address in subnets):
        found = _lowest_in(subnet, [*own, *held])
        if found:
            return found
    raise SubnetFull(", ".join(str(address.network) for address in subnets))


def _lowest_in(subnet: Network, held: Iterable[Network]) -> str | None:
    """Walk up past the ranges that are held; a route to the whole subnet or more holds no single address."""
    ranges = sorted(
        (int(network.network_address), int(network.broadcast_address))
        for network in held
        if network.version == subnet.version and network.prefixlen > subnet.prefixlen and _within(network, subnet)
    )
    candidate, last = int(subnet.network_address) + 1, int(subnet.broadcast_address) - 1
    for low, high in ranges:
        if low > candidate:
            break
        candidate = max(candidate, high + 1)
    return str(subnet[candidate - int(subnet.network_address)]) if candidate <= last else None


def _within(network: Network, subnet: Network) -> bool:
    return subnet.network_address <= network.network_address <= subnet.broadcast_address  # type: ignore[operator]


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
