"""What happens by the clock and by change: look at the interface, count, make, sync, deliver, and turn the month."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from lib import days
from lib.chat.notify import alerts, broadcast_progress, decisions_shown, month_report, reminders, waiting_reminder
from lib.chat.notify.delivery import deliver
from lib.chat.screens import hush
from lib.errors import AwgError, DatabaseError, ParametersError, SubnetFull
from lib.settings import Settings
from lib.store import broadcasts, configs
from lib.store.backup import make_nightly
from lib.store.config_requests import get_request, mark_issued
from lib.store.database import snapshot, transaction
from lib.store.keeper_notes import (
    Backup,
    Health,
    begin_round,
    finish_round,
    note_backup,
    note_health,
    read_backup,
    read_health,
    read_troubles,
)
from lib.store.outbox import Outgoing, enqueue
from lib.store.preferences import in_force
from lib.store.told import forget_old
from lib.store.users import forget_strangers, get_user
from lib.vpn import issue, peers
from lib.vpn.awg import Awg, Interface
from lib.vpn.machine import since_boot
from lib.watch.metrics import gather, render, write_metrics
from lib.watch.sampling import Sampler
from lib.watch.troubles import Watch, stuck

log = logging.getLogger(__name__)

BACKUP_SECONDS = 2 * 86400  # without a good backup, until the admins are told
STRANGER_SECONDS = 30 * 86400  # how long who never passed the door is remembered
TOLD_SECONDS = 70 * 86400  # two months and more: what was told of a month is of no use then
ERRANDS: tuple[Callable[[sqlite3.Connection, Settings, int], list[Outgoing]], ...] = (
    month_report.send_due_reports,
    reminders.remind,
    waiting_reminder.remind,
    broadcast_progress.follow,
)
"""What else is done by the clock: looks at the rows, changes them, and gives the messages that follow from it."""
GLANCE_SECONDS = 3.0  # between two looks at a broadcast on its way, which are far lighter than a round


class Keeper:
    """The worker whose edge is `awg`. A round brings the interface to what the database wants, however it was left."""

    def __init__(
        self,
        db: sqlite3.Connection,
        awg: Awg,
        settings: Settings,
        wake_sender: Callable[[], None],
        since_boot: Callable[[], float] = since_boot,
    ) -> None:
        self._db, self._awg, self._wake_sender = db, awg, wake_sender
        self._file, self._settings = settings, in_force(db, settings)
        self._peers_file = peers.PeersFile(settings.peers_file)
        self._broken_off = True  # the round before, or so it is until one is finished
        self._sampler, self._watch, self._wanted_count = Sampler(db), Watch(since_boot), 0

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
                enqueue(self._db, broadcast_progress.follow(self._db, self._settings, now), now)
            self._wake_sender()

    def round(self, now: int) -> None:
        """Do all that is due. A failing interface loses nothing: everything is tried again by the next round."""
        self._settings = in_force(self._db, self._file)
        self._begin(now)
        troubles: dict[str, str] = {}
        try:
            self._project(now, troubles)
        except AwgError as exc:
            log.error("%s", exc)
            troubles["interface"] = exc.kind
            self._note_down(exc, now)
        self._back_up(now, troubles)
        reached = "interface" not in troubles
        troubles |= self._watch.look(self._db, self._settings, reached, self._wanted_count, now)
        with transaction(self._db):
            self._say(alerts.follow(self._db, self._settings, troubles, now), now)
            for errand in ERRANDS:
                self._say(errand(self._db, self._settings, now), now)
            forget_strangers(self._db, now - STRANGER_SECONDS)
            forget_old(self._db, now - TOLD_SECONDS)
            finish_round(self._db)
        self._broken_off = False
        self._write_metrics(now)
        self._wake_sender()

    def _begin(self, now: int) -> None:
        """Look at the clock; tell the admins when no round was finished for long, before this one breaks off too.

        That a round begins is noted only if the one before may have broken off: a commit a minute is not spent on it.
        """
        self._watch.look_at_clock(self._db, now)
        if self._broken_off:
            with transaction(self._db):
                since = stuck(begin_round(self._db, now), now)
                if since is not None:
                    found = {**read_troubles(self._db), "sampling": since}
                    self._say(alerts.follow(self._db, self._settings, found, now), now)
        self._broken_off = True

    def _say(self, messages: Sequence[Outgoing], now: int) -> None:
        """Put messages that nobody asked for on their way, without a sound in the quiet hours."""
        enqueue(self._db, hush(self._settings, messages, now), now)

    def _project(self, now: int, troubles: dict[str, str]) -> None:
        """Bring the interface to what the database wants, in the order that keeps every law."""
        try:
            seen = self._awg.show()  # 1. how it is
        except AwgError:
            self._wanted(now, troubles)  # the file must be right even if the interface is not there
            raise
        generation = self._sampler.note(self._settings, seen, now)  # 2. the counters, before any peer goes
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
        with snapshot(self._db):
            wanted = self._wanted(now, troubles)
            ours = peers.ours_among(self._db, wanted, seen.by_key)
        seen, left = peers.sync(self._awg, seen, wanted, ours)  # 4. across
        if left.conflicts:
            troubles["conflict"] = ", ".join(left.conflicts)
        self._note_up(seen, left.strangers, now)  # 5. what is live is issued and delivered

    def _wanted(self, now: int, troubles: dict[str, str]) -> list[configs.WantedPeer]:
        """Ask for the configs that must be live, and keep the file beside the database equal to them.

        Where that can't be written, the interface gets what is wanted all the same.
        """
        present = days.month_of(now, self._settings.timezone)
        wanted = configs.wanted(self._db, now, present, self._settings.quota_bytes)
        self._wanted_count = len(wanted)
        try:
            self._peers_file.write(wanted)
        except OSError as exc:
            log.error("The file of peers can't be written: %s", exc)
            troubles["peers_file"] = str(exc)
        return wanted

    def _note_up(self, seen: Interface, strangers: int, now: int) -> None:
        """Note the interface's health, and deliver the configs that are live for the first time."""
        before = read_health(self._db)
        version = before.version if before and before.up and before.version else self._awg.version()
        health = Health(
            up=True,
            since=before.since if before and before.up else now,
            port=seen.port,
            version=version,
            live=len(seen.peers),
            foreign=strangers,
        )
        with transaction(self._db):
            note_health(self._db, health)
            self._deliver(seen, now)

    def _deliver(self, seen: Interface, now: int) -> None:
        """Issue what was made and is live: its request is closed and its files are on their way, in one transaction."""
        for config in peers.live_among(configs.undelivered(self._db), seen):
            configs.mark_live(self._db, [config.id], now)
            if config.request_id is not None:
                mark_issued(self._db, config.request_id)
                request = get_request(self._db, config.request_id)
                enqueue(self._db, decisions_shown.update_request_notices(self._db, self._settings, request), now)
            owner = get_user(self._db, config.user_id)
            enqueue(self._db, deliver(self._db, self._settings, config, owner), now)
            log.info("config %d of user %d is live", config.id, config.user_id)

    def _note_down(self, exc: AwgError, now: int) -> None:
        before = read_health(self._db) or Health(up=True, since=now)
        since = now if before.up else before.since
        with transaction(self._db):
            note_health(self._db, replace(before, up=False, since=since, kind=exc.kind, detail=str(exc)))

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

    def _write_metrics(self, now: int) -> None:
        """Write the numbers for whoever watches many servers, where the owner wants that."""
        path = self._settings.metrics_file
        if path is None:
            return
        try:
            write_metrics(path, render(gather(self._db, self._wanted_count, now)))
        except OSError as exc:
            log.error("The metrics can't be written: %s", exc)
