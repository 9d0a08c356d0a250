"""The new interface's file, and its rehearsal: an interface without port and addresses shows what this machine speaks.

Numbers of versions say little (tools and modules are published at different times), so what is read back is judged.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence, Set

from lib.install.found.model import FoundPeer, FoundServer
from lib.install.takeover.plan import Refused
from lib.install.takeover.tools import Run, attempt

MODULES = {"wg": "wireguard", "awg": "amneziawg"}  # of the kernel; with -go behind it, the program in its place
ON_BOTH_ENDS = ("S1", "S2", "S3", "S4", "H1", "H2", "H3", "H4", "HeaderProtectionKey", "RandomTrailers")
UNSET = {"S": "0", "H1": "1", "H2": "2", "H3": "3", "H4": "4", "RandomTrailers": "off"}  # as if it were not there


def rehearse(run: Run, tool: str, server: FoundServer) -> None:
    """Set up an interface like the server's, read it back and remove it. Raise Refused if what was read differs."""
    name = f"avtry{os.getpid() % 100_000}"
    try:
        _make(run, tool, name)
        run([tool, "setconf", name, "/dev/stdin"], "\n".join((*_own_lines(server), *peer_lines(server.peers))) + "\n")
        shown = _values(run([tool, "showconf", name], ""))
    except OSError as error:
        raise Refused("wrong_protocol", version=server.version, tool=tool, detail=error) from None
    finally:
        attempt(run, "ip", "link", "delete", name)
    wanted = _values("\n".join(_own_lines(server)))
    for key in ("PrivateKey", *ON_BOTH_ENDS):
        unset = UNSET.get(key, UNSET.get(key[0], ""))
        if (wanted.get(key.lower()) or unset) != (shown.get(key.lower()) or unset):
            detail = f"{key} = {shown.get(key.lower()) or unset}" if unset else key  # the others are secrets
            raise Refused("wrong_protocol", version=server.version, tool=tool, detail=detail)


def _make(run: Run, tool: str, name: str) -> None:
    """Create an interface, as wg-quick does: by the kernel, else by a program."""
    try:
        run(["ip", "link", "add", name, "type", MODULES[tool]], "")
    except OSError:
        run([f"{MODULES[tool]}-go", name], "")


def _values(text: str) -> dict[str, str]:
    """Return the interface's own lines of a .conf."""
    lines = (line.partition("=") for line in text.partition("[Peer]")[0].splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in lines}


def _own_lines(server: FoundServer) -> list[str]:
    parameters = (f"{key} = {value}" for key, value in server.parameters.items())
    return ["[Interface]", f"PrivateKey = {server.private_key}", *parameters]


def peer_lines(peers: Sequence[FoundPeer]) -> Iterator[str]:
    """Yield the peers that may connect, as sections of a .conf, each with its name as a comment."""
    for peer in (peer for peer in peers if peer.enabled):
        yield from ("", "[Peer]", *([f"# {peer.name}"] if peer.name else []), f"PublicKey = {peer.public_key}")
        if peer.preshared_key:
            yield f"PresharedKey = {peer.preshared_key}"
        if peer.addresses:
            yield f"AllowedIPs = {', '.join(peer.addresses)}"


def conf_of(server: FoundServer, port: int, more: str, loaded: Set[str] = frozenset()) -> str:
    """Return the interface's .conf: the server's own values, the installer's lines, the peers.

    The keys of `loaded` are left out: the bot made these peers, and loads them, unless it has blocked them by then.
    """
    own = [*_own_lines(server), f"ListenPort = {port}", f"Address = {', '.join(server.addresses)}", *more.splitlines()]
    peers = [peer for peer in server.peers if peer.public_key not in loaded]
    return "\n".join((*own, *peer_lines(peers))) + "\n"
