"""Find networks for a new tunnel that overlap nothing on this machine.

Reads what `ip -j address` and `ip -j route show table all` print, a JSON list a line, and addresses of interfaces that
are down, as their files have them. Prints the server's address with its prefix, first for IPv4, then for IPv6 (left out
if none is free).
"""

from __future__ import annotations

import ipaddress
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SHORTEST = 7  # prefix; shorter routes are ways to the internet, such as 0.0.0.0/1, and occupy nothing
TENS = [f"10.{number}.0.0/16" for number in (8, 9, *range(11, 16), 66, 77, 88, 99, 111, 122, 133)]
OTHERS = [f"172.{number}.0.0/16" for number in range(31, 15, -1)]  # docker takes them from the other end
SMALL = [f"192.168.{number}.0/20" for number in range(224, -1, -16)]
SIXES = [f"fd10:8:0:{number:x}::/64" for number in range(1, 17)]


def used(lines: Iterable[str]) -> Iterator[Network]:
    """Yield the networks of all addresses and routes."""
    for line in filter(str.strip, lines):
        if line.startswith("["):
            for entry in json.loads(line):
                yield from networks_of(entry)
            continue
        for word in line.partition("#")[0].split(","):
            with suppress(ValueError):  # another program's file
                yield _network(word.strip())


def networks_of(entry: dict[str, Any]) -> Iterator[Network]:
    """Yield the networks of an interface's addresses, or of a route."""
    return map(_network, _texts(entry))


def _texts(entry: dict[str, Any]) -> Iterator[str]:
    for address in entry.get("addr_info", ()):
        if "local" in address:
            yield f"{address['local']}/{address['prefixlen']}"
        if "address" in address:  # the other end of a point-to-point link
            yield f"{address['address']}/{address['prefixlen']}"
    if entry.get("dst", "default") != "default":
        yield entry["dst"]


def _network(text: str) -> Network:
    return ipaddress.ip_network(text, strict=False)


def first_free(candidates: Iterable[str], occupied: Iterable[Network]) -> str:
    """Return the first address, with its prefix, of the first candidate that overlaps nothing, or an empty string."""
    taken = [network for network in occupied if network.prefixlen >= SHORTEST]
    for network in map(_network, candidates):
        if not any(network.version == other.version and network.overlaps(other) for other in taken):
            return f"{network[1]}/{network.prefixlen}"
    return ""


def main() -> int:
    occupied = set(used(sys.stdin))
    four, six = first_free([*TENS, *OTHERS, *SMALL], occupied), first_free(SIXES, occupied)
    sys.stdout.write(f"{four} {six}\n")
    return int(not occupied or not four)


if __name__ == "__main__":
    sys.exit(main())
