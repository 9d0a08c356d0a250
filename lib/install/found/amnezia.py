"""Servers that the AmneziaVPN app has set up: a container each, whose files lie in the container's own layer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from lib.install.found import checked
from lib.install.found.assemble import Maker, assemble
from lib.install.found.conf import read_conf
from lib.install.found.docker import Container, read_folder
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


def look_at(run: Run, container: Container, containers: Sequence[str], now: int) -> FoundServer:
    """Return the server in a container of one of these names."""
    folder, interface, tool = KINDS[container.name]
    files = read_folder(run, container, folder)
    faults = [] if files is not None else ["no_folder"]
    files = files or {}
    if f"{interface}.conf" not in files:  # a container that an older app made, and a newer one has changed
        interface = next((name[:-5] for name in ("awg0.conf", "wg0.conf") if name in files), interface)
    conf = read_conf(checked.text(files[f"{interface}.conf"])) if f"{interface}.conf" in files else None
    if conf is None and files:
        faults.append("no_file")
    tools = (tool, "wg" if tool == "awg" else "awg")
    live = read_running(run, container, interface, tools, now) if container.running else None
    faults += ["tool_failed"] if container.running and live is None else []
    names, readable = read_clients(files.get(CLIENTS, b"[]"))
    faults += [] if readable else ["bad_names"]
    maker = Maker(
        name=container.name,
        kind=container.name,
        interface=interface,
        running=container.running,
        names=names,
        private_key=checked.key(checked.text(files.get(PRIVATE_KEY, b"")).strip()),
        public_key=checked.key(checked.text(files.get(PUBLIC_KEY, b"")).strip()),
        dns=(RESOLVER_ADDRESS,) if RESOLVER in containers else (),
        faults=faults,
    )
    return assemble(run, maker, conf, live)


def read_clients(table: bytes) -> tuple[dict[str, str], bool]:
    """Return the names in a clientsTable by public key, and whether it could be read. An empty one is no fault."""
    try:
        content = json.loads(table.decode(errors="surrogateescape") or "[]", parse_int=float)
    except (ValueError, RecursionError):
        return {}, False
    return dict(_entries(content)), isinstance(content, (list, dict))


def _entries(content: object) -> Iterator[tuple[str, str]]:
    """Yield public keys and names: of a list of {clientId, userData}, or of the older object of key -> {clientName}."""
    pairs: list[tuple[object, object]] = []
    if isinstance(content, list):
        pairs = [(entry.get("clientId"), entry.get("userData")) for entry in content if isinstance(entry, dict)]
    elif isinstance(content, dict):
        pairs = list(content.items())
    for client, data in pairs:
        name = checked.name(data.get("clientName")) if isinstance(data, dict) else ""
        if (key := checked.key(client)) and name:
            yield key, name
