"""Write down for the bot what others call their peers: it has no right to read their files itself."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from lib.atomic_file import replacing
from lib.install.found.model import FoundServer

MOST_NAMES = 20_000


def names_of(servers: Iterable[FoundServer]) -> dict[str, str]:
    """Return the names of all peers by public key; the first server that names one counts."""
    found = dict[str, str]()
    for peer in (peer for server in servers for peer in server.peers if peer.name):
        found.setdefault(peer.public_key, peer.name)
    return dict(list(found.items())[:MOST_NAMES])


def write_names(path: Path, names: dict[str, str]) -> None:
    """Replace the file of names: root's, and readable for the group of its folder, which is the bot's."""
    with replacing(path, 0o640) as file:
        os.fchown(file.fileno(), -1, path.parent.stat().st_gid)
        file.write(json.dumps(names, ensure_ascii=False, indent=0).encode(errors="replace") + b"\n")
