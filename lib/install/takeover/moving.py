"""Steps shared by the cut-over and the rollback."""

from __future__ import annotations

from contextlib import suppress

from lib.install.takeover import container, journal, live, ports
from lib.install.takeover.conntrack import forget_flows
from lib.install.takeover.journal import Journal, advance
from lib.install.takeover.tools import Failed, Run, attempt
from lib.install.takeover.words import text


def peers_inside(run: Run, taken: Journal) -> tuple[list[str], dict[str, live.Peer]]:
    """Return the command of the tool that shows the container's interface, and the interface's peers. Raise OSError."""
    error: OSError = Failed(f"no tool shows {taken.inside}")
    for tool in ("awg", "wg"):
        words = container.inside(taken.engine, taken.container, [tool])
        try:
            return words, live.peers_of(run, words, taken.inside)
        except OSError as failed:
            error = failed
    raise error


def peers_here(run: Run, taken: Journal) -> dict[str, live.Peer]:
    """Return the interface's peers; empty if it isn't running."""
    try:
        return live.peers_of(run, [taken.tool], taken.interface)
    except OSError:
        return {}


def arrived(run: Run, taken: Journal) -> set[str]:
    """Return the watched friends who have connected to the interface."""
    here = peers_here(run, taken)
    return {key for key in taken.watched if key in here and here[key].handshake}


def start_interface(run: Run, taken: Journal) -> None:
    """Start the interface and route friends' packets to it. Raise Failed if it doesn't start or doesn't listen."""
    _command(run, "start", taken)
    if not ports.wait_until_listening(run, taken.tool, taken.interface, taken.port):
        _command(run, "restart", taken)  # it may have started while another program held the port
        if not ports.wait_until_listening(run, taken.tool, taken.interface, taken.port):
            raise Failed(text("does_not_listen", interface=taken.interface, port=taken.port))
    forget_ways(taken.port)


def _command(run: Run, verb: str, taken: Journal) -> None:
    try:
        run(["systemctl", verb, taken.service], "")
    except OSError as error:
        unit = f"_SYSTEMD_UNIT={taken.service}.service"
        said = attempt(run, "journalctl", unit, "-n", "20", "-o", "cat").splitlines()
        words = [line for line in said if line.strip() and not line.startswith("[#]")]
        raise Failed(words[-1] if words else str(error)) from None


def stop_interface(run: Run, taken: Journal) -> None:
    """Stop the interface, disable its start at boot, and wait until its port is free."""
    attempt(run, "systemctl", "disable", "--now", taken.service)
    if live.is_there(taken.interface):
        attempt(run, "ip", "link", "delete", taken.interface)
    ports.wait_until_free(run, taken.port)


def forget_ways(port: int) -> None:
    """Make packets of existing connections take the same route as new ones."""
    with suppress(OSError):  # a kernel without connection tracking has no entries to delete
        forget_flows(port)


def keep_here(run: Run, moved: Journal) -> None:
    """Complete the take-over. Raise OSError on failure; it is safe to retry."""
    finishing = advance(moved, journal.FINISHING, why="")
    run(["systemctl", "enable", finishing.service], "")
    container.keep_down(run, finishing.engine, finishing.container, finishing.unit, finishing.restart)
    live.leave_alone(run, [finishing.tool], finishing.interface, ((key, 0) for key in finishing.watched))
    advance(finishing, journal.TAKEN)
