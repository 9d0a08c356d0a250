"""Interfaces of this machine itself: those that run, and those that a file describes."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lib import values
from lib.install.found import checked
from lib.install.found.assemble import Maker, assemble
from lib.install.found.conf import Conf, read_conf
from lib.install.found.dump import Live, read_dump
from lib.install.found.model import FoundServer
from lib.install.found.run import Run

FOLDERS = {"awg": "etc/amnezia/amneziawg", "wg": "etc/wireguard"}  # by tool, below the root
MOST_INTERFACES, MOST_BYTES = 100, 8 << 20


def look_at_all(run: Run, root: Path, now: int) -> Iterator[FoundServer]:
    """Yield the interfaces: those that run first."""
    running = _running(run)
    for tool, name in [*running, *(pair for pair in _written(root) if pair not in running)][:MOST_INTERFACES]:
        yield _look_at(run, root, tool, name, (tool, name) in running, now)


def _running(run: Run) -> list[tuple[str, str]]:
    """List tool and name of the interfaces that run; what both tools know is the first one's."""
    found = dict[str, str]()
    for tool in FOLDERS:
        with suppress(OSError):  # it isn't installed
            for name in filter(_is_name, run((tool, "show", "interfaces"), "").split()):
                found.setdefault(name, tool)
    return [(tool, name) for name, tool in found.items()]


def _written(root: Path) -> list[tuple[str, str]]:
    """List tool and name of the interfaces that a file describes."""
    found = [(tool, path.stem) for tool, folder in FOLDERS.items() for path in _files(root / folder)]
    return [(tool, name) for tool, name in found if _is_name(name)]


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".conf")
    except OSError:
        return []


def _is_name(text: str) -> bool:
    try:
        return bool(values.interface(text))
    except ValueError:
        return False


def _look_at(run: Run, root: Path, tool: str, name: str, running: bool, now: int) -> FoundServer:
    conf, fault = _read_conf(root / FOLDERS[tool] / f"{name}.conf")
    live, faults = None, [fault] if fault and not (running and fault == "no_file") else []
    if running:
        live, fault = _read_live(run, tool, name, now)
        faults += [fault] if fault else []
    maker = Maker(
        name=f"host:{name}",
        kind="host",
        interface=name,
        running=running,
        addresses=_addresses(run, name) if running else (),
        faults=faults,
    )
    return assemble(run, maker, conf, live)


def _read_live(run: Run, tool: str, name: str, now: int) -> tuple[Live | None, str]:
    """Return what an interface's tool shows, or None and the fault."""
    try:
        live = read_dump(run((tool, "show", name, "dump"), ""), now)
    except OSError as exc:
        denied = isinstance(exc, PermissionError) or any(
            word in str(exc) for word in ("not permitted", "Permission denied")
        )
        return None, "not_root" if denied else "tool_failed"
    return live, "" if live else "tool_failed"


def _read_conf(path: Path) -> tuple[Conf | None, str]:
    """Return what a file says, or None and the fault. A link is followed: only root can have put it there."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None, "no_file"
            data = file.read(MOST_BYTES + 1)
    except OSError as exc:
        return None, "not_root" if isinstance(exc, PermissionError) else "no_file"
    return (read_conf(checked.text(data)), "") if len(data) <= MOST_BYTES else (None, "too_large")


def _addresses(run: Run, name: str) -> tuple[str, ...]:
    """Return an interface's addresses, without link-local ones."""
    try:
        (link,) = json.loads(run(("ip", "-j", "address", "show", "dev", name), ""))
        infos = [info for info in link["addr_info"] if info["scope"] == "global"]
        return checked.addresses(f"{info['local']}/{info['prefixlen']}" for info in infos)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ()
