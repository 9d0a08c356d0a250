"""Read installation settings exactly as the bot does, with nothing but the standard library.

`BOT_TOKEN=… python3 -m lib.console.answers BOT_TOKEN` prints the value as it is to be stored or, with exit code 1, what
is wrong with it. `python3 -m lib.console.answers --file FILE NAME…` prints the settings of a file, a NAME=value line
each, or what is wrong with them and on which lines; settings that are named are about to be replaced and not judged.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from lib.chat.texts import LANGUAGES, plain
from lib.errors import FileFault
from lib.settings import READERS, read_file

TEXTS = {
    "BOT_TOKEN": "bad_token",
    "ADMIN_IDS": "bad_admins",
    "SERVER_ENDPOINT": "bad_endpoint",
    "AWG_INTERFACE": "bad_interface",
    "AWG_COMMAND": "bad_command",
    "CLIENT_DNS": "bad_addresses",
    "CLIENT_ALLOWED_IPS": "bad_networks",
    "CLIENT_MTU": "bad_mtu",
    "CLIENT_KEEPALIVE": "bad_keepalive",
    "CLIENT_PARAMETERS": "bad_parameters",
    "CLIENT_DISGUISES": "bad_disguises",
    "SECOND_PORTS": "bad_ports",
    "USUAL_PORT": "bad_port",
    "CLIENT_DNS_CHOICES": "bad_dns_choices",
    "CLIENT_ROUTE_CHOICES": "bad_route_choices",
    "FRIENDS_SEE_EACH_OTHER": "bad_yes_or_no",
    "TELEGRAM_WHEN_OFF": "bad_yes_or_no",
    "FRIENDS_MAY_REACH": "bad_reachable",
    "MAX_CONFIGS": "bad_count",
    "QUOTA_GB": "bad_gigabytes",
    "SPEED_MBIT": "bad_speed",
    "SAMPLE_SECONDS": "bad_seconds",
    "TIMEZONE": "bad_zone",
    "LANGUAGE": "bad_code",
    "QUIET_HOURS": "bad_hours",
    "CLAIMS": "bad_yes_or_no",
    "TELEGRAM_API": "bad_url",
    "TELEGRAM_PROXY": "bad_proxy",
    "BACKUP_RECIPIENT": "bad_recipient",
    "LOG_LEVEL": "bad_level",
}
"""Every setting that can be invalid, and the text that describes valid values."""


def read_value(name: str, text: str, language: str) -> str:
    """Return the text of a setting as it should be stored; raise ValueError with what is wrong with it."""
    try:
        value = READERS[name][1](text)
    except ValueError as exc:
        raise ValueError(_fault(name, str(exc), language)) from None
    return value if isinstance(value, str) else text


def _fault(name: str, problem: str, language: str) -> str:
    return plain(language, TEXTS[name], name=name) if name in TEXTS else problem


def read_answer(name: str, environment: Mapping[str, str]) -> str:
    """Read a setting from the environment, like `read_value`. A line break would write a line of its own."""
    text, language = environment.get(name, "").strip(), language_of(environment)
    if not text.isprintable():
        raise ValueError(_fault(name, plain(language, "bad_line"), language))
    return read_value(name, text, language)


def find_faults(path: Path, replaced: Collection[str], language: str) -> tuple[dict[str, str], list[str]]:
    """Read a settings file: return its texts, and a line for everything that the bot can't read in it."""
    faults: list[str] = []
    texts = read_file(path, faults)
    for name, text in texts.items():
        if text and name not in replaced:
            try:
                read_value(name, text, language)
            except ValueError as exc:
                where = {"path": path, "line": _last_line(path, name), "setting": name}
                faults.append(plain(language, "cli_fault_value", **where, problem=exc))
    return texts, faults


REASONS = {
    errno.EACCES: "forbidden", errno.EPERM: "forbidden", errno.ENOENT: "absent", errno.ENOTDIR: "no_folder",
    errno.EISDIR: "folder", errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "read_only",
}  # fmt: skip


def reason(exc: OSError, language: str) -> str:
    """Return why a file can't be used; in the system's own words if we have none."""
    key = REASONS.get(exc.errno or 0)
    return plain(language, f"cli_reason_{key}") if key else exc.strerror or str(exc)


def say_fault(fault: str, language: str) -> str:
    """Return a file's fault in a language; any other fault unchanged."""
    if not isinstance(fault, FileFault):
        return fault
    return plain(language, f"cli_fault_{fault.key}", **in_words(fault.values, language))


def in_words(values: Mapping[str, object], language: str) -> dict[str, object]:
    """Return a text's values with the errors among them as reasons."""
    return {name: reason(value, language) if isinstance(value, OSError) else value for name, value in values.items()}


def _last_line(path: Path, name: str) -> int:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return max(number for number, line in lines if line.partition("=")[0].strip() == name)


def language_of(environment: Mapping[str, str], file: Path | None = None) -> str:
    """Return the language to use: that of a settings file, of the environment, or of this machine."""
    texts = read_file(file, []) if file else {}
    locale = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    for spoken in (texts.get("LANGUAGE", ""), environment.get("LANGUAGE", ""), locale):
        if spoken[:2] in LANGUAGES:
            return spoken[:2]
    return "en"


def main(words: list[str], environment: Mapping[str, str]) -> int:
    if words[0] == "--file":
        spoken = language_of(environment)
        texts, faults = find_faults(Path(words[1]), words[2:], spoken)
        print(
            "\n".join(
                [say_fault(fault, spoken) for fault in faults] or [f"{name}={text}" for name, text in texts.items()]
            )
        )
        return int(bool(faults))
    try:
        print(read_answer(words[0], environment))
    except ValueError as exc:
        print(exc)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
