"""Parse single values of the settings: each reader returns a value or raises a ValueError that says what is wrong."""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timezone, tzinfo
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

GIGABYTE = 10**9
MEGABIT = 1000  # in kbit
LEAST_KBIT, MOST_KBIT = 100, 10_000_000  # of a speed limit, per second
LANGUAGES = ("ru", "en")  # each has a folder in lib/chat/texts; the switch goes through them in this order
CLIENT_PARAMETERS = ("Jc", "Jmin", "Jmax", "I1", "I2", "I3", "I4", "I5")  # may differ from the server's
MAX_LETTERS = 24  # of a choice's name, which must fit on a button
Value = TypeVar("Value")
Reader = Callable[[str], Value]


@dataclass(frozen=True)
class Choice:
    """Something friends may choose for a config: its name, as they see it, and the addresses behind it."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Reachable:
    """What friends may reach besides the internet: networks, and ports of the server itself."""

    networks: tuple[str, ...]
    ports: tuple[int, ...]


def matching(pattern: str, problem: str) -> Reader[str]:
    """Return a reader of texts that match a pattern as a whole."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(problem)
        return text

    return read


token = matching("[0-9]+:[A-Za-z0-9_-]{10,}", "is not a bot token; @BotFather gives one like 123456:ABC-DEF…")
# nft takes no other characters in the name of a table, which is made from this.
interface = matching("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}", "is not the name of an interface")
recipient = matching("age1[0-9a-z]{58}", "is no recipient of age; age-keygen prints one like age1…")


def admin_ids(text: str) -> tuple[int, ...]:
    ids = _words(text)
    if not ids or not all(re.fullmatch(r"[1-9][0-9]{0,15}", word) for word in ids):
        raise ValueError("must be Telegram ids of people, separated by commas")
    return tuple(dict.fromkeys(int(word) for word in ids))


def endpoint(text: str) -> str:
    """Take a host or host:port, as friends reach the server; an international name in its ASCII form."""
    match = re.fullmatch(r"\[([0-9a-fA-F:.]+)\](?::([0-9]{1,5}))?|([^:\[\]]+)(?::([0-9]{1,5}))?|([0-9a-fA-F:.]+)", text)
    if not match:
        raise ValueError("must be a host or host:port, as friends reach the server")
    if (port := match[2] or match[4]) and not 0 < int(port) < 65536:
        raise ValueError("has a port outside 1..65535")
    if match[3]:
        return _host(match[3]) + text[len(match[3]) :]
    ipaddress.IPv6Address(match[1] or match[5])
    return text


def _host(text: str) -> str:
    """Take an IPv4 address or a name that a resolver can be asked for."""
    name = text if text.isascii() else text.encode("idna").decode("ascii")
    labels = name.removesuffix(".").split(".")
    if labels[-1].isdigit():
        ipaddress.IPv4Address(name)
    elif len(name) > 253 or not all(re.fullmatch("(?!-)[A-Za-z0-9_-]{1,63}(?<!-)", label) for label in labels):
        raise ValueError("is neither an address nor a name")
    return name


def command(text: str) -> tuple[str, ...]:
    return tuple(_not_empty(shlex.split(text)))


def addresses(text: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_address(_without_scope(word))) for word in _not_empty(_words(text)))


def networks(text: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(_without_scope(word))) for word in _not_empty(_words(text)))


def _without_scope(word: str) -> str:
    """Refuse an IPv6 scope such as fe80::1%eth0: Python takes anything behind the percent sign."""
    if "%" in word:
        raise ValueError(f"{word!r} has a scope, which means nothing elsewhere")
    return word


def reachable(text: str) -> Reachable:
    """Parse networks and ports of the server itself: `192.168.1.0/24, server:443`."""
    words = _words(text)
    ports = [word.removeprefix("server:") for word in words if word.startswith("server:")]
    others = ", ".join(word for word in words if not word.startswith("server:"))
    return Reachable(networks(others) if others else (), tuple(map(number(1, 65535), ports)))


def yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text.lower() == "yes"


def parameters(text: str) -> dict[str, str]:
    """Parse `Jc = 3; I1 = off`: what may differ between client and server."""
    parameters: dict[str, str] = {}
    for part in filter(str.strip, text.split(";")):
        name, _, value = map(str.strip, part.partition("="))
        if name not in CLIENT_PARAMETERS:
            raise ValueError(f"may set {', '.join(CLIENT_PARAMETERS)} only; {name!r} is none of them")
        if not (value == "off" or (value.isdigit() if name[0] == "J" else re.fullmatch("(<[^<>]+> *)+", value))):
            raise ValueError(f"has no good value for {name}: a number for J, tags like <r 20> for I, or off")
        parameters[name] = value
    return parameters


def ports(text: str) -> tuple[int, ...]:
    """Parse ports, separated by commas."""
    return tuple(dict.fromkeys(number(1, 65535)(word) for word in _words(text)))


