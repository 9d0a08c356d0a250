"""Write the new interface's file, and test its parameters on a temporary interface without port and addresses.

Version numbers say little (tools and modules are released separately), so we compare what is read back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence, Set

from lib.install.found.model import FoundPeer, FoundServer
from lib.install.takeover.plan import Refused
from lib.install.takeover.tools import Run, attempt

MODULES = {"wg": "wireguard", "awg": "amneziawg"}  # kernel modules; the userspace program is called NAME-go
ON_BOTH_ENDS = ("S1", "S2", "S3", "S4", "H1", "H2", "H3", "H4", "HeaderProtectionKey", "RandomTrailers")
UNSET = {"S": "0", "H1": "1", "H2": "2", "H3": "3", "H4": "4", "RandomTrailers": "off"}  # same as leaving it out


def rehearse(run: Run, tool: str, server: FoundServer) -> None:
    """Set up an interface like the server's, read it back and remove it. Raise Refused if the values differ."""
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
            detail = f"{key} = {shown.get(key.lower()) or unset}" if unset else key  # other values are secret
            raise Refused("wrong_protocol", version=server.version, tool=tool, detail=detail)


def _make(run: Run, tool: str, name: str) -> None:
    """Create an interface as wg-quick does: in the kernel, or else with the userspace program."""
    try:
        run(["ip", "link", "add", name, "type", MODULES[tool]], "")
    except OSError:
        run([f"{MODULES[tool]}-go", name], "")


def _values(text: str) -> dict[str, str]:
    """Return the values of a .conf's [Interface] section."""
    lines = (line.partition("=") for line in text.partition("[Peer]")[0].splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in lines}


def _own_lines(server: FoundServer) -> list[str]:
    parameters = (f"{key} = {value}" for key, value in server.parameters.items())
    return ["[Interface]", f"PrivateKey = {server.private_key}", *parameters]


def peer_lines(peers: Sequence[FoundPeer]) -> Iterator[str]:
    """Yield the enabled peers as lines of a .conf, each with its name as a comment."""
    for peer in (peer for peer in peers if peer.enabled):
        yield from ("", "[Peer]", *([f"# {peer.name}"] if peer.name else []), f"PublicKey = {peer.public_key}")
        if peer.preshared_key:
            yield f"PresharedKey = {peer.preshared_key}"
        if peer.addresses:
            yield f"AllowedIPs = {', '.join(peer.addresses)}"


def conf_of(server: FoundServer, port: int, more: str, loaded: Set[str] = frozenset()) -> str:
    """Return the interface's .conf: the server's own values, the installer's lines, the peers.

    The peers in `loaded` are left out: the bot made them and loads them itself, unless it has blocked them.
    """
    own = [*_own_lines(server), f"ListenPort = {port}", f"Address = {', '.join(server.addresses)}", *more.splitlines()]
    peers = [peer for peer in server.peers if peer.public_key not in loaded]
    return "\n".join((*own, *peer_lines(peers))) + "\n"
