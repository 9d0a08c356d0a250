"""Interfaces of this machine itself: those that run, and those that a file describes."""

from __future__ import annotations

import json
import os
import re
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
# Installer, tool, and the file and variable with the interface's name: these work even before there are peers.
TRACES = (
    ("angristan", "wg", "etc/wireguard/params", "SERVER_WG_NIC"),
    ("angristan-awg", "awg", "etc/amnezia/amneziawg/params", "SERVER_AWG_NIC"),
    ("pivpn", "wg", "etc/pivpn/wireguard/setupVars.conf", "pivpnDEV"),
    ("pivpn", "wg", "etc/pivpn/setupVars.conf", "pivpnDEV"),
)
BIVLKED = "root/awg/awgsetup_cfg.init"  # its interface is always awg0


def look_at_all(run: Run, root: Path, now: int) -> Iterator[FoundServer]:
    """Yield the interfaces: those that run first."""
    running = _running(run)
    names = {name for _, name in running}
    for tool, name in [*running, *(pair for pair in _written(root) if pair[1] not in names)][:MOST_INTERFACES]:
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
        made_with=_made_with(root, tool, name, conf),
        addresses=_addresses(run, name) if running else (),
        counts_since=_there_since(root, name) if running else None,
        faults=faults,
    )
    return assemble(run, maker, conf, live)


def _made_with(root: Path, tool: str, name: str, conf: Conf | None) -> str:
    """Return which installer made an interface, by comments or its own settings file; else the tool that loads it."""
    if conf and conf.maker:
        return "angristan-awg" if conf.maker == "angristan" and tool == "awg" else conf.maker
    for maker, its_tool, path, variable in TRACES:
        notes = _read(root / path)[0] if tool == its_tool else None
        if notes and re.search(rf"(?m)^{variable}=['\"]?{re.escape(name)}['\"]?\s*$", checked.text(notes)):
            return maker
    if (tool, name) == ("awg", "awg0") and _read(root / BIVLKED)[0] is not None:
        return "bivlked"
    return f"{tool}-quick" if conf else ""


def _there_since(root: Path, name: str) -> int | None:
    """Return a time when an interface already existed: sysfs dates its folder to when it was first looked up."""
    try:
        return int((root / "sys/class/net" / name).stat().st_ctime)
    except OSError:
        return None


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
    """Return the parsed file and '', or None and the fault."""
    data, fault = _read(path)
    return (None, fault) if data is None else (read_conf(checked.text(data)), "")


def _read(path: Path) -> tuple[bytes | None, str]:
    """Return a file's content and '', or None and the fault. Symlinks are followed: only root can have created them.

    Anything but a regular file is not opened, since opening a device can trigger it.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None, "no_file"
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            data = file.read(MOST_BYTES + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError as exc:
        return None, "not_root" if isinstance(exc, PermissionError) else "no_file"
    return (data, "") if len(data) <= MOST_BYTES else (None, "too_large")


def _addresses(run: Run, name: str) -> tuple[str, ...]:
    """Return an interface's addresses, without link-local ones."""
    try:
        (link,) = json.loads(run(("ip", "-j", "address", "show", "dev", name), ""))
        infos = [info for info in link["addr_info"] if info["scope"] == "global"]
        return checked.addresses(f"{info['local']}/{info['prefixlen']}" for info in infos)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ()
