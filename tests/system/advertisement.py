"""Advertise a router of IPv6, as a provider's network does; run inside a namespace.

advertisement.py INTERFACE SECONDS     the lifetime of the route, 0 takes it back
"""

from __future__ import annotations

import socket
import struct
import sys

ALL_NODES = "ff02::1"
PREFIX = "2001:db8:7::"


def main(interface: str, seconds: str) -> None:
    advertisement = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, int(seconds), 0, 0)
    prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 86400, 14400, 0) + socket.inet_pton(socket.AF_INET6, PREFIX)
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as link:
        link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        link.sendto(advertisement + prefix, (ALL_NODES, 0, 0, socket.if_nametoindex(interface)))


if __name__ == "__main__":
    main(*sys.argv[1:])
