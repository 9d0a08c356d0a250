"""Make configs for approved requests: keys from the awg tool, and the lowest free address."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from lib.settings import Settings
from lib.store import audit, configs
from lib.store.config_requests import ConfigRequest, approved_without_config, mark_issued
from lib.store.database import transaction
from lib.store.server import Generation
from lib.vpn import disguises, obfuscation
from lib.vpn.addresses import free_addresses
from lib.vpn.awg import Awg, Keys
from lib.vpn.interface import Interface

Addresses = tuple[str, str | None]  # IPv4, and IPv6 if the interface has it


def make_configs(
    db: sqlite3.Connection, awg: Awg, seen: Interface, generation: Generation, settings: Settings, now: int
) -> None:
    """Make a config for every approved request that has none.

    Raise ParametersError if no client could use the parameters in the files, SubnetFull if no address is free, AwgError
    if the tool fails. Configs made before that stay; the next round tries the rest again.
    """
    obfuscation.check(obfuscation.for_client(seen.parameters, settings.client_parameters))
    requests = approved_without_config(db)
    if not requests:
        return

    def choose_addresses() -> Addresses:
        taken = configs.taken_networks(db).union(peer.allowed_ips for peer in seen.peers)
        return free_addresses(seen.addresses, filter(None, ",".join(taken).split(",")))

    for request in requests:
        shape = disguises.for_new_file(settings, seen.parameters, seen.port)
        _make_config(db, request, choose_addresses, awg.generate_keys(), generation.number, shape, now)


def _make_config(
    db: sqlite3.Connection, request: ConfigRequest, choose: Callable[[], Addresses], keys: Keys, number: int,
    disguise: str | None, now: int,
) -> None:  # fmt: skip
    """Add one config; its address is chosen in the same transaction, or taken over from the config it replaces."""
    with transaction(db):
        if request.id not in {open_.id for open_ in approved_without_config(db)}:
            return
        replaced = configs.find_config(db, request.replaces) if request.replaces else None
        if request.replaces and not replaced:  # an admin deleted it meanwhile, and nothing takes its place
            mark_issued(db, request.id)
            return
        if replaced:
            configs.revoke(db, replaced.id, now)
        config_id = configs.add_config(
            db,
            user_id=request.user_id,
            request_id=request.id,
            name=request.name,
            addresses=(replaced.address, replaced.address6) if replaced else choose(),
            keys=(keys.public, keys.private, keys.preshared),
            generation=number,
            now=now,
            platform=request.platform,
            app=request.app,
            disguise=disguise,
        )
        if replaced:
            configs.inherit(db, config_id, replaced)
        audit.note(db, now, None, "make", f"config:{config_id}", f"request:{request.id}")
