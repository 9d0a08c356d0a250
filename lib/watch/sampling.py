"""Record what the interface shows: the server's description, the traffic, and where devices connect from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass

from lib import days
from lib.settings import Settings
from lib.store import configs, counters, hours, networks
from lib.store.database import transaction
from lib.store.foreign import Sighting, end_expired, foreign_keys, note_foreign, note_kept
from lib.store.server import Generation, note_generation, present_generation
from lib.vpn import ports
from lib.vpn.addresses import network_of, port_of
from lib.vpn.interface import Interface, LivePeer
from lib.vpn.machine import interface_life
from lib.watch.handed_over import HandedOver
from lib.watch.peer_names import PeerNames


@dataclass(frozen=True)
class News:
    """What a sample found out about the interface.

    `before` is the previous description of the server if it has just changed, else None; `new_foreign` counts the
    foreign peers not known before; `shared` lists the configs that two devices seem to share, to judge by the networks;
    `impossible` are the public keys of peers whose counters can't be, and are not counted.
    """

    generation: Generation
    before: Generation | None
    new_foreign: int
    shared: Sequence[int]
    impossible: Sequence[str]


class Sampler:
    """Records what an interface shows. It remembers the peers, so that only those that changed are looked at.

    It trusts its memory only if the database's last sample is its own; otherwise it looks at all peers.
    """

    def __init__(
        self, db: sqlite3.Connection, names: PeerNames | None = None, handed_over: HandedOver | None = None
    ) -> None:
        self._db, self._names, self._handed_over = db, names, handed_over
        self._known: dict[str, LivePeer] = {}
        self._impossible: set[str] = set()
        self._sample: counters.Sample | None = None

    @contextmanager
    def record(self, settings: Settings, seen: Interface, now: int) -> Iterator[News]:
        """Record an interface as just shown, in one transaction with whatever the block does about the news."""
        db, life = self._db, interface_life(seen.index)
        names = self._names.read() if self._names else {}
        kept = self._handed_over.read() if self._handed_over else []
        with transaction(db):
            generation, before = _record_server(db, settings, seen, now)
            changed, gone = self._changes(seen.by_key, life)
            self._note_impossible(changed, seen.by_key)
            ids = configs.ids_by_key(db, changed)
            ours = {ids[key]: peer for key, peer in changed.items() if key in ids and key not in self._impossible}
            counters.repair_handshakes(db, now)
            sample = _record_traffic(db, settings, ours, gone, life, now)
            _record_ports(db, seen, now)
            new_foreign = _record_foreign(db, seen.peers, changed.keys() - ids.keys(), names, life, now)
            note_kept(db, kept, now)
            end_expired(db, now)
            connects = {id_: net for id_, p in ours.items() if p.endpoint and (net := network_of(p.endpoint))}
            shared = networks.note_networks(db, connects, days.day_of(now, settings.timezone), now)
            yield News(generation, before, new_foreign, shared, sorted(self._impossible))
        self._known, self._sample = seen.by_key, sample
        if kept and self._handed_over:
            self._handed_over.forget()

    def _note_impossible(self, changed: Mapping[str, LivePeer], live: Mapping[str, LivePeer]) -> None:
        """Keep track of the peers whose counters can't be."""
        now_impossible = {key for key, peer in changed.items() if not counters.are_possible(peer.received, peer.sent)}
        self._impossible = (self._impossible - changed.keys() | now_impossible) & live.keys()

    def _changes(self, peers: Mapping[str, LivePeer], life: str) -> tuple[Mapping[str, LivePeer], set[int]]:
        """Return the peers that changed since the last sample, by key, and the configs whose peers are gone since."""
        last = counters.last_sample(self._db)
        if last and last == self._sample and counters.carry_on(last.life, life) == last.life:
            changed = {key: peer for key, peer in peers.items() if self._known.get(key) is not peer}
            return changed, set(configs.ids_by_key(self._db, self._known.keys() - peers.keys()).values())
        return peers, counters.counted(self._db).difference(configs.ids_by_key(self._db, peers).values())


def _record_server(
    db: sqlite3.Connection, settings: Settings, seen: Interface, now: int
) -> tuple[Generation, Generation | None]:
    """Record how configs must describe the server; return that, and the previous description if it has changed."""
    before = present_generation(db)
    endpoint = ports.usual_endpoint(settings, seen.port)
    note_generation(db, seen.public_key, seen.parameters, endpoint, now)
    generation = present_generation(db)
    assert generation is not None, "recorded a moment ago"
    return generation, before if before and before.number != generation.number else None


def _record_traffic(
    db: sqlite3.Connection, settings: Settings, ours: Mapping[int, LivePeer], gone: Set[int], life: str, now: int
) -> counters.Sample:
    readings = [
        counters.Reading(id_, peer.received, peer.sent, counters.past(peer.handshake_at, now))
        for id_, peer in ours.items()
    ]
    sample = counters.record_sample(db, readings, gone, life, now, settings.timezone)
    month = days.month_of(now, settings.timezone)
    hours.note_online(db, configs.count_online(db, now, month, settings.quota_bytes), now)
    hours.forget_hours(db, now)
    return sample


def _record_ports(db: sqlite3.Connection, seen: Interface, now: int) -> None:
    """Record which port the devices that are online use, if the way out was looked at and tells."""
    came = ports.asked(seen.surroundings.table) if seen.surroundings else {}
    online = [peer for peer in seen.peers if peer.endpoint in came and counters.is_online(peer.handshake_at, now)]
    ids = configs.ids_by_key(db, [peer.public_key for peer in online])
    found = {ids[peer.public_key]: came[peer.endpoint] for peer in online if peer.public_key in ids and peer.endpoint}
    counters.note_ports(db, found)


def _record_foreign(
    db: sqlite3.Connection,
    peers: Sequence[LivePeer],
    changed: Set[str],
    names: Mapping[str, str],
    life: str,
    now: int,
) -> int:
    """Record the peers that are not the bot's, changed and known ones; return how many of them are new."""
    keys = changed | foreign_keys(db)
    sightings = []
    for peer in (peer for peer in peers if peer.public_key in keys):
        carried = (peer.received, peer.sent) if counters.are_possible(peer.received, peer.sent) else (0, 0)
        seen_at = counters.past(peer.handshake_at, now)
        name = names.get(peer.public_key, "")
        port = port_of(peer.endpoint)
        sightings.append(
            Sighting(peer.public_key, peer.preshared_key, tuple(peer.networks), *carried, seen_at, name, port)
        )
    return note_foreign(db, sightings, life, now)
