"""Search for people: any message from an admin that answers no question, or a helper's text after Find."""

from __future__ import annotations

import sqlite3

from lib.chat.admin import people, way_back
from lib.chat.admin.person import show_person
from lib.chat.input import ask
from lib.chat.screens import Actor
from lib.errors import Refused
from lib.store.outbox import Outgoing
from lib.store.users import set_awaiting
from lib.store.views.people import list_people

SEARCH_LENGTH = 64


def ask_words(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask who to search for."""
    return ask(db, actor, "search", actor.say("search_prompt"), [[way_back.back_button(db, actor)]])


def take_words(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Show the people found or, if there is only one, their page. The next message is a new search."""
    words = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:SEARCH_LENGTH]
    if not any(map(str.isalnum, words)):
        raise Refused("bad_search")
    set_awaiting(db, actor.id, "search")
    way_back.remember_list(db, actor, people.FOUND, 0, words)
    found = list_people(db, people.FOUND, people.lookup(actor, words, now), 2, 0)
    if len(found) == 1:
        return show_person(db, actor, found[0].id, now)
    return people.list_screen(db, actor, people.FOUND, 0, now)
