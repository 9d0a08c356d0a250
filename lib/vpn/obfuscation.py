"""AmneziaWG's obfuscation parameters: what a dump's columns mean, which sets are sound, and which version they need.

A set is a dict from the .conf's key names to values, in the .conf's order; plain WireGuard has an empty set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from lib.errors import ParametersError

Fault = tuple[str, dict[str, str]]
"""A broken rule: the key of its text in chat/texts, and that text's values."""

_HEADERS = ("H1", "H2", "H3", "H4")
_PACKETS = ("I1", "I2", "I3", "I4", "I5")
_KEYS_1_0 = ("Jc", "Jmin", "Jmax", "S1", "S2", *_HEADERS)
_KEYS_2_0 = ("Jc", "Jmin", "Jmax", "S1", "S2", "S3", "S4", *_HEADERS, *_PACKETS)
_TIMINGS = ("RekeyAfterTime", "RekeyTimeout", "RejectAfterTime", "KeepaliveTimeout", "MaxHandshakeAttempts")
_NEW_IN_3_0 = ("HeaderProtectionKey", "ContentPaddingAddition", *_TIMINGS)
_NEW_IN_3_1 = ("RandomTrailers", "DisableCookies")
KEYS = (*_KEYS_2_0, *_NEW_IN_3_0, *_NEW_IN_3_1)
"""Every key name, in the order used by all apps."""

TABLES: Mapping[int, tuple[str, ...]] = {
    len(keys): keys for keys in ((), _KEYS_1_0, _KEYS_2_0, (*_KEYS_2_0, *_NEW_IN_3_0), KEYS)
}
"""Number of parameter columns in the interface's line of `show IF dump` (0, 9, 16, 23, 25) -> their key names."""

_DEFAULTS = dict(zip(_HEADERS, "1234", strict=True))  # WireGuard's own message types: what an unset header means
_UNSET = frozenset(("", "0", "0-0", "off", "(null)", "(none)"))
_RANGE = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?")
_VERSION = re.compile(r"\bv?(\d+)\.(\d+)\.\d+")
_TAG = re.compile(r"\s*<([^<>]*)>\s*")
_PROTECTED_KEY = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_NONCE = 12  # bytes: HeaderCipherNonceSize of amneziawg-go 3.1, the least padding that carries it
_MAX_PACKETS = 3500  # bytes of I1..I5 as text; above it the netlink answer no longer fits and `awg show` loops
_MAX_S4 = 140  # bytes: MTU 1280 + 80 for IPv6, UDP and WireGuard + S4 must fit into 1500
MAX_S4_OF_KEYS = 44  # bytes: AmneziaVPN on computers gives every key MTU 1376, and 1376 + 80 + S4 must fit too
_MAX_LOSS = 0.001  # of all packets, by trailers: what nobody notices
_MAX_RANDOM = 1000  # bytes of one <r>, <rc> or <rd>: the makers' documented limit


def read(columns: Sequence[str]) -> dict[str, str]:
    """Name the parameter columns of a dump (those between port and fwmark), without unset ones.

    Headers 1 to 4 in their own places are unset too: so the kernel reports WireGuard's own message types.
    Raise ParametersError if no known version has that many columns.
    """
    keys = TABLES.get(len(columns))
    if keys is None:
        raise ParametersError([("fault_columns", {"count": str(len(columns))})])
    return {k: v for k, v in zip(keys, columns, strict=True) if v not in _UNSET and v != _DEFAULTS.get(k)}


def version(parameters: Mapping[str, str]) -> str:
    """Return the oldest AmneziaWG that understands the set: `plain`, `1.0`, `2.0`, `3.0` or `3.1`."""
    if any(key in parameters for key in _NEW_IN_3_1):
        return "3.1"
    if any(key in parameters for key in _NEW_IN_3_0):
        return "3.0"
    ranged = any("-" in parameters.get(key, "") for key in _HEADERS)
    if ranged or any(key in parameters for key in ("S3", "S4", *_PACKETS)):
        return "2.0"
    return "1.0" if parameters else "plain"


