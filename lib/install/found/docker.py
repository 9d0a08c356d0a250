"""List the containers of docker and podman, and read their files, even while they are stopped."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.install.found import checked
from lib.install.found.run import Run

MOST_CONTAINERS = 200
LIKELY = (
    "amnezia",
    "wg",
    "wireguard",
    "vpn",
)  # containers with these in their names come first: there may be hundreds of stopped ones
MOST_FILE, MOST_FILES = 8 << 20, 1000  # bytes of one file, and files of one folder
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}")  # docker's own grammar
ENGINES = ("docker", "podman")


@dataclass(frozen=True)
class Container:
    """A container, running or not."""

    name: str
    image: str
    running: bool
    engine: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # may contain passwords
    ports: Mapping[int, int] = field(default_factory=dict)  # UDP: port in the container -> port on the host
    started_at: int | None = None  # epoch seconds; None: unknown


@dataclass(frozen=True)
class File:
    """A file in a container."""

    data: bytes
    written_at: int  # epoch seconds


def list_names(run: Run) -> tuple[dict[str, str], str]:
    """Return all containers as name -> engine, and the key of the message why some may be missing, or ''."""
    found, reasons = dict[str, str](), []
    for engine in ENGINES:
        try:
            listed = re.split(
                "[\n,]", run((engine, "ps", "--all", "--format", "{{.Names}}"), "")
            )  # links add more names
        except FileNotFoundError:
            continue
        except OSError as exc:
            reasons.append(_why(exc))
        else:
            reasons.append("")
            found |= {name: engine for name in listed if _NAME.fullmatch(name) and name not in found}
    likely = sorted(found, key=lambda name: not any(word in name for word in LIKELY))
    return {name: found[name] for name in likely[:MOST_CONTAINERS]}, reasons[0] if reasons else "no_docker"


def _why(exc: OSError) -> str:
    """Return the key of the words that say why docker can't be asked."""
    if isinstance(exc, TimeoutError):
        return "docker_silent"
    if isinstance(exc, PermissionError) or re.search("permission denied|not permitted", str(exc), re.IGNORECASE):
        return "docker_denied"
    down = re.search("cannot connect|is the docker daemon running", str(exc), re.IGNORECASE)
    return "docker_down" if down else "docker_failed"


def inspect(run: Run, engine: str, name: str) -> Container | None:
    """Return a container; None if docker can't describe it, or it is gone."""
    try:
        (found,) = json.loads(run((engine, "inspect", "--type", "container", name), ""), parse_int=float)
        config = _object(found, "Config")
        return Container(
            name=name,
            image=str(config.get("Image", "")),
            running=_object(found, "State").get("Running") is True,
            engine=engine,
            environment=dict(_environment(config.get("Env"))),
            ports=dict(_ports(_object(_object(found, "HostConfig"), "PortBindings"))),
            started_at=checked.moment(_object(found, "State").get("StartedAt")),
        )
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _object(holder: object, key: str) -> dict[str, Any]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, dict) else {}


def _environment(words: object) -> Iterator[tuple[str, str]]:
    for word in words if isinstance(words, list) else ():
        if isinstance(word, str):
            name, _, value = word.partition("=")
            yield name, value


def _ports(bindings: Mapping[str, object]) -> Iterator[tuple[int, int]]:
    """Yield the published UDP ports as (port in the container, port on the host)."""
    for name, places in bindings.items():
        inside, _, protocol = name.partition("/")
        place = places[0] if isinstance(places, list) and places and isinstance(places[0], dict) else {}
        if protocol == "udp" and (port := checked.port(inside)) and (outside := checked.port(place.get("HostPort"))):
            yield port, outside


def read_folder(run: Run, container: Container, folder: str) -> dict[str, File] | None:
    """Return the ordinary files that lie in a folder of a container, by name; None if it can't be read.

    Nothing is unpacked: the archive that docker hands out is read from memory, and only its ordinary files.
    """
    try:
        archive = run((container.engine, "cp", f"{container.name}:{folder}", "-"), "")
        return dict(_members(archive.encode(errors="surrogateescape"), folder.rpartition("/")[2]))
    except (OSError, ValueError, LookupError, OverflowError, EOFError, RecursionError, tarfile.TarError):
        return None


def _members(archive: bytes, folder: str) -> Iterator[tuple[str, File]]:
    """Yield the files of an archive that are directly in its folder and not too large."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r|") as members:
        for number, member in enumerate(members):
            if number == MOST_FILES:
                return
            parent, _, name = member.name.strip("/").removeprefix("./").rpartition("/")
            beside = parent in (folder, "", ".") and member.isreg() and not member.issparse()
            if beside and member.size <= MOST_FILE and (file := members.extractfile(member)):
                yield name, File(file.read(MOST_FILE), int(member.mtime))


def ask(run: Run, container: Container, *words: str, stdin: str = "") -> str | None:
    """Run a command in a container and return its output; None if it fails. Raise TimeoutError if it hangs.

    Without -i, its stdin would not be connected.
    """
    try:
        return run((container.engine, "exec", "-i", container.name, *words), stdin)
    except TimeoutError:
        raise
    except OSError:
        return None
