"""Read single values that others wrote: each function returns a clean value, or an empty one for anything else.

Nothing here is trusted: a value goes into files, commands and messages, so it is made anew from what was understood.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone

from lib.vpn import obfuscation

KEY = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")  # 32 bytes; the unused bits of the last letter are zero
NO_KEY = "A" * 43 + "="  # 32 zero bytes: what wg takes for no preshared key
MOST_LETTERS = 64  # of a name
MOST_SECONDS = 1 << 33  # the year 2242: what is later is no time
_LIKE_A_KEY = re.compile(r"[A-Za-z0-9+/]{40,}")
_NUMBER = re.compile(r"[0-9]{1,10}(-[0-9]{1,10})?")
_TAGS = re.compile(r"(?:<[a-z]{1,2}(?: [0-9a-zA-Z]+)?>\s*)+")
_KEYS = {key.lower(): key for key in obfuscation.KEYS}
MOST_PACKET = 8192  # letters of an I-value; a sound set has fewer in all


def text(data: bytes) -> str:
    """Return a file's text; bytes that are no UTF-8 stay apart, and get into no name."""
    return data.decode(errors="surrogateescape")


def key(text: object) -> str:
    """Return a key of 32 bytes in base64, or ''."""
    return text if isinstance(text, str) and KEY.fullmatch(text) else ""


def preshared(text: object) -> str | None:
    """Return a preshared key, or None."""
    return found if (found := key(text)) and found != NO_KEY else None


def name(text: object) -> str:
    """Return a name as one printable line, or ''. What might be a secret is no name."""
    if not isinstance(text, str):
        return ""
    letters = (letter if letter.isprintable() else " " if letter.isspace() else "" for letter in text[:1000])
    line = " ".join("".join(letters).split())
    return "" if any(map(_is_random, _LIKE_A_KEY.findall(line))) else line[:MOST_LETTERS].rstrip()


def _is_random(run: str) -> bool:
    """Return True for letters of both cases with digits among them, as a key has them and no word does."""
    return all(re.search(kind, run) for kind in ("[A-Z]", "[a-z]", "[0-9]"))


def networks(words: Iterable[object]) -> tuple[str, ...]:
    """Return the networks among some words, each once: what a peer may use."""
    found = (_interface(word) for word in words)
    return tuple(dict.fromkeys(str(interface.network) for interface in found if interface))


def addresses(words: Iterable[object]) -> tuple[str, ...]:
    """Return the addresses with their prefixes among some words, each once: an interface's own."""
    found = (_interface(word) for word in words)
    return tuple(dict.fromkeys(str(interface) for interface in found if interface))


def resolvers(words: Iterable[object]) -> tuple[str, ...]:
    """Return the single addresses among some words, each once."""
    found = (_interface(word) for word in words)
    return tuple(dict.fromkeys(str(interface.ip) for interface in found if interface))


def _interface(word: object) -> ipaddress.IPv4Interface | ipaddress.IPv6Interface | None:
    """Read an address, perhaps with a prefix; no IPv6 scope, which may be any text."""
    if not isinstance(word, str) or not re.fullmatch(r"\s*[0-9a-fA-F.:]{2,45}(/[0-9]{1,3})?\s*", word):
        return None
    try:
        return ipaddress.ip_interface(word.strip())
    except ValueError:
        return None


def number(text: object, most: int) -> int:
    """Return a whole number from 0 to `most`, 0 for anything else."""
    word = text if isinstance(text, str) else str(text) if type(text) in (int, float) else ""
    match = re.fullmatch(r"\s*([0-9]{1,15})(?:\.0)?\s*", word)
    return value if match and (value := int(match[1])) <= most else 0


def port(text: object) -> int | None:
    """Return a port's number, or None."""
    return number(text, 65535) or None


def moment(text: object) -> int | None:
    """Return the epoch seconds of a date such as 2026-11-30T09:00:00.000Z, in UTC if no zone is named; else None."""
    try:
        when = datetime.fromisoformat(re.sub(r"\.[0-9]+", "", str(text)[:64].strip()).replace("Z", "+00:00"))
        seconds = int((when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp())
    except (ValueError, OverflowError, OSError):
        return None
    return seconds if 0 < seconds < MOST_SECONDS else None


def parameters(pairs: Mapping[str, object]) -> tuple[dict[str, str], bool]:
    """Return the obfuscation parameters among the lines of a .conf, without unset ones, and whether all were read."""
    texts = {_KEYS[key.lower()]: str(value).strip() for key, value in pairs.items() if key.lower() in _KEYS}
    named = obfuscation.read([texts.get(key, "") for key in obfuscation.KEYS])
    good = {key: value for key, value in named.items() if _is_sound(key, value)}
    return good, len(good) == len(named)


def _is_sound(key: str, value: str) -> bool:
    """Return True if a value has the form of its parameter. Whether the set makes sense is judged elsewhere."""
    if key[0] == "I":
        return len(value) <= MOST_PACKET and bool(_TAGS.fullmatch(value)) and value.isprintable()
    if key == "HeaderProtectionKey":
        return bool(KEY.fullmatch(value))
    return value == "on" or bool(_NUMBER.fullmatch(value))
