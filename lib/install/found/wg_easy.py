"""wg-easy's servers: version 14 keeps everything in wg0.json, 15 in an SQLite database; both keep private keys."""

from __future__ import annotations

import ipaddress
import json
import re
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lib.atomic_file import replace_file
from lib.install.found import checked
from lib.install.found.assemble import Maker, assemble
from lib.install.found.conf import MOST_PEERS, read_conf
from lib.install.found.docker import MOST_FILE, Container, read_folder
from lib.install.found.dump import read_running
from lib.install.found.model import FoundPeer, FoundServer
from lib.install.found.run import Run

DATABASE, LIST = "wg-easy.db", "wg0.json"
MEMORY = Path("/dev/shm")  # noqa: S108 - where no key gets onto a disk
_IMAGE = re.compile(r"wg-easy(:[\w.-]+)?(@.*)?$")  # ghcr.io/wg-easy/wg-easy:15, and not …/wg-easy-exporter
Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Kept:
    """What wg-easy has written down."""

    version: int
    interface: str = "wg0"
    port: int | None = None
    private_key: str = field(default="", repr=False)
    public_key: str = ""
    addresses: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    peers: tuple[FoundPeer, ...] = ()
    faults: tuple[str, ...] = ()


def is_it(container: Container) -> bool:
    """Return True if a container looks like wg-easy's, or like one of its descendants."""
    return "wg-easy" in container.image or "wg-easy" in container.name


def look_at(run: Run, container: Container, now: int) -> FoundServer | None:
    """Return the server in a wg-easy container; None for a helper container, such as one that copies its files."""
    found = read_folder(run, container, folder_of(container.environment))
    files = {name: file.data for name, file in (found or {}).items()}
    if files.keys().isdisjoint({DATABASE, LIST, "wg0.conf"}) and not (
        _IMAGE.search(container.image) or _IMAGE.search(container.name)
    ):
        return None
    kept = _read(files, container)
    conf_file = files.get(f"{kept.interface}.conf")
    conf = read_conf(checked.text(conf_file)) if conf_file else None
    live = read_running(run, container, kept.interface, ("wg", "awg"), now) if container.running else None
    maker = Maker(
        name=container.name,
        kind=f"wg-easy-{kept.version}",
        interface=kept.interface,
        running=container.running,
        made_with=f"wg-easy-{kept.version}",
        peers=kept.peers or None,  # of a broken list, what wg-easy wrote for wg is left
        private_key=kept.private_key,
        public_key=kept.public_key,
        addresses=kept.addresses,
        port=kept.port,
        ports=container.ports,
        counts_since=container.started_at,
        dns=kept.dns,
        faults=("no_folder",) if found is None else (*kept.faults, *_silent(container, live is not None)),
    )
    return assemble(run, maker, conf, live)


def folder_of(environment: Mapping[str, str]) -> str:
    """Return the folder with wg-easy's files, from the container's environment."""
    folder = environment.get("WG_PATH", "").rstrip("/")
    return folder if re.fullmatch("(/[A-Za-z0-9_.-]+)+", folder) else "/etc/wireguard"


def _silent(container: Container, answered: bool) -> tuple[str, ...]:
    return ("tool_failed",) if container.running and not answered else ()


def _read(files: Mapping[str, bytes], container: Container) -> _Kept:
    """Read what lies in wg-easy's folder: a database counts more, because a list beside it is of an older version."""
    if DATABASE in files:
        without_six = container.environment.get("DISABLE_IPV6") == "true"
        return read_database(files[DATABASE], files.get(f"{DATABASE}-wal", b""), without_six)
    dns = container.environment.get("WG_DEFAULT_DNS", "1.1.1.1").split(",")
    if LIST in files:
        return read_list(files[LIST], dns)
    return _Kept(15 if re.search(r":v?15\b", container.image) else 14, faults=("no_file",))


def read_list(data: bytes, dns: Sequence[str]) -> _Kept:
    """Read the wg0.json of version 14 and before; their network is always a /24."""
    try:
        content = json.loads(checked.text(data), parse_int=float)
    except (ValueError, RecursionError):
        content = None
    server, clients = (_object(content, key) for key in ("server", "clients"))
    rows = [client for client in clients.values() if isinstance(client, dict)][:MOST_PEERS]
    peers = [_peer_of_list(client) for client in rows]
    return _Kept(
        14,
        private_key=checked.key(server.get("privateKey")),
        public_key=checked.key(server.get("publicKey")),
        addresses=checked.addresses([f"{server.get('address', '')}/24"]),
        port=51820,
        dns=checked.resolvers(dns),
        peers=tuple(peer for peer in peers if peer),
        faults=() if server and None not in peers and len(rows) == len(clients) else ("bad_list",),
    )


def _object(content: object, key: str) -> dict[str, Any]:
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, dict) else {}


