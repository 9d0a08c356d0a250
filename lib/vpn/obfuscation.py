"""Own the obfuscation parameters of AmneziaWG: what a dump's columns mean, which sets are sound, and for which version.

A set is a dict from the .conf's key names to values, in the .conf's order; plain WireGuard has the empty set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from lib.errors import ParametersError

_HEADERS = ("H1", "H2", "H3", "H4")
_PACKETS = ("I1", "I2", "I3", "I4", "I5")
_KEYS_1_0 = ("Jc", "Jmin", "Jmax", "S1", "S2", *_HEADERS)
_KEYS_2_0 = ("Jc", "Jmin", "Jmax", "S1", "S2", "S3", "S4", *_HEADERS, *_PACKETS)
_TIMINGS = ("RekeyAfterTime", "RekeyTimeout", "RejectAfterTime", "KeepaliveTimeout", "MaxHandshakeAttempts")
_NEW_IN_3_0 = ("HeaderProtectionKey", "ContentPaddingAddition", *_TIMINGS)
_NEW_IN_3_1 = ("RandomTrailers", "DisableCookies")
KEYS = (*_KEYS_2_0, *_NEW_IN_3_0, *_NEW_IN_3_1)
"""Every key name, in the order in which all apps write them."""

TABLES: Mapping[int, tuple[str, ...]] = {
    len(keys): keys for keys in ((), _KEYS_1_0, _KEYS_2_0, (*_KEYS_2_0, *_NEW_IN_3_0), KEYS)
}
"""Number of parameter columns in the interface's line of `show IF dump` (0, 9, 16, 23, 25) -> their key names."""

_DEFAULTS = dict(zip(_HEADERS, "1234", strict=True))  # WireGuard's own message types: what an unset header means
_UNSET = frozenset(("", "0", "0-0", "off", "(null)", "(none)"))
_RANGE = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?")
_TAG = re.compile(r"\s*<([^<>]*)>\s*")
_PROTECTED_KEY = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_NONCE = 12  # bytes: HeaderCipherNonceSize of amneziawg-go 3.1, the least padding that carries it
_MAX_PACKETS = 3500  # bytes of I1..I5 as text; above it the netlink answer no longer fits and `awg show` loops
_MAX_S4 = 140  # bytes: MTU 1280 + 80 for IPv6, UDP and WireGuard + S4 must fit into 1500
_MAX_RANDOM = 1000  # bytes of one <r>, <rc> or <rd>: the makers' documented limit


def read(columns: Sequence[str]) -> dict[str, str]:
    """Name the parameter columns of a dump (those between port and fwmark) and drop what is unset.

    Headers 1..4 in their own places are unset too: the kernel reports WireGuard's own message types that way.
    Raise ParametersError when no known version has that many columns.
    """
    keys = TABLES.get(len(columns))
    if keys is None:
        raise ParametersError(f"The awg tool shows {len(columns)} obfuscation parameters, which no known version does")
    return {k: v for k, v in zip(keys, columns, strict=True) if v not in _UNSET and v != _DEFAULTS.get(k)}


def version(parameters: Mapping[str, str]) -> str:
    """Name the oldest AmneziaWG that understands the set: `plain`, `1.0`, `2.0`, `3.0` or `3.1`."""
    if any(key in parameters for key in _NEW_IN_3_1):
        return "3.1"
    if any(key in parameters for key in _NEW_IN_3_0):
        return "3.0"
    ranged = any("-" in parameters.get(key, "") for key in _HEADERS)
    if ranged or any(key in parameters for key in ("S3", "S4", *_PACKETS)):
        return "2.0"
    return "1.0" if parameters else "plain"


def complete(parameters: Mapping[str, str]) -> dict[str, str]:
    """Spell out for a client what the server leaves at its default; an empty set stays empty.

    AmneziaVPN takes a .conf for plain WireGuard unless Jc, Jmin, Jmax, S1, S2 and H1..H4 all have a value
    (importController.cpp), and old clients refuse `Jc = 0`. Junk is the sender's own affair, so the makers' 4 packets
    of 10 to 50 bytes stand in where the server has none.
    """
    if not parameters:
        return {}
    junk = {"Jc": "4", "Jmin": "0"} if "Jmax" in parameters else {"Jc": "4", "Jmin": "10", "Jmax": "50"}
    whole = {**junk, "S1": "0", "S2": "0", **_DEFAULTS, **parameters}
    return {key: whole[key] for key in KEYS if key in whole}


def check(parameters: Mapping[str, str]) -> None:
    """Raise ParametersError, a sentence for each broken rule, unless a client can use this set (facts, Parameters)."""
    rules: tuple[Callable[[Mapping[str, str]], Iterator[str]], ...] = (
        _check_keys, _check_junk, _check_padding, _check_headers, _check_packets, _check_protection, _check_ranges,
    )  # fmt: skip
    broken = [sentence for rule in rules for sentence in rule(parameters)]
    if broken:
        raise ParametersError("\n".join(broken))


def _check_keys(parameters: Mapping[str, str]) -> Iterator[str]:
    """Refuse keys that no client knows: an app refuses the whole file for one of them."""
    for key in parameters:
        if key not in KEYS:
            yield f"{key} is not a parameter of AmneziaWG 1.0 to 3.1: remove it."


