"""Inspect, stop and start a container, and change its automatic start, with docker or podman."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lib.install.found import checked
from lib.install.takeover.tools import Failed, Run, attempt

ENGINES = ("docker", "podman")
STOP_SECONDS = "1"  # after which docker kills the container
POLICY = re.compile("no|always|unless-stopped|on-failure(:[0-9]{1,6})?")
SWARM = "com.docker.swarm.service.id"


@dataclass(frozen=True)
class Container:
    """A container as it was before anything was changed."""

    name: str
    engine: str
    is_podman: bool
    running: bool
    restart: str  # the policy, in the form of `docker update --restart`: no, always, unless-stopped, on-failure:3
    unit: str  # podman: the service that starts it at boot; '' if there is none
    host_network: bool
    ports: dict[int, tuple[int, ...]]  # UDP: port in the container -> ports on the host
    goes_when_stopped: bool  # started with --rm
    in_swarm: bool  # swarm would replace it with a new one


def inspect(run: Run, name: str) -> Container:
    """Return a container. Raise OSError, with docker's message, if that fails."""
    error: OSError = Failed("docker is not installed")
    for engine in ENGINES:
        try:
            version = run([engine, "--version"], "")
        except OSError:
            continue
        try:
            seen = run([engine, "inspect", "--type", "container", name], "")
            return _read(run, engine, "podman" in version.lower(), name, seen)
        except OSError as failed:
            error = failed
    raise error


def _read(run: Run, engine: str, is_podman: bool, name: str, text: str) -> Container:
    try:
        [seen] = json.loads(text)
        host: dict[str, Any] = seen["HostConfig"]
        policy = host.get("RestartPolicy") or {}
        kind, count = policy.get("Name") or "no", policy.get("MaximumRetryCount") or 0
        restart = f"{kind}:{count}" if kind == "on-failure" and count else kind
        labels = (seen.get("Config") or {}).get("Labels") or {}
        if str(seen["Name"]).removeprefix("/") != name or not POLICY.fullmatch(restart):
            raise ValueError(f"it describes another container than {name}")
        unit = f"container-{name}.service"
        return Container(
            name=name,
            engine=engine,
            is_podman=is_podman,
            running=seen["State"]["Running"] is True,
            restart=restart,
            unit=unit if attempt(run, "systemctl", "is-enabled", unit).strip() == "enabled" else "",
            host_network=host.get("NetworkMode") == "host",
            ports=_ports(host.get("PortBindings") or {}),
            goes_when_stopped=host.get("AutoRemove") is True,
            in_swarm=SWARM in labels,
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Failed(f"{engine} inspect: {error}") from None


def _ports(bindings: dict[str, Any]) -> dict[int, tuple[int, ...]]:
    """Return the published UDP ports from docker's form: {'51820/udp': [{'HostPort': '51820'}]}."""
    found = {}
    for inside, places in bindings.items():
        number, _, protocol = inside.partition("/")
        outside = (checked.port(place.get("HostPort")) for place in places or ())
        if protocol == "udp" and (port := checked.port(number)):
            found[port] = tuple(dict.fromkeys(filter(None, outside)))
    return found


def is_running(run: Run, engine: str, name: str) -> bool:
    """Return True if a container is running."""
    return attempt(run, engine, "inspect", "--format", "{{.State.Running}}", name).strip() == "true"


def may_change(run: Run, container: Container) -> None:
    """Check that the restart policy can be changed, by setting it to its current value. Raise OSError if not."""
    if not container.is_podman or container.restart != "no":
        _restart_by(run, container.engine, container.name, container.restart)


def stop(run: Run, engine: str, name: str, unit: str) -> None:
    """Stop a container. Raise OSError if it is still running."""
    if unit:
        attempt(run, "systemctl", "stop", unit)
    run([engine, "stop", "-t", STOP_SECONDS, name], "")
    if is_running(run, engine, name):
        raise Failed(f"{name} is running although it was stopped")


def keep_down(run: Run, engine: str, name: str, unit: str, restart: str) -> None:
    """Disable the automatic start of a container."""
    if unit:
        run(["systemctl", "disable", unit], "")
    if restart != "no":
        _restart_by(run, engine, name, "no")


def let_start(run: Run, engine: str, name: str, unit: str, restart: str) -> None:
    """Restore a container's automatic start. Raise OSError if docker doesn't answer or the container is gone."""
    if restart != "no":
        _restart_by(run, engine, name, restart)
    else:
        run([engine, "inspect", "--format", "{{.State.Running}}", name], "")
    if unit:
        run(["systemctl", "enable", unit], "")


def _restart_by(run: Run, engine: str, name: str, policy: str) -> None:
    run([engine, "update", f"--restart={policy}", name], "")


def start(run: Run, engine: str, name: str, unit: str) -> None:
    """Start a container unless it is running. Raise OSError if it doesn't start."""
    if is_running(run, engine, name):
        return
    run(["systemctl", "start", unit] if unit else [engine, "start", name], "")
    if not is_running(run, engine, name):
        raise Failed(f"{engine} start {name}: it ended at once, see {engine} logs {name}")


def inside(engine: str, name: str, words: Sequence[str]) -> list[str]:
    """Return the command line that runs a command inside a container."""
    return [engine, "exec", "-i", name, *words]
