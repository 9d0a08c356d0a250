"""People in every role: who they are, and how they get there."""

from __future__ import annotations

import sqlite3

from lib.chat.gate import ROLES as ALL_ROLES
from lib.store.users import find_user, set_helper
from tests.unit.chat.desk import Desk

LANGUAGES = {"en": 0, "ru": 1}


def actor_id(role: str, language: str) -> int:
    """Return the id of the person who has this role and speaks this language."""
    return 1 + LANGUAGES[language] if role == "admin" else 100 + 10 * ALL_ROLES.index(role) + LANGUAGES[language]


def bring(desk: Desk, who: int, role: str, language: str = "en") -> None:
    """Take a stranger to a role, by the steps that people take."""
    if role == "captcha":
        desk.says(who, "/start", language_code=language)
        desk.now += 10
        desk.says(who, "/start", language_code=language)
        desk.taps(who, f"digit:{picture_of(desk.db, who)}:7", language_code=language)
    elif role not in ("stranger", "admin"):
        desk.passes_captcha(who, language_code=language)
        if role != "pending":
            desk.taps(1, f"decide:{who}:pending:{'approved' if role == 'helper' else role}")
        if role == "helper":
            set_helper(desk.db, who, True)


def picture_of(db: sqlite3.Connection, who: int) -> int:
    """Return the number of the picture that a person has to solve, or one that doesn't exist."""
    user = find_user(db, who)
    return (user and user.captcha_until) or 20
