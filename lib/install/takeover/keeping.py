"""What is kept for the owner of a server that is taken over: a copy of all that it consists of, and later its counters.

It lies in a folder of root's within the bot's own. It is reached by a handle, so nobody can put another folder,
or a symlink, in its place while it is written. Nothing ever acts on it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from lib.atomic_file import replace_file
from lib.install.found import docker, wg_easy
from lib.install.found.model import FoundServer
from lib.install.takeover.tools import Failed, Run, attempt

DATA = Path("/var/lib/andreyvpn")
FOLDER = DATA / "taken-over"
AMNEZIA = "/opt/amnezia"  # where all of the app's containers have their files


@contextmanager
def own_folder() -> Iterator[Path]:
    """Yield the folder for copies as a path that stays the same folder. Raise OSError if it isn't root's alone."""
    with suppress(FileExistsError):
        FOLDER.mkdir(0o700)
    handle = os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        seen = os.fstat(handle)
        if seen.st_uid != os.geteuid() or stat.S_IMODE(seen.st_mode) & 0o077:
            raise Failed(f"{FOLDER} is not a private folder of root's: remove it")
        yield Path(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)


def keep(name: str, text: str) -> None:
    """Keep one file for the owner."""
    with own_folder() as folder:
        replace_file(folder / name, text.encode(errors="surrogateescape"))


def copy_server(run: Run, engine: str, server: FoundServer) -> None:
    """Copy all that a server consists of: what was read, docker's view of it, its files and its counters.

    Raise OSError if any of that but the counters can't be had.
    """
    keep("server.json", json.dumps(asdict(server), default=_plain, ensure_ascii=False, indent=1))
    keep("container.json", run([engine, "inspect", server.name], ""))
    keep("files.tar", run([engine, "cp", f"{server.name}:{_folder_of(run, engine, server)}", "-"], ""))
    dumps = (attempt(run, engine, "exec", "-i", server.name, tool, "show", "all", "dump") for tool in ("awg", "wg"))
    keep("dump.txt", next(filter(None, dumps), ""))


def _folder_of(run: Run, engine: str, server: FoundServer) -> str:
    if not server.kind.startswith("wg-easy"):
        return AMNEZIA
    seen = docker.inspect(run, engine, server.name)
    return wg_easy.folder_of(seen.environment if seen else {})


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(value)
