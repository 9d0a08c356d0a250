"""Find people whose names look like another person's, whatever letters they are written with."""

from __future__ import annotations

import sqlite3
import unicodedata

from lib.store.database import fold
from lib.store.users import User, get_user

# Letters of other alphabets, and digits, that look like a Latin letter (Unicode's confusables, those people know).
_ALIKE = str.maketrans("авезікмнорстухѕјһԁԛԝүαβεηικμνορτυχωγ01|ı", "abe3ikmhopctyxsjhdqwyabenikmvoptuxwyolli")


def skeleton(name: str) -> str:
    """Return what a name looks like: no case, no invisible characters or accents, look-alike letters as one."""
    letters = unicodedata.normalize("NFKD", fold(name))
    seen = "".join(sign for sign in letters if unicodedata.category(sign)[0] in "LN" or sign == "|")
    return seen.translate(_ALIKE).replace("l", "i")


def namesakes_of(db: sqlite3.Connection, user: User) -> list[User]:
    """List the people inside whose names look like this person's, oldest first."""
    asked = skeleton(user.full_name)
    rows = db.execute("SELECT id, full_name FROM users WHERE state = 'approved' AND id <> ? ORDER BY id", (user.id,))
    return [get_user(db, number) for number, name in rows.fetchall() if asked and skeleton(name) == asked]
