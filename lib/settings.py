"""Read the settings from the environment or a file; one error names every bad or missing value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path

from lib import own_disguises, values
from lib.errors import FileFault, SettingsError
from lib.own_disguises import OwnDisguise
from lib.values import Choice, Reachable


@dataclass(frozen=True)
class Settings:
    """What the owner decided, checked. `quota_bytes` is per month, `speed_kbit` applies each way; 0 means no limit.

    `client_parameters` are obfuscation parameters that clients use instead of the server's, by .conf names, or `off`.
    `client_disguise` is the key of the disguise that new files get, '' for the best (vpn/disguises.py), and
    `client_disguises` are the owner's own. `second_ports` are further UDP ports that lead to the interface, and
    `usual_port` is the one that new files use, None for the interface's own (vpn/ports.py).
    """

    bot_token: str = field(repr=False)
    admin_ids: tuple[int, ...]
    server_endpoint: str
    awg_interface: str
    awg_command: tuple[str, ...]
    node_socket: Path | None
    database: Path
    client_dns: tuple[str, ...]
    client_allowed_ips: tuple[str, ...]
    client_mtu: int
    client_keepalive: tuple[int, int]
    client_parameters: Mapping[str, str]
    client_disguise: str
    client_disguises: tuple[OwnDisguise, ...]
    second_ports: tuple[int, ...]
    usual_port: int | None
    client_dns_choices: tuple[Choice, ...]
    client_route_choices: tuple[Choice, ...]
    friends_see_each_other: bool  # this one, the next and second_ports are applied by install.sh
    friends_may_reach: Reachable
    telegram_when_off: bool  # a used-up limit or an expiry leaves the path to Telegram
    max_configs: int
    quota_bytes: int
    speed_kbit: int
    sample_seconds: int
    timezone: tzinfo
    language: str
    quiet_hours: tuple[int, int] | None
    claims: bool  # friends may show that a peer made by hand is theirs
    telegram_api: str
    telegram_proxy: str | None = field(repr=False)
    peers_file: Path
    backups: Path
    backup_recipient: str | None
    metrics_file: Path | None
    log_level: str
    of_file: Settings | None = field(default=None, repr=False, compare=False)  # without the preferences set in the chat

    @property
    def container(self) -> str:
        """The AmneziaVPN app's container with the interface; '' if the interface is on the host."""
        match self.awg_command:
            case ("docker", "exec", "-i", name, _) if name.startswith("amnezia-"):
                return name
        return ""


