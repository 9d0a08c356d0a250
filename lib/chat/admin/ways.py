"""“What works where”: which disguise got through on which network, and which one new files get."""

from __future__ import annotations

import sqlite3
from itertools import groupby

from lib.chat.screens import Actor, Keyboard, button, done, show
from lib.chat.texts import Markup
from lib.chat.ways import LATELY, day_before, name_of_way
from lib.errors import Refused
from lib.store import audit
from lib.store.disguise_days import Experience, list_experience, total_experience
from lib.store.keeper_notes import read_own_port
from lib.store.outbox import Outgoing
from lib.store.preferences import in_force, set_preference
from lib.store.server import present_generation
from lib.vpn import disguises

NETWORKS, OF_EACH, IN_ALL = 3, 2, 5  # how many networks are shown, disguises of each, and disguises on all networks
MOST = 8  # buttons: a screen has nine rows


def overview(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show what worked lately, on all networks and on the busiest ones, and offer the usual disguise."""
    since = day_before(now, actor.settings, LATELY)
    total = total_experience(db, since)[:IN_ALL]
    places = [_lines(actor, "ways_network", network, list(rows)[:OF_EACH]) for network, rows in _by_network(db, since)]
    known, usual = _known(db, actor)
    text = actor.say(
        "ways" if total else "ways_none",
        lines=_lines(actor, "ways_all", "", total),
        places=Markup("".join(places)),
        usual=name_of_way(actor.language, usual) if usual else actor.plain("ways_plain"),
    )
    last = [actor.button("refresh", "ways"), actor.button("ports_button", "ports"), actor.back("status")]
    return show(actor, text, [*_offers(actor, known, usual), last])


def _by_network(db: sqlite3.Connection, since: str) -> list[tuple[str, list[Experience]]]:
    rows = list_experience(db, since, NETWORKS)
    return [(network, list(group)) for network, group in groupby(rows, key=lambda row: row.network)]


def _lines(actor: Actor, key: str, network: str, rows: list[Experience]) -> Markup:
    lines = [
        actor.say("ways_line", way=name_of_way(actor.language, row.disguise), worked=row.worked, failed=row.failed)
        for row in rows
    ]
    return actor.say(key, network=network, lines=Markup("\n".join(lines)))


def _known(db: sqlite3.Connection, actor: Actor) -> tuple[list[str], str]:
    """Return the disguises that friends' files can have, and the one that new files get; plain WireGuard has none."""
    server, settings, port = present_generation(db), in_force(db, actor.settings), read_own_port(db)
    if server is None or not server.parameters:
        return [], ""
    return disguises.known(settings, server.parameters, port), disguises.usual(settings, server.parameters, port)


def _offers(actor: Actor, known: list[str], usual: str) -> Keyboard:
    labels = [(key, name_of_way(actor.language, key)) for key in known[:MOST]]
    return [[button(f"✅ {label}" if key == usual else label, "usual_way", key)] for key, label in labels]


def choose(db: sqlite3.Connection, actor: Actor, key: str, now: int) -> list[Outgoing]:
    """Set the disguise that new files get; files that friends have stay as they are."""
    known, before = _known(db, actor)
    if key not in known:
        raise Refused("old_button")
    if key != before:
        set_preference(db, "CLIENT_DISGUISE", key)
        audit.note(db, now, actor.id, "set", "setting:CLIENT_DISGUISE", f"{before} > {key}")
    return [*done(actor, "done_usual_way"), *overview(db, actor, now)]
