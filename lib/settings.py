"""Turn the environment into frozen Settings; every bad or missing value is named in one error."""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timezone, tzinfo
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lib.errors import SettingsError

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


@dataclass(frozen=True)
class Settings:
    """The owner's decisions, checked. `quota_bytes` is per month; 0 means no limit.

    `client_parameters`: obfuscation that clients shall use in place of the server's, by .conf names; `off` for none.
    """

    bot_token: str = field(repr=False)
    admin_ids: tuple[int, ...]
    server_endpoint: str
    awg_interface: str
    awg_command: tuple[str, ...]
    database: Path
    client_dns: tuple[str, ...]
    client_allowed_ips: tuple[str, ...]
    client_mtu: int
    client_keepalive: int
    client_parameters: Mapping[str, str]
    client_dns_choices: tuple[Choice, ...]
    client_route_choices: tuple[Choice, ...]
    max_configs: int
    quota_bytes: int
    sample_seconds: int
    timezone: tzinfo
    language: str
    telegram_api: str
    telegram_proxy: str | None = field(repr=False)
    peers_file: Path
    log_level: str


def read_settings(environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read the settings; a value in `file` wins over the environment's.

    Raises SettingsError that lists every value that is missing, bad or (in the file) unknown, a line each.
    """
    problems: list[str] = []
    values = {name: environment[name] for name in READERS if name in environment}
    if file is not None:
        values.update(_read_file(file, problems))
    read: dict[str, object] = {}
    for name, (default, reader) in READERS.items():
        try:
            read[name.lower()] = reader(_required(values.get(name) or default))
        except ValueError as exc:
            problems.append(f"{name}: {exc}")
    if problems:
        raise SettingsError("\n".join(problems))
    return _assemble(read)


def _assemble(read: dict[str, object]) -> Settings:
    """Name the two values that are stored otherwise than they are written."""
    read["quota_bytes"] = read.pop("quota_gb")
    read["peers_file"] = read["peers_file"] or Path(f"{read['database']}.peers")
    return Settings(**read)  # type: ignore[arg-type]


def _required(text: str | None) -> str:
    if text is None:
        raise ValueError("is missing")
    return text.strip()


def _read_file(path: Path, problems: list[str]) -> dict[str, str]:
    """Parse NAME=value lines as systemd's EnvironmentFile does: comments by # or ;, optional quotes."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        problems.append(f"{path}: can't be read: {exc}")
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, equals, text = line.strip().partition("=")
        if not name or name[0] in "#;":
            continue
        if not equals or not name.strip().isidentifier():  # not quoted: it may be a token
            problems.append(f"{path}, line {number}: is not of the form NAME=value")
            continue
        if name.strip() not in READERS:
            problems.append(f"{path}, line {number}: unknown setting {name.strip()!r}")
            continue
        values[name.strip()] = _unquote(text.strip())
    return values


def _unquote(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _token(text: str) -> str:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]{10,}", text):
        raise ValueError("is not a bot token; @BotFather gives one like 123456:ABC-DEF…")
    return text


def _admin_ids(text: str) -> tuple[int, ...]:
    ids = _words(text)
    if not ids or not all(re.fullmatch(r"[1-9][0-9]{0,15}", word) for word in ids):
        raise ValueError("must be Telegram ids of people, separated by commas")
    return tuple(dict.fromkeys(int(word) for word in ids))


def _endpoint(text: str) -> str:
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^\s:\[\]/]+)(?::([0-9]{1,5}))?|[0-9a-fA-F:.]+", text)
    if not match or not text.strip("."):
        raise ValueError("must be a host or host:port, as friends reach the server")
    if match[2] and not 0 < int(match[2]) < 65536:
        raise ValueError("has a port outside 1..65535")
    if ":" in text and (match[1] is None or text.startswith("[")):
        ipaddress.IPv6Address((match[1] or text).strip("[]"))
    return text


def _interface(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_=+.-]{1,15}", text):
        raise ValueError("is not the name of an interface")
    return text


def _command(text: str) -> tuple[str, ...]:
    words = tuple(shlex.split(text))
    if not words:
        raise ValueError("is empty")
    return words


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_address(word)) for word in _some_words(text))


def _networks(text: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(word)) for word in _some_words(text))


def _parameters(text: str) -> dict[str, str]:
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


def _choices(values: Callable[[str], tuple[str, ...]]) -> Callable[[str], tuple[Choice, ...]]:
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


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def _quota(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise ValueError("must be a number of gigabytes; 0 means no limit")
    return round(float(text) * GIGABYTE)


def _timezone(text: str) -> tzinfo:
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
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return timezone.utc


def _language(text: str) -> str:
    """Take ru or en; a desktop's LANGUAGE, like en_US:en, is understood too."""
    for word in text.lower().split(":"):
        if word[:2] in LANGUAGES and not word[2:3].isalpha():
            return word[:2]
    raise ValueError("must be ru or en")


def _url(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"must be an address that begins with {' or '.join(s + '://' for s in schemes)}")
        return text.rstrip("/")

    return read


def _optional(reader: Callable[[str], Value]) -> Callable[[str], Value | None]:
    return lambda text: reader(text) if text else None


def _log_level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()


# Every setting: its default (None: it must be given) and what turns its text into a value or a ValueError.
READERS: dict[str, tuple[str | None, Callable[[str], object]]] = {
    "BOT_TOKEN": (None, _token),
    "ADMIN_IDS": (None, _admin_ids),
    "SERVER_ENDPOINT": (None, _endpoint),
    "AWG_INTERFACE": ("awg0", _interface),
    "AWG_COMMAND": ("awg", _command),
    "DATABASE": ("bot_data.db", Path),
    "CLIENT_DNS": ("1.1.1.1, 1.0.0.1", _addresses),
    "CLIENT_ALLOWED_IPS": ("0.0.0.0/0, ::/0", _networks),
    "CLIENT_MTU": ("1280", _number(1280, 1500)),
    "CLIENT_KEEPALIVE": ("25", _number(0, 65535)),
    "CLIENT_PARAMETERS": ("", _parameters),
    "CLIENT_DNS_CHOICES": ("", _choices(_addresses)),
    "CLIENT_ROUTE_CHOICES": ("", _choices(_networks)),
    "MAX_CONFIGS": ("3", _number(1, 100)),
    "QUOTA_GB": ("0", _quota),
    "SAMPLE_SECONDS": ("60", _number(1, 3600)),
    "TIMEZONE": ("", _timezone),
    "LANGUAGE": ("ru", _language),
    "TELEGRAM_API": ("https://api.telegram.org", _url("http", "https")),
    "TELEGRAM_PROXY": ("", _optional(_url("http", "https"))),
    "PEERS_FILE": ("", _optional(Path)),
    "LOG_LEVEL": ("INFO", _log_level),
}
