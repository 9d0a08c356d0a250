#!/usr/bin/env python3
"""AndreyVPN_bot lets friends use an AmneziaWG server through Telegram. Everything that runs is started here."""

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
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from lib.console.libraries import require_libraries

if __name__ == "__main__":
    require_libraries()  # before the imports that need them

from lib.chat.attachments import render
from lib.chat.commands import announce_commands
from lib.chat.dispatch import dispatch, give_up
from lib.days import Clock
from lib.errors import AnotherPoller, BotError, DatabaseBusy, DatabaseError, SettingsError, WrongToken
from lib.heartbeat import Heartbeat, notify
from lib.journal import set_up_logging
from lib.keeper import Keeper
from lib.settings import Settings, read_settings
from lib.store import database, trouble
from lib.store.database import transaction, wanted_version
from lib.store.invitations import note_username
from lib.store.owner import sole_owner
from lib.store.preferences import in_force
from lib.store.users import set_reachable
from lib.telegram.api import Files, Telegram
from lib.telegram.poller import Poller
from lib.telegram.sender import Schedule, Sender
from lib.vpn.awg import Awg
from lib.vpn.machine import since_boot

log = logging.getLogger("andreyvpn")

SIGNALS = {signal.SIGTERM, signal.SIGINT}
SENDERS = 4  # threads: enough for Telegram's 30 messages a second, 130 ms away
RETRY_SECONDS = 5.0  # before a worker that failed starts again
STOP_SECONDS = 4.0  # that workers get to finish; then they are cut off, by which nothing is lost


class Bot:
    """The three workers around one database. They share the settings, a stop event and two wake-up events."""

    def __init__(self, settings: Settings, clock: Clock = time.time, since_boot: Clock = since_boot) -> None:
        self.settings, self.clock, self.since_boot = settings, clock, since_boot
        self.stop, self.wake_sender, self.wake_keeper = threading.Event(), threading.Event(), threading.Event()
        self.heartbeat = Heartbeat()
        self.failure: BotError | None = None
        self._poller: Poller | None = None
        self._awg: Awg | None = None
        self._file = trouble.identity(settings.database)

    def run(self) -> int:
        """Start the workers, wait for a signal, let the workers finish; return the exit code, or raise what ended them.

        The signals are blocked everywhere and received only here, so that they can't interrupt anything halfway.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        gc.collect()
        gc.freeze()  # imported objects stay; collecting them again took half of a round over 10,000 peers
        schedule = Schedule()
        threads = [self._start(f"sender {number}", partial(self._send, schedule)) for number in range(SENDERS)]
        threads += [self._start("keeper", self._keep), self._start("poller", self._poll)]
        threading.Thread(target=self.heartbeat.feed_watchdog, args=(self.stop,), daemon=True).start()
        notify("READY=1")
        log.info("The bot is running")
        signal.sigwait(SIGNALS)
        notify("STOPPING=1")
        self._end(threads)
        if self.failure:
            raise self.failure
        log.info("The bot has stopped")
        return 0

    def _end(self, threads: list[threading.Thread]) -> None:
        """Tell every worker to stop, and wait a moment for the busy ones; a waiting poll is left alone."""
        self.stop.set()
        self.wake_sender.set()
        self.wake_keeper.set()
        deadline = time.monotonic() + STOP_SECONDS
        while any(map(self._is_busy, threads)) and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._awg is not None:
            self._awg.cut_off()
        with suppress(sqlite3.Error), closing(self.connect()) as db:
            database.empty_log(db)

    def _is_busy(self, thread: threading.Thread) -> bool:
        polls = thread.name == "poller" and self._poller is not None and self._poller.waiting
        return thread.is_alive() and not polls

    def _start(self, name: str, work: Callable[[str], None]) -> threading.Thread:
        thread = threading.Thread(target=self._guard, args=(name, work), name=name, daemon=True)
        thread.start()
        return thread

    def _guard(self, name: str, work: Callable[[str], None]) -> None:
        """Keep a worker running until the stop: an error that may pass is logged, and the worker starts again."""
        while not self.stop.is_set():
            try:
                work(name)
            except (WrongToken, AnotherPoller, DatabaseError) as exc:
                self._fail(exc)
            except sqlite3.OperationalError as exc:  # full, locked, read-only: nothing was committed, nothing is lost
                log.error("The %s can't use the database and tries again: %s", name, exc)
                self.stop.wait(RETRY_SECONDS)
            except Exception as exc:
                if not trouble.is_damage(exc):
                    log.exception("The %s failed and starts again", name)
                elif self._is_proven(exc):
                    return
                else:
                    log.error("The %s read garbage, which a second look did not find, and starts again: %s", name, exc)
                self.stop.wait(RETRY_SECONDS)

    def _is_proven(self, exc: Exception) -> bool:
        """Check a database that seems damaged once more; if it really is, stop for good."""
        found = trouble.unusable(self.settings.database, exc)
        if isinstance(found, DatabaseBusy):
            return False
        self._fail(found)
        return True

    def _fail(self, failure: BotError) -> None:
        """Stop for good: restarting would not help."""
        self.failure = self.failure or failure
        self.stop.set()
        os.kill(os.getpid(), signal.SIGTERM)

    def _poll(self, name: str) -> None:
        self._poller = self.make_poller(self.heartbeat.of(name))
        self._poller.run()

    def _send(self, schedule: Schedule, name: str) -> None:
        self.make_sender(schedule).run(self.stop, self.wake_sender, self.heartbeat.of(name))

    def _keep(self, name: str) -> None:
        beat = self.heartbeat.of(name)

        def beat_and_check() -> None:
            beat()
            trouble.check_in_place(self.settings.database, self._file)

        self.make_keeper().run(self.clock, self.stop, self.wake_keeper, beat_and_check)

    def connect(self) -> sqlite3.Connection:
        """Open a worker's own connection."""
        return database.connect(self.settings.database)

    def make_telegram(self) -> Telegram:
        """Open a worker's own HTTP session."""
        return Telegram(self.settings.bot_token, self.settings.telegram_api, self.settings.telegram_proxy)

    def make_awg(self) -> Awg:
        """Make the way to the interface."""
        return Awg(self.settings.awg_command, self.settings.awg_interface, self.settings.node_socket)

    def make_poller(self, beat: Callable[[], None]) -> Poller:
        """Make the poller, which commits each update with all its effects."""
        db = self.connect()

        def save_username(username: str) -> None:
            with transaction(db):
                note_username(db, username)

        return Poller(db, self.make_telegram(), partial(self._handle, db), self.clock, self.stop, beat, save_username)

    def make_sender(self, schedule: Schedule) -> Sender:
        """Make a sending thread's sender."""

        def render_files(db: sqlite3.Connection, reference: str, now: int) -> Files | None:
            file = render(db, in_force(db, self.settings), reference, now)
            return {file.field: (file.file_name, file.content, file.mime)} if file else None

        def mark_unreachable(db: sqlite3.Connection, chat_id: int) -> None:
            set_reachable(db, chat_id, False)

        return Sender(self.connect(), self.make_telegram(), schedule, render_files, mark_unreachable, self.clock)

    def make_keeper(self) -> Keeper:
        """Make the keeper."""
        self._awg = self.make_awg()
        return Keeper(self.connect(), self._awg, self.settings, self.wake_sender.set, self.since_boot)

    def _handle(self, db: sqlite3.Connection, update: Mapping[str, Any]) -> None:
        """Commit an update with all its effects, then wake the workers that have something to do now."""
        before, now = wanted_version(db), int(self.clock())
        try:
            with transaction(db):
                dispatch(db, self.settings, update, now)
        except sqlite3.OperationalError:
            raise  # the disk or a lock, not the update: it will be delivered again
        except Exception as exc:
            if trouble.is_damage(exc):
                raise
            log.exception("Update %s can't be handled and is skipped", update.get("update_id"))
            with transaction(db):
                give_up(db, self.settings, update, now)
        self.wake_sender.set()
        if wanted_version(db) != before:
            self.wake_keeper.set()


