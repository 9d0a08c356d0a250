"""Files that an admin names on the command line: one that the bot's user can't use is refused, with one that works."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path

from lib.chat.texts import plain
from lib.settings import Settings


def find_writing_fault(file: Path, settings: Settings) -> str | None:
    """Say why no backup can be written there, and where it can; None where it can."""
    if file.resolve() == settings.database.resolve():
        return plain(settings.language, "cli_own_file", file=file, place=_place(file, settings))
    try:
        tempfile.TemporaryFile(dir=file.absolute().parent).close()
    except OSError as exc:
        words = {"file": file, "user": _user(), "reason": exc.strerror, "place": _place(file, settings)}
        return plain(settings.language, "cli_unwritable", **words)
    return None


def find_reading_fault(file: Path, settings: Settings) -> str | None:
    """Say why a backup can't be read there, and what to type instead; None where it can."""
    try:
        file.open("rb").close()
    except PermissionError:
        place = _place(file, settings)
        return plain(settings.language, "cli_unreadable", file=file.absolute(), user=_user(), place=place)
    except OSError as exc:
        return plain(settings.language, "cli_no_file", file=file, reason=exc.strerror)
    return None


def _place(file: Path, settings: Settings) -> Path:
    """Give the same name in the folder that belongs to the bot."""
    return settings.database.absolute().with_name(f"{file.stem or 'copy'}.copy.db")


def _user() -> str:
    """Name who runs this."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