def _check_junk(parameters: Mapping[str, str]) -> Iterator[str]:
    """Jc 0..128; Jmin < Jmax <= 1280 whenever any of the three is set, or a sender works with a negative size."""
    count, least, most = (_number(parameters.get(key, "0")) for key in ("Jc", "Jmin", "Jmax"))
    if not 0 <= count <= 128:
        yield "Jc must be a number from 0 to 128."
    if most > 1280:
        yield "Jmax must be 1280 or less, or junk packets arrive in fragments."
    if (count or least or most) and not 0 <= least < most:
        yield "Jmin must be less than Jmax: set, for example, Jmin = 10 and Jmax = 50."


def _check_padding(parameters: Mapping[str, str]) -> Iterator[str]:
    """S1..S4 within one packet, and no handshake message padded to the size of the other."""
    size = {key: _number(parameters.get(key, "0")) for key in ("S1", "S2", "S3", "S4")}
    for key, most in (("S1", 1132), ("S2", 1132), ("S3", 1132), ("S4", _MAX_S4)):
        if not 0 <= size[key] <= most:
            yield f"{key} must be a number from 0 to {most}."
    if size["S1"] + 56 == size["S2"]:
        yield "S1 + 56 must differ from S2, or both handshake messages have the same size: change S2."


def _check_headers(parameters: Mapping[str, str]) -> Iterator[str]:
    """H1..H4 are numbers or ranges of 5..2^32-1 (an unset one has its default); no two share a value."""
    spans: dict[str, tuple[int, int]] = {}
    for key in _HEADERS:
        value = parameters.get(key, _DEFAULTS[key])
        span = _span(value)
        if span is None or span[1] > 0xFFFFFFFF or (span[0] < 5 and value != _DEFAULTS[key]):
            yield f"{key} must be a number, or a range such as 1000-2000, from 5 to 4294967295."
        else:
            spans[key] = span
    for one in spans:
        for other in spans:
            if one < other and spans[one][0] <= spans[other][1] and spans[other][0] <= spans[one][1]:
                yield f"{one} and {other} must not overlap: give each its own numbers."


def _check_packets(parameters: Mapping[str, str]) -> Iterator[str]:
    """I1..I5 are rows of known tags and small together."""
    for key in _PACKETS:
        if key in parameters and (fault := _fault_of_packet(parameters[key])):
            yield f"{key} {fault}."
    if sum(len(parameters.get(key, "").encode()) for key in _PACKETS) > _MAX_PACKETS:
        yield f"I1 to I5 together must be {_MAX_PACKETS} characters or less: shorten the longest."


def _fault_of_packet(text: str) -> str:
    """Say what is wrong with one I-value, or give the empty string."""
    end = 0
    while match := _TAG.match(text, end):
        if fault := _fault_of_tag(match[1]):
            return fault
        end = match.end()
    return "" if 0 < end == len(text) else "must be made of tags such as <b 0x0a1b> or <r 20> and nothing else"


def _fault_of_tag(tag: str) -> str:
    """Say what is wrong with the inside of one tag, or give the empty string (obf.go of amneziawg-go, junk.c)."""
    name, _, value = tag.partition(" ")
    if name == "t":
        return "has a <t> with a value: write <t> alone" if value else ""
    if name == "b":
        good = re.fullmatch(r"0x(?:[0-9a-fA-F]{2})+", value)
        return "" if good else "has a <b> without an even number of hexadecimal digits behind 0x"
    if name in ("r", "rc", "rd"):
        fits = 0 < _number(value) <= _MAX_RANDOM
        return "" if fits else f"has a <{name}> without a number from 1 to {_MAX_RANDOM}"
    return "has a tag that clients do not know: use <b>, <r>, <rc>, <rd> and <t> only"


def _check_protection(parameters: Mapping[str, str]) -> Iterator[str]:
    """A header protection key is a key and needs 12 bytes of padding on every message (uapi.go, netlink.c of 3.1)."""
    key = parameters.get("HeaderProtectionKey")
    if key is None:
        return
    if not _PROTECTED_KEY.fullmatch(key):
        yield "HeaderProtectionKey must be a key as `awg genpsk` prints it."
    small = [name for name in ("S1", "S2", "S3", "S4") if _number(parameters.get(name, "0")) < _NONCE]
    if small:
        yield f"HeaderProtectionKey needs at least {_NONCE} in each of S1 to S4: raise {', '.join(small)}."


def _check_ranges(parameters: Mapping[str, str]) -> Iterator[str]:
    """The other keys of 3.x: 16-bit numbers or ranges, and switches."""
    for key in ("ContentPaddingAddition", *_TIMINGS):
        if key in parameters and ((span := _span(parameters[key])) is None or span[1] > 0xFFFF):
            yield f"{key} must be a number, or a range such as 10-20, up to 65535."
    for key in _NEW_IN_3_1:
        if parameters.get(key, "on") not in ("on", "off"):
            yield f"{key} must be on or off."


def _number(text: str) -> int:
    """Give the value of a decimal of 1 to 5 digits, or -1: each rule refuses that by its own bounds."""
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else -1


def _span(text: str) -> tuple[int, int] | None:
    """Give both ends of `N` or `N-M`, or None when it is neither or runs backwards."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return (first, last) if first <= last else None
