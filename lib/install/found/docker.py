"""Ask docker, or podman in its place, which containers there are, and read their files, also of stopped ones."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.install.found.run import Run

MOST_CONTAINERS = 200
MOST_FILE, MOST_FILES = 8 << 20, 1000  # bytes of one file, and files of one folder
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}")  # docker's own grammar
ENGINES = ("docker", "podman")


class NoDocker(Exception):
    """Docker can't be asked; `key` names the words that say why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True)
class Container:
    """A container, running or not."""

    name: str
    image: str
    running: bool
    engine: str
    environment: Mapping[str, str] = field(repr=False)  # may have passwords in it


def list_names(run: Run) -> tuple[str, list[str]]:
    """Return the engine that answers, and the names of all its containers. Raise NoDocker if none does."""
    reason = ""
    for engine in ENGINES:
        try:
            listed = run((engine, "ps", "--all", "--format", "{{.Names}}"), "")
        except FileNotFoundError:
            continue
        except OSError as exc:
            reason = reason or _why(exc)
        else:
            return engine, [name for name in listed.split("\n") if _NAME.fullmatch(name)][:MOST_CONTAINERS]
    raise NoDocker(reason or "no_docker")


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


def read_folder(run: Run, container: Container, folder: str) -> dict[str, bytes] | None:
    """Return the ordinary files that lie in a folder of a container, by name; None if it can't be read.

    Nothing is unpacked: the archive that docker hands out is read from memory, and only its ordinary files.
    """
    try:
        archive = run((container.engine, "cp", f"{container.name}:{folder}", "-"), "")
        return dict(_members(archive.encode(errors="surrogateescape"), folder.rpartition("/")[2]))
    except (OSError, ValueError, LookupError, OverflowError, EOFError, RecursionError, tarfile.TarError):
        return None


def _members(archive: bytes, folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive that are directly in its folder and not too large."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r|") as members:
        for number, member in enumerate(members):
            if number == MOST_FILES:
                return
            parent, _, name = member.name.strip("/").removeprefix("./").rpartition("/")
            beside = parent in (folder, "", ".") and member.isreg() and not member.issparse()
            if beside and member.size <= MOST_FILE and (file := members.extractfile(member)):
                yield name, file.read(MOST_FILE)


def ask(run: Run, container: Container, *words: str, stdin: str = "") -> str | None:
    """Run a command in a container, and return what it prints; None if it fails. -i: else nothing gets to its stdin."""
    try:
        return run((container.engine, "exec", "-i", container.name, *words), stdin)
    except OSError:
        return None
