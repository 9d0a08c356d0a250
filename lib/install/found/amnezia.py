"""Servers that the AmneziaVPN app has set up: a container each, whose files lie in the container's own layer."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lib.days import DAY
from lib.install.found import checked
from lib.install.found.assemble import Maker, assemble
from lib.install.found.conf import read_conf
from lib.install.found.docker import Container, File, read_folder
from lib.install.found.dump import read_running
from lib.install.found.model import FoundServer
from lib.install.found.run import Run

KINDS = {  # the container's name -> its folder, its interface, its tool
    "amnezia-awg2": ("/opt/amnezia/awg", "awg0", "awg"),
    "amnezia-awg": ("/opt/amnezia/awg", "wg0", "wg"),
    "amnezia-wireguard": ("/opt/amnezia/wireguard", "wg0", "wg"),
}
RESOLVER, RESOLVER_ADDRESS = "amnezia-dns", "172.29.172.254"
CLIENTS, PUBLIC_KEY, PRIVATE_KEY = "clientsTable", "wireguard_server_public_key.key", "wireguard_server_private_key.key"
_AGO = re.compile(r"([0-9]{1,9}) ?(year|d|h|m|s)")
_SECONDS = {"year": 365 * DAY, "d": DAY, "h": 3600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Clients:
    """The contents of a clientsTable by public key, and whether it could be read."""

    names: dict[str, str]
    noted: dict[str, int]  # the latest handshakes, epoch seconds
    readable: bool


def look_at(run: Run, container: Container, containers: Collection[str], now: int) -> FoundServer:
    """Return the server in a container of one of these names."""
    folder, interface, tool = KINDS[container.name]
    files = read_folder(run, container, folder)
    faults = [] if files is not None else ["no_folder"]
    files = files or {}
    if f"{interface}.conf" not in files:  # a container that an older app made, and a newer one has changed
        interface = next((name[:-5] for name in ("awg0.conf", "wg0.conf") if name in files), interface)
    conf = read_conf(checked.text(files[f"{interface}.conf"].data)) if f"{interface}.conf" in files else None
    if conf is None and not faults:
        faults.append("no_file")
    tools = (tool, "wg" if tool == "awg" else "awg")
    live = read_running(run, container, interface, tools, now) if container.running else None
    faults += ["tool_failed"] if container.running and live is None else []
    table = files.get(CLIENTS, File(b"[]", 0))
    clients = read_clients(table.data, table.written_at if table.written_at <= now else 0)
    faults += [] if clients.readable else ["bad_names"]
    maker = Maker(
        name=container.name,
        kind=container.name,
        interface=interface,
        running=container.running,
        made_with="amnezia",
        names=clients.names,
        noted=clients.noted,
        private_key=_key_in(files.get(PRIVATE_KEY)),
        public_key=_key_in(files.get(PUBLIC_KEY)),
        ports=container.ports,
        counts_since=container.started_at,
        dns=(RESOLVER_ADDRESS,) if RESOLVER in containers else (),
        faults=faults,
    )
    return assemble(run, maker, conf, live)


def _key_in(file: File | None) -> str:
    return checked.key(checked.text(file.data).strip()) if file else ""


def read_clients(table: bytes, written_at: int = 0) -> Clients:
    """Parse a clientsTable last modified at `written_at`. An empty one counts as readable.

    Its handshake times are relative to when the app read them, which is just before it writes the file.
    """
    try:
        content = json.loads(table.decode(errors="surrogateescape") or "[]", parse_int=float)
    except (ValueError, RecursionError):
        return Clients({}, {}, readable=False)
    entries = list(_entries(content))
    return Clients(
        names={key: name for key, data in entries if (name := checked.name(data.get("clientName")))},
        noted={key: at for key, data in entries if (at := _moment(data.get("latestHandshake"), written_at)) > 0},
        readable=isinstance(content, (list, dict)),
    )


def _entries(content: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (public key, data) from a list of {clientId, userData}, or from the older object key -> {clientName}."""
    pairs: list[tuple[object, object]] = []
    if isinstance(content, list):
        pairs = [(entry.get("clientId"), entry.get("userData")) for entry in content if isinstance(entry, dict)]
    elif isinstance(content, dict):
        pairs = list(content.items())
    for client, data in pairs:
        if (key := checked.key(client)) and isinstance(data, dict):
            yield key, data


def _moment(text: object, written_at: int) -> int:
    """Return the time that is meant by "1 year, 2d, 3h, 4m, 5s ago" or "Now"; 0 for anything else."""
    line = text.strip() if isinstance(text, str) else ""
    parts = _AGO.findall(line) if line.endswith(" ago") else []
    if not written_at or not (parts or line == "Now"):
        return 0
    return written_at - sum(int(number) * _SECONDS[unit] for number, unit in parts)
