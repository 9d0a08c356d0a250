"""Disguises: what a client alone may choose of what the network sees of it (Jc, Jmin, Jmax, I1 to I5).

Networks judge the first packets of a connection by their shape, each in its own way and not for long. So a disguise is
drawn anew for each config, and none is taken for the best for ever (facts, Disguises).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from random import Random

Parameters = dict[str, str]
"""By .conf names; `off` leaves out what the server has."""

_NO_PACKETS: Mapping[str, str] = dict.fromkeys(("I1", "I2", "I3", "I4", "I5"), "off")
_SYLLABLES = ("ba", "co", "de", "fi", "ga", "lo", "mi", "na", "or", "pe", "ri", "so", "ta", "un", "ve", "zo")
_ZONES = ("com", "net", "org", "info")
_HOSTS = ("www", "cdn", "api", "img", "static", "mail")
_PRIVATE = (0, 10, 100, 127, 169, 172, 192, 198, 203)  # first bytes of addresses that no answer from outside has
_INITIAL = 1200  # bytes: what the first datagram of QUIC has at least (RFC 9000, 14.1)
_RANDOM = 1000  # bytes of one <r> at most


def draw(name: str, random: Random | None = None) -> Parameters:
    """Draw the disguise of this name, one of NAMES."""
    return _SHAPES[name](random or secrets.SystemRandom())


def _draw_dns(source: Random) -> Parameters:
    """An answer of a DNS server with one A record (RFC 1035), its id new for each connection."""
    labels = [source.choice(_HOSTS), "".join(source.choices(_SYLLABLES, k=source.randint(2, 5))), source.choice(_ZONES)]
    name = b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"
    first = source.choice([byte for byte in range(1, 224) if byte not in _PRIVATE])
    address = bytes([first, *(source.randint(1, 254) for _ in range(3))])
    kind = b"\0\1\0\1"  # A, IN
    life = source.choice((60, 120, 300, 600, 3600)).to_bytes(4, "big")
    answer = b"\x85\x80\0\1\0\1\0\0\0\0" + name + kind + b"\xc0\x0c" + kind + life + b"\0\4" + address
    return {**_NO_PACKETS, "I1": f"<r 2><b 0x{answer.hex()}>"}


def _draw_quic(source: Random) -> Parameters:
    """The first datagram of a QUIC client (RFC 9000, 17.2.2): a long header, then what looks encrypted."""
    first, own = source.randint(0xC0, 0xCF), source.choice((0, 4, 8))
    head = f"<b 0x{first:02x}0000000108><r 8><b 0x{own:02x}>"
    rest = _INITIAL - 18 - own
    length = (0x4000 | rest).to_bytes(2, "big").hex()
    chosen = f"<r {own}>" if own else ""
    return {**_NO_PACKETS, "I1": f"{head}{chosen}<b 0x00{length}><r {_RANDOM}><r {rest - _RANDOM}>"}


def _draw_quiet(source: Random) -> Parameters:
    """A few small packets, for networks that dislike a burst."""
    return {**_NO_PACKETS, "Jc": str(source.randint(2, 3)), "Jmin": "40", "Jmax": str(source.randint(90, 110))}


def _draw_none(source: Random) -> Parameters:
    """As little as apps take: old ones refuse `Jc = 0`."""
    return {**_NO_PACKETS, "Jc": "1", "Jmin": "8", "Jmax": str(source.randint(9, 16))}


_SHAPES: Mapping[str, Callable[[Random], Parameters]] = {
    "dns": _draw_dns,
    "quic": _draw_quic,
    "quiet": _draw_quiet,
    "server": lambda _: {},
    "none": _draw_none,
}
NAMES = tuple(_SHAPES)
"""In the order in which they are tried where nothing is known about a network."""