def read_settings(environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read the settings, those in `file` before those in the environment; a SettingsError lists all bad ones."""
    settings, problem = read_what_is_there(environment, file)
    if problem:
        raise problem
    return settings


def read_what_is_there(
    environment: Mapping[str, str], file: Path | None = None
) -> tuple[Settings, SettingsError | None]:
    """Read whatever settings there are; also return what is wrong with them.

    Bad or missing ones get their default or, without a default, stay empty: no token, no admins, no address.
    """
    problems: list[str] = []
    texts = {**environment, **(read_file(file, problems) if file else {})}
    read, bad = _parse({name: texts.get(name) or default for name, (default, _) in READERS.items()})
    problems += [f"{name}: {problem}" for name, problem in bad.items()]
    read = {**_parse({name: default for name, (default, _) in READERS.items() if name in bad})[0], **NOTHING, **read}
    read["peers_file"] = read["peers_file"] or Path(f"{read['database']}.peers")
    read["backups"] = read["backups"] or Path(f"{read['database']}").parent / "backups"
    missing = tuple(name for name, (default, _) in READERS.items() if not (texts.get(name) or default is not None))
    problem = SettingsError(problems, missing, tuple(bad)) if problems else None
    return Settings(**read), problem  # type: ignore[arg-type]


def unreadable(texts: Mapping[str, str]) -> list[str]:
    """List the preferences that can't be read any more, such as a time zone that this machine does not know."""
    return list(_parse(texts)[1])


def overlay(settings: Settings, texts: Mapping[str, str]) -> Settings:
    """Return the settings with the preferences set in the chat on top, except those that can't be read any more."""
    file = settings.of_file or settings
    read, _ = _parse({name: text for name, text in texts.items() if name in (*IN_CHAT, *ON_OTHER_SCREENS)})
    return replace(file, **read, of_file=file) if texts else file  # type: ignore[arg-type]


def _parse(texts: Mapping[str, str | None]) -> tuple[dict[str, object], dict[str, str]]:
    """Parse the texts of settings; return the values by the fields of Settings, and by their names what is wrong."""
    read: dict[str, object] = {}
    bad: dict[str, str] = {}
    for name, text in texts.items():
        try:
            if text is None:
                raise ValueError("is missing")
            read[FIELDS.get(name) or name.lower()] = READERS[name][1](text.strip())
        except (KeyError, ValueError) as exc:
            bad[name] = str(exc)
    return read, bad


def read_file(path: Path, problems: list[str]) -> dict[str, str]:
    """Parse NAME=value lines like systemd's EnvironmentFile: comments start with # or ;, quotes are optional."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()  # some editors begin a file with a byte order mark
    except OSError as exc:
        english = f"{path}: can't be read: {exc.strerror}"
        problems.append(FileFault(english, "unreadable", path=path, reason=exc))
        return {}
    except UnicodeDecodeError as exc:
        english = f"{path}: can't be read: it isn't UTF-8 text, see byte {exc.start}"
        problems.append(FileFault(english, "no_text", path=path, byte=exc.start))
        return {}
    texts: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, equals, text = line.strip().partition("=")
        if not name or name[0] in "#;":
            continue
        name, text = name.strip(), text.strip()
        if not equals or not name.isidentifier():  # not quoted: it may be a token
            english = f"{path}, line {number}: should be NAME=value"
            problems.append(FileFault(english, "no_pair", path=path, line=number))
        elif name not in READERS:
            problems.append(_unknown(path, number, name))
        else:
            quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
            texts[name] = text[1:-1] if quoted else text
    return texts


def _unknown(path: Path, line: int, name: str) -> FileFault:
    """Return the fault of an unknown setting, with the name that was probably meant."""
    from difflib import get_close_matches  # only for those who mistype

    english = f"{path}, line {line}: unknown setting {name!r}"
    if alike := get_close_matches(name.upper(), READERS, 1):
        english += f"; did you mean {alike[0]}?"
        return FileFault(english, "meant", path=path, line=line, setting=name, meant=alike[0])
    return FileFault(english, "unknown", path=path, line=line, setting=name)


# Every setting: its default (None: required) and the reader that parses it or raises a ValueError.
READERS: dict[str, tuple[str | None, Callable[[str], object]]] = {
    "BOT_TOKEN": (None, values.token),
    "ADMIN_IDS": (None, values.admin_ids),
    "SERVER_ENDPOINT": (None, values.endpoint),
    "AWG_INTERFACE": ("awg0", values.interface),
    "AWG_COMMAND": ("awg", values.command),
    "NODE_SOCKET": ("", values.optional(Path)),
    "DATABASE": ("bot_data.db", Path),
    "CLIENT_DNS": ("1.1.1.1, 1.0.0.1", values.addresses),
    "CLIENT_ALLOWED_IPS": ("0.0.0.0/0, ::/0", values.networks),
    "CLIENT_MTU": ("1280", values.number(1280, 1500)),
    "CLIENT_KEEPALIVE": ("25", values.keepalive),
    "CLIENT_PARAMETERS": ("", values.parameters),
    "CLIENT_DISGUISE": ("", str),
    "CLIENT_DISGUISES": ("", own_disguises.read),
    "SECOND_PORTS": ("", values.ports),
    "USUAL_PORT": ("", values.optional(values.number(1, 65535))),
    "CLIENT_DNS_CHOICES": ("", values.choices(values.addresses)),
    "CLIENT_ROUTE_CHOICES": ("", values.choices(values.networks)),
    "FRIENDS_SEE_EACH_OTHER": ("no", values.yes_or_no),
    "FRIENDS_MAY_REACH": ("", values.reachable),
    "TELEGRAM_WHEN_OFF": ("yes", values.yes_or_no),
    "MAX_CONFIGS": ("3", values.number(1, 100)),
    "QUOTA_GB": ("0", values.quota),
    "SPEED_MBIT": ("0", values.speed),
    "SAMPLE_SECONDS": ("60", values.number(1, 3600)),
    "TIMEZONE": ("", values.zone),
    "LANGUAGE": ("ru", values.language),
    "QUIET_HOURS": ("", values.optional(values.hours)),
    "CLAIMS": ("no", values.yes_or_no),
    "TELEGRAM_API": ("https://api.telegram.org", values.url),
    "TELEGRAM_PROXY": ("", values.optional(values.proxy)),
    "PEERS_FILE": ("", values.optional(Path)),
    "BACKUPS": ("", values.optional(Path)),
    "BACKUP_RECIPIENT": ("", values.optional(values.recipient)),
    "METRICS_FILE": ("", values.optional(Path)),
    "LOG_LEVEL": ("INFO", values.log_level),
}

FIELDS = {"QUOTA_GB": "quota_bytes", "SPEED_MBIT": "speed_kbit"}  # of Settings; the others have the names of theirs

# Placeholders for required settings that are missing.
NOTHING: Mapping[str, object] = {"bot_token": "", "admin_ids": (), "server_endpoint": ""}

# What admins may change in the chat, in the order shown there.
ON_OTHER_SCREENS = ("CLIENT_DISGUISE", "USUAL_PORT", "CLAIMS")  # that an admin sets, but not among the settings
IN_CHAT = (
    "QUOTA_GB", "SPEED_MBIT", "MAX_CONFIGS", "CLIENT_DNS", "TELEGRAM_WHEN_OFF", "LANGUAGE", "TIMEZONE", "QUIET_HOURS",
)  # fmt: skip
