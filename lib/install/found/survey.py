"""Look around on this machine: which VPN servers are there already?"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from lib.install.found import amnezia, docker, host, wg_easy
from lib.install.found.model import FoundServer
from lib.install.found.run import Run


@dataclass(frozen=True)
class Survey:
    """All that was found, and why something may be missing: keys of words.py."""

    servers: tuple[FoundServer, ...]
    notes: tuple[str, ...]


def look(run: Run) -> list[FoundServer]:
    """Return the servers on this machine: in containers first, then its own interfaces. It raises nothing."""
    return list(survey(run, Path("/"), int(time.time())).servers)


def survey(run: Run, root: Path, now: int) -> Survey:
    """Return the servers on a machine whose files lie below `root`, and what could not be looked at."""
    notes, contained = [], list[FoundServer]()
    try:
        engine, names = docker.list_names(run)
        contained = [server for name in names if (server := _in_container(run, engine, name, names, now))]
    except docker.NoDocker as exc:
        notes.append(exc.key)
    keys = {server.private_key for server in contained if server.private_key}
    own = [server for server in host.look_at_all(run, root, now) if server.private_key not in keys]
    return Survey((*contained, *own), tuple(notes))


def _in_container(run: Run, engine: str, name: str, names: list[str], now: int) -> FoundServer | None:
    """Return the server in a container, if there is one."""
    container = docker.inspect(run, engine, name)
    if name in amnezia.KINDS:
        server = amnezia.look_at(run, container or docker.Container(name, "", False, engine, {}), names, now)
        return server if container else replace(server, faults=(*server.faults, "no_inspect"))
    return wg_easy.look_at(run, container, now) if container and wg_easy.is_it(container) else None
