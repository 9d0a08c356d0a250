"""Finish or undo an interrupted take-over, at the next boot or as soon as the installer has exited.

From "finishing" on, it is completed. Before that, it is rolled back, unless friends have already connected to the
interface.
"""

from __future__ import annotations

from dataclasses import replace

from lib.install.found.conf import read_conf
from lib.install.takeover import container, journal, live, ports
from lib.install.takeover.back import Keep, give_back, remove_files
from lib.install.takeover.journal import Journal, advance
from lib.install.takeover.moving import arrived, keep_here, start_interface
from lib.install.takeover.tools import Run, attempt
from lib.install.takeover.words import text


def recover(run: Run, keep: Keep) -> str:
    """Finish or undo an interrupted take-over; return the final step, '' if there was none. Raise OSError."""
    found = journal.read()
    if found is None:
        return ""
    if found.step == journal.UNDONE:
        return journal.UNDONE
    if found.step == journal.TAKEN:
        _hold(run, found)
        return journal.TAKEN
    if found.step == journal.PREPARING:
        remove_files(run, found)
        return advance(found, journal.UNDONE, why=text("was_interrupted")).step
    if found.step == journal.FINISHING or (found.step in (journal.CUTTING, journal.TRYING) and arrived(run, found)):
        _take_place(run, found)
        keep_here(run, found)
        return journal.TAKEN
    give_back(run, found, keep, found.why or text("was_interrupted"))
    return journal.UNDONE


def _take_place(run: Run, found: Journal) -> None:
    """Stop the container if it is running, start the interface, and initiate handshakes with friends."""
    if container.is_running(run, found.engine, found.container):
        container.stop(run, found.engine, found.container, found.unit)
    start_interface(run, found)
    live.greet(run, [found.tool], found.interface, journal.online().items())


def _hold(run: Run, taken: Journal) -> None:
    """Restart the interface on its port if another program started the container first at boot and took the port."""
    wanted = replace(taken, port=_port_in_file(taken))
    if attempt(run, "systemctl", "is-enabled", taken.service).strip() != "enabled":
        return
    if ports.listens(run, taken.tool, taken.interface, wanted.port):
        return
    if container.is_running(run, taken.engine, taken.container):
        _take_place(run, wanted)
        container.keep_down(run, taken.engine, taken.container, taken.unit, taken.restart)


def _port_in_file(taken: Journal) -> int:
    """Return the port in the interface's file, which the owner may have changed since the take-over."""
    try:
        return read_conf(taken.conf.read_text(encoding="utf-8")).port or taken.port
    except (OSError, ValueError):
        return taken.port
