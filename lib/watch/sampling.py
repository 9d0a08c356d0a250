"""Note what the interface says of itself, of the traffic, and of where devices are: in one transaction, each round."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence, Set

from lib import days
from lib.chat.notify import interface_news, sharing
from lib.chat.screens import hush
from lib.settings import Settings
from lib.store import configs, counters, hours, networks
from lib.store.database import transaction
from lib.store.foreign import Sighting, foreign_keys, note_foreign
from lib.store.outbox import Outgoing, enqueue
from lib.store.server import Generation, note_generation, present_generation
from lib.vpn.addresses import network_of
from lib.vpn.awg import Interface, LivePeer
from lib.vpn.client_config import join_endpoint
from lib.vpn.machine import interface_life


class Sampler:
    """Notes what an interface says; keeps how its peers stood, so that only those are counted that have changed.

    What it keeps is used only while the database names that very sample as its last; otherwise all are looked at.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._noted: dict[str, LivePeer] = {}
        self._sample: counters.Sample | None = None

    def note(self, settings: Settings, seen: Interface, now: int) -> Generation:
        """Note an interface as just shown, and tell the admins what is new about it; give the present generation."""
        db, life = self._db, interface_life(seen.index)
        with transaction(db):
            generation, told = _note_server(db, settings, seen, now)
            fresh, gone = self._changes(seen.by_key, life)
            ids = configs.ids_by_key(db, fresh)
            ours = {ids[key]: peer for key, peer in fresh.items() if key in ids}
            sample = _note_traffic(db, settings, ours, gone, life, now)
            told += _note_foreign(db, settings, seen.peers, fresh.keys() - ids.keys(), life, now)
            told += _note_networks(db, settings, ours, now)
            enqueue(db, hush(settings, told, now), now)
        self._noted, self._sample = seen.by_key, sample
        return generation

    def _changes(self, peers: Mapping[str, LivePeer], life: str) -> tuple[Mapping[str, LivePeer], set[int]]:
        """Give the peers, by key, that are not as at the last sample, and the configs whose peers are gone since."""
        last = counters.last_sample(self._db)
        if last and last == self._sample and counters.carry_on(last.life, life) == last.life:
            fresh = {key: peer for key, peer in peers.items() if self._noted.get(key) is not peer}
            return fresh, set(configs.ids_by_key(self._db, self._noted.keys() - peers.keys()).values())
        return peers, counters.counted(self._db).difference(configs.ids_by_key(self._db, peers).values())


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
    return generation, interface_news.announce_server_change(
        db, settings, before, generation
    ) if before and changed else []


def _note_traffic(
    db: sqlite3.Connection, settings: Settings, ours: Mapping[int, LivePeer], gone: Set[int], life: str, now: int
) -> counters.Sample:
    """Count what moved, and how many are online."""
    readings = [counters.Reading(id_, peer.received, peer.sent, peer.handshake_at) for id_, peer in ours.items()]
    sample = counters.record_sample(db, readings, gone, life, now, settings.timezone)
    hours.note_online(db, counters.count_online(db, now), now)
    hours.forget_hours(db, now)
    return sample


def _note_foreign(
    db: sqlite3.Connection, settings: Settings, peers: Sequence[LivePeer], fresh: Set[str], life: str, now: int
) -> list[Outgoing]:
    """Note the peers that are not the bot's, `fresh` and known ones, and tell the admins of those that are new."""
    keys = fresh | foreign_keys(db)
    sightings = [
        Sighting(p.public_key, p.preshared_key, tuple(p.networks), p.received, p.sent, p.handshake_at)
        for p in peers
        if p.public_key in keys
    ]
    count = note_foreign(db, sightings, life, now)
    return interface_news.announce_foreign_peers(db, settings, count) if count else []


def _note_networks(
    db: sqlite3.Connection, settings: Settings, ours: Mapping[int, LivePeer], now: int
) -> list[Outgoing]:
    """Note from which network each device comes, and tell of a config that seems to be shared."""
    found = {id_: network for id_, peer in ours.items() if peer.endpoint and (network := network_of(peer.endpoint))}
    turning = networks.note_networks(db, found, days.day_of(now, settings.timezone), now)
    return sharing.note_turns(db, settings, turning, now)
