"""A container as docker (or podman, which answers to the same name) knows it: what starts it, and how to stop it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lib.install.takeover.tools import Failed, Run, attempt

ENGINES = ("docker", "podman")
STOP_SECONDS = "1"  # then docker kills what doesn't listen


@dataclass(frozen=True)
class Container:
    """What was found of a container before anything was changed."""

    name: str
    engine: str
    is_podman: bool
    running: bool
    restart: str  # the policy, as `docker update --restart` takes it: no, always, unless-stopped, on-failure:3
    unit: str  # the service that starts it at boot, where podman does; '' if there is none
    host_network: bool
    ports: dict[int, int]  # UDP: inside -> on the host


def inspect(run: Run, name: str) -> Container:
    """Read a container. Raise OSError, with what docker says, if that is not possible."""
    error: OSError = Failed("docker is not installed")
    for engine in ENGINES:
        try:
            version = run([engine, "--version"], "")
        except OSError:
            continue
        try:
            return _read(
                run, engine, "podman" in version.lower(), run([engine, "inspect", "--type", "container", name], "")
            )
        except OSError as failed:
            error = failed
    raise error


def _read(run: Run, engine: str, is_podman: bool, text: str) -> Container:
    try:
        [seen] = json.loads(text)
        host: dict[str, Any] = seen["HostConfig"]
        policy = host.get("RestartPolicy") or {}
        kind, count = policy.get("Name") or "no", policy.get("MaximumRetryCount") or 0
        name = str(seen["Name"]).removeprefix("/")
        unit = f"container-{name}.service"
        starts = attempt(run, "systemctl", "is-enabled", unit).strip() == "enabled"
        return Container(
            name=name,
            engine=engine,
            is_podman=is_podman,
            running=bool(seen["State"]["Running"]),
            restart=f"{kind}:{count}" if kind == "on-failure" and count else kind,
            unit=unit if starts else "",
            host_network=host.get("NetworkMode") == "host",
            ports=_ports(host.get("PortBindings") or {}),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failed(f"{engine} inspect: {error}") from None


def _ports(bindings: dict[str, Any]) -> dict[int, int]:
    """Return the UDP ports that are published: {'51820/udp': [{'HostPort': '51820'}]}."""
    found = {}
    for inside, places in bindings.items():
        number, _, protocol = inside.partition("/")
        outside = str(places[0].get("HostPort", "")) if places else ""
        if protocol == "udp" and number.isdigit() and outside.isdigit():
            found[int(number)] = int(outside)
    return found


def is_running(run: Run, engine: str, name: str) -> bool:
    """Return True if a container runs."""
    return attempt(run, engine, "inspect", "--format", "{{.State.Running}}", name).strip() == "true"


def may_change(run: Run, container: Container) -> None:
    """Set the restart policy to what it is. Raise OSError if docker doesn't allow it."""
    if not container.is_podman:
        run([container.engine, "update", f"--restart={container.restart}", container.name], "")


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
        run([engine, "update", "--restart=no", name], "")


def bring_back(run: Run, engine: str, name: str, unit: str, restart: str, start: bool) -> None:
    """Restore a container's automatic start, and start it if it was running. Raise OSError if it doesn't start."""
    if restart != "no":
        run([engine, "update", f"--restart={restart}", name], "")
    if unit:
        run(["systemctl", "enable", unit], "")
    if start and not is_running(run, engine, name):
        run(["systemctl", "start", unit] if unit else [engine, "start", name], "")
        if not is_running(run, engine, name):
            raise Failed(f"{engine} start {name}: it ended at once, see {engine} logs {name}")


def inside(engine: str, name: str, words: Sequence[str]) -> list[str]:
    """Return the command that runs another one inside a container."""
    return [engine, "exec", "-i", name, *words]
