"""Servers as their makers lay them out: files, lists and dumps, written by the tests."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lib.install.found.survey import Survey, survey
from tests.unit.install.found.engine import Engine

NOW = 1_780_000_000
TWO = {
    "Jc": "5",
    "Jmin": "10",
    "Jmax": "50",
    "S1": "57",
    "S2": "84",
    "S3": "27",
    "S4": "9",
    "H1": "100000-200000",
    "H2": "300000-400000",
    "H3": "500000-600000",
    "H4": "700000-800000",
}
ONE = {
    "Jc": "5",
    "Jmin": "10",
    "Jmax": "50",
    "S1": "57",
    "S2": "84",
    "H1": "1234567",
    "H2": "2345678",
    "H3": "3456789",
    "H4": "4567890",
}
COLUMNS_2_0 = ("Jc", "Jmin", "Jmax", "S1", "S2", "S3", "S4", "H1", "H2", "H3", "H4", "I1", "I2", "I3", "I4", "I5")


def key(seed: object) -> str:
    """Return a key that is always the same for a seed."""
    return base64.b64encode(hashlib.sha256(str(seed).encode()).digest()).decode()


SERVER, SERVER_PUBLIC = key("the server's private key"), key("the server's public key")


def conf(
    *peers: str,
    address: str = "10.8.1.0/24",
    port: int = 51820,
    parameters: Mapping[str, str] | None = None,
    private: str = SERVER,
) -> str:
    """Return a .conf with these blocks of peers."""
    own = {"PrivateKey": private, "Address": address, "ListenPort": str(port), **(parameters or {})}
    return (
        "[Interface]\n"
        + "".join(f"{name} = {value}\n" for name, value in own.items())
        + "".join(f"\n{p}" for p in peers)
    )


def peer(seed: object, *addresses: str, psk: bool = True) -> str:
    """Return a peer's block."""
    preshared = f"PresharedKey = {key(f'psk {seed}')}\n" if psk else ""
    return f"[Peer]\nPublicKey = {key(seed)}\n{preshared}AllowedIPs = {', '.join(addresses)}\n"


def dump(
    *peers: tuple[object, str, int],
    parameters: Mapping[str, str] | None = None,
    columns: Sequence[str] = COLUMNS_2_0,
    port: int = 51820,
    private: str = SERVER,
) -> str:
    """Return what `show IF dump` prints; a peer is its seed, its networks and its latest handshake."""
    values = parameters or {}
    first = [private, SERVER_PUBLIC, str(port), *(values.get(name, "(null)") for name in columns), "off"]
    rows = [
        [key(seed), key(f"psk {seed}"), "198.51.100.7:4000", networks, str(at), "10", "20", "off"]
        for seed, networks, at in peers
    ]
    return "".join("\t".join(row) + "\n" for row in (first, *rows))


def clients_table(names: Mapping[object, str], *, old: bool = False) -> str:
    """Return AmneziaVPN's list, in its present or its older form."""
    if old:
        return json.dumps({key(seed): {"clientName": name} for seed, name in names.items()})
    return json.dumps(
        [
            {
                "clientId": key(seed),
                "userData": {
                    "clientName": name,
                    "creationDate": "Mon Nov 3 10:00:00 2025",
                    "latestHandshake": "1m ago",
                    "dataReceived": "1 MB",
                },
            }
            for seed, name in names.items()
        ]
    )


def wg_easy_list(clients: Sequence[Mapping[str, object]], *, address: str = "10.8.0.1") -> str:
    """Return wg-easy 14's wg0.json."""
    server = {"privateKey": SERVER, "publicKey": SERVER_PUBLIC, "address": address}
    return json.dumps({"server": server, "clients": {f"id-{number}": client for number, client in enumerate(clients)}})


def wg_easy_client(seed: object, its_address: str, **more: object) -> dict[str, object]:
    """Return a client of wg-easy 14's."""
    return {
        "id": f"id-{seed}",
        "name": f"Client {seed}",
        "address": its_address,
        "privateKey": key(f"own {seed}"),
        "publicKey": key(seed),
        "preSharedKey": key(f"psk {seed}"),
        "enabled": True,
        "createdAt": "2025-01-01T00:00:00.000Z",
        **more,
    }


WG_EASY_TABLES = """
CREATE TABLE interfaces_table (name TEXT PRIMARY KEY, device TEXT, port INTEGER, private_key TEXT, public_key TEXT,
    ipv4_cidr TEXT, ipv6_cidr TEXT, mtu INTEGER, enabled INTEGER);
CREATE TABLE clients_table (id INTEGER PRIMARY KEY, user_id INTEGER, interface_id TEXT, name TEXT, ipv4_address TEXT,
    ipv6_address TEXT, private_key TEXT, public_key TEXT, pre_shared_key TEXT, expires_at TEXT, allowed_ips TEXT,
    server_allowed_ips TEXT, dns TEXT, enabled INTEGER);
CREATE TABLE user_configs_table (id TEXT PRIMARY KEY, default_dns TEXT, host TEXT, port INTEGER);
"""


def wg_easy_database(folder: Path, clients: Sequence[Mapping[str, object]], *, log: bool = False) -> dict[str, bytes]:
    """Return wg-easy 15's database as files; with `log`, all of it is still in the write-ahead log."""
    path = folder / "wg-easy.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.executescript(WG_EASY_TABLES)
        db.execute(
            "INSERT INTO interfaces_table VALUES ('wg0', 'eth0', 51820, ?, ?, '10.8.0.0/24', ?, 1420, 1)",
            (SERVER, SERVER_PUBLIC, "fdcc:ad94:bacf:61a4::cafe:0/112"),
        )
        db.execute(
            "INSERT INTO user_configs_table VALUES ('wg0', ?, 'vpn.example.org', 51820)", ('["9.9.9.9","2620:fe::fe"]',)
        )
        for client in clients:
            row = {"user_id": 1, "interface_id": "wg0", "server_allowed_ips": "[]", "enabled": 1, **client}
            marks = ", ".join("?" * len(row))
            db.execute(f"INSERT INTO clients_table ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        db.commit()
        if not log:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return {
            file.name: file.read_bytes()
            for file in folder.iterdir()
            if file.stat().st_size and not file.name.endswith("-shm")
        }


@dataclass
class Machine:
    """A machine to look around on: its docker, its files, and what its own tools answer."""

    docker: Engine
    root: Path
    tools: dict[str, Callable[[], str] | str | OSError]

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file of the host's."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogateescape"))
        return file

    def run(self, words: Sequence[str], stdin: str) -> str:
        """Run a command: docker's, or one that was prepared."""
        if words[0] == "docker" and "docker" not in self.tools:
            return self.docker.answer(words[1:], stdin).decode(errors="surrogateescape")
        found = self.tools.get(" ".join(words), self.tools.get(words[0]))
        if found is None:
            raise FileNotFoundError(words[0])
        if isinstance(found, OSError):
            raise found
        return found if isinstance(found, str) else found()

    def survey(self) -> Survey:
        """Look around."""
        return survey(self.run, self.root, NOW)
