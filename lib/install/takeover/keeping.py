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
from lib.install.found.model import FoundServer
from lib.install.takeover.tools import Failed, Run, attempt

DATA = Path("/var/lib/andreyvpn")
FOLDER = DATA / "taken-over"
FOLDERS = {"amnezia": "/opt/amnezia", "wg-easy": "/etc/wireguard"}  # where a container of that kind has its files


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
    """Copy all that a server consists of: what was read, docker's view of it, its files and its counters."""
    files = FOLDERS["wg-easy" if server.kind.startswith("wg-easy") else "amnezia"]
    keep("server.json", json.dumps(asdict(server), default=_plain, ensure_ascii=False, indent=1))
    keep("container.json", attempt(run, engine, "inspect", server.name))
    keep("files.tar", attempt(run, engine, "cp", f"{server.name}:{files}", "-"))
    dumps = (attempt(run, engine, "exec", "-i", server.name, tool, "show", "all", "dump") for tool in ("awg", "wg"))
    keep("dump.txt", next(filter(None, dumps), ""))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(value)
