"""The way back: the list an admin saw last, and where a person's page returns to."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import astuple, dataclass, replace

from lib.chat.screens import Actor, Button
from lib.store.database import get_meta, put_meta


@dataclass(frozen=True)
class _Seen:
    """The filter or "found", the page and the words of the last list of people; the screen to go back to."""

    chosen: str = "all"
    page: int = 0
    words: str = ""
    place: str = "people:all:0"


def last_list(db: sqlite3.Connection, actor: Actor) -> tuple[str, int, str]:
    """Return the list that the admin saw last, its page, and their last search."""
    seen = _read(db, actor)
    return seen.chosen, seen.page, seen.words


def remember_list(db: sqlite3.Connection, actor: Actor, chosen: str, page: int, words: str) -> None:
    """Remember a page of the list of people."""
    _write(db, actor, _Seen(chosen, page, words, f"people:{chosen}:{page}"))


def remember_place(db: sqlite3.Connection, actor: Actor, verb: str, *numbers: int) -> None:
    """Remember a screen other than the list of people: its button's verb and numbers."""
    _write(db, actor, replace(_read(db, actor), place=":".join([verb, *map(str, numbers)])))


def back_button(db: sqlite3.Connection, actor: Actor) -> Button:
    """Return a button to the last remembered screen."""
    verb, *words = _read(db, actor).place.split(":")
    return actor.back(verb, *words)


def page_of(db: sqlite3.Connection, actor: Actor, verb: str) -> int:
    """Return which page of a list the admin came from; the first one if they came from elsewhere."""
    seen, _, number = _read(db, actor).place.partition(":")
    return int(number) if seen == verb else 0


def _read(db: sqlite3.Connection, actor: Actor) -> _Seen:
    return _Seen(*json.loads(get_meta(db, f"people:{actor.id}") or "[]"))


def _write(db: sqlite3.Connection, actor: Actor, seen: _Seen) -> None:
    put_meta(db, f"people:{actor.id}", json.dumps(astuple(seen), ensure_ascii=False))
