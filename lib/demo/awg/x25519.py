"""X25519 (RFC 7748) in plain Python for the demo's keys: correct, but neither fast nor constant-time."""

from __future__ import annotations

import binascii

_P = 2**255 - 19
_A24 = 121665
_BASE = (9).to_bytes(32, "little")


def multiply(scalar: bytes, point: bytes = _BASE) -> bytes:
    """Return X25519(scalar, point), 32 bytes each; without a point, that is the public key (RFC 7748, section 5)."""
    k = int.from_bytes(clamp(scalar), "little")
    u = int.from_bytes(point, "little") & ((1 << 255) - 1)
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for bit_at in reversed(range(255)):
        bit = k >> bit_at & 1
        if swap ^ bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swap = bit
        x2, z2, x3, z3 = _step(u, x2, z2, x3, z3)
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, _P - 2, _P) % _P).to_bytes(32, "little")


def _step(u: int, x2: int, z2: int, x3: int, z3: int) -> tuple[int, int, int, int]:
    """Do one step of the Montgomery ladder: double one point and add the other."""
    a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
    aa, bb, da, cb = a * a % _P, b * b % _P, d * a % _P, c * b % _P
    e = aa - bb
    return aa * bb % _P, e * (aa + _A24 * e) % _P, (da + cb) ** 2 % _P, u * (da - cb) ** 2 % _P


def clamp(scalar: bytes) -> bytes:
    """Turn 32 random bytes into a private key by setting and clearing the required bits."""
    return bytes([scalar[0] & 248, *scalar[1:31], (scalar[31] & 127) | 64])


def encode(key: bytes) -> str:
    """Return a key as 44 characters of base64, as the tool prints it."""
    return binascii.b2a_base64(key, newline=False).decode()


def decode(text: str) -> bytes:
    """Return the bytes of a key; raise ValueError unless the text is the canonical base64 form of 32 bytes."""
    try:
        key = binascii.a2b_base64(text)
    except binascii.Error as exc:
        raise ValueError("a key is 32 bytes in canonical base64") from exc
    if len(key) != 32 or encode(key) != text:
        raise ValueError("a key is 32 bytes in canonical base64")
    return key
