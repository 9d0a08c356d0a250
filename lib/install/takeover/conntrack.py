"""Delete the kernel's connection tracking entries for a UDP port, through netlink.

While docker publishes a port, the kernel has an entry for each friend that forwards their packets to the container.
As long as a device keeps sending, its entry never expires, even after docker's rule is gone. The same happens in the
other direction.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

NETLINK_NETFILTER = 12
GET, DELETE = 0x101, 0x102  # message types of the conntrack subsystem
REQUEST, ACK, DUMP = 1, 4, 0x300
DONE, ERROR = 3, 2
ORIGINAL, REPLY, ZONE = 1, 2, 18  # attributes: the tuples of both directions, and the zone
PROTOCOL_PART, NUMBER, DESTINATION_PORT = 2, 1, 3  # nested attributes of a tuple
UDP = 17
HEADER = struct.Struct("=IHHII")
PATIENCE = 5.0  # seconds


def forget_flows(port: int) -> int:
    """Delete all tracked UDP connections to a port and return how many. Raise OSError if the kernel refuses."""
    count = 0
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as kernel:
        kernel.settimeout(PATIENCE)
        for family in (socket.AF_INET, socket.AF_INET6):
            for flow in list(_list(kernel, family, port)):
                _send(kernel, DELETE, REQUEST | ACK, family, flow)
                count += any(kind == ERROR and not struct.unpack_from("=i", body)[0] for kind, body in _receive(kernel))
    return count


def _send(kernel: socket.socket, kind: int, flags: int, family: int, attributes: bytes = b"") -> None:
    body = struct.pack("=BBH", family, 0, 0) + attributes
    kernel.send(HEADER.pack(HEADER.size + len(body), kind, flags, 1, 0) + body)


def _list(kernel: socket.socket, family: int, port: int) -> Iterator[bytes]:
    """Yield the attributes that identify each connection to a port, whichever side sent the first packet."""
    _send(kernel, GET, REQUEST | DUMP, family)
    done = False
    while not done:
        for kind, body in _receive(kernel):
            done = done or kind in (DONE, ERROR)
            if kind in (DONE, ERROR):
                continue
            seen = _attributes(body[4:])
            if any(_is_to(seen.get(way, b""), port) for way in (ORIGINAL, REPLY)):
                yield _attribute(ORIGINAL | 0x8000, seen[ORIGINAL]) + (
                    _attribute(ZONE, seen[ZONE]) if ZONE in seen else b"")  # fmt: skip


def _is_to(way: bytes, port: int) -> bool:
    """Return True if packets in this direction go to this UDP port."""
    part = _attributes(_attributes(way).get(PROTOCOL_PART, b""))
    return part.get(NUMBER) == bytes([UDP]) and part.get(DESTINATION_PORT) == struct.pack("!H", port)


def _receive(kernel: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Yield the type and body of each message in one datagram."""
    data = kernel.recv(1 << 20)
    while len(data) >= HEADER.size:
        length, kind, *_ = HEADER.unpack_from(data)
        yield kind, data[HEADER.size : length]
        data = data[(length + 3) & ~3 :]


def _attributes(data: bytes) -> dict[int, bytes]:
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3FFF] = data[4:length]
        data = data[max(4, (length + 3) & ~3) :]
    return found


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", len(value) + 4, kind) + value + bytes(-len(value) % 4)
