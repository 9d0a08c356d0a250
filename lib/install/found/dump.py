"""Read what `awg show IF dump` or `wg show IF dump` prints: what really runs, whatever the files say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lib.errors import ParametersError
from lib.install.found import checked
from lib.install.found.conf import MOST_PEERS, takes_everything
from lib.install.found.docker import Container, ask
from lib.install.found.model import FoundPeer
from lib.install.found.run import Run
from lib.vpn import obfuscation


@dataclass(frozen=True)
class Live:
    """An interface as its tool shows it."""

    private_key: str = field(repr=False)
    public_key: str
    port: int | None
    parameters: dict[str, str]
    peers: tuple[FoundPeer, ...]
    leads_elsewhere: bool  # it connects to a peer that takes all traffic
    faults: tuple[str, ...]


def read_running(run: Run, container: Container, interface: str, tools: Iterable[str], now: int) -> Live | None:
    """Return an interface that runs in a container, from the first tool there that shows it; None if none does."""
    for tool in tools:
        try:
            answer = ask(run, container, tool, "show", interface, "dump")
        except TimeoutError:
            return None  # the container is paused or hangs, so the other tool would time out too
        if answer and (found := read_dump(answer, now)):
            return found
    return None


def read_dump(text: str, now: int) -> Live | None:
    """Read a dump; None if that is no dump of an interface. A handshake in the future is none."""
    first, *others = text.split("\n")
    private, *rest = first.split("\t")
    if len(rest) < 3 or not (checked.key(private) or private == "(none)"):
        return None
    public, port, *columns, _ = rest
    parameters, whole = _parameters(columns)
    rows = [row.split("\t") for row in others if row]
    peers = [(_peer(row, now), row[2]) for row in rows[:MOST_PEERS] if len(row) == 8 and checked.key(row[0])]
    faults = {"bad_peers": len(peers) < len(rows), "bad_parameters": not whole}
    return Live(
        private_key=checked.key(private),
        public_key=checked.key(public),
        port=checked.port(port),
        parameters=parameters,
        peers=tuple(peer for peer, _ in peers),
        leads_elsewhere=any(takes_everything(peer.addresses) and reached != "(none)" for peer, reached in peers),
        faults=tuple(fault for fault, is_there in faults.items() if is_there),
    )


def _parameters(columns: list[str]) -> tuple[dict[str, str], bool]:
    """Return the obfuscation parameters, and whether all of them were read."""
    try:
        return checked.parameters(dict(obfuscation.read(columns)))
    except ParametersError:
        return {}, False


def _peer(row: list[str], now: int) -> FoundPeer:
    public, psk, _, allowed, handshake, *_ = row
    seen_at = checked.number(handshake, checked.MOST_SECONDS)
    return FoundPeer(
        public_key=public,
        preshared_key=checked.preshared(psk),
        addresses=checked.networks(allowed.split(",")),
        name="",
        private_key=None,
        enabled=True,
        expires_at=None,
        seen_at=seen_at if seen_at <= now + 60 else 0,
    )
