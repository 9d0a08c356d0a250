"""The commands that install.sh runs, in this order; `recover` also runs at boot.

    list                          print the names of the containers that can be read, one per line
    plan NAME RESOLVER            check that a container can be taken over; stdin: the input of free_network.
                                  RESOLVER replaces the container's own resolver once that is gone
    prepare NAME INTERFACE RESOLVER PEERS
                                  check again, copy the server and write INTERFACE's file; stdin: lines for it.
                                  Peers in PEERS, the bot's own file, are left out, since they are loaded from there
    cut SECONDS                   move the friends; roll back if none of them connects within SECONDS
    give-back                     start the container again as it was
    recover                       finish or undo an interrupted take-over; keep a finished one running
    show                          print the current take-over
    inside NAME                   check that the bot can work inside a container that stays
    copy NAME                     back up the server in it
    forget                        delete the journal of a take-over that was undone
    hand-over                     pass what the container's program knew about its peers to the bot

Refusals and failures are one line on stdout, and exit code 1.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lib.atomic_file import replace_file
from lib.install.found import run as reading
from lib.install.found.conf import read_conf
from lib.install.found.survey import look
from lib.install.takeover import back, cut, handover, inside, journal, keeping, rehearsal, settle
from lib.install.takeover.journal import Journal
from lib.install.takeover.plan import Plan, Refused, make_plan
from lib.install.takeover.tools import Run, run
from lib.install.takeover.words import tell

NOTHING = "-"  # stands for an empty value, because the shell splits the output into words


def plan(name: str, resolver_to: str) -> int:
    """Print the tool, port, IPv6 address and resolver of a server that can be taken over."""
    refuse_another(name)
    found = make_plan(reading.run, look(reading.run), name, sys.stdin, resolver_to)
    words = (found.tool, found.port, found.address6, found.resolver, found.resolver_to)
    sys.stdout.write(" ".join(str(word or NOTHING) for word in words) + "\n")
    return 0


def list_containers() -> int:
    """Print the names of the containers that can be taken over."""
    for server in look(reading.run):
        if not server.name.startswith("host:") and server.private_key and server.port and server.addresses:
            sys.stdout.write(f"{server.name}\n")
    return 0


def refuse_another(name: str) -> None:
    """Refuse to take over a second container."""
    taken = journal.read()
    if taken and taken.step != journal.UNDONE and taken.container != name:
        raise Refused("another_taken", container=taken.container)


def prepare(run: Run, name: str, interface: str, resolver_to: str, peers: Path) -> int:
    """Prepare everything the cut-over needs, without interrupting any connection."""
    refuse_another(name)
    found = make_plan(reading.run, look(reading.run), name, (), resolver_to)
    rehearsal.rehearse(run, found.tool, found.here)
    prepared = new_journal(found, interface)
    if prepared.conf.exists():
        raise Refused("file_there", conf=prepared.conf)
    keeping.copy_server(reading.run, found.container.engine, found.server)
    journal.write(prepared)
    own = read_conf(peers.read_text("ascii", "replace") if peers.exists() else "").peers
    loaded = {peer.public_key for peer in own}
    replace_file(prepared.conf, rehearsal.conf_of(found.here, found.port, sys.stdin.read(), loaded).encode())
    enabled = sum(peer.enabled for peer in found.here.peers)
    tell("prepared", container=name, peers=enabled, port=found.port, folder=keeping.FOLDER)
    if enabled < len(found.server.peers):
        tell("disabled", count=len(found.server.peers) - enabled)
    return 0


def new_journal(found: Plan, interface: str) -> Journal:
    """Return the first journal entry of a take-over."""
    return Journal(
        step=journal.PREPARING,
        container=found.container.name,
        kind=found.server.kind,
        engine=found.container.engine,
        was_running=found.container.running,
        restart=found.container.restart,
        unit=found.container.unit,
        inside=found.server.interface,
        tool=found.tool,
        interface=interface,
        port=found.port,
        peers=tuple(peer.public_key for peer in found.here.peers if peer.enabled),
        watched=(),
        resolver=found.resolver,
        resolver_to=found.resolver_to,
        at=int(time.time()),
        why="",
    )


def cut_over(run: Run, patience: float) -> int:
    """Move friends to the interface that was prepared."""
    prepared = journal.read()
    if prepared is None or prepared.step != journal.PREPARING:
        raise Refused("nothing_taken")
    if cut.cut_over(run, prepared, patience):
        tell("taken", container=prepared.container, interface=prepared.interface)
        return 0
    tell("undone", container=prepared.container)
    return 1


def give_back(run: Run) -> int:
    """Return the server to its container."""
    taken = journal.read()
    if taken is None or taken.step == journal.UNDONE:
        raise Refused("nothing_taken")
    back.give_back(run, taken, keeping.keep, "")
    tell("given_back", container=taken.container, interface=taken.interface, folder=keeping.FOLDER)
    return 0


def recover(run: Run) -> int:
    """Finish or undo an interrupted take-over."""
    before = journal.read()
    reached = settle.recover(run, keeping.keep)
    if before and before.step != reached:
        tell("undone" if reached == journal.UNDONE else "taken", container=before.container, interface=before.interface)
    return 0


def show() -> int:
    """Print the step, tool, interface, resolver, replacement resolver and container."""
    if found := journal.read():
        words = (found.step.replace(" ", "-"), found.tool, found.interface, found.resolver, found.resolver_to)
        sys.stdout.write(" ".join(word or NOTHING for word in (*words, found.container)) + "\n")
    return 0


def stay_inside(name: str) -> int:
    """Check that the bot can work inside a container; print its tool, interface, and port inside and on the host."""
    found = inside.make_plan(reading.run, look(reading.run), name)
    sys.stdout.write(f"{found.tool} {found.server.interface} {found.server.port} {found.port}\n")
    return 0


def copy(name: str) -> int:
    """Back up a server that stays in its container."""
    found = inside.make_plan(reading.run, look(reading.run), name)
    keeping.copy_server(reading.run, found.container.engine, found.server)
    return 0


def forget() -> int:
    """Delete the journal of a take-over that was undone."""
    if (found := journal.read()) and found.step == journal.UNDONE:
        journal.forget()
    return 0


def main(words: Sequence[str], run: Run = run) -> int:
    """Run a command and return the exit code."""
    try:
        match words:
            case ["list"]:
                return list_containers()
            case ["plan", name, resolver_to]:
                return plan(name, resolver_to)
            case ["prepare", name, interface, resolver_to, peers]:
                return prepare(run, name, interface, resolver_to, Path(peers))
            case ["cut", seconds]:
                return cut_over(run, float(seconds))
            case ["give-back"]:
                return give_back(run)
            case ["recover"]:
                return recover(run)
            case ["show"]:
                return show()
            case ["inside", name]:
                return stay_inside(name)
            case ["copy", name]:
                return copy(name)
            case ["forget"]:
                return forget()
            case ["hand-over"]:
                handover.hand_over()
                return 0
        raise SystemExit(__doc__)
    except Refused as refused:
        plain = refused.values.get("version") == "plain"
        tell("wrong_plain_protocol" if plain else refused.key, **refused.values)
    except OSError as error:
        tell("failed", detail=error)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
