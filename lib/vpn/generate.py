"""Generate sound obfuscation parameters for a new server, from the same ranges as the makers' own client."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from random import Random

VERSIONS = ("1.0", "2.0", "3.1")
USUAL = "2.0"  # which most apps understand; many don't know the keys of 3.1 yet

_SIZES = {"S1": 148, "S2": 92, "S3": 64, "S4": 32}  # bytes of an initiation, response, cookie and empty packet
_PADDING = {"S1": (15, 149), "S2": (15, 149), "S3": (0, 63), "S4": (0, 19)}  # small S4: every packet pays for it
_HEADERS = (5, 2**31 - 1)  # 1 to 4 are WireGuard's own; the kernel module of 1.0 reads 31 bits
_PADDING_3_1 = {"S1": (12, 150), "S2": (12, 150), "S3": (12, 64), "S4": (12, 12)}  # 12 at least: the header's nonce
_OF_3_1 = {
    "ContentPaddingAddition": "10-100", "RekeyAfterTime": "100-120", "RekeyTimeout": "3-7",
    "RejectAfterTime": "150-180", "KeepaliveTimeout": "5-15", "MaxHandshakeAttempts": "15-20",
    "RandomTrailers": "on", "DisableCookies": "on",
}  # fmt: skip


def draw(version: str, random: Random | None = None) -> dict[str, str]:
    """Generate a set for a version of VERSIONS, by .conf names in the .conf's order."""
    if version not in VERSIONS:
        raise ValueError(f"no parameters are drawn for version {version!r}, only for {', '.join(VERSIONS)}")
    source = random or secrets.SystemRandom()
    if version == "3.1":
        return _draw_3_1(source)
    padding = {name: span for name, span in _PADDING.items() if version != "1.0" or name in ("S1", "S2")}
    junk = {"Jc": str(source.randint(4, 6)), "Jmin": "10", "Jmax": "50"}
    return {**junk, **_draw_padding(source, padding), **_draw_headers(source, version)}


def _draw_3_1(source: Random) -> dict[str, str]:
    """Generate keyed parameters that hide packet types: H1 to H4 stay WireGuard's, so that no packet is dropped."""
    headers = {f"H{number}": str(number) for number in (1, 2, 3, 4)}
    key = base64.b64encode(source.randbytes(32)).decode()
    padding = _draw_padding(source, _PADDING_3_1)
    return {"Jc": "3", "Jmin": "10", "Jmax": "30", **padding, **headers, "HeaderProtectionKey": key, **_OF_3_1}


def _draw_padding(source: Random, spans: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """Draw random values until no two kinds of message have the same size, which would give them away."""
    while True:
        padding = {name: source.randint(*span) for name, span in spans.items()}
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
