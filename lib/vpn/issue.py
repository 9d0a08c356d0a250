"""Make configs for approved requests: keys from the awg tool, the lowest address that nobody holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface

from lib.store import audit, configs
from lib.store.config_requests import ConfigRequest, approved_without_config, mark_issued
from lib.store.database import transaction
from lib.store.server import Generation
from lib.vpn import obfuscation
from lib.vpn.addresses import free_addresses
from lib.vpn.awg import Awg, Interface, Keys
from lib.vpn.machine import module_version


@dataclass(frozen=True)
class Ground:
    """What new configs are made upon: the interface as just seen, its own addresses, and the present generation."""

    seen: Interface
    own: tuple[IPv4Interface | IPv6Interface, ...]
    generation: Generation


def make_configs(
    db: sqlite3.Connection, awg: Awg, seen: Interface, generation: Generation, own: Mapping[str, str], now: int
) -> None:
    """Make a config for every approved request that has none; `own` are parameters that clients use their own way.

    Raises ParametersError when no client could use the server's parameters, SubnetFull when the addresses are used up,
    AwgError when the tool fails; what was made until then stays made, the rest is tried again by the next round.
    """
    obfuscation.check(seen.parameters)
    obfuscation.check(obfuscation.for_client(seen.parameters, own))
    requests = approved_without_config(db)
    if not requests:
        return
    if seen.kind in ("amneziawg", "-"):
        obfuscation.check_versions(awg.version(), module_version())
    ground = Ground(seen, awg.addresses(), generation)
    for request in requests:
        _make_config(db, request, ground, awg.generate_keys(), now)


def _make_config(db: sqlite3.Connection, request: ConfigRequest, ground: Ground, keys: Keys, now: int) -> None:
    """Note one config; its address is chosen in the same transaction, or taken over from what it replaces."""
    with transaction(db):
        if request.id not in {open_.id for open_ in approved_without_config(db)}:
            return
        replaced = configs.find_config(db, request.replaces) if request.replaces else None
        if request.replaces and not replaced:  # an admin took it away meanwhile, and nothing takes its place
            mark_issued(db, request.id)
            return
        if replaced:
            configs.revoke(db, replaced.id, now)
        config_id = configs.add_config(
            db,
            user_id=request.user_id,
            request_id=request.id,
            name=request.name,
            addresses=(replaced.address, replaced.address6) if replaced else _free_addresses(db, ground),
            keys=(keys.public, keys.private, keys.preshared),
            generation=ground.generation.number,
            now=now,
        )
        if replaced:
            configs.inherit(db, config_id, replaced)
        audit.note(db, now, None, "make", f"config:{config_id}", f"request:{request.id}")


def _free_addresses(db: sqlite3.Connection, ground: Ground) -> tuple[str, str | None]:
    taken = configs.taken_networks(db).union(peer.allowed_ips for peer in ground.seen.peers)
    return free_addresses(ground.own, filter(None, ",".join(taken).split(",")))
