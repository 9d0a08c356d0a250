"""The cut-over and the way back, step by step. Each step is noted before it is done, and may be done twice.

    preparing -> cutting -> trying -> finishing -> taken
         \\__________\\__________\\______________________\\-> giving back -> undone

Whatever was interrupted is settled by `recover`: before "finishing" the container gets its friends back, unless friends
are seen to be here; from there on the interface keeps them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from lib.install.takeover import container, journal, live
from lib.install.takeover.conntrack import forget_flows
from lib.install.takeover.journal import Journal, advance
from lib.install.takeover.tools import Failed, Run, attempt
from lib.install.takeover.words import tell, text

WAIT_SECONDS = 180  # for the first friend who was online before
GRACE_SECONDS = 3  # for the others, once the first one is there
PORT_SECONDS = 5  # until a port is free again
PAUSE = 0.1
Keep = Callable[[str, str], None]  # writes a file for the owner


def cut_over(run: Run, prepared: Journal, patience: float) -> bool:
    """Move friends from the container to the interface. Return False if that was undone, which was said then."""
    before = _inside(run, prepared)
    now = time.time()
    online = {key: seen.endpoint for key, seen in before.items() if now - seen.handshake < live.ONLINE_SECONDS}
    cutting = advance(prepared, journal.CUTTING, watched=tuple(online), at=int(now))
    try:
        container.stop(run, cutting.engine, cutting.container, cutting.unit)
        _wait_for_port(run, cutting.port)
        _start(run, cutting)
        _forget_flows(cutting.port)
        live.greet(run, [cutting.tool], cutting.interface, online.items())
        trying = advance(cutting, journal.TRYING)
    except OSError as error:
        give_back(run, cutting, _no_copy, text("did_not_start", detail=error))
        return False
    tell("stopped_and_up", container=trying.container, interface=trying.interface)
    if online and not _wait_for_friends(run, trying, patience):
        give_back(run, trying, _no_copy, text("nobody_came", count=len(online), seconds=int(patience)))
        return False
    finish(run, trying)
    return True


def _inside(run: Run, taken: Journal) -> dict[str, live.Peer]:
    """Return the container's peers; none if it doesn't run."""
    for tool in ("awg", "wg"):
        words = container.inside(taken.engine, taken.container, [tool])
        with suppress(OSError):
            return live.peers_of(run, words, taken.inside)
    return {}


def _start(run: Run, taken: Journal) -> None:
    """Start the interface. Raise Failed with its own last words."""
    try:
        run(["systemctl", "start", taken.service], "")
    except OSError as error:
        unit = f"_SYSTEMD_UNIT={taken.service}.service"
        said = attempt(run, "journalctl", unit, "-n", "20", "-o", "cat").splitlines()
        words = [line for line in said if line.strip() and not line.startswith("[#]")]
        raise Failed(words[-1] if words else str(error)) from None


def _wait_for_port(run: Run, port: int) -> None:
    """Wait until nobody listens on a port."""
    end = time.monotonic() + PORT_SECONDS
    while attempt(run, "ss", "-Hlun", f"sport = :{port}").strip() and time.monotonic() < end:
        time.sleep(PAUSE)


def _forget_flows(port: int) -> None:
    with suppress(OSError):  # a kernel without connection tracking: nothing to forget
        forget_flows(port)


def _wait_for_friends(run: Run, trying: Journal, patience: float) -> bool:
    """Wait for handshakes of those who were online, for the first one with patience; return False if there is none."""
    tell("waiting_for_friends", count=len(trying.watched), seconds=int(patience))
    start, back = time.monotonic(), 0
    while back < len(trying.watched):
        passed = time.monotonic() - start
        if passed > (GRACE_SECONDS if back else patience):
            break
        time.sleep(PAUSE)
        back = len(_arrived(run, trying))
    if back:
        passed = round(time.monotonic() - start, 1)
        tell("friends_came", count=back, all=len(trying.watched), seconds=passed)
    return bool(back)


def _arrived(run: Run, trying: Journal) -> set[str]:
    """Return those of the watched friends who have connected to the interface."""
    try:
        now = live.peers_of(run, [trying.tool], trying.interface)
    except OSError:
        return set()
    return {key for key in trying.watched if key in now and now[key].handshake}


def finish(run: Run, trying: Journal) -> None:
    """Complete the take-over. Raise OSError; it can be called again after that."""
    finishing = advance(trying, journal.FINISHING)
    run(["systemctl", "enable", finishing.service], "")
    container.keep_down(run, finishing.engine, finishing.container, finishing.unit, finishing.restart)
    live.leave_alone(run, [finishing.tool], finishing.interface, finishing.watched)
    advance(finishing, journal.TAKEN)


def _no_copy(name: str, content: str) -> None:
    """Keep nothing: in these few minutes nothing worth keeping has happened."""


def give_back(run: Run, taken: Journal, keep: Keep, why: str) -> None:
    """Bring the container up as it was, and remove the interface. Raise OSError if the container does not start.

    Before the container serves friends again, the interface's file stays, so this can be called again.
    """
    returning = advance(taken, journal.GIVING_BACK, why=why)
    if why:
        tell("going_back", why=why)
    here = _here(run, returning)
    _tell_of_meanwhile(returning, here, keep)
    attempt(run, "systemctl", "disable", "--now", returning.service)
    if live.is_there(returning.interface):
        attempt(run, "ip", "link", "delete", returning.interface)
    _wait_for_port(run, returning.port)
    try:
        _bring_back(run, returning)
    except OSError as error:
        if taken.step != journal.TAKEN:
            raise Failed(text("container_fails_too", detail=error)) from None
        tell("container_does_not_start", detail=error)
        run(["systemctl", "enable", "--now", returning.service], "")
        advance(returning, journal.TAKEN, why="")
        raise Failed(text("interface_goes_on", interface=returning.interface)) from None
    _forget_flows(returning.port)
    _greet_inside(run, returning, here)
    _remove_files(run, returning, keep)
    advance(returning, journal.UNDONE)


def _bring_back(run: Run, returning: Journal) -> None:
    start = (returning.was_running, returning.unit, returning.restart)
    container.bring_back(run, returning.engine, returning.container, start[1], start[2], start[0])


def _here(run: Run, returning: Journal) -> dict[str, live.Peer]:
    """Return the interface's peers; none if it doesn't run."""
    try:
        return live.peers_of(run, [returning.tool], returning.interface)
    except OSError:
        return {}


def _tell_of_meanwhile(returning: Journal, here: dict[str, live.Peer], keep: Keep) -> None:
    """Tell what has gone through the interface, and which of its peers the container doesn't know."""
    if not here:
        return
    received, sent = sum(seen.received for seen in here.values()), sum(seen.sent for seen in here.values())
    tell("counters", interface=returning.interface, up=received >> 20, down=sent >> 20)
    heads = "public key\taddresses\treceived\tsent\tlatest handshake\n"
    rows = (f"{key}\t{seen.addresses}\t{seen.received}\t{seen.sent}\t{seen.handshake}\n" for key, seen in here.items())
    with suppress(OSError):  # a disk that is full must not keep friends here
        keep("given-back.txt", heads + "".join(rows))
    new = [seen.addresses for key, seen in here.items() if key not in returning.peers]
    if new:
        tell("unknown_to_container", count=len(new), addresses="; ".join(new))


