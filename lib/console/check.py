"""Check everything that must be right, and report for each item whether it is and, if not, what to do."""

from __future__ import annotations

import ipaddress
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from itertools import chain
from pathlib import Path

from lib import days
from lib.chat.admin import apps_in_use
from lib.chat.apps import is_newest
from lib.chat.notify import alerts
from lib.chat.phrases import size, span
from lib.chat.texts import plain
from lib.console.guidance import explain, explain_database
from lib.console.taken_over import read_taken_over
from lib.errors import (
    AwgError,
    DatabaseError,
    ParametersError,
    SettingsError,
    TelegramError,
    Unreachable,
    WrongToken,
)
from lib.process import Runner, TimedOut
from lib.settings import Settings, unreadable
from lib.store import configs
from lib.store.backup import OVERDUE_SECONDS
from lib.store.database import connect, prepare_database, snapshot
from lib.store.keeper_notes import Backup, read_fact
from lib.store.preferences import read_preferences
from lib.store.trouble import unusable
from lib.telegram.api import Telegram
from lib.vpn import disguises, obfuscation, peers
from lib.vpn.awg import Awg
from lib.vpn.client_config import join_endpoint
from lib.vpn.interface import Interface
from lib.vpn.machine import LITTLE_DISK, module_version, read_disk
from lib.watch import mending, way_out

OK, WARNING, WRONG = way_out.OK, way_out.UNKNOWN, way_out.WRONG
SIGNS = {OK: "✅", WARNING: "⚠️ ", WRONG: "❌"}
BUILT = 1_790_000_000  # a clock that shows less is wrong


Finding = tuple[str, str, dict[str, object]]


def finding(level: str, key: str, **values: object) -> Finding:
    """Return one line of the answer: its level, its text's key (what to do included), and that text's values."""
    return level, key, values


def check(
    settings: Settings, env: Path | None, say: Callable[[str], object], problem: SettingsError | None = None
) -> int:
    """Print one line per thing; return 1 if any is wrong, else 0.

    With a `problem` in the settings, only what the valid ones allow is checked.
    """
    bad = problem.bad if problem else ()
    checks: list[Callable[[Settings], Iterator[Finding]]] = [partial(_files, env, problem)]
    checks += [_telegram] if "BOT_TOKEN" not in bad else []
    checks += [_interface] if not {"AWG_INTERFACE", "AWG_COMMAND", "NODE_SOCKET"} & {*bad} else []
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


def _interface(settings: Settings) -> Iterator[Finding]:
    """The interface is up and sound, its peers are those of the database, and nothing is in the way behind it."""
    try:
        with closing(Awg(settings.awg_command, settings.awg_interface, settings.node_socket)) as awg:
            seen = awg.look(way_out=True)
    except AwgError as exc:
        yield finding(WRONG, "check_interface", reason=alerts.reason(settings.language, settings, exc.kind))
        return
    around = seen.surroundings
    version = around.tool.partition("\n")[0] if around and around.tool else "?"
    yield finding(OK, "check_interface_ok", interface=settings.awg_interface, port=seen.port, version=version)
    yield from _parameters(settings, seen, version)
    if all(address.version == 6 for address in seen.addresses):
        yield finding(WRONG, "check_no_ipv4", networks=", ".join(map(str, seen.addresses)) or "—")
    if not obfuscation.suits_keys(seen.parameters):
        yield finding(WARNING, "check_s4", s4=seen.parameters["S4"], most=obfuscation.MAX_S4_OF_KEYS)
    with suppress(sqlite3.Error), closing(connect(settings.database)) as db:
        yield from _peers(db, settings, seen)
        yield from _apps(db, settings)
    for level, key, values in way_out.find(settings.awg_interface, seen):
        yield finding(level, key, **values)


def _parameters(settings: Settings, seen: Interface, version: str) -> Iterator[Finding]:
    try:
        obfuscation.check(obfuscation.for_client(seen.parameters, settings.client_parameters))
    except ParametersError as exc:
        for key, values in exc.faults:
            yield finding(WRONG, key, **values)
    else:
        yield finding(OK, "check_parameters", version=obfuscation.version(seen.parameters))
    yield from _disguises(settings, seen)
    apart = obfuscation.far_apart(version, module_version()) if seen.kind in ("amneziawg", "-") else None
    if apart:
        yield finding(WARNING, "check_versions", tool=apart[0], module=apart[1])


def _disguises(settings: Settings, seen: Interface) -> Iterator[Finding]:
    """Find disguises that no file gets: the owner's own with a fault, and a usual one that does not exist."""
    clients = obfuscation.for_client(seen.parameters, settings.client_parameters)
    for own in settings.client_disguises:
        for key, values in disguises.faults_of(own, clients):
            why = plain(settings.language, key, **values)
            yield finding(WARNING, "check_own_disguise", name=own.name, reason=why)
    known = disguises.known(settings, seen.parameters)
    if settings.client_disguise and settings.client_disguise not in known:
        yield finding(WARNING, "check_disguise", name=settings.client_disguise, names=", ".join(known))


def _peers(db: sqlite3.Connection, settings: Settings, seen: Interface) -> Iterator[Finding]:
    now = int(time.time())
    with snapshot(db):
        wanted = configs.wanted(db, now, days.month_of(now, settings.timezone), settings.quota_bytes)
        ours = peers.ours_among(db, wanted, seen.by_key)
    difference = peers.compare(wanted, seen, ours)
    if difference.conflicts:
        yield finding(WRONG, "check_conflict", addresses=", ".join(difference.conflicts))
    if difference.outside:
        values = mending.describe_outside(settings.awg_interface, seen.addresses, difference.outside)
        yield finding(WRONG, "check_outside", **values)
    if difference.add or difference.remove:
        yield finding(WARNING, "check_peers", add=len(difference.add), remove=len(difference.remove))
    else:
        yield finding(OK, "check_peers_ok", count=len(wanted))


def _apps(db: sqlite3.Connection, settings: Settings) -> Iterator[Finding]:
    """Every app understands the server; and how many devices the newest parameters would leave behind."""
    found = apps_in_use.find_apps_in_use(db, settings)
    count, values = sum(found.groups.values()), {"lacking": len(found.lacking), "too_old": len(found.too_old)}
    if not count or found.version == "plain":
        return
    level = WARNING if found.lacking and is_newest(found.version) else OK
    key = "check_apps_now" if is_newest(found.version) else "check_apps"
    yield finding(level, key, count=count, newest=apps_in_use.NEWEST, version=found.version, **values)


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
    """If this server was a container's, that is finished."""
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