def run(settings: Settings) -> int:
    """Serve until SIGTERM; return the exit code."""
    set_up_logging(settings.log_level, settings.bot_token)
    with sole_owner(settings.database):
        if database.prepare_database(settings.database):
            log.info("Database initialized")
        try:
            with closing(database.connect(settings.database)) as db, transaction(db):
                announce_commands(db, in_force(db, settings), int(time.time()))
            bot = Bot(settings)
        except (sqlite3.DatabaseError, OSError) as exc:
            raise trouble.unusable(settings.database, exc) from exc
        return bot.run()


def main(argv: list[str]) -> int:
    """Run one command and return the exit code: 2 for what only a person can fix."""
    show_on_any_terminal()
    if argv in ([], ["run"]):
        return with_settings(None, run)
    from lib.console import commands, setup, words  # the service does not need it, and uses less memory without it

    options = words.read_words(argv, os.environ)
    if options.command == "demo":
        from lib.demo.run import run_demo

        return run_demo(Path(__file__).resolve(), options.port, options.real)
    if options.command in setup.COMMANDS:
        return setup.perform(options, os.environ)
    if options.command == "check":
        return commands.perform_check(options, os.environ)
    return with_settings(options.env, run if options.command == "run" else partial(commands.perform, options))


def show_on_any_terminal() -> None:
    """Print a stand-in for what the terminal's encoding (ISO-8859-1, KOI8-R, CP1251) lacks, rather than fail."""
    codecs.register_error("stand-in", stand_in)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="stand-in")


def stand_in(error: UnicodeError) -> tuple[str, int]:
    """Replace the characters that can't be encoded, but keep the marks of `check` apart."""
    assert isinstance(error, UnicodeEncodeError)
    signs = {"✅": "+", "⚠": "!", "❌": "X", "\ufe0f": ""}
    return "".join(signs.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def with_settings(file: Path | None, act: Callable[[Settings], int]) -> int:
    """Run a command that needs the settings, from the environment or a file, and the database."""
    try:
        return act(read_settings(os.environ, file))
    except SettingsError as exc:
        from lib.console import answers, guidance

        for line in guidance.explain(exc, answers.language_of(os.environ, file), file):
            print(f"andreyvpn: {line}", file=sys.stderr)
    except (WrongToken, AnotherPoller, DatabaseError) as exc:
        from lib.console import answers, guidance

        said = guidance.explain_failure(exc, answers.language_of(os.environ, file))
        print(f"andreyvpn: {said}", file=sys.stderr)
        return 1 if isinstance(exc, DatabaseBusy) else 2  # after 1, systemd starts the service again
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
