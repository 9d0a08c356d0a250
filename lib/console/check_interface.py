"""Check the interface: its parameters, its ports, its peers, its fence, and the way out of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress

from lib import days
from lib.chat.admin import apps_in_use
from lib.chat.apps import is_newest
from lib.chat.notify import alerts
from lib.chat.texts import plain
from lib.console.findings import OK, WARNING, WRONG, Finding, finding
from lib.errors import AwgError, ParametersError
from lib.settings import Settings
from lib.store import configs, telegram_only
from lib.store.database import connect, snapshot
from lib.store.fence import limited
from lib.store.keeper_notes import read_troubles
from lib.store.preferences import in_force
from lib.vpn import disguises, fence, obfuscation, peers, ports
from lib.vpn.awg import Awg
from lib.vpn.interface import Interface
from lib.vpn.machine import module_version
from lib.watch import mending, way_out


def check_interface(settings: Settings) -> Iterator[Finding]:
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
        settings = in_force(db, settings)
        yield from _peers(db, settings, seen)
        yield from _fence(db, settings, seen)
        yield from _files(db, settings)
        yield from _apps(db, settings)
    yield from _ports(settings, seen)
    for level, key, values in way_out.find(settings.awg_interface, seen):
        inside = settings.container and key == "way_no_nft"
        yield finding(level, "check_container_nft" if inside else key, container=settings.container, **values)


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
    known = disguises.known(settings, seen.parameters, seen.port)
    if settings.client_disguise and disguises.wished(settings, seen.port) not in known:
        yield finding(WARNING, "check_disguise", name=settings.client_disguise, names=", ".join(known))


def _ports(settings: Settings, seen: Interface) -> Iterator[Finding]:
    """Find second ports that lead nowhere yet, and a usual port that no file gets, because it does not lead here."""
    redirected = ports.redirected(seen.surroundings.table) if seen.surroundings else None
    missing = {*settings.second_ports} - {seen.port, *(redirected or ())} if redirected is not None else set[int]()
    if missing:
        yield finding(WARNING, "check_second_ports", ports=", ".join(map(str, sorted(missing))))
    leading = ports.leading(settings, seen.port)
    if settings.usual_port is not None and settings.usual_port not in leading:
        values = {"port": settings.usual_port, "own": seen.port, "ports": ", ".join(map(str, leading))}
        yield finding(WARNING, "check_usual_port", **values)


def _peers(db: sqlite3.Connection, settings: Settings, seen: Interface) -> Iterator[Finding]:
    now = int(time.time())
    with snapshot(db):
        wanted = configs.wanted(db, now, days.month_of(now, settings.timezone), settings.quota_bytes)
        kept, asking = telegram_only.ids(db), fence.asking(db, settings, now)
        wanted += [peer for config_id, peer in asking.items() if config_id in kept]
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


def _fence(db: sqlite3.Connection, settings: Settings, seen: Interface) -> Iterator[Finding]:
    """Where speeds are limited, or somebody reaches Telegram alone, the tools for it are there, and it stands."""
    people, asking = limited(db, settings.speed_kbit), fence.asking(db, settings, int(time.time()))
    if not (people or asking):
        return
    tools = (("nft", "nftables"), *((("tc", "iproute2"),) if people else ()))
    for tool, package in tools if not settings.container else ():
        if shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
            yield finding(WRONG, "check_no_tool", tool=tool, package=package)
            return
    troubles = read_troubles(db)
    if fault := troubles.get("fence") or troubles.get("speeds"):
        yield finding(WRONG, "check_fence", reason=alerts.fence_reason(settings.language, settings, fault))
    elif seen.surroundings and not fence.is_there(settings, seen):
        yield finding(WARNING, "check_no_fence")
    else:
        yield finding(OK, "check_fence_ok", count=len(people), only=len(asking))


def _files(db: sqlite3.Connection, settings: Settings) -> Iterator[Finding]:
    """If the interface is in a container, the files there contain the bot's peers, and so does the app's list."""
    if fault := read_troubles(db).get("files"):
        reason = alerts.files_reason(settings.language, settings, fault)
        yield finding(WRONG, "check_files", container=settings.container, reason=reason)
    elif settings.container:
        yield finding(OK, "check_files_ok", container=settings.container)


def _apps(db: sqlite3.Connection, settings: Settings) -> Iterator[Finding]:
    """Every app understands the server; and how many devices the newest parameters would leave behind."""
    found = apps_in_use.find_apps_in_use(db, settings)
    count, values = sum(found.groups.values()), {"lacking": len(found.lacking), "too_old": len(found.too_old)}
    if not count or found.version == "plain":
        return
    level = WARNING if found.lacking and is_newest(found.version) else OK
    key = "check_apps_now" if is_newest(found.version) else "check_apps"
    yield finding(level, key, count=count, newest=apps_in_use.NEWEST, version=found.version, **values)
