"""Note what the interface says of itself, of the traffic, and of where devices are: in one transaction, each round."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from lib import days
from lib.chat import foreign, rollout, sharing
from lib.chat.screens import hush
from lib.chat.statistics import ONLINE_SECONDS
from lib.settings import Settings
from lib.store import configs, hours, networks, traffic
from lib.store.database import transaction
from lib.store.foreign import Sighting, note_foreign
from lib.store.outbox import Outgoing, enqueue
from lib.store.server import Generation, note_generation, present_generation
from lib.vpn.addresses import network_of
from lib.vpn.awg import Interface, LivePeer
from lib.vpn.client_config import join_endpoint
from lib.vpn.machine import interface_life


def note_sample(db: sqlite3.Connection, settings: Settings, seen: Interface, now: int) -> tuple[Generation, set[str]]:
    """Note an interface as just shown, and tell the admins what is new about it.

    Gives the present generation, and the keys of all configs, by which ours are told from foreign peers.
    """
    with transaction(db):
        ours = configs.ids_by_key(db)
        life = interface_life(seen.index)
        generation, told = _note_server(db, settings, seen, now)
        _note_traffic(db, settings, seen.peers, ours, life, now)
        told += _note_foreign(db, settings, [peer for peer in seen.peers if peer.public_key not in ours], life, now)
        told += _note_networks(db, settings, seen.peers, ours, now)
        enqueue(db, hush(settings, told, now), now)
    return generation, set(ours)


def _note_server(
    db: sqlite3.Connection, settings: Settings, seen: Interface, now: int
) -> tuple[Generation, list[Outgoing]]:
    """Note how configs must describe the server, and tell when that has changed."""
    before = present_generation(db)
    endpoint = join_endpoint(settings.server_endpoint, seen.port)
    note_generation(db, seen.public_key, seen.parameters, endpoint, now)
    generation = present_generation(db)
    assert generation is not None, "noted a moment ago"
    changed = before is not None and before.number != generation.number
    return generation, rollout.announce(db, settings, before, generation) if before and changed else []


def _note_traffic(
    db: sqlite3.Connection,
    settings: Settings,
    peers: Sequence[LivePeer],
    ours: Mapping[str, int],
    life: str,
    now: int,
) -> None:
    """Count what moved, and how many are online."""
    readings = [
        traffic.Reading(config_id, received, sent, handshake_at)
        for key, _, _, _, handshake_at, received, sent in peers
        if (config_id := ours.get(key))
    ]
    traffic.record_sample(db, readings, life, now, settings.timezone)
    hours.note_online(db, traffic.count_online(db, now - ONLINE_SECONDS), now)
    hours.forget_hours(db, now)


def _note_foreign(
    db: sqlite3.Connection, settings: Settings, found: Sequence[LivePeer], life: str, now: int
) -> list[Outgoing]:
    """Note the peers that are not the bot's, and tell the admins of new ones."""
    sightings = [
        Sighting(p.public_key, p.preshared_key, p.allowed_ips, p.received, p.sent, p.handshake_at) for p in found
    ]
    new = note_foreign(db, sightings, life, now)
    return foreign.announce(db, settings, new) if new else []


def _note_networks(
    db: sqlite3.Connection, settings: Settings, peers: Sequence[LivePeer], ours: Mapping[str, int], now: int
) -> list[Outgoing]:
    """Note from which network each device comes, and tell of a config that seems to be shared."""
    found = {
        ours[peer.public_key]: network
        for peer in peers
        if peer.public_key in ours and peer.endpoint and (network := network_of(peer.endpoint))
    }
    networks.forget_networks_of_revoked(db)
    turning = networks.note_networks(db, found, days.day_of(now, settings.timezone), now)
    return sharing.note_turns(db, settings, turning, now)
