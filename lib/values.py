"""Read single values of the settings: each reader turns a text into a value, or says in a ValueError what is wrong."""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timezone, tzinfo
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

GIGABYTE = 10**9
LANGUAGES = ("ru", "en")
CLIENTS_OWN = ("Jc", "Jmin", "Jmax", "I1", "I2", "I3", "I4", "I5")  # may differ from the server's
NAME_LENGTH = 24  # of a choice, for a button
Value = TypeVar("Value")


@dataclass(frozen=True)
class Choice:
    """Something friends may choose for a config: its name, as they see it, and the addresses that it stands for."""

    name: str
    values: tuple[str, ...]


def token(text: str) -> str:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]{10,}", text):
        raise ValueError("is not a bot token; @BotFather gives one like 123456:ABC-DEF…")
    return text


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


def interface(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}", text):  # nft takes no other signs in a table's name
        raise ValueError("is not the name of an interface")
    return text


def command(text: str) -> tuple[str, ...]:
    words = tuple(shlex.split(text))
    if not words:
        raise ValueError("is empty")
    return words


def addresses(text: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_address(word)) for word in _some_words(text))


def networks(text: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(word)) for word in _some_words(text))


def parameters(text: str) -> dict[str, str]:
    """Read `Jc = 3; I1 = off`: what may differ between client and server."""
    parameters: dict[str, str] = {}
    for part in filter(str.strip, text.split(";")):
        name, _, value = map(str.strip, part.partition("="))
        if name not in CLIENTS_OWN:
            raise ValueError(f"may set {', '.join(CLIENTS_OWN)} only; {name!r} is none of them")
        if not (value == "off" or (value.isdigit() if name[0] == "J" else re.fullmatch("(<[^<>]+> *)+", value))):
            raise ValueError(f"has no good value for {name}: a number for J, tags like <r 20> for I, or off")
        parameters[name] = value
    return parameters


def choices(values: Callable[[str], tuple[str, ...]]) -> Callable[[str], tuple[Choice, ...]]:
    """Read `name = address, address; another name = …`."""

    def read(text: str) -> tuple[Choice, ...]:
        pairs = [part.partition("=")[::2] for part in filter(str.strip, text.split(";"))]
        names = [name.strip() for name, _ in pairs]
        if len(set(names)) < len(names) or not all(0 < len(name) <= NAME_LENGTH for name in names):
            raise ValueError(f"must be like Name = address, address; Other name = …, names up to {NAME_LENGTH} letters")
        return tuple(Choice(name, values(text)) for name, (_, text) in zip(names, pairs, strict=True))

    return read


def _some_words(text: str) -> list[str]:
    words = _words(text)
    if not words:
        raise ValueError("is empty")
    return words


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def hours(text: str) -> tuple[int, int]:
    """Read `23-8`: from which hour to which one."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3])\s*[-–]\s*([01]?[0-9]|2[0-3])", text)
    if match is None or int(match[1]) == int(match[2]):
        raise ValueError("must be two different hours, such as 23-8")
    return int(match[1]), int(match[2])


def quota(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise ValueError("must be a number of gigabytes; 0 means no limit")
    return round(float(text) * GIGABYTE)


def zone(text: str) -> tzinfo:
    if not text:
        return system_timezone()
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is not known here; write it like Europe/Moscow (needs tzdata)") from None


def system_timezone() -> tzinfo:
    """Find the machine's zone by name, so that daylight saving is known; UTC where none is set."""
    link = Path("/etc/localtime")
    named = Path("/etc/timezone")
    name = str(link.resolve()).partition("/zoneinfo/")[2] if link.is_symlink() else ""
    if not name and named.is_file():
        name = named.read_text(encoding="utf-8").strip()
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
    """Take ru or en; a desktop's LANGUAGE, like en_US:en, is understood too."""
    for word in text.lower().split(":"):
        if word[:2] in LANGUAGES and not word[2:3].isalpha():
            return word[:2]
    raise ValueError("must be ru or en")


def url(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        typed = re.fullmatch(r"""[^\s"\\]+""", text)  # urlsplit drops line breaks, systemd reads quotes and backslashes
        parts = urlsplit(text)
        if not typed or parts.scheme not in schemes or not parts.hostname or parts.port == 0:
            raise ValueError(f"must be an address that begins with {' or '.join(s + '://' for s in schemes)}")
        return text.rstrip("/")

    return read


def optional(reader: Callable[[str], Value]) -> Callable[[str], Value | None]:
    return lambda text: reader(text) if text else None


def recipient(text: str) -> str:
    """Take a public key of age."""
    if not re.fullmatch(r"age1[0-9a-z]{58}", text):
        raise ValueError("is no recipient of age; age-keygen prints one like age1…")
    return text


def log_level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()