def choices(values: Reader[tuple[str, ...]]) -> Reader[tuple[Choice, ...]]:
    """Return a reader of `name = address, address; another name = …`."""

    def read(text: str) -> tuple[Choice, ...]:
        pairs = [part.partition("=")[::2] for part in filter(str.strip, text.split(";"))]
        names = [name.strip() for name, _ in pairs]
        if len(set(names)) < len(names) or not all(0 < len(name) <= MAX_LETTERS for name in names):
            raise ValueError(f"must be like Name = address, address; Other name = …, names up to {MAX_LETTERS} letters")
        return tuple(Choice(name, values(text)) for name, (_, text) in zip(names, pairs, strict=True))

    return read


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _not_empty(words: list[str]) -> list[str]:
    if not words:
        raise ValueError("is empty")
    return words


def number(least: int, most: int) -> Reader[int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def keepalive(text: str) -> tuple[int, int]:
    """Parse `25` or `25-35`, in seconds: minimum and maximum; since 3.0, AmneziaWG picks a value in between."""
    match = re.fullmatch(r"([0-9]{1,5})(?:\s*[-–]\s*([0-9]{1,5}))?", text)
    least, most = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if not least <= most <= 65535:
        raise ValueError("must be a number of seconds from 0 to 65535, or a range such as 25-35")
    return least, most


def hours(text: str) -> tuple[int, int]:
    """Parse `23-8`: the first hour and the one after the last."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3])\s*[-–]\s*([01]?[0-9]|2[0-3])", text)
    if match is None or int(match[1]) == int(match[2]):
        raise ValueError("must be two different hours, such as 23-8")
    return int(match[1]), int(match[2])


def quota(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise ValueError("must be a number of gigabytes; 0 means no limit")
    return round(float(text) * GIGABYTE)


def speed(text: str) -> int:
    """Read Mbit/s, return kbit/s."""
    match = re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text)
    kbit = round(float(text) * MEGABIT) if match else -1
    if kbit and not LEAST_KBIT <= kbit <= MOST_KBIT:
        raise ValueError("must be a number of Mbit/s from 0.1 to 10000; 0 means no limit")
    return kbit


def zone(text: str) -> tzinfo:
    if not text:
        return system_timezone()
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is not known here; write it like Europe/Moscow (needs tzdata)") from None


def system_timezone() -> tzinfo:
    """Return the machine's zone by its name, which knows daylight saving; UTC if none is set."""
    link, file = Path("/etc/localtime"), Path("/etc/timezone")
    name = str(link.resolve()).partition("/zoneinfo/")[2] if link.is_symlink() else ""
    if not name and file.is_file():
        name = file.read_text(encoding="utf-8").strip()
    try:
        return ZoneInfo(name or _zone_of_copy(link, Path("/usr/share/zoneinfo")) or "UTC")
    except (KeyError, ValueError, OSError):
        return timezone.utc


def _zone_of_copy(file: Path, folder: Path) -> str:
    """Name the zone that a file is a copy of; nothing if it is none. A name like Europe/Moscow is better than W-SU."""
    if not file.is_file():
        return ""
    content = file.read_bytes()
    paths = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size == len(content))
    names = (str(path.relative_to(folder)) for path in paths if path.read_bytes() == content)
    zones = (name for name in names if not name.startswith(("posix", "right", "localtime")))
    return min(zones, key=lambda name: (name != "UTC", "/" not in name, name), default="")


def language(text: str) -> str:
    """Read the code of a language; a desktop's LANGUAGE, like en_US:en, is understood too."""
    for word in text.lower().split(":"):
        if word[:2] in LANGUAGES and not word[2:3].isalpha():
            return word[:2]
    raise ValueError(f"must be {' or '.join(LANGUAGES)}")


def url(text: str) -> str:
    typed = re.fullmatch(r"""[^\s"\\]+""", text)  # urlsplit drops line breaks, systemd reads quotes and backslashes
    parts = urlsplit(text)
    if not typed or parts.scheme not in ("http", "https") or not parts.hostname or not _has_good_port(parts):
        raise ValueError("must be an address that begins with http:// or https://")
    if "?" in text or "#" in text:
        raise ValueError("must be an address without ? and #")
    return text.rstrip("/")


def proxy(text: str) -> str:
    """Take a proxy's address, perhaps with a name and a password before the host."""
    try:
        address = url(text)
    except ValueError:
        address = ""
    if not address or urlsplit(address).path or text.count("@") > 1:
        raise ValueError("must be like http://host:3128 or http://name:password@host:3128; in a password, "
                         "write # as %23, / as %2F, ? as %3F and @ as %40")  # fmt: skip
    return address


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # its text may quote a password
        return False


def optional(reader: Reader[Value]) -> Reader[Value | None]:
    return lambda text: reader(text) if text else None


def log_level(text: str) -> str:
    return matching("DEBUG|INFO|WARNING|ERROR", "must be DEBUG, INFO, WARNING or ERROR")(text.upper())