def _greet_inside(run: Run, returning: Journal, here: dict[str, live.Peer]) -> None:
    """Make the container, which may still be starting, open the connections that the interface had."""
    now = time.time()
    online = {key: seen.endpoint for key, seen in here.items()
              if key in returning.peers and now - seen.handshake < live.ONLINE_SECONDS}  # fmt: skip
    if not (online and returning.was_running):
        return
    end = time.monotonic() + PORT_SECONDS
    while not _inside(run, returning) and time.monotonic() < end:
        time.sleep(PAUSE)
    for tool in ("awg", "wg"):
        words = container.inside(returning.engine, returning.container, [tool])
        if attempt(run, *words, "show", returning.inside, "listen-port"):
            live.greet(run, words, returning.inside, online.items())
            time.sleep(1)
            live.leave_alone(run, words, returning.inside, online)
            return


def _remove_files(run: Run, returning: Journal, keep: Keep) -> None:
    """Remove the interface's files; its own is kept for the owner."""
    with suppress(OSError):
        keep(returning.conf.name, returning.conf.read_text(encoding="utf-8"))
    attempt(run, "nft", "delete", "table", "inet", f"andreyvpn_{returning.interface}")
    returning.conf.unlink(missing_ok=True)
    returning.nat.unlink(missing_ok=True)


def recover(run: Run, keep: Keep) -> str:
    """Settle what was interrupted; return the step that is reached, '' if nothing was taken over. Raise OSError."""
    found = journal.read()
    if found is None or found.step in (journal.TAKEN, journal.UNDONE):
        return found.step if found else ""
    if found.step == journal.PREPARING:
        _remove_files(run, found, _no_copy)
        return advance(found, journal.UNDONE, why=text("was_interrupted")).step
    if found.step == journal.FINISHING or (found.step in (journal.CUTTING, journal.TRYING) and _arrived(run, found)):
        if container.is_running(run, found.engine, found.container):
            container.stop(run, found.engine, found.container, found.unit)
        _start(run, found)
        _forget_flows(found.port)
        finish(run, found)
        return journal.TAKEN
    give_back(run, found, keep, found.why or text("was_interrupted"))
    return journal.UNDONE
