"""What is kept of a server before it is taken over: a copy for its owner, and the names of its peers for the bot.

The copy lies in a folder of root's within the bot's own. It is reached by a handle, so nobody can put another folder,
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
NAMES = DATA / "names.json"  # public key -> name, for the bot
MOST_NAMES = 4 << 20  # bytes
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
    keep("dump.txt", attempt(run, engine, "exec", "-i", server.name, "wg", "show", "all", "dump"))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(value)


def pass_names_on(names: Mapping[str, str]) -> None:
    """Add names of peers to those that the bot reads."""
    known = dict[str, str]()
    with suppress(OSError, ValueError), open(os.open(NAMES, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        found = json.loads(file.read(MOST_NAMES))
        known = {key: name for key, name in found.items() if isinstance(name, str)} if isinstance(found, dict) else {}
    text = json.dumps({**known, **{key: name for key, name in names.items() if name}}, ensure_ascii=False, indent=1)
    replace_file(NAMES, text.encode() + b"\n", 0o644)
