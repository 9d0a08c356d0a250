"""Notify the admins of changes on the interface: to the server itself, or peers that the bot did not create."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.screens import Keyboard, tell_admins
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.foreign import count_foreign
from lib.store.outbox import Outgoing
from lib.store.outdated import outdated
from lib.store.server import Generation
from lib.vpn import ports


def announce_server_change(
    db: sqlite3.Connection, settings: Settings, before: Generation, after: Generation, own_port: int
) -> list[Outgoing]:
    """Notify every admin of a change on the server, unless no config is outdated."""
    count = len(outdated(db))
    key = "server_moved" if _only_moved(settings, before, after, own_port) else "server_changed"

    def notice(language: str) -> tuple[Markup, Keyboard]:
        text = say(language, key, what=_changes(language, before, after), count=count)
        return text, keyboards.to_rollout(language)

    return tell_admins(db, settings, notice, None) if count else []


def _only_moved(settings: Settings, before: Generation, after: Generation, own_port: int) -> bool:
    """Return True if only the port has changed, and the former one still leads to the tunnel."""
    first, second = [(one.public_key, one.parameters, one.endpoint.rpartition(":")[0]) for one in (before, after)]
    return first == second and ports.still_leads(settings, own_port, before.endpoint)


def _changes(language: str, before: Generation, after: Generation) -> str:
    """List what differs, without values: one of them may be a key."""
    old, new, changes = before.parameters, after.parameters, []
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    if before.endpoint != after.endpoint:
        changes.append(plain(language, "change_endpoint", endpoint=after.endpoint))
    if before.public_key != after.public_key:
        changes.append(plain(language, "change_key"))
    if changed:
        changes.append(plain(language, "change_parameters", names=", ".join(changed)))
    return "; ".join(changes)


def announce_foreign_peers(db: sqlite3.Connection, settings: Settings, new: int) -> list[Outgoing]:
    """Notify every admin of new peers that the bot did not create."""
    total = count_foreign(db)
    return tell_admins(
        db, settings, lambda to: (say(to, "foreign_seen", count=new), keyboards.to_foreign(to, total)), None
    )
