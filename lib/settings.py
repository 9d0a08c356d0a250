"""Turn the environment into frozen Settings; every bad or missing value is named in one error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path

from lib import values
from lib.errors import SettingsError
from lib.values import Choice


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
    quiet_hours: tuple[int, int] | None
    telegram_api: str
    telegram_proxy: str | None = field(repr=False)
    peers_file: Path
    backups: Path
    backup_recipient: str | None
    metrics_file: Path | None
    log_level: str
    of_file: Settings | None = field(default=None, repr=False, compare=False)  # without what was set in the chat


def read_settings(environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read the settings; a value in `file` wins over the environment's.

    Raises SettingsError that lists every value that is missing, bad or (in the file) unknown, a line each.
    """
    problems: list[str] = []
    texts = {name: environment[name] for name in READERS if name in environment}
    if file is not None:
        texts.update(read_file(file, problems))
    read: dict[str, object] = {}
    for name, (default, reader) in READERS.items():
        try:
            read[name.lower()] = reader(_required(texts.get(name) or default))
        except ValueError as exc:
            problems.append(f"{name}: {exc}")
    if problems:
        raise SettingsError("\n".join(problems))
    return _assemble(read)


def unreadable(texts: Mapping[str, str]) -> list[str]:
    """Name what was set in the chat and is not understood here any more: a zone that this machine does not know."""
    bad = []
    for name, text in texts.items():
        try:
            READERS[name][1](text)
        except (KeyError, ValueError):
            bad.append(name)
    return bad


def overlay(settings: Settings, texts: Mapping[str, str]) -> Settings:
    """Put values that were set in the chat above a settings file's, but for those that are not understood any more."""
    file = settings.of_file or settings
    if not texts:
        return file
    bad = unreadable(texts)
    read = {name.lower(): READERS[name][1](text) for name, text in texts.items() if name in IN_CHAT and name not in bad}
    if "quota_gb" in read:
        read["quota_bytes"] = read.pop("quota_gb")
    return replace(file, **read, of_file=file)  # type: ignore[arg-type]


def _assemble(read: dict[str, object]) -> Settings:
    """Name the values that are stored otherwise than they are written, or lie beside the database."""
    read["quota_bytes"] = read.pop("quota_gb")
    read["peers_file"] = read["peers_file"] or Path(f"{read['database']}.peers")
    read["backups"] = read["backups"] or Path(f"{read['database']}").parent / "backups"
    return Settings(**read)  # type: ignore[arg-type]


def _required(text: str | None) -> str:
    if text is None:
        raise ValueError("is missing")
    return text.strip()


def read_file(path: Path, problems: list[str]) -> dict[str, str]:
    """Parse NAME=value lines as systemd's EnvironmentFile does: comments by # or ;, optional quotes."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        problems.append(f"{path}: can't be read: {exc}")
        return {}
    texts: dict[str, str] = {}
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
        texts[name.strip()] = _unquote(text.strip())
    return texts


def _unquote(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


# Every setting: its default (None: it must be given) and what turns its text into a value or a ValueError.
READERS: dict[str, tuple[str | None, Callable[[str], object]]] = {
    "BOT_TOKEN": (None, values.token),
    "ADMIN_IDS": (None, values.admin_ids),
    "SERVER_ENDPOINT": (None, values.endpoint),
    "AWG_INTERFACE": ("awg0", values.interface),
    "AWG_COMMAND": ("awg", values.command),
    "DATABASE": ("bot_data.db", Path),
    "CLIENT_DNS": ("1.1.1.1, 1.0.0.1", values.addresses),
    "CLIENT_ALLOWED_IPS": ("0.0.0.0/0, ::/0", values.networks),
    "CLIENT_MTU": ("1280", values.number(1280, 1500)),
    "CLIENT_KEEPALIVE": ("25", values.number(0, 65535)),
    "CLIENT_PARAMETERS": ("", values.parameters),
    "CLIENT_DNS_CHOICES": ("", values.choices(values.addresses)),
    "CLIENT_ROUTE_CHOICES": ("", values.choices(values.networks)),
    "MAX_CONFIGS": ("3", values.number(1, 100)),
    "QUOTA_GB": ("0", values.quota),
    "SAMPLE_SECONDS": ("60", values.number(1, 3600)),
    "TIMEZONE": ("", values.zone),
    "LANGUAGE": ("ru", values.language),
    "QUIET_HOURS": ("", values.optional(values.hours)),
    "TELEGRAM_API": ("https://api.telegram.org", values.url("http", "https")),
    "TELEGRAM_PROXY": ("", values.optional(values.url("http", "https"))),
    "PEERS_FILE": ("", values.optional(Path)),
    "BACKUPS": ("", values.optional(Path)),
    "BACKUP_RECIPIENT": ("", values.optional(values.recipient)),
    "METRICS_FILE": ("", values.optional(Path)),
    "LOG_LEVEL": ("INFO", values.log_level),
}

# What admins may change in the chat, in the order in which it is shown there.
IN_CHAT = ("QUOTA_GB", "MAX_CONFIGS", "CLIENT_DNS", "LANGUAGE", "TIMEZONE", "QUIET_HOURS")
