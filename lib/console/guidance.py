"""Messages for a user whose settings are missing or unreadable: where they belong, and how to get them."""

from __future__ import annotations

import os
from pathlib import Path

from lib.chat.texts import plain
from lib.console.answers import TEXTS, in_words, say_fault
from lib.console.words import program
from lib.errors import BotError, DatabaseBusy, DatabaseError, SettingsError, WrongToken

HELPFUL = ("BOT_TOKEN", "ADMIN_IDS", "SERVER_ENDPOINT")  # that have no default


def explain_database(exc: DatabaseError, language: str) -> str:
    """Return why the database can't be used; rare causes are in the system's own words."""
    said = plain(language, f"cli_db_{exc.key}", **in_words(exc.values, language)) if exc.key else str(exc)
    hope = plain(language, "cli_may_pass")
    return f"{said} {hope}" if isinstance(exc, DatabaseBusy) else said


def explain_failure(failure: BotError, language: str) -> str:
    """Return one line that says why the bot has to stop."""
    if isinstance(failure, DatabaseError):
        return explain_database(failure, language)
    return plain(language, "check_token" if isinstance(failure, WrongToken) else "cli_same_token")


def explain(problem: SettingsError, language: str, file: Path | None) -> list[str]:
    """Return a paragraph for each fault, and one about everything that is missing."""
    lines = [line for line in problem.problems if line.partition(":")[0] not in problem.missing]
    found = [_say(line, language) for line in lines]
    if not problem.missing or (file and not os.access(file, os.R_OK)):  # else nobody knows what is in that file
        return found
    return [*found, _explain_missing(problem.missing, language, file)]


def _say(line: str, language: str) -> str:
    """Return a fault in this language if there is a text for it."""
    name = line.partition(":")[0]
    return f"{name}: {plain(language, TEXTS[name], name=name)}" if name in TEXTS else say_fault(line, language)


def _explain_missing(names: tuple[str, ...], language: str, file: Path | None) -> str:
    """Explain where the missing settings are expected, how to get each, and how to do without."""
    where = (
        plain(language, "cli_settings_file", file=file) if file else plain(language, "cli_settings_place", me=program())
    )
    how = ["  " + plain(language, f"cli_settings_{name}", me=program()) for name in HELPFUL if name in names]
    title = plain(language, "cli_settings_missing", names=", ".join(names))
    return "\n".join([title, where, *how, plain(language, "cli_settings_try", me=program())])
