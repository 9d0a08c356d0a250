#!/usr/bin/env python3
"""AndreyVPN_bot: lets friends use an AmneziaWG server through Telegram.

Everything that runs is started on this page.
"""

from __future__ import annotations

import codecs
import gc
import io
import logging
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from lib.chat.attachments import render
from lib.chat.commands import announce_commands
from lib.chat.dispatch import dispatch, give_up
from lib.chat.files import Attachment
from lib.errors import AnotherPoller, BotError, DatabaseError, SettingsError, WrongToken
from lib.heartbeat import Heartbeat, notify
from lib.journal import set_up_logging
from lib.keeper import Keeper
from lib.settings import Settings, read_settings
from lib.store.database import (
    check_in_place,
    connect,
    identity,
    is_damage,
    prepare_database,
    sole_owner,
    transaction,
    wanted_version,
)
from lib.store.invitations import note_username
from lib.store.preferences import in_force
from lib.store.users import set_reachable
from lib.telegram.api import Telegram
from lib.telegram.poller import Poller
from lib.telegram.sender import Lanes, Sender
from lib.vpn.awg import Awg
from lib.vpn.machine import since_boot

log = logging.getLogger("andreyvpn")

SIGNALS = {signal.SIGTERM, signal.SIGINT}
SENDERS = 4  # threads: enough for Telegram's 30 messages a second, 130 ms away
BREATH = 5.0  # seconds before a worker that failed goes on
FAREWELL = 4.0  # seconds that a stop may take before what still runs is cut off; nothing is lost by that


class Bot:
    """The three workers around one database. They share the settings, a stop event and two wake-up events."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        since_boot: Callable[[], float] = since_boot,
    ) -> None:
        self.settings, self.clock, self.since_boot = settings, clock, since_boot
        self.stop, self.wake_sender, self.wake_keeper = threading.Event(), threading.Event(), threading.Event()
        self.heartbeat = Heartbeat()
        self.failure: BotError | None = None
        self._poller: Poller | None = None
        self._awg: Awg | None = None
        self._file = identity(settings.database)

    def run(self) -> int:
        """Start the workers, wait for a signal, let what is in hand be finished; give the exit code.

        The signals are blocked everywhere and taken up here, so none of them can interrupt anything halfway.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        gc.collect()
        gc.freeze()  # what was imported stays: looking through it again cost half of a round over 10,000 peers
        lanes = Lanes()
        threads = [self._start(f"sender {number}", lambda name: self._send(name, lanes)) for number in range(SENDERS)]
        threads += [self._start("keeper", self._keep), self._start("poller", self._poll)]
        threading.Thread(target=self.heartbeat.feed_watchdog, args=(self.stop,), daemon=True).start()
        notify("READY=1")
        log.info("The bot is running")
        signal.sigwait(SIGNALS)
        notify("STOPPING=1")
        self._end(threads)
        if self.failure:
            print(f"andreyvpn: {explain(self.failure)}", file=sys.stderr)
            return 2
        log.info("The bot has stopped")
        return 0

    def _end(self, threads: list[threading.Thread]) -> None:
        """Ask every worker to stop, and wait a moment for those that are busy; a waiting poll may simply end."""
        self.stop.set()
        self.wake_sender.set()
        self.wake_keeper.set()
        deadline = time.monotonic() + FAREWELL
        while any(map(self._is_busy, threads)) and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._awg is not None:
            self._awg.cut_off()

    def _is_busy(self, thread: threading.Thread) -> bool:
        polls = thread.name == "poller" and self._poller is not None and self._poller.waiting
        return thread.is_alive() and not polls

    def _start(self, name: str, work: Callable[[str], None]) -> threading.Thread:
        thread = threading.Thread(target=self._guard, args=(name, work), name=name, daemon=True)
        thread.start()
        return thread

    def _guard(self, name: str, work: Callable[[str], None]) -> None:
        """Keep a worker at work until the stop: what it can't mend itself is logged, and it begins anew."""
        while not self.stop.is_set():
            try:
                work(name)
            except (WrongToken, AnotherPoller, DatabaseError) as exc:
                self._fail(exc)
            except sqlite3.OperationalError as exc:  # full, locked, read-only: nothing was committed, nothing is lost
                log.error("The %s can't use the database and tries again: %s", name, exc)
                self.stop.wait(BREATH)
            except Exception as exc:
                if is_damage(exc):
                    self._fail(DatabaseError(damage(self.settings, exc)))
                    return
                log.exception("The %s failed and begins anew", name)
                self.stop.wait(BREATH)

    def _fail(self, failure: BotError) -> None:
        """Stop for good, where going on would help nobody."""
        self.failure = self.failure or failure
        self.stop.set()
        os.kill(os.getpid(), signal.SIGTERM)

    def _poll(self, name: str) -> None:
        self._poller = self.make_poller(self.heartbeat.of(name))
        self._poller.run()

    def _send(self, name: str, lanes: Lanes) -> None:
        self.make_sender(lanes).run(self.stop, self.wake_sender, self.heartbeat.of(name))

    def _keep(self, name: str) -> None:
        beat = self.heartbeat.of(name)

        def beat_and_look() -> None:
            beat()
            check_in_place(self.settings.database, self._file)

        self.make_keeper().run(self.clock, self.stop, self.wake_keeper, beat_and_look)

    def connect(self) -> sqlite3.Connection:
        """Open a worker's own connection."""
        return connect(self.settings.database)

    def make_telegram(self) -> Telegram:
        """Open a worker's own HTTP session."""
        return Telegram(self.settings.bot_token, self.settings.telegram_api, self.settings.telegram_proxy)

    def make_awg(self) -> Awg:
        """Take the tool in hand."""
        return Awg(self.settings.awg_command, self.settings.awg_interface)

    def make_poller(self, beat: Callable[[], None]) -> Poller:
        """Put the poller together: each update is committed with all that it causes."""
        db = self.connect()

        def learn(username: str) -> None:
            with transaction(db):
                note_username(db, username)

        return Poller(db, self.make_telegram(), partial(self._handle, db), self.clock, self.stop, beat, learn)

    def make_sender(self, lanes: Lanes) -> Sender:
        """Put a sending thread together."""

        def render_file(db: sqlite3.Connection, reference: str, now: int) -> Attachment | None:
            return render(db, in_force(db, self.settings), reference, now)

        def lose(db: sqlite3.Connection, chat_id: int) -> None:
            set_reachable(db, chat_id, False)

        return Sender(self.connect(), self.make_telegram(), lanes, render_file, lose, self.clock)

    def make_keeper(self) -> Keeper:
        """Put the keeper together."""
        self._awg = self.make_awg()
        return Keeper(self.connect(), self._awg, self.settings, self.wake_sender.set, self.since_boot)

    def _handle(self, db: sqlite3.Connection, update: Mapping[str, Any]) -> None:
        """Commit an update with all that it causes, then wake whoever has work from it."""
        before, now = wanted_version(db), int(self.clock())
        try:
            with transaction(db):
                dispatch(db, self.settings, update, now)
        except sqlite3.OperationalError:
            raise  # the disk or a lock, not the update: it will be delivered again
        except Exception as exc:
            if is_damage(exc):
                raise
            log.exception("Update %s can't be handled and is let go", update.get("update_id"))
            with transaction(db):
                give_up(db, self.settings, update, now)
        self.wake_sender.set()
        if wanted_version(db) != before:
            self.wake_keeper.set()


