"""Draw sound obfuscation parameters for a new server, from the same ranges as the makers' own client."""

from __future__ import annotations

import secrets
from random import Random

VERSIONS = ("1.0", "2.0")  # which most clients understand; 3.x has keys that many do not know yet

_SIZES = {"S1": 148, "S2": 92, "S3": 64, "S4": 32}  # bytes of an initiation, response, cookie and empty packet
_PADDING = {"S1": (15, 149), "S2": (15, 149), "S3": (0, 63), "S4": (0, 19)}  # small S4: every packet pays for it
_HEADERS = (5, 2**31 - 1)  # 1 to 4 are WireGuard's own; the kernel module of 1.0 reads 31 bits


def draw(version: str, random: Random | None = None) -> dict[str, str]:
    """Draw a set for a version of VERSIONS, by .conf names in the .conf's order (facts, Parameters)."""
    if version not in VERSIONS:
        raise ValueError(f"no parameters are drawn for version {version!r}, only for {' and '.join(VERSIONS)}")
    source = random or secrets.SystemRandom()
    padding = _draw_padding(source, ("S1", "S2") if version == "1.0" else tuple(_PADDING))
    return {"Jc": str(source.randint(4, 6)), "Jmin": "10", "Jmax": "50", **padding, **_draw_headers(source, version)}


def _draw_padding(source: Random, names: tuple[str, ...]) -> dict[str, str]:
    """Draw until all kinds of message differ in size, which would give them away otherwise."""
    while True:
        padding = {name: source.randint(*_PADDING[name]) for name in names}
        sizes = {size + padding.get(name, 0) for name, size in _SIZES.items()}
        if len(sizes) == len(_SIZES):
            return {name: str(value) for name, value in padding.items()}


def _draw_headers(source: Random, version: str) -> dict[str, str]:
    """Draw four numbers, or since 2.0 four ascending ranges that do not touch."""
    first, last = _HEADERS
    if version == "1.0":
        return {f"H{at}": str(number) for at, number in enumerate(source.sample(range(first, last + 1), 4), 1)}
    ends = sorted(source.sample(range(first, last + 1), 8))
    return {f"H{at}": f"{ends[2 * at - 2]}-{ends[2 * at - 1]}" for at in (1, 2, 3, 4)}
