"""Check everything that must be right, and report for each item whether it is and, if not, what to do."""

from __future__ import annotations

import ipaddress
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path

from lib.chat.phrases import size, span
from lib.chat.texts import plain
from lib.console.check_interface import check_interface
from lib.console.findings import OK, WARNING, WRONG, Finding, finding
from lib.console.guidance import explain, explain_database
from lib.console.taken_over import read_taken_over
from lib.errors import DatabaseError, SettingsError, TelegramError, Unreachable, WrongToken
from lib.process import Runner, TimedOut
from lib.settings import Settings, unreadable
from lib.store.backup import OVERDUE_SECONDS
from lib.store.database import connect, prepare_database
from lib.store.keeper_notes import Backup, read_fact
from lib.store.preferences import read_preferences
from lib.store.trouble import unusable
from lib.telegram.api import Telegram
from lib.vpn.client_config import join_endpoint
from lib.vpn.machine import LITTLE_DISK, read_disk

SIGNS = {OK: "✅", WARNING: "⚠️ ", WRONG: "❌"}
BUILT = 1_790_000_000  # a clock that shows less is wrong


def check(
    settings: Settings, env: Path | None, say: Callable[[str], object], problem: SettingsError | None = None
) -> int:
    """Print one line per thing; return 1 if any is wrong, else 0.

    With a `problem` in the settings, only what the valid ones allow is checked.
    """
    bad = problem.bad if problem else ()
    checks: list[Callable[[Settings], Iterator[Finding]]] = [partial(_files, env, problem)]
    checks += [_telegram] if "BOT_TOKEN" not in bad else []
    checks += [check_interface] if not {"AWG_INTERFACE", "AWG_COMMAND", "NODE_SOCKET"} & {*bad} else []
    checks += [_endpoint] if "SERVER_ENDPOINT" not in bad else []
    checks += [partial(_take_over, env), _machine, _database]
    worst = OK
    for level, key, values in chain.from_iterable(run(settings) for run in checks):
        worst = WRONG if WRONG in (worst, level) else OK
        say(f"{SIGNS[level]} {plain(settings.language, key, **values)}")
    return int(worst == WRONG)


def _files(env: Path | None, problem: SettingsError | None, settings: Settings) -> Iterator[Finding]:
    """The settings are complete, and only the bot can read its secrets; root may own them for the bot's group."""
    for line in explain(problem, settings.language, env) if problem else ():
        yield finding(WRONG, "check_setting", fault=line)
    for path in filter(None, (env, settings.database, settings.peers_file)):
        if not path.exists():
            continue
        mode = 0o640 if path == env and path.stat().st_uid == 0 else 0o600
        if path.stat().st_mode & 0o077 & ~mode:
            yield finding(WRONG, "check_open_file", path=path, mode=f"{mode:o}")
        if path == env and settings.node_socket and path.stat().st_uid == os.geteuid() != 0:
            yield finding(WRONG, "check_own_settings", path=path)
    if not problem:
        yield finding(OK, "check_settings")


def _telegram(settings: Settings) -> Iterator[Finding]:
    """Telegram knows the token, and the admins can receive messages."""
    telegram = Telegram(settings.bot_token, settings.telegram_api, settings.telegram_proxy)
    try:
        me = telegram.call("getMe", {})
    except WrongToken:
        yield finding(WRONG, "check_token")
        return
    except TelegramError as exc:
        yield finding(WARNING, "check_no_telegram", reason=exc)
        return
    yield finding(OK, "check_bot", username=me.get("username"))
    for admin_id in settings.admin_ids:
        try:
            telegram.call("sendChatAction", {"chat_id": admin_id, "action": "typing"})
        except Unreachable:
            yield finding(WARNING, "check_admin", id=admin_id, username=me.get("username"))
        except TelegramError as exc:
            yield finding(WARNING, "check_no_telegram", reason=exc)
        else:
            yield finding(OK, "check_admin_ok", id=admin_id)


def _endpoint(settings: Settings) -> Iterator[Finding]:
    """Friends' files lead to this machine and to the interface's port."""
    host, _, port = join_endpoint(settings.server_endpoint, 0).rpartition(":")
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_DGRAM)}
    except OSError:
        yield finding(WRONG, "check_no_name", host=host)
        return
    if any(map(_is_here, found)):
        yield finding(OK, "check_endpoint", host=host)
    else:
        yield finding(WARNING, "check_elsewhere", host=host, addresses=", ".join(sorted(map(str, found))))
    if port != "0":
        yield finding(WARNING, "check_port", port=port)


def _is_here(address: object) -> bool:
    """Return True if an address is one of this machine's: only then a socket can be bound to it."""
    parsed = ipaddress.ip_address(str(address).partition("%")[0])
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(parsed), 0))
    except OSError:
        return False
    return True


def _take_over(env: Path | None, settings: Settings) -> Iterator[Finding]:
    """A take-over, if there was one, is complete."""
    if taken := read_taken_over(env):
        level, key = (OK, "check_taken_over_ok") if taken.finished else (WRONG, "check_taken_over")
        yield finding(level, key, container=taken.container, interface=taken.interface)


def _machine(settings: Settings) -> Iterator[Finding]:
    """The machine has disk space and the right time, and the service runs."""
    free, _ = read_disk(settings.database)
    yield finding(OK if free > LITTLE_DISK else WRONG, "check_disk", free=size(settings.language, free))
    unsynchronized = _output("timedatectl", "show", "--property=NTPSynchronized").strip() == "NTPSynchronized=no"
    clock = time.strftime("%Y-%m-%d %H:%M")
    level = WRONG if time.time() < BUILT else WARNING if unsynchronized else OK
    yield finding(level, "check_clock_ok" if level == OK else "check_clock", now=clock, zone=settings.timezone)
    if Path("/run/systemd/system").exists():
        active = _output("systemctl", "is-active", "andreyvpn").strip() == "active"
        yield finding(OK, "check_service_ok") if active else finding(WARNING, "check_service")


def _database(settings: Settings) -> Iterator[Finding]:
    """The database is undamaged, and there is a recent backup of it."""
    if not has_database(settings.database):
        yield finding(WARNING, "check_no_database", path=settings.database)
        return
    try:
        prepare_database(settings.database)
        with closing(connect(settings.database)) as db:
            sound = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            backup, bad = read_fact(db, Backup), unreadable(read_preferences(db))
    except (DatabaseError, sqlite3.Error) as exc:
        found = exc if isinstance(exc, DatabaseError) else unusable(settings.database, exc)
        yield finding(WRONG, "check_setting", fault=explain_database(found, settings.language))
        return
    yield (
        finding(OK, "check_database_ok")
        if sound
        else finding(WRONG, "cli_db_damaged", path=settings.database, detail="quick_check")
    )
    if bad:
        yield finding(WARNING, "check_preferences", names=", ".join(bad))
    age = time.time() - backup.at if backup and backup.day else None
    if age is None or age > OVERDUE_SECONDS:
        yield finding(WARNING, "check_backup", folder=settings.backups)
    else:
        yield finding(OK, "check_backup_ok", span=span(settings.language, int(age)), folder=settings.backups)


def has_database(path: Path) -> bool:
    """Return True if there is a database, even a damaged one; a bot that never got going leaves an empty file."""
    try:
        return path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def _output(*words: str) -> str:
    """Return what a command prints, or nothing if it is missing or fails."""
    try:
        return Runner().run(words).out
    except (OSError, TimedOut):
        return ""