def explain(failure: BotError) -> str:
    """Say in one line why the bot can't go on."""
    if isinstance(failure, WrongToken):
        return "Telegram does not know this BOT_TOKEN. Copy it again from @BotFather into the settings."
    if isinstance(failure, DatabaseError):
        return str(failure)
    return "another program polls Telegram with the same token. Stop it, or give this bot a token of its own."


def damage(settings: Settings, exc: Exception) -> str:
    """Say that the database is damaged, and what to do."""
    return f"{settings.database}: {exc}; restore it from a backup"


def run(settings: Settings) -> int:
    """Serve until SIGTERM; give the exit code."""
    set_up_logging(settings.log_level, settings.bot_token)
    with sole_owner(settings.database):
        if prepare_database(settings.database):
            log.info("Database initialized")
        try:
            with closing(connect(settings.database)) as db, transaction(db):
                announce_commands(db, in_force(db, settings), int(time.time()))
        except sqlite3.DatabaseError as exc:
            raise DatabaseError(damage(settings, exc)) from exc
        return Bot(settings).run()


def main(argv: list[str]) -> int:
    """Read the command line, do one thing, give the exit code: 2 for what only a person can mend."""
    show_on_any_terminal()
    if argv in ([], ["run"]):
        return with_settings(None, run)
    from lib.console import commands  # the service has no use for it, and is the smaller without

    options = commands.make_parser().parse_args(argv)
    if options.command == "demo":
        from lib.demo.run import run_demo

        return run_demo(Path(__file__).resolve(), options.port, options.real)
    if options.command in commands.WITHOUT_SETTINGS:
        return commands.perform_without_settings(options, os.environ)
    return with_settings(options.env, run if options.command in (None, "run") else partial(commands.perform, options))


def show_on_any_terminal() -> None:
    """Print a stand-in for what the terminal's encoding (ISO-8859-1, KOI8-R, CP1251) lacks, rather than fail."""
    codecs.register_error("stand-in", stand_in)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="stand-in")


def stand_in(error: UnicodeError) -> tuple[str, int]:
    """Replace the letters that can't be encoded, but let the signs of `check` be told apart."""
    assert isinstance(error, UnicodeEncodeError)
    signs = {"✅": "+", "⚠": "!", "❌": "X", "\ufe0f": ""}
    return "".join(signs.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def with_settings(file: Path | None, deed: Callable[[Settings], int]) -> int:
    """Do a thing that needs the settings, from the environment or a file, and the database."""
    try:
        return deed(read_settings(os.environ, file))
    except SettingsError as exc:
        print(f"andreyvpn: these settings need attention:\n{exc}", file=sys.stderr)
    except DatabaseError as exc:
        print(f"andreyvpn: {exc}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