def _peer_of_list(client: Row) -> FoundPeer | None:
    key = checked.key(client.get("publicKey"))
    return FoundPeer(
        public_key=key,
        preshared_key=checked.preshared(client.get("preSharedKey")),
        addresses=checked.networks([client.get("address")]),
        name=checked.name(client.get("name")),
        private_key=checked.preshared(client.get("privateKey")),
        enabled=client.get("enabled") is True,
        expires_at=checked.moment(client.get("expiredAt") or client.get("expireAt")),
        seen_at=0,
    ) if key else None  # fmt: skip


def read_database(data: bytes, log: bytes, without_six: bool) -> _Kept:
    """Read the database of version 15. It is opened in memory's file system, together with its log."""
    try:
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            path = Path(folder) / DATABASE
            replace_file(path, data)
            if log:
                replace_file(Path(f"{path}-wal"), log)
            with closing(sqlite3.connect(path)) as db:
                return _read_tables(db, without_six)
    except (sqlite3.Error, OSError, ValueError, OverflowError):
        return _Kept(15, faults=("bad_list",))


def _read_tables(db: sqlite3.Connection, without_six: bool) -> _Kept:
    db.text_factory = lambda data: data.decode(errors="surrogateescape")
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA trusted_schema = OFF")
    own, clients, users = _rows(db, "interfaces_table"), _rows(db, "clients_table"), list[Row]()
    with suppress(sqlite3.OperationalError):  # no such table
        users = _rows(db, "user_configs_table")
    server: Row = next((row for row in own if row.get("name") == "wg0"), own[0] if own else {})
    interface = str(server.get("name", "wg0"))
    ours = [row for row in clients if row.get("interface_id", interface) == interface][:MOST_PEERS]
    peers = [_peer_of_row(row, without_six) for row in ours]
    cidrs = (server.get("ipv4_cidr"), *(() if without_six else (server.get("ipv6_cidr"),)))
    defaults = next((row for row in users if row.get("id") == interface), {})
    return _Kept(
        15,
        interface=interface if re.fullmatch(r"\w[\w.-]{0,14}", interface, re.ASCII) else "wg0",
        port=checked.port(server.get("port")),
        private_key=checked.key(server.get("private_key")),
        public_key=checked.key(server.get("public_key")),
        addresses=tuple(filter(None, map(_first_of, checked.networks(cidrs)))),
        dns=checked.resolvers(_words(defaults.get("default_dns"))),
        peers=tuple(peer for peer in peers if peer),
        faults=() if server and None not in peers else ("bad_list",),
    )


def _rows(db: sqlite3.Connection, table: str) -> list[Row]:
    """Return the rows of a table as column -> value, whichever columns this version of wg-easy has.

    Raise DatabaseError for views and generated columns, where a few characters can produce a gigabyte, and for a file
    in which thousands of rows are the same cell of a page.
    """
    query = "SELECT type = 'table' AND sql LIKE 'CREATE TABLE%' FROM sqlite_master WHERE name = ? COLLATE NOCASE"
    is_plain = all(row[0] for row in db.execute(query, (table,)))
    if not is_plain or any(row["hidden"] for row in db.execute(f"PRAGMA table_xinfo({table})")):
        raise sqlite3.DatabaseError(f"{table} is not a plain table")
    rows, room = list[Row](), 2 * MOST_FILE
    for row in db.execute(f"SELECT * FROM {table} LIMIT ?", (MOST_PEERS + 1,)):
        room -= sum(len(value) if isinstance(value, (str, bytes)) else 1 for value in row)
        if room < 0:
            raise sqlite3.DatabaseError(f"{table} has more in it than its file")
        rows.append(dict(row))
    return rows


def _peer_of_row(row: Row, without_six: bool) -> FoundPeer | None:
    key = checked.key(row.get("public_key"))
    single = [row.get("ipv4_address"), *([] if without_six else [row.get("ipv6_address")])]
    return FoundPeer(
        public_key=key,
        preshared_key=checked.preshared(row.get("pre_shared_key")),
        addresses=checked.networks([*single, *_words(row.get("server_allowed_ips"))]),
        name=checked.name(row.get("name")),
        private_key=checked.preshared(row.get("private_key")),
        enabled=row.get("enabled") == 1,
        expires_at=checked.moment(row.get("expires_at")) if row.get("expires_at") else None,
        seen_at=0,
    ) if key else None  # fmt: skip


def _words(text: object) -> list[object]:
    """Return the elements of a JSON array."""
    try:
        found = json.loads(str(text), parse_int=float)
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _first_of(network: str) -> str:
    """Return the first address of a network with its prefix: wg-easy's server has it."""
    found = ipaddress.ip_network(network)
    return f"{found[1]}/{found.prefixlen}" if found.num_addresses > 2 else ""
