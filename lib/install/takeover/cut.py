"""The cut-over, step by step. Each step is written to the journal before it runs, and is safe to repeat.

    preparing -> cutting -> trying -> finishing -> taken
         \\__________\\__________\\__________________\\-> giving back -> undone

back.py rolls back; settle.py finishes or undoes what was interrupted.
"""

from __future__ import annotations

import time

from lib.install.takeover import container, journal, live, ports
from lib.install.takeover.back import give_back, keep_nothing
from lib.install.takeover.journal import Journal, advance
from lib.install.takeover.moving import arrived, keep_here, peers_inside, start_interface
from lib.install.takeover.tools import Failed, Run
from lib.install.takeover.words import tell, text

GRACE_SECONDS = 3  # how long to wait for the others after the first friend has connected
FINISH_SECONDS = 30  # how long to retry disabling the container's start: docker may be restarting
PAUSE, LONGEST_PAUSE = 0.1, 1.0


def cut_over(run: Run, prepared: Journal, patience: float) -> bool:
    """Move friends from the container to the interface. Return False if that was rolled back, with a message."""
    online = _who_is_online(run, prepared)
    journal.remember_online(online)
    cutting = advance(prepared, journal.CUTTING, watched=tuple(online), at=int(time.time()))
    try:
        container.stop(run, cutting.engine, cutting.container, cutting.unit)
        ports.wait_until_free(run, cutting.port)
        start_interface(run, cutting)
        live.greet(run, [cutting.tool], cutting.interface, online.items())
        trying = advance(cutting, journal.TRYING)
    except OSError as error:
        give_back(run, cutting, keep_nothing, text("did_not_start", detail=error))
        return False
    tell("stopped_and_up", container=trying.container, interface=trying.interface)
    if online and not _wait_for_friends(run, trying, patience):
        give_back(run, trying, keep_nothing, text("nobody_came", count=len(online), seconds=int(patience)))
        return False
    _finish(run, trying)
    return True


def _who_is_online(run: Run, prepared: Journal) -> dict[str, str]:
    """Return the endpoints of friends who are online, by key; empty if the container is stopped.

    Raise Failed if the container is running, but doesn't show its peers.
    """
    if not prepared.was_running:
        return {}
    try:
        peers = peers_inside(run, prepared)[1]
    except OSError as error:
        raise Failed(text("nobody_knows", container=prepared.container, detail=error)) from None
    return live.online_of(peers, prepared.peers)


def _wait_for_friends(run: Run, trying: Journal, patience: float) -> bool:
    """Wait for handshakes of the friends who were online. Return False if none came within `patience` seconds."""
    tell("waiting_for_friends", count=len(trying.watched), seconds=int(patience))
    start, back, pause = time.monotonic(), 0, PAUSE
    end = start + patience
    while back < len(trying.watched) and time.monotonic() < end:
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 1.2)
        before, back = back, len(arrived(run, trying))
        if back and not before:
            end = time.monotonic() + GRACE_SECONDS
    if back:
        passed = round(time.monotonic() - start, 1)
        tell("friends_came", count=back, all=len(trying.watched), seconds=passed)
    return bool(back)


def _finish(run: Run, trying: Journal) -> None:
    """Complete the take-over, retrying for a while on failure: friends have already moved."""
    end = time.monotonic() + FINISH_SECONDS
    while True:
        try:
            return keep_here(run, trying)
        except OSError as error:
            if time.monotonic() > end:
                raise Failed(text("not_finished", interface=trying.interface, detail=error)) from None
            time.sleep(LONGEST_PAUSE)
