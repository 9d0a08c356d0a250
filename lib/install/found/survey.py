"""Look around on this machine: which VPN servers are there already?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lib.install.found import amnezia, docker, host, wg_easy
from lib.install.found.model import FoundServer
from lib.install.found.run import Patient, Run


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
    patient = Patient(run)
    engines, missing = docker.list_names(patient)
    contained = [server for name in engines if (server := _in_container(patient, engines, name, now))]
    if any(map(patient.gave_up_on, docker.ENGINES)):
        missing = "docker_stuck"
    own = [server for server in host.look_at_all(patient, root, now) if not _is_known(server, contained)]
    return Survey((*contained, *own), (missing,) if missing else ())


def _is_known(own: FoundServer, contained: Sequence[FoundServer]) -> bool:
    """Return True for an interface that belongs to a listed container with the host's network or a mounted folder.

    An interface that runs while its container is stopped is a replacement, so it doesn't count.
    """
    same = [server for server in contained if server.private_key and server.private_key == own.private_key]
    return any(server.running or not own.running for server in same)


def _in_container(run: Run, engines: Mapping[str, str], name: str, now: int) -> FoundServer | None:
    """Return the server in a container, if there is one."""
    container = docker.inspect(run, engines[name], name)
    if name in amnezia.KINDS:
        server = amnezia.look_at(run, container or docker.Container(name, "", False, engines[name]), engines, now)
        return server if container else replace(server, faults=(*server.faults, "no_inspect"))
    return wg_easy.look_at(run, container, now) if container and wg_easy.is_it(container) else None
