"""The keeper works by the clock and on every change: it counts, makes configs, syncs peers, delivers, and reports."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from lib import days
from lib.chat.friend.account import forget_in_copy
from lib.chat.notify import (
    alerts,
    broadcast_progress,
    claim_watch,
    first_connection,
    interface_news,
    issued,
    panel_shown,
    port_moves,
    reminders,
    removed_admins,
    revoked_in_app,
    trials,
    waiting_reminder,
)
from lib.chat.notify.month_report import send_due_reports
from lib.chat.notify.sharing import note_turns
from lib.chat.screens import hush
from lib.days import Clock
from lib.errors import AwgError, NoIPv4, ParametersError, SubnetFull
from lib.settings import Settings
from lib.store import broadcasts, claims, configs
from lib.store.database import erase_traces, snapshot, transaction
from lib.store.invitations import forget_expired_codes
from lib.store.keeper_notes import Health, begin_round, finish_round, read_fact, read_troubles, write_fact
from lib.store.outbox import Outgoing, enqueue
from lib.store.preferences import in_force
from lib.store.server import Generation
from lib.store.told import forget_old
from lib.store.trials import is_watching
from lib.store.users import forget_strangers
from lib.vpn import fence, issue, peers
from lib.vpn.awg import Awg
from lib.vpn.interface import Interface, Surroundings
from lib.vpn.machine import since_boot
from lib.watch import backups, mending, metrics, way_out
from lib.watch.container_files import ContainerFiles
from lib.watch.findings import Findings
from lib.watch.handed_over import HandedOver
from lib.watch.peer_names import PeerNames
from lib.watch.sampling import Sampler
from lib.watch.troubles import Watch, stuck

log = logging.getLogger(__name__)

Call = Callable[[], None]

STRANGER_SECONDS = 30 * days.DAY  # how long people who never passed the CAPTCHA are remembered
TOLD_SECONDS = 70 * days.DAY  # more than two months: what was sent about a month is of no use then
AROUND_SECONDS = 60  # between two looks at the way out, at least: they run four more tools
WATCH_SECONDS = 10  # between two rounds while a friend tries another disguise, or claims a peer
PROGRESS_SECONDS = 3.0  # between two updates of a broadcast's progress, which cost far less than a round
ERRANDS = (
    send_due_reports,
    reminders.remind,
    waiting_reminder.remind,
    first_connection.follow,
    trials.follow,
    claim_watch.follow,
    broadcast_progress.follow,
    removed_admins.end_invitations,
    port_moves.follow,
    panel_shown.follow,
)
"""What else is done in each round: each reads and changes rows, and returns the messages that follow from that."""


class Keeper:
    """The worker that uses `awg`. A round makes the interface what the database wants, however it was left."""

    def __init__(
        self, db: sqlite3.Connection, awg: Awg, settings: Settings, wake_sender: Call, since_boot: Clock = since_boot
    ) -> None:
        self._db, self._awg, self._wake_sender = db, awg, wake_sender
        self._file, self._settings = settings, in_force(db, settings)
        self._peers_file = peers.PeersFile(settings.peers_file)
        self._broken_off = True  # the previous round, until one is known to have finished
        names = PeerNames(settings.database.with_name("names.json"))
        handed_over = HandedOver(settings.database.with_name("handed-over.json"))
        self._sampler, self._files = Sampler(db, names, handed_over), ContainerFiles(db, awg, names)
        self._watch, self._wanted_count = Watch(since_boot), 0
        self._fence = fence.Projection(db, awg)
        self._looked_around = 0  # when the way out was last looked at
        self._failure = ""  # of the interface, as last logged

    def run(self, clock: Clock, stop: threading.Event, wake: threading.Event, beat: Call) -> None:
        """Run a round after every change, for every sample, when a month begins, and when the clock was set back."""
        while not stop.is_set():
            wake.clear()
            self.round(int(clock()))
            begun = clock()
            due = begun + self.pause(begun)
            beat()
            while begun <= (now := clock()) < due and not wake.wait(min(due - now, PROGRESS_SECONDS)):
                beat()
                self.show_progress(int(clock()))

    def pause(self, now: float) -> float:
        """Return the seconds until the next round is due."""
        turn = days.next_month_start(int(now), self._settings.timezone)
        watched = is_watching(self._db) or claims.is_watching(self._db)
        usual = self._settings.sample_seconds
        return min(usual, WATCH_SECONDS if watched else usual, turn - now)

    def show_progress(self, now: int) -> None:
        """Update the progress of broadcasts that are being sent."""
        if broadcasts.running(self._db):
            with transaction(self._db):
                enqueue(self._db, broadcast_progress.follow(self._db, self._settings, now), now)
            self._wake_sender()

    def round(self, now: int) -> None:
        """Run everything that is due. If the interface fails, nothing is lost: the next round tries again."""
        self._settings = in_force(self._db, self._file)
        self._begin(now)
        troubles = Findings()
        try:
            self._project(now, troubles)
        except AwgError as exc:
            self._log_failure(str(exc))
            troubles["interface"] = exc.kind
            self._record_down(exc, now)
        else:
            self._failure = ""
        backups.back_up(self._db, self._settings, now, troubles)
        reached = "interface" not in troubles
        troubles |= self._watch.look(self._db, self._settings, reached, self._wanted_count, now)
        found = troubles.with_unknown(read_troubles(self._db))
        with transaction(self._db):
            self._send(alerts.follow(self._db, self._settings, found, now), now)
            for errand in ERRANDS:
                self._send(errand(self._db, self._settings, now), now)
            forget_strangers(self._db, now - STRANGER_SECONDS)
            forget_old(self._db, now - TOLD_SECONDS)
            forget_expired_codes(self._db, now)
            finish_round(self._db)
        self._wake_sender()
        erase_traces(self._db)
        backups.clean(self._db, self._settings, forget_in_copy, now)
        self._broken_off = False
        self._write_metrics(now)
        self._awg.close()  # last, because it takes a moment until the node has ended

    def _begin(self, now: int) -> None:
        """Check the clock; alert the admins if no round has finished for long, before this one breaks off too.

        To save a commit a minute, the start of a round is recorded only if the previous one may have broken off.
        """
        self._watch.look_at_clock(self._db, now)
        if self._broken_off:
            with transaction(self._db):
                since = stuck(begin_round(self._db, now), now)
                if since is not None:
                    found = {**read_troubles(self._db), "sampling": since}
                    self._send(alerts.follow(self._db, self._settings, found, now), now)
        self._broken_off = True

    def _send(self, messages: Sequence[Outgoing], now: int) -> None:
        """Queue messages that nobody asked for; in the quiet hours they make no sound."""
        enqueue(self._db, hush(self._settings, messages, now), now)

    def _project(self, now: int, troubles: Findings) -> None:
        """Make the interface what the database wants, and deliver the configs that have come to life."""
        try:
            seen = self._awg.look(way_out=self._looks_around(now))
        except AwgError:
            self._wanted(now, troubles)  # the peers file must be right even if the interface is not there
            raise
        around = seen.surroundings
        if around:
            self._watch.look_around(way_out.find(self._settings.awg_interface, seen))
        generation = self._sample(seen, now, troubles)  # counters are read before any peer goes
        self._make_configs(seen, generation, now, troubles)
        with snapshot(self._db):
            wanted = self._wanted(now, troubles)
            ours = peers.ours_among(self._db, wanted, seen.by_key)
            asking = fence.asking(self._db, self._settings, now)
        wanted, ours = self._keep_files(wanted, seen, ours, now, troubles)
        # The fence comes first: nobody who may reach Telegram alone gets in before it.
        admitted, fault = self._fence.admit(self._settings, seen, wanted, asking, ours)
        standing = self._fence.holds or fault is None
        troubles.judge(**({"fence": None, "speeds": fault} if standing else {"fence": fault}))
        seen, left = peers.sync(self._awg, seen, [*wanted, *admitted.values()], ours)
        troubles.judge(conflict=", ".join(left.conflicts), outside=None)
        if left.outside:
            values = mending.describe_outside(self._settings.awg_interface, seen.addresses, left.outside)
            troubles.judge(outside=json.dumps(values))
        apart = sum(peer.public_key in seen.by_key for peer in admitted.values())
        self._record_up(seen, around, left.strangers, apart, now)

    def _keep_files(
        self, wanted: list[configs.WantedPeer], seen: Interface, ours: Set[str], now: int, troubles: Findings
    ) -> tuple[list[configs.WantedPeer], Set[str]]:
        """Update the container's files; return the peers still wanted, and the keys of ours that may be removed."""
        kept, fault = self._files.keep(self._settings, wanted, seen, ours)
        if kept.revoked or kept.restored:
            with transaction(self._db):
                self._send(revoked_in_app.follow(self._db, self._settings, kept, now), now)
            wanted, ours = [peer for peer in wanted if peer.public_key not in kept.revoked], ours | kept.revoked
            _, fault = self._files.keep(self._settings, wanted, seen, ours)  # else a resumed one is revoked again
        troubles.judge(files=fault)
        return wanted, ours

    def _log_failure(self, failure: str) -> None:
        """Log why the interface can't be used; the same reason in the next round is no news."""
        if failure != self._failure:
            log.error("%s", failure)
        else:
            log.debug("still: %s", failure)
        self._failure = failure

    def _looks_around(self, now: int) -> bool:
        """Return True if the way out is due to be looked at: with a sample, at most once a minute."""
        due = not 0 <= now - self._looked_around < max(self._settings.sample_seconds, AROUND_SECONDS)
        if due:
            self._looked_around = now
        return due

    def _sample(self, seen: Interface, now: int, troubles: Findings) -> Generation:
        """Record what the interface shows, and tell the admins what is new about it, in one transaction."""
        db, settings = self._db, self._settings
        with self._sampler.record(settings, seen, now) as news:
            if news.before:
                before, after = news.before, news.generation
                self._send(interface_news.announce_server_change(db, settings, before, after, seen.port), now)
            if news.new_foreign:
                self._send(interface_news.announce_foreign_peers(db, settings, news.new_foreign), now)
            self._send(note_turns(db, settings, news.shared, now), now)
        troubles.judge(impossible=", ".join(news.impossible))
        return news.generation

    def _make_configs(self, seen: Interface, generation: Generation, now: int, troubles: Findings) -> None:
        """Make configs for approved requests; what prevents that is no reason to keep blocked people connected."""
        troubles.judge(subnet=None, no_ipv4=None, parameters=None, making=None)
        try:
            issue.make_configs(self._db, self._awg, seen, generation, self._settings, now)
        except SubnetFull as exc:
            troubles["subnet"] = str(exc)
        except NoIPv4 as exc:
            troubles["no_ipv4"] = str(exc)
        except ParametersError as exc:
            troubles["parameters"] = json.dumps(exc.faults)
        except AwgError as exc:
            log.error("%s", exc)
            troubles["making"] = exc.kind

    def _wanted(self, now: int, troubles: dict[str, str]) -> list[configs.WantedPeer]:
        """Return the peers that must be live, and write them to the peers file; a failure to write is only reported."""
        month = days.month_of(now, self._settings.timezone)
        wanted = configs.wanted(self._db, now, month, self._settings.quota_bytes)
        self._wanted_count = len(wanted)
        try:
            self._peers_file.write(wanted)
        except OSError as exc:
            log.error("The file of peers can't be written: %s", exc)
            troubles["peers_file"] = str(exc)
        return wanted

    def _record_up(self, seen: Interface, around: Surroundings | None, strangers: int, apart: int, now: int) -> None:
        """Record that the interface is up, with `apart` Telegram-only peers, and deliver configs that are now live."""
        before = read_fact(self._db, Health) or Health(up=False, since=now)
        since = before.since if before.up else now
        version = around.tool.partition("\n")[0].strip() if around and around.tool else before.version
        health = Health(True, since, "", "", seen.port, version, len(seen.peers), strangers, apart)
        with transaction(self._db):
            write_fact(self._db, health)
            delivered = issued.issue_live(self._db, self._settings, seen, now)
            enqueue(self._db, delivered, now)
        if delivered:
            self._wake_sender()

    def _record_down(self, exc: AwgError, now: int) -> None:
        before = read_fact(self._db, Health) or Health(up=True, since=now)
        since = now if before.up else before.since
        with transaction(self._db):
            write_fact(self._db, replace(before, up=False, since=since, kind=exc.kind, detail=str(exc)))

    def _write_metrics(self, now: int) -> None:
        """Write the numbers for Prometheus if the owner wants them."""
        if (path := self._settings.metrics_file) is None:
            return
        try:
            metrics.write_metrics(
                path, metrics.render(metrics.gather(self._db, self._settings, self._wanted_count, now))
            )
        except OSError as exc:
            log.error("The metrics can't be written: %s", exc)
