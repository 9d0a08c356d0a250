"""The command line: which commands there are, and which part of the program runs them."""

from __future__ import annotations

import argparse
import os
import pwd
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from lib.chat.texts import plain
from lib.console import people
from lib.console.check import check
from lib.errors import Refused
from lib.settings import Settings
from lib.store.backup import make_backup, restore
from lib.store.database import connect, prepare_database, transaction
from lib.store.preferences import in_force
from lib.vpn.generate import USUAL, VERSIONS

DEEDS = {"approve": "approved", "reject": "rejected", "block": "blocked", "unblock": "approved"}
LISTS: dict[str, Callable[[sqlite3.Connection, Settings, int], str]] = {
    "status": people.status, "users": people.users, "requests": people.requests
}  # fmt: skip


def make_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(description="A Telegram bot that lets friends use an AmneziaWG server.")
    parser.add_argument("--env", type=Path, metavar="FILE", help="read the settings from a file of NAME=value lines")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("run", help="serve until stopped (the default)")
    demo = commands.add_parser("demo", help="play the whole thing on this machine, in a browser, without a token")
    demo.add_argument("--port", type=_port, default=8080, help="where the page is served (8080; 0: any that is free)")
    on_real = "on a real interface in a network namespace of its own (root)"
    demo.add_argument("--real", action="store_true", help=on_real)
    commands.add_parser("check", help="look at everything: settings, Telegram, interface, system; exit code 1 if wrong")
    commands.add_parser("status", help="the server as /status shows it")
    commands.add_parser("users", help="everybody: id, state, configs, this month's traffic, name")
    commands.add_parser("requests", help="what waits for a decision")
    for deed, meaning in (("approve", "let in, or grant a config"), ("reject", "say no")):
        command = commands.add_parser(deed, help=f"{meaning}: {deed} person ID, {deed} request N")
        command.add_argument("what", choices=("person", "request"))
        command.add_argument("number", type=int)
    for deed in ("block", "unblock"):
        commands.add_parser(deed, help=f"{deed} a person by ID").add_argument("number", type=int)
    backup = commands.add_parser("backup", help="copy the database into a file, while the bot works")
    backup.add_argument("file", type=Path)
    put_back = commands.add_parser("restore", help="put a backup in the database's place; stop the bot first")
    put_back.add_argument("file", type=Path)
    for question, meaning in (("whoami", "the bot's username"), ("admin", "who sends it /start first")):
        commands.add_parser(question, help=f"ask Telegram for {meaning}, by BOT_TOKEN alone (for installing)")
    parameters = commands.add_parser("parameters", help="draw obfuscation for a new server's [Interface]")
    parameters.add_argument("--of", choices=VERSIONS, default=USUAL, help=f"AmneziaWG's version ({USUAL})")
    return parser


def _port(word: str) -> int:
    if not (word.isascii() and word.isdigit() and int(word) < 65536):
        raise argparse.ArgumentTypeError("a number from 0 to 65535")
    return int(word)


def perform(options: argparse.Namespace, settings: Settings) -> int:
    """Run a command that needs the settings; return the exit code. May raise DatabaseError."""
    if options.command == "check":
        return check(settings, options.env, print)
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
            with transaction(db):
                what = getattr(options, "what", "person")
                print(people.decide(db, settings, what, options.number, DEEDS[options.command], now))
        except Refused as refusal:
            print(plain(settings.language, refusal.key, **refusal.values), file=sys.stderr)
            return 1
    return 0


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
    else:
        kept = restore(options.file, settings.database)
        print(plain(settings.language, "cli_restored" if kept else "cli_restored_new", kept=kept))
    return 0


def _find_writing_fault(file: Path, settings: Settings) -> str | None:
    """Explain why no backup can be written there, and suggest a file that works; None if one can."""
    if file.resolve() == settings.database.resolve():
        return plain(settings.language, "cli_own_file", file=file, place=_place(file, settings))
    try:
        tempfile.TemporaryFile(dir=file.absolute().parent).close()
    except OSError as exc:
        words = {"file": file, "user": _user(), "reason": exc.strerror, "place": _place(file, settings)}
        return plain(settings.language, "cli_unwritable", **words)
    return None


def _find_reading_fault(file: Path, settings: Settings) -> str | None:
    """Explain why a backup can't be read, and what to type instead; None if it can."""
    try:
        file.open("rb").close()
    except PermissionError:
        place = _place(file, settings)
        return plain(settings.language, "cli_unreadable", file=file.absolute(), user=_user(), place=place)
    except OSError as exc:
        return plain(settings.language, "cli_no_file", file=file, reason=exc.strerror)
    return None


def _place(file: Path, settings: Settings) -> Path:
    """Return a file of almost the same name in the bot's own folder."""
    return settings.database.absolute().with_name(f"{file.stem or 'copy'}.copy.db")


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
