"""Run the commands that need the settings; only `run` and `restore` ever create a database."""

from __future__ import annotations

import argparse
import os
import pwd
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from lib.chat.texts import plain
from lib.console import issuing, people
from lib.console.answers import reason
from lib.console.check import check, has_database
from lib.console.taken_over import FOLDER, read_taken_over
from lib.errors import Refused
from lib.settings import Settings, read_what_is_there
from lib.store.backup import make_backup, restore
from lib.store.database import connect, prepare_database, transaction
from lib.store.preferences import in_force

BESIDE = ("-wal", "-shm", "-journal", ".lock")  # the endings of what SQLite and the bot keep beside a database
DEEDS = {"approve": "approved", "reject": "rejected", "block": "blocked", "unblock": "approved"}
LISTS: dict[str, Callable[[sqlite3.Connection, Settings, int], str]] = {
    "status": people.status, "users": people.users, "requests": people.requests
}  # fmt: skip


def perform_check(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run every check that the available settings allow; return the exit code."""
    settings, problem = read_what_is_there(environment, options.env)
    if problem:
        settings = replace(settings, language=options.language)
    return check(settings, options.env, print, problem)


def perform(options: argparse.Namespace, settings: Settings) -> int:
    """Run a command that needs the settings; return the exit code. May raise DatabaseError."""
    if options.command != "restore" and not has_database(settings.database):
        print(plain(settings.language, "cli_no_database", path=settings.database.absolute()), file=sys.stderr)
        return 1
    if options.command in ("backup", "restore"):
        return _copy(options, settings)
    prepare_database(settings.database)
    now = int(time.time())
    with closing(connect(settings.database)) as db:
        settings = in_force(db, settings)
        if options.command in LISTS:
            print(LISTS[options.command](db, settings, now))
            return 0
        try:
            if options.command == "issue":
                return _issue(db, options, settings)
            with transaction(db):
                what = getattr(options, "what", "person")
                print(people.decide(db, settings, what, options.number, DEEDS[options.command], now))
        except Refused as refusal:
            print(plain(settings.language, refusal.key, **refusal.values), file=sys.stderr)
            return 1
    return 0


def _issue(db: sqlite3.Connection, options: argparse.Namespace, settings: Settings) -> int:
    """Issue a config, after making sure that its file can be written; return the exit code."""
    if options.file and str(options.file) != "-" and (fault := _find_writing_fault(options.file, settings, "new.conf")):
        print(fault, file=sys.stderr)
        return 2
    return issuing.issue(db, settings, options)


def _copy(options: argparse.Namespace, settings: Settings) -> int:
    """Copy the database into a file, or restore it from one; return the exit code."""
    backing_up = options.command == "backup"
    if fault := (_find_writing_fault if backing_up else _find_reading_fault)(options.file, settings):
        print(fault, file=sys.stderr)
        return 2
    if backing_up:
        prepare_database(settings.database)
        make_backup(settings.database, options.file)
        print(plain(settings.language, "cli_backed_up", file=options.file))
        if taken := read_taken_over(options.env):
            folder = settings.database.absolute().parent / FOLDER
            print(plain(settings.language, "cli_backed_up_taken", container=taken.container, folder=folder))
    else:
        kept = restore(options.file, settings.database)
        print(plain(settings.language, "cli_restored" if kept else "cli_restored_new", kept=kept))
    return 0


def _find_writing_fault(file: Path, settings: Settings, ending: str = "copy.db") -> str | None:
    """Explain why a file can't be written, and suggest a path that works; None if it can."""
    place = _place(file, settings, ending)
    if file.resolve() == settings.database.resolve():
        return plain(settings.language, "cli_own_file", file=file, place=place)
    if _belongs_to_the_bot(file, settings):
        return plain(settings.language, "cli_bots_file", file=file, place=place)
    try:
        tempfile.TemporaryFile(dir=file.absolute().parent).close()
    except OSError as exc:
        words = {"file": file, "user": _user(), "reason": reason(exc, settings.language), "place": place}
        return plain(settings.language, "cli_unwritable", **words)
    if file.exists() and (ending != "copy.db" or not _is_database(file)):
        return plain(settings.language, "cli_exists", file=file, place=place)
    return None


def _belongs_to_the_bot(file: Path, settings: Settings) -> bool:
    """Return True for a file that the bot keeps beside its database, even if it isn't there yet."""
    beside = (Path(f"{settings.database}{ending}") for ending in BESIDE)
    return file.resolve() in {path.resolve() for path in (settings.peers_file, *beside)}


def _is_database(file: Path) -> bool:
    """Return True for an SQLite file, such as an older backup, which may be replaced."""
    try:
        with file.open("rb") as content:
            return content.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def _find_reading_fault(file: Path, settings: Settings) -> str | None:
    """Explain why a backup can't be read, and what to type instead; None if it can."""
    try:
        file.open("rb").close()
    except PermissionError:
        place = _place(file, settings, "copy.db")
        return plain(settings.language, "cli_unreadable", file=file.absolute(), user=_user(), place=place)
    except OSError as exc:
        return plain(settings.language, "cli_no_file", file=file, reason=reason(exc, settings.language))
    return None


def _place(file: Path, settings: Settings, ending: str) -> Path:
    """Return a file of almost the same name in the bot's own folder."""
    return settings.database.absolute().with_name(f"{file.stem or 'copy'}.{ending}")


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
