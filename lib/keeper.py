"""What happens by the clock and by change: look at the interface, count, make, sync, deliver, and turn the month."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from lib import days
from lib.chat import admin, broadcast, foreign, notices, rollout, statistics, waiting
from lib.chat.delivery import deliver
from lib.chat.screens import hush, tell_admins
from lib.chat.texts import Markup, say
from lib.errors import AwgError, DatabaseError, ParametersError, SubnetFull
from lib.settings import Settings
from lib.store import broadcasts, configs, traffic
from lib.store.backup import make_nightly
from lib.store.config_requests import get_request, mark_issued
from lib.store.database import get_meta, put_meta, transaction
from lib.store.foreign import Sighting, evicted_keys, note_foreign
from lib.store.outbox import BROADCAST, DIALOGUE, Outgoing, enqueue
from lib.store.preferences import in_force
from lib.store.server import (
    Backup,
    Generation,
    Health,
    note_backup,
    note_generation,
    note_health,
    note_troubles,
    present_generation,
    read_backup,
    read_health,
    read_troubles,
)
from lib.store.users import forget_strangers, get_user
from lib.vpn import issue, peers
from lib.vpn.awg import Awg, Interface, LivePeer
from lib.vpn.client_config import join_endpoint
from lib.vpn.machine import interface_life

log = logging.getLogger(__name__)

BACKUP_SECONDS = 2 * 86400  # without a good backup, until the admins are told
STRANGER_SECONDS = 30 * 86400  # how long who never passed the door is remembered
ERRANDS: tuple[Callable[[sqlite3.Connection, Settings, int], list[Outgoing]], ...] = (
    waiting.remind,
    broadcast.follow,
)
"""What else is done by the clock: looks at the rows, changes them, and gives the messages that follow from it."""
GLANCE_SECONDS = 3.0  # between two looks at a broadcast on its way, which are far lighter than a round


class Keeper:
    """The worker whose edge is `awg`. A round brings the interface to what the database wants, however it was left."""

    def __init__(self, db: sqlite3.Connection, awg: Awg, settings: Settings, wake_sender: Callable[[], None]) -> None:
        self._db, self._awg, self._wake_sender = db, awg, wake_sender
        self._file, self._settings = settings, in_force(db, settings)

    def run(
        self, clock: Callable[[], float], stop: threading.Event, wake: threading.Event, beat: Callable[[], None]
    ) -> None:
        """Go round when woken by a change, at every sample, at the turn of a month, and when the clock was set back."""
        while not stop.is_set():
            wake.clear()
            self.round(int(clock()))
            begun = clock()
            due = begun + self.pause(begun)
            beat()
            while begun <= (now := clock()) < due and not wake.wait(min(due - now, GLANCE_SECONDS)):
                beat()
                self.glance(int(clock()))

    def pause(self, now: float) -> float:
        """Give the seconds until the next round is due."""
        turn = days.next_month_start(int(now), self._settings.timezone)
        return min(self._settings.sample_seconds, turn - now)

    def glance(self, now: int) -> None:
        """Show how far a broadcast is, if one is on its way."""
        if broadcasts.running(self._db):
            with transaction(self._db):
                enqueue(self._db, broadcast.follow(self._db, self._settings, now), now)
            self._wake_sender()

    def round(self, now: int) -> None:
        """Do all that is due. A failing interface loses nothing: everything is tried again by the next round."""
        self._settings = in_force(self._db, self._file)
        troubles: dict[str, str] = {}
        try:
            self._project(now, troubles)
        except AwgError as exc:
            log.error("%s", exc)
            troubles["interface"] = exc.kind
            self._note_down(exc, now)
        self._back_up(now, troubles)
        with transaction(self._db):
            self._tell_troubles(troubles, now)
            self._turn_month(now)
            for errand in ERRANDS:
                enqueue(self._db, hush(self._settings, errand(self._db, self._settings, now), now), now)
            forget_strangers(self._db, now - STRANGER_SECONDS)
        self._wake_sender()

    def _project(self, now: int, troubles: dict[str, str]) -> None:
        """Bring the interface to what the database wants, in the order that keeps every law."""
        self._wanted(now)  # 1. the file first: it must be right even if the interface is not there
        seen = self._awg.show()
        generation = self._note_seen(seen, now)  # 2. the counters, before any peer goes
        try:
            own = self._settings.client_parameters
            issue.make_configs(self._db, self._awg, seen, generation, own, now)  # 3. new rows
        except SubnetFull as exc:
            troubles["subnet"] = str(exc)
        except ParametersError as exc:
            troubles["parameters"] = json.dumps(exc.faults)
        except AwgError as exc:  # no reason not to switch off whom the admin blocked
            log.error("%s", exc)
            troubles["making"] = exc.kind
        outcome = peers.sync(self._awg, seen, self._wanted(now), self._ours())  # 4. across
        if outcome.conflicts:
            troubles["conflict"] = ", ".join(outcome.conflicts)
        self._note_up(outcome, now)  # 5. what is live is issued and delivered

    def _wanted(self, now: int) -> list[configs.Config]:
        """Ask for the configs that must be live, and keep the file beside the database equal to them."""
        month = days.month_of(now, self._settings.timezone)
        wanted = configs.wanted(self._db, now, month, self._settings.quota_bytes)
        peers.write_peers_file(self._settings.peers_file, wanted)
        return wanted

    def _ours(self) -> frozenset[str]:
        """Name the peers that are the bot's to change: those it made or adopted, and those that an admin wants gone."""
        return evicted_keys(self._db).union(configs.ids_by_key(self._db))

    def _note_seen(self, seen: Interface, now: int) -> Generation:
        """Note what the interface says of itself and of the traffic."""
        endpoint = join_endpoint(self._settings.server_endpoint, seen.port)
        with transaction(self._db):
            before = present_generation(self._db)
            note_generation(self._db, seen.public_key, seen.parameters, endpoint, now)
            ours = configs.ids_by_key(self._db)
            readings = [
                traffic.Reading(ours[peer.public_key], peer.received, peer.sent, peer.handshake_at)
                for peer in seen.peers
                if peer.public_key in ours
            ]
            life = interface_life(seen.index)
            traffic.record_sample(self._db, readings, life, now, self._settings.timezone)
            self._note_foreign([peer for peer in seen.peers if peer.public_key not in ours], life, now)
            generation = present_generation(self._db)
            assert generation is not None, "noted a moment ago"
            if before and before.number != generation.number:
                enqueue(self._db, rollout.announce(self._db, self._settings, before, generation), now)
        return generation

    def _note_foreign(self, found: Sequence[LivePeer], life: str, now: int) -> None:
        """Note the peers that are not the bot's, and tell the admins of new ones."""
        sightings = [
            Sighting(p.public_key, p.preshared_key, p.allowed_ips, p.received, p.sent, p.handshake_at) for p in found
        ]
        new = note_foreign(self._db, sightings, life, now)
        if new:
            enqueue(self._db, foreign.announce(self._db, self._settings, new), now)

    def _note_up(self, outcome: peers.Outcome, now: int) -> None:
        """Note the interface's health, and deliver the configs that are live for the first time."""
        before = read_health(self._db)
        version = before.version if before and before.up and before.version else self._awg.version()
        ours = self._ours()
        health = Health(
            up=True,
            since=before.since if before and before.up else now,
            port=outcome.seen.port,
            version=version,
            live=len(outcome.seen.peers),
            foreign=sum(peer.public_key not in ours for peer in outcome.seen.peers),
            sampled_at=now,
        )
        with transaction(self._db):
            note_health(self._db, health)
            self._deliver(set(outcome.live), now)

    def _deliver(self, live: set[int], now: int) -> None:
        """Issue what was made and is live: its request is closed and its files are on their way, in one transaction."""
        for config in configs.undelivered(self._db):
            if config.id not in live:
                continue
            configs.mark_live(self._db, [config.id], now)
            if config.request_id is not None:
                mark_issued(self._db, config.request_id)
                request = get_request(self._db, config.request_id)
                enqueue(self._db, notices.update_request_notices(self._db, self._settings, request), now)
            language = get_user(self._db, config.user_id).language
            enqueue(self._db, deliver(self._db, self._settings, language, config.id), now)
            log.info("config %d of user %d is live", config.id, config.user_id)

    def _note_down(self, exc: AwgError, now: int) -> None:
        before = read_health(self._db) or Health(up=True, since=now)
        since = now if before.up else before.since
        with transaction(self._db):
            note_health(self._db, replace(before, up=False, since=since, kind=exc.kind, detail=str(exc)))

    def _tell_troubles(self, troubles: dict[str, str], now: int) -> None:
        """Tell the admins once when a trouble begins, and once when it is over."""
        told = read_troubles(self._db)
        if told.keys() == troubles.keys():
            return
        settings = self._settings
        for kind in sorted(troubles.keys() - told.keys()):
            self._tell(partial(admin.trouble, settings=settings, kind=kind, detail=troubles[kind]), now)
        for kind in sorted(told.keys() - troubles.keys()):
            self._tell(partial(say, key=f"over_{kind}", interface=settings.awg_interface), now)
        note_troubles(self._db, troubles)

    def _tell(self, compose: Callable[[str], Markup], now: int, priority: int = DIALOGUE) -> None:
        """Tell every admin something in their language."""
        messages = tell_admins(self._db, self._settings, lambda language: (compose(language), None), None)
        messages = hush(self._settings, messages, now)
        enqueue(self._db, [replace(message, priority=priority) for message in messages], now)

    def _back_up(self, now: int, troubles: dict[str, str]) -> None:
        """Copy the database once a day; a failure is tried again by every round, and told when it lasts."""
        day = days.day_of(now, self._settings.timezone)
        last = read_backup(self._db)
        if last and last.day == day:
            return
        try:
            make_nightly(self._settings.database, self._settings.backups, day)
        except DatabaseError as exc:
            log.error("%s", exc)
            if last and now - last.at > BACKUP_SECONDS:
                troubles["backup"] = str(exc)
            at, day = (last.at, last.day) if last else (now, "")
        else:
            at = now
        with transaction(self._db):
            note_backup(self._db, Backup(at, day))

    def _turn_month(self, now: int) -> None:
        """Send the admins the table of each month that ended since the last look."""
        present = days.month_of(now, self._settings.timezone)
        last = get_meta(self._db, "month")
        while last is not None and last < present:
            self._tell(partial(statistics.month_report, self._db, month=last), now, BROADCAST)
            last = days.month_after(last)
        if last is None or last == present or self._set_back(last, now):
            put_meta(self._db, "month", present)

    def _set_back(self, month: str, now: int) -> bool:
        """Tell a clock that was put right after it had run into a later month from one that slipped at the turn."""
        return days.month_start(month, self._settings.timezone) - now > 86400
