"""Find people whose names look like another person's, or whose name a device has, whatever letters are used."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

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


# Letters as they are written in Latin, and spellings that people use for the same sound.
_LATIN = str.maketrans(dict(zip("абвгдезиклмнопрстуфхыэієґ", "abvgdeziklmnoprstufhieieg", strict=True)) | {
    "ж": "zh", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "iu", "я": "ia", "ъ": "", "ь": "",
})  # fmt: skip
_SPELLINGS = (("shch", "sch"), ("kh", "h"), ("ph", "f"), ("ts", "c"), ("ck", "k"), ("x", "ks"), ("w", "v"), ("y", "i"),
              ("j", "i"))  # fmt: skip


def owners_by_name(name: str, people: Mapping[str, Sequence[User]]) -> Sequence[User]:
    """Return whose name a device's name is or begins with, whatever its case and alphabet.

    Of several such names the longest counts. `people` comes from people_by_name.
    """
    words = _words(name)
    beginnings = (_joined(words[:count]) for count in range(len(words), 0, -1))
    return next((people[beginning] for beginning in beginnings if beginning in people), ())


def people_by_name(people: Iterable[User]) -> dict[str, list[User]]:
    """Group people by what their devices may be named after: their whole name, its first word, and their username."""
    found: dict[str, list[User]] = {}
    for user in people:
        words = _words(user.full_name)
        for key in {_joined(words), _joined(words[:1]), _joined(_words(user.username or ""))}:
            if len(key) > 1 and not key.isdigit():
                found.setdefault(key, []).append(user)
    return found


def _words(name: str) -> list[str]:
    """Split a name into words and numbers, also where a capital begins one, as in AnnaPhone."""
    return re.findall(r"[^\W\d_]+|\d+", re.sub(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])", " ", name))


def _joined(words: Sequence[str]) -> str:
    """Write words in one, as they sound: Анна and Anna, Юлия and Yuliya are the same."""
    letters = unicodedata.normalize("NFKD", fold("".join(words)))
    sounds = "".join(sign for sign in letters if unicodedata.category(sign)[0] in "LN").translate(_LATIN)
    for spelling, sound in _SPELLINGS:
        sounds = sounds.replace(spelling, sound)
    return re.sub(r"([a-z])\1+", r"\1", sounds)
