"""Decide whether the bot can work inside the AmneziaVPN app's container. Nothing is changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lib.install.found.model import FoundServer
from lib.install.takeover import container as containers
from lib.install.takeover import journal
from lib.install.takeover.container import Container
from lib.install.takeover.plan import Refused, choose, published
from lib.install.takeover.tools import Run, attempt

SEEN = Path("/usr")  # the node sees no programs of the host outside this folder
NEEDED = ("sh", "cat", "cp", "ln", "mv", "rm", "sync", "sha256sum")  # to replace a file in the container


@dataclass(frozen=True)
class Inside:
    """How the bot reaches the server."""

    server: FoundServer
    container: Container
    tool: str  # in the container
    port: int  # on the host


def make_plan(run: Run, servers: Sequence[FoundServer], name: str) -> Inside:
    """Return how the bot reaches the server in a container. Raise Refused, which says what to do."""
    taken = journal.read()
    if taken and taken.step != journal.UNDONE:
        raise Refused("taken_not_inside", container=taken.container, interface=taken.interface)
    server = choose(servers, name)
    if not server.kind.startswith("amnezia"):
        raise Refused("inside_other_maker", name=name)
    try:
        container = containers.inspect(run, name)
    except OSError as error:
        raise Refused("docker_refuses", detail=error) from None
    program = Path(shutil.which("docker") or "")
    if container.engine != "docker" or container.is_podman or not program.resolve().is_relative_to(SEEN):
        raise Refused("inside_needs_docker", name=name, program=program)
    if not container.running:
        raise Refused("inside_not_running", name=name)
    return Inside(server, container, _tool(run, name, server.interface), published(server, container))


def _tool(run: Run, name: str, interface: str) -> str:
    """Return the tool that shows the interface. Raise Refused if the container lacks programs that the bot needs."""
    for tool in ("awg", "wg"):
        if attempt(run, *containers.inside("docker", name, [tool, "show", interface, "dump"])):
            break
    else:
        raise Refused("inside_no_interface", name=name, interface=interface)
    lacking = [word for word in NEEDED if not attempt(run, *_which(name, word))]
    with suppress(ValueError):
        shown = attempt(
            run, *containers.inside("docker", name, ["ip", "-d", "-j", "address", "show", "dev", interface])
        )
        if not lacking and json.loads(shown):
            return tool
    raise Refused("inside_lacks", name=name, programs=", ".join(lacking or ["ip (iproute2)"]))


def _which(name: str, word: str) -> list[str]:
    return containers.inside("docker", name, ["sh", "-c", 'command -v "$1"', "sh", word])
