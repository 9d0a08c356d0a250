"""Roles and routes: who may use a verb and what handles it; lib/chat/routes.py lists all routes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass

from lib.chat.screens import Actor
from lib.errors import Refused
from lib.store.outbox import Outgoing

Handler = Callable[..., list[Outgoing]]
"""Called with (db, actor, *arguments, now); one that does not need the time does not take `now`."""

ROLES = ("stranger", "captcha", "pending", "rejected", "blocked", "approved", "helper", "admin")
OUTSIDE = frozenset({"captcha", "pending", "rejected", "blocked"})
INSIDE = frozenset({"approved", "helper", "admin"})
STAFF = frozenset({"helper", "admin"})
AT_THE_DOOR = frozenset({"captcha"})
WAITING = frozenset({"pending"})
WRITERS = frozenset({"approved", "helper"})
FRIENDS = frozenset({"approved"})
ADMIN = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()


class PersonId(int):
    """An argument that is a person's id: a number, negative for a person without Telegram."""


@dataclass(frozen=True)
class Route:
    """Who may use a verb, which handler runs, and which arguments it takes.

    An argument is a number of up to 16 digits (int, PersonId), any text (str), or one of a collection of texts.
    `defaults` replace trailing arguments that are left out.
    """

    allowed: frozenset[str]
    handler: Handler
    arguments: tuple[type[int] | type[str] | Collection[str], ...] = ()
    defaults: tuple[int | str, ...] = ()

    def run(self, db: sqlite3.Connection, actor: Actor, values: tuple[int | str, ...], now: int) -> list[Outgoing]:
        """Call the handler with its arguments; raise Refused("old_button") for one outside its collection."""
        words = zip(reversed(self.arguments), reversed(values), strict=False)
        if not all(isinstance(known, type) or word in known for known, word in words):
            raise Refused("old_button")
        return self.handler(db, actor, *values, *((now,) if "now" in self.handler.__annotations__ else ()))
