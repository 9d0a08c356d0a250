"""Tell the admins what a look at the interface brought: a changed server, peers that the bot did not make."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.screens import Keyboard, tell_admins
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.configs import outdated
from lib.store.foreign import count_foreign
from lib.store.outbox import Outgoing
from lib.store.server import Generation


def announce_server_change(
    db: sqlite3.Connection, settings: Settings, before: Generation, after: Generation
) -> list[Outgoing]:
    """Tell every admin what changed on the server, where configs that friends hold say otherwise."""
    count = len(outdated(db))
    if not count:
        return []

    def notice(language: str) -> tuple[Markup, Keyboard]:
        return (
            say(language, "server_changed", what=_changes(language, before, after), count=count),
            keyboards.to_rollout(language),
        )

    return tell_admins(db, settings, notice, None)


def _changes(language: str, before: Generation, after: Generation) -> str:
    """Name what differs; no values, for one of them may be a key."""
    parameters = [
        name
        for name in {**before.parameters, **after.parameters}
        if before.parameters.get(name) != after.parameters.get(name)
    ]
    said = [
        *([plain(language, "change_endpoint", endpoint=after.endpoint)] if before.endpoint != after.endpoint else []),
        *([plain(language, "change_key")] if before.public_key != after.public_key else []),
        *([plain(language, "change_parameters", names=", ".join(parameters))] if parameters else []),
    ]
    return "; ".join(said)


def announce_foreign_peers(db: sqlite3.Connection, settings: Settings, new: int) -> list[Outgoing]:
    """Tell every admin that peers appeared which the bot did not make."""
    return tell_admins(
        db,
        settings,
        lambda language: (say(language, "foreign_seen", count=new), keyboards.to_foreign(language, count_foreign(db))),
        None,
    )
