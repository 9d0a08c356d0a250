"""Save a copy of the server that is taken over, and later its traffic counters, for the owner.

The files are in a folder owned by root inside the bot's own. It is accessed through a file descriptor, so nobody can
swap it for another folder or a symlink during a write. Only handover.py reads them again.
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
AMNEZIA = "/opt/amnezia"  # the folder with the app's files, in each of its containers


@contextmanager
def own_folder() -> Iterator[Path]:
    """Yield a path that can't be redirected to another folder. Raise OSError unless it is private to root."""
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
    """Save a file for the owner."""
    with own_folder() as folder:
        replace_file(folder / name, text.encode(errors="surrogateescape"))


def copy_server(run: Run, engine: str, server: FoundServer) -> None:
    """Save what was read from a server, its `docker inspect`, its files and its traffic counters.

    Raise OSError if any of these but the counters can't be read.
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