def complete(parameters: Mapping[str, str]) -> dict[str, str]:
    """Add for a client the defaults that the server leaves out; an empty set stays empty.

    AmneziaVPN takes a .conf for plain WireGuard unless Jc, Jmin, Jmax, S1, S2 and H1 to H4 all have a value
    (importController.cpp), and old clients refuse `Jc = 0`. Junk concerns only the sender, so where the server sets
    none, the makers' 4 packets of 10 to 50 bytes are used.
    """
    if not parameters:
        return {}
    junk = {"Jc": "4", "Jmin": "0"} if "Jmax" in parameters else {"Jc": "4", "Jmin": "10", "Jmax": "50"}
    whole = {**junk, "S1": "0", "S2": "0", **_DEFAULTS, **parameters}
    return {key: whole[key] for key in KEYS if key in whole}


def for_client(parameters: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Override the server's values with the owner's for clients (`off` removes one); an empty set stays empty.

    DisableCookies is not passed on: it works on the accepting side, and older apps misread its line.
    """
    merged = {**parameters, **own, "DisableCookies": "off"} if parameters else {}
    return {key: merged[key] for key in KEYS if merged.get(key, "off") != "off"}


def check(parameters: Mapping[str, str]) -> None:
    """Raise ParametersError with a fault for each broken rule, unless clients can use this set."""
    rules: tuple[Callable[[Mapping[str, str]], Iterator[Fault]], ...] = (
        _check_keys, _check_junk, _check_padding, _check_headers, _check_packets, _check_protection,
        _check_ranges, _check_trailers,
    )  # fmt: skip
    broken = [fault for rule in rules for fault in rule(parameters)]
    if broken:
        raise ParametersError(broken)


def suits_keys(parameters: Mapping[str, str]) -> bool:
    """Return False if S4 is too large for vpn:// keys on computers, where AmneziaVPN sets an MTU of its own."""
    return _number(parameters.get("S4", "0")) <= MAX_S4_OF_KEYS


def far_apart(tool: str, module: str) -> tuple[str, str] | None:
    """Return the versions of tool and kernel module if one is 1.x and the other later, which may misread each other.

    `tool` is the line of `awg --version`, `module` the text of /sys/module/amneziawg/version. The numbers alone prove
    nothing: some modules that call themselves 1.0 are later.
    """
    found = [_VERSION.search(text) for text in (tool, module)]
    one, other = ((match[1], match[2]) if match else ("", "") for match in found)
    return (".".join(one), ".".join(other)) if one[0] and other[0] and (one[0] == "1") != (other[0] == "1") else None


def _check_keys(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """Only known keys: an app refuses the whole file for one that it does not know."""
    for key in parameters:
        if key not in KEYS:
            yield "fault_unknown", {"name": key}


def _check_junk(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """Jc is 0 to 128; Jmin < Jmax <= 1280 if any of the three is set, or a sender computes a negative size."""
    count, least, most = (_number(parameters.get(key, "0")) for key in ("Jc", "Jmin", "Jmax"))
    if not 0 <= count <= 128:
        yield "fault_jc", {}
    if most > 1280:
        yield "fault_jmax", {}
    if (count or least or most) and not 0 <= least < most:
        yield "fault_jmin", {}


def _check_padding(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """S1 to S4 fit into a packet, and the two handshake messages are not padded to the same size."""
    size = {key: _number(parameters.get(key, "0")) for key in ("S1", "S2", "S3", "S4")}
    for key, most in (("S1", 1132), ("S2", 1132), ("S3", 1132), ("S4", _MAX_S4)):
        if not 0 <= size[key] <= most:
            yield "fault_padding", {"name": key, "most": str(most)}
    if size["S1"] + 56 == size["S2"]:
        yield "fault_same_size", {}


def _check_headers(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """H1 to H4 are numbers or ranges within 5 to 2^32-1 (an unset one has its default) that do not overlap."""
    spans: dict[str, tuple[int, int]] = {}
    for key in _HEADERS:
        value = parameters.get(key, _DEFAULTS[key])
        span = _span(value)
        if span is None or span[1] > 0xFFFFFFFF or (span[0] < 5 and value != _DEFAULTS[key]):
            yield "fault_header", {"name": key}
        else:
            spans[key] = span
            if len(meant := _as_text(value)) == 3:
                yield "fault_misread", {"name": key, "value": value, "meant": meant}
    if all(len(_as_text(parameters.get(key, ""))) == 4 for key in _HEADERS):
        yield "fault_misread_all", {"values": ", ".join(parameters[key] for key in _HEADERS)}
    for one in spans:
        for other in spans:
            if one < other and spans[one][0] <= spans[other][1] and spans[other][0] <= spans[one][1]:
                yield "fault_overlap", {"one": one, "other": other}


def _as_text(value: str) -> str:
    """Return the digits whose bytes form this number, if it is such a number, else an empty string.

    A tool of 1.x takes the text of a later module's number for the number itself (issue 44 of amneziawg-tools: 112 is
    shown as 3289393, and of a long number the first four digits). A random number looks like the text of three digits
    once in 2,000,000 times, and like that of four once in 430,000: so all of H1 to H4 must do.
    """
    number = int(value) if value.isdigit() and int(value) < 1 << 32 else 0
    digits = number.to_bytes(4, "little").rstrip(b"\0").decode("latin-1")
    return digits if digits.isdigit() and digits.isascii() else ""


def _check_packets(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """I1 to I5 consist of known tags, and are small together."""
    for key in _PACKETS:
        if key in parameters and (fault := _fault_of_packet(parameters[key])):
            yield f"fault_packet_{fault[0]}", {"name": key, "tag": fault[1], "most": str(_MAX_RANDOM)}
    if sum(len(parameters.get(key, "").encode()) for key in _PACKETS) > _MAX_PACKETS:
        yield "fault_packets", {"most": str(_MAX_PACKETS)}


def _fault_of_packet(text: str) -> tuple[str, str] | None:
    """Return what is wrong with an I-value and in which tag, or None."""
    end = 0
    while match := _TAG.match(text, end):
        if fault := _fault_of_tag(match[1]):
            return fault
        end = match.end()
    return None if 0 < end == len(text) else ("text", "")


def _fault_of_tag(tag: str) -> tuple[str, str] | None:
    """Return what is wrong inside a tag and the tag, or None (obf.go of amneziawg-go, junk.c)."""
    name, _, value = tag.partition(" ")
    if name == "t":
        return ("value", "<t>") if value else None
    if name == "b":
        return None if re.fullmatch(r"0x(?:[0-9a-fA-F]{2})+", value) else ("bytes", "<b>")
    if name in ("r", "rc", "rd"):
        return None if 0 < _number(value) <= _MAX_RANDOM else ("number", f"<{name}>")
    return "tag", ""


def _check_protection(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """A header protection key is a key, and needs 12 bytes of padding on every message (uapi.go, netlink.c of 3.1)."""
    key = parameters.get("HeaderProtectionKey")
    if key is None:
        return
    if not _PROTECTED_KEY.fullmatch(key):
        yield "fault_protection", {}
    small = [name for name in ("S1", "S2", "S3", "S4") if _number(parameters.get(name, "0")) < _NONCE]
    if small:
        yield "fault_nonce", {"least": str(_NONCE), "names": ", ".join(small)}


def _check_ranges(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """The other keys of 3.x are 16-bit numbers or ranges, and switches."""
    for key in ("ContentPaddingAddition", *_TIMINGS):
        if key in parameters and ((span := _span(parameters[key])) is None or span[1] > 0xFFFF):
            yield "fault_range", {"name": key}
    for key in _NEW_IN_3_1:
        if parameters.get(key, "on") not in ("on", "off"):
            yield "fault_switch", {"name": key}


def _check_trailers(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """With random trailers a receiver takes data whose first bytes fall into H1 to H3 for a handshake, and drops it.

    Equal padding for all kinds avoids this. The share of lost packets is that of the three ranges among all
    numbers of 32 bits (amneziawg-go 183, 186).
    """
    padding = {parameters.get(key, "0") for key in ("S1", "S2", "S3", "S4")}
    spans = [_span(parameters.get(key, _DEFAULTS[key])) for key in ("H1", "H2", "H3")]
    loss = sum(last - first + 1 for first, last in filter(None, spans)) / 2**32
    if parameters.get("RandomTrailers", "off") == "on" and len(padding) > 1 and loss > _MAX_LOSS:
        yield "fault_trailers", {"loss": f"{100 * loss:.1f}"}


def _number(text: str) -> int:
    """Return the value of a decimal of 1 to 5 digits, or -1, which is outside the bounds of every rule."""
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else -1


def _span(text: str) -> tuple[int, int] | None:
    """Return both ends of `N` or `N-M`; None for anything else, or if it runs backwards."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return (first, last) if first <= last else None
