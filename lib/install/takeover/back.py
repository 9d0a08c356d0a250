"""Roll back to the container: on the owner's request, or because a take-over failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from lib.install.found.conf import read_conf
from lib.install.takeover import container, journal, live
from lib.install.takeover.journal import Journal, advance
from lib.install.takeover.moving import (
    forget_ways,
    keep_here,
    peers_here,
    peers_inside,
    start_interface,
    stop_interface,
)
from lib.install.takeover.tools import Failed, Run, attempt
from lib.install.takeover.words import tell, text

START_SECONDS = 5  # how long to wait for the interface in the container
PAUSE = 0.1
GREETING_SECONDS = 3  # how long to wait for handshakes with all friends
Keep = Callable[[str, str], None]  # saves a file for the owner


def keep_nothing(name: str, content: str) -> None:
    """Do nothing: after a failed cut-over, there is nothing worth saving."""


def give_back(run: Run, taken: Journal, keep: Keep, why: str) -> None:
    """Start the container as it was, and remove the interface. Raise OSError if the container does not start.

    The interface's file is kept until the container serves friends again, so a failed rollback can be retried.
    """
    here = peers_here(run, taken)
    online = journal.online() | live.online_of(here, taken.peers)
    returning = _begin(taken, online, why)
    if why:
        tell("going_back", why=why)
    try:
        container.let_start(run, taken.engine, taken.container, taken.unit, taken.restart)
    except OSError as error:
        _wait_here(run, taken, error)
    if taken.step != journal.TAKEN:
        _end_stop(run, returning)
    _tell_of_meanwhile(returning, here, keep)
    stop_interface(run, returning)
    _start(run, returning)
    forget_ways(returning.port)
    _greet(run, returning, online)
    _start(run, returning)
    _remove_interface(run, returning, keep)
    advance(returning, journal.UNDONE)


def _begin(taken: Journal, online: Mapping[str, str], why: str) -> Journal:
    """Write the rollback to the journal. On a full disk, an unfinished take-over relies on its existing entry."""
    returning = replace(taken, step=journal.GIVING_BACK, why=why)
    try:
        journal.write(returning)
    except OSError:
        if taken.step in (journal.FINISHING, journal.TAKEN):
            raise
    with suppress(OSError):  # without this list, friends merely reconnect later
        journal.remember_online(online)
    return returning


def _end_stop(run: Run, returning: Journal) -> None:
    """Complete a stop begun by an installer that was killed: docker would otherwise carry it out after the start."""
    with suppress(OSError):
        container.stop(run, returning.engine, returning.container, returning.unit)


def _start(run: Run, returning: Journal) -> None:
    """Start the container if it was running before. If that fails, stay on the interface and raise Failed."""
    if not returning.was_running:
        return
    try:
        container.start(run, returning.engine, returning.container, returning.unit)
    except OSError as error:
        _stay_here(run, returning, error)


def _wait_here(run: Run, taken: Journal, error: OSError) -> None:
    """Keep friends on the interface while docker does not answer. Always raises Failed."""
    tell("container_does_not_start", detail=error)
    if taken.step == journal.TAKEN:
        advance(taken, journal.TAKEN)
        raise Failed(text("interface_goes_on", interface=taken.interface))
    with suppress(OSError):  # the container may still be running
        start_interface(run, taken)
        live.greet(run, [taken.tool], taken.interface, journal.online().items())
    raise Failed(text("container_fails_too", detail=error))


def _stay_here(run: Run, returning: Journal, error: OSError) -> None:
    """Complete the take-over after all, because the container doesn't start. Always raises Failed."""
    tell("container_does_not_start", detail=error)
    online = journal.online()
    try:
        start_interface(run, returning)
        live.greet(run, [returning.tool], returning.interface, online.items())
        keep_here(run, replace(returning, watched=tuple(online)))
    except OSError:
        raise Failed(text("container_fails_too", detail=error)) from None
    raise Failed(text("interface_goes_on", interface=returning.interface))


def _tell_of_meanwhile(returning: Journal, here: Mapping[str, live.Peer], keep: Keep) -> None:
    """Print the interface's traffic counters and how its peers differ from the container's; save the details."""
    if not here:
        return
    received, sent = sum(seen.received for seen in here.values()), sum(seen.sent for seen in here.values())
    tell("counters", interface=returning.interface, up=received >> 20, down=sent >> 20)
    heads = "public key\taddresses\treceived\tsent\tlatest handshake\n"
    rows = (f"{key}\t{seen.addresses}\t{seen.received}\t{seen.sent}\t{seen.handshake}\n" for key, seen in here.items())
    with suppress(OSError):  # a full disk must not block the rollback
        keep("given-back.txt", heads + "".join(rows))
    new = [seen.addresses for key, seen in here.items() if key not in returning.peers]
    if new:
        tell("unknown_to_container", count=len(new), addresses="; ".join(new))
    if gone := [key for key in returning.peers if key not in here]:
        tell("known_to_container", count=len(gone), names=", ".join(_names(returning, gone)))


def _names(returning: Journal, keys: Iterable[str]) -> Iterator[str]:
    """Yield a label for each key: the name in the interface's file, else its address, else the start of the key."""
    try:
        known = {peer.public_key: peer for peer in read_conf(returning.conf.read_text(encoding="utf-8")).peers}
    except (OSError, ValueError):
        known = {}
    for key in keys:
        peer = known.get(key)
        yield (peer and (peer.name or next(iter(peer.addresses), ""))) or f"{key[:6]}…"


def _greet(run: Run, returning: Journal, online: Mapping[str, str]) -> None:
    """Make the container, once its interface is up, initiate handshakes with the friends who were online."""
    if not returning.was_running:
        return
    end = time.monotonic() + START_SECONDS
    while not (found := _inside(run, returning, online))[1]:
        if not online or time.monotonic() > end:
            return
        time.sleep(PAUSE)
    words, friends = found
    live.greet(run, words, returning.inside, ((key, online[key]) for key in friends))
    end = time.monotonic() + GREETING_SECONDS
    while time.monotonic() < end and not all(seen.handshake for seen in _inside(run, returning, friends)[1].values()):
        time.sleep(PAUSE)
    live.leave_alone(run, words, returning.inside, ((key, seen.alive) for key, seen in friends.items()))


def _inside(run: Run, returning: Journal, keys: Iterable[str]) -> tuple[list[str], dict[str, live.Peer]]:
    """Return the command of the container's tool and the peers with these keys; both empty if that fails."""
    try:
        words, peers = peers_inside(run, returning)
    except OSError:
        return [], {}
    return words, {key: peers[key] for key in keys if key in peers}


def _remove_interface(run: Run, returning: Journal, keep: Keep) -> None:
    with suppress(OSError):
        keep(returning.conf.name, returning.conf.read_text(encoding="utf-8"))
    remove_files(run, returning)


def remove_files(run: Run, returning: Journal) -> None:
    """Remove the interface's files and its nftables table."""
    attempt(run, "nft", "delete", "table", "inet", f"andreyvpn_{returning.interface}")
    returning.conf.unlink(missing_ok=True)
    returning.nat.unlink(missing_ok=True)
