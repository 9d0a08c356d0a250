"""The ports that lead to the tunnel: which ones devices use, and which one new files use."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.screens import Actor, button, confirm, done, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.keeper_notes import Move, read_fact, read_own_port, write_fact
from lib.store.outbox import Outgoing
from lib.store.outdated import outdated
from lib.store.preferences import in_force, set_preference
from lib.store.server import note_generation, present_generation
from lib.store.views.arrivals import Arrivals, list_stragglers, read_arrivals
from lib.vpn import ports

MOST, NAMED = 7, 5  # how many other ports have a button, and how many devices that have not moved are named


def overview(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show how many devices use each port, how far a move is, and offer to make another port the usual one."""
    settings, own = in_force(db, actor.settings), read_own_port(db)
    ways = [actor.button("refresh", "ports"), actor.back("ways")]
    if not own:
        return show(actor, actor.say("ports_unseen"), [ways])
    usual, others = ports.usual(settings, own), ports.others(settings, own)
    if not others:
        return show(actor, actor.say("ports_one", usual=usual), [ways])
    arrivals, old = read_arrivals(db, usual, now), len(outdated(db))
    text = actor.say(
        "ports",
        lines=_lines(actor, settings, own, arrivals),
        usual=usual,
        move=_move(db, actor, usual, arrivals, now),
        old=actor.say("ports_old", count=old) if old else "",
    )
    offers = [[button(actor.plain("make_usual", port=port), "confirm_usual_port", port)] for port in others[:MOST]]
    return show(actor, text, [*(keyboards.to_rollout(actor.language) if old else []), *offers, ways])


def _lines(actor: Actor, settings: Settings, own: int, arrivals: Arrivals) -> Markup:
    """Count the devices in use by port: those that lead to the tunnel first, then those that did, then the rest."""
    counts, leading, usual = arrivals.by_port, ports.leading(settings, own), ports.usual(settings, own)
    lines = [
        actor.say("ports_usual" if port == usual else "ports_line", port=port, count=counts.get(port, 0))
        for port in leading
    ]
    former = sorted(port for port in counts if port and port not in leading)
    lines += [actor.say("ports_former", port=port, count=counts[port]) for port in former]
    if unknown := counts.get(None, 0):
        lines.append(actor.say("ports_unknown", count=unknown))
    return Markup("\n".join(lines))


def _move(db: sqlite3.Connection, actor: Actor, usual: int, arrivals: Arrivals, now: int) -> Markup:
    """Show how many devices use the new port, and whose don't, until all do."""
    move = read_fact(db, Move)
    if move is None or move.over or move.port != usual or not arrivals.expected:
        return Markup("")
    names = [f"{one.owner}: {one.name}" for one in list_stragglers(db, usual, NAMED, now)]
    more = arrivals.expected - arrivals.moved - len(names)
    return actor.say(
        "ports_move",
        port=usual,
        moved=arrivals.moved,
        count=arrivals.expected,
        names=Markup("".join(actor.say("ports_name", name=name) for name in names)),
        more=actor.say("ports_more", count=more) if more else "",
    )


def ask(db: sqlite3.Connection, actor: Actor, port: int, now: int) -> list[Outgoing]:
    """Say what happens if a port becomes the usual one, and whether devices use it already."""
    settings, own = in_force(db, actor.settings), read_own_port(db)
    if port not in ports.others(settings, own):
        raise Refused("old_button")
    came = read_arrivals(db, port, now).by_port.get(port, 0)
    proof = actor.say("usual_port_proven", port=port, count=came) if came else actor.say("usual_port_new", port=port)
    text = actor.say("confirm_usual_port", port=port, before=ports.usual(settings, own), proof=proof)
    yes = button(actor.plain("make_usual_yes", port=port), "usual_port", port, style="success")
    return confirm(actor, text, yes, "ports")


def choose(db: sqlite3.Connection, actor: Actor, port: int, now: int) -> list[Outgoing]:
    """Set the port that new files use. Older files keep working: their port leads to the tunnel, too."""
    settings, own = in_force(db, actor.settings), read_own_port(db)
    before = ports.usual(settings, own)
    if not own or port not in ports.leading(settings, own):
        raise Refused("old_button")
    if port != before:
        in_file = (actor.settings.of_file or actor.settings).usual_port
        set_preference(db, "USUAL_PORT", None if port == own and in_file is None else str(port))
        audit.note(db, now, actor.id, "set", "setting:USUAL_PORT", f"{before} > {port}")
        _describe(db, in_force(db, actor.settings), own, now)
        write_fact(db, Move(port, over=read_arrivals(db, port, now).all_moved))
    return [*done(actor, "done_usual_port", port=port), *overview(db, actor, now)]


def _describe(db: sqlite3.Connection, settings: Settings, own: int, now: int) -> None:
    """Describe the server with its usual port at once, so that new files can be offered."""
    server = present_generation(db)
    if server:
        note_generation(db, server.public_key, server.parameters, ports.usual_endpoint(settings, own), now)
