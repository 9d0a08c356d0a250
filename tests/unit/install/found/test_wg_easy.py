"""wg-easy keeps everything: names, private keys, end dates, and who is switched off. Both versions are read."""

from __future__ import annotations

import json
import resource
import sqlite3
import struct
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from lib.install.found import wg_easy
from lib.install.found.checked import KEY, moment
from lib.install.found.model import FoundServer
from lib.install.found.wg_easy import read_database, read_list
from tests.unit.install.found.layouts import (
    NOW,
    SERVER,
    SERVER_PUBLIC,
    TWO,
    Machine,
    conf,
    dump,
    key,
    peer,
    wg_easy_client,
    wg_easy_database,
    wg_easy_list,
)

IMAGE_14, IMAGE_15 = "ghcr.io/wg-easy/wg-easy:14", "ghcr.io/wg-easy/wg-easy:15"
FOLDER = "/etc/wireguard"


def row(seed: object, last: int, **more: object) -> dict[str, object]:
    """Return a client of wg-easy 15's."""
    return {
        "name": f"Client {seed}",
        "ipv4_address": f"10.8.0.{last}",
        "ipv6_address": f"fdcc:ad94:bacf:61a4::cafe:{last}",
        "private_key": key(f"own {seed}"),
        "public_key": key(seed),
        "pre_shared_key": key(f"psk {seed}"),
        **more,
    }


def only(machine: Machine) -> FoundServer:
    (server,) = machine.survey().servers
    return server


def test_it_works(machine: Machine) -> None:
    clients = [
        wg_easy_client(1, "10.8.0.2", name="Анна"),
        wg_easy_client(2, "10.8.0.3", enabled=False),
        wg_easy_client(3, "10.8.0.4", expiredAt="2026-01-31T00:00:00.000Z"),
    ]
    files = {f"{FOLDER}/wg0.json": wg_easy_list(clients), f"{FOLDER}/wg0.conf": conf(address="10.8.0.1/24", port=51820)}
    live = dump((1, "10.8.0.2/32", NOW - 5), (3, "10.8.0.4/32", 0), columns=())
    machine.docker.add("wg-easy", IMAGE_14, files=files, answers={"wg show wg0 dump": live})
    server = only(machine)
    assert (server.name, server.kind, server.interface, server.port) == ("wg-easy", "wg-easy-14", "wg0", 51820)
    assert (server.private_key, server.public_key, server.version) == (SERVER, SERVER_PUBLIC, "plain")
    assert (server.addresses, server.dns, server.faults) == (("10.8.0.1/24",), ("1.1.1.1",), ())
    assert [(p.name, p.enabled, p.expires_at, p.seen_at) for p in server.peers] == [
        ("Анна", True, None, NOW - 5),
        ("Client 2", False, None, 0),
        ("Client 3", True, 1769817600, 0),
    ]
    assert [p.private_key for p in server.peers] == [key("own 1"), key("own 2"), key("own 3")]
    assert [p.preshared_key for p in server.peers] == [key("psk 1"), key("psk 2"), key("psk 3")]
    assert key("own 1") not in repr(server)


@pytest.mark.parametrize("log", [False, True])
def test_version_15_in_its_database(machine: Machine, tmp_path: Path, log: bool) -> None:
    (made := tmp_path / "made").mkdir()
    rows = [
        row(1, 2, name="Анна", server_allowed_ips='["192.168.5.0/24"]'),
        row(2, 3, enabled=0),
        row(3, 4, expires_at="2026-01-31"),
        row(4, 5, interface_id="wg1"),
    ]
    database = wg_easy_database(made, rows, log=log)
    assert (len(database) == 2) is log
    files = {f"{FOLDER}/{name}": data for name, data in database.items()}
    machine.docker.add("vpn", IMAGE_15, running=False, files={**files, f"{FOLDER}/wg0.json": wg_easy_list([])})
    server = only(machine)
    assert (server.name, server.kind, server.interface, server.port) == ("vpn", "wg-easy-15", "wg0", 51820)
    assert (server.private_key, server.public_key, server.running) == (SERVER, SERVER_PUBLIC, False)
    assert server.addresses == ("10.8.0.1/24", "fdcc:ad94:bacf:61a4::cafe:1/112")
    assert (server.dns, server.faults) == (("9.9.9.9", "2620:fe::fe"), ())
    assert [(p.name, p.enabled, p.expires_at) for p in server.peers] == [
        ("Анна", True, None),
        ("Client 2", False, None),
        ("Client 3", True, 1769817600),
    ]
    assert server.peers[0].addresses == ("10.8.0.2/32", "fdcc:ad94:bacf:61a4::cafe:2/128", "192.168.5.0/24")
    assert server.peers[0].private_key == key("own 1")


def test_without_ipv6_its_addresses_are_none(machine: Machine, tmp_path: Path) -> None:
    (made := tmp_path / "made").mkdir()
    files = {f"{FOLDER}/{name}": data for name, data in wg_easy_database(made, [row(1, 2)]).items()}
    machine.docker.add("wg-easy", IMAGE_15, running=False, files=files, environment={"DISABLE_IPV6": "true"})
    server = only(machine)
    assert server.addresses == ("10.8.0.1/24",)
    assert server.peers[0].addresses == ("10.8.0.2/32",)


def test_one_that_speaks_amneziawg(machine: Machine, tmp_path: Path) -> None:
    (made := tmp_path / "made").mkdir()
    files = {f"{FOLDER}/{name}": data for name, data in wg_easy_database(made, [row(1, 2)]).items()}
    files[f"{FOLDER}/wg0.conf"] = conf(parameters=TWO).encode()
    live = dump((1, "10.8.0.2/32", NOW), parameters=TWO)
    machine.docker.add("wg-easy", IMAGE_15, files=files, answers={"awg show wg0 dump": live})
    server = only(machine)
    assert (server.version, dict(server.parameters), server.faults) == ("2.0", TWO, ())


def test_another_folder_and_other_resolvers(machine: Machine) -> None:
    environment = {"WG_PATH": "/data/wg/", "WG_DEFAULT_DNS": "8.8.8.8, 8.8.4.4, resolver.example", "PASSWORD": "hidden"}
    files = {"/data/wg/wg0.json": wg_easy_list([wg_easy_client(1, "10.8.0.2")])}
    machine.docker.add("wg-easy", IMAGE_14, running=False, files=files, environment=environment)
    server = only(machine)
    assert server.dns == ("8.8.8.8", "8.8.4.4")
    assert len(server.peers) == 1
    assert "hidden" not in repr(machine.survey())


@pytest.mark.parametrize("folder", ["/etc/../../../etc", "relative", "/a b", "$(id)", "/a\n/b", "/"])
def test_a_folder_that_is_none_is_not_taken(machine: Machine, folder: str) -> None:
    files = {f"{FOLDER}/wg0.json": wg_easy_list([])}
    machine.docker.add("wg-easy", IMAGE_14, running=False, files=files, environment={"WG_PATH": folder})
    assert ("no_folder" in only(machine).faults) is (folder == "/etc/../../../etc")


@pytest.mark.parametrize(
    ("image", "name", "is_one"),
    [
        ("ghcr.io/wg-easy/wg-easy:15", "vpn", True),
        ("ghcr.io/w0rng/amnezia-wg-easy", "vpn", True),
        ("localhost:5000/wg-easy@sha256:00", "vpn", True),
        ("an/image", "wg-easy", True),
        ("someone/wg-easy-exporter:2", "vpn", False),
        ("offen/docker-volume-backup", "wg-easy-backup", False),
    ],
)
def test_a_container_that_only_works_for_wg_easy_is_none(machine: Machine, image: str, name: str, is_one: bool) -> None:
    machine.docker.add(name, image, running=False)
    assert bool(machine.survey().servers) is is_one
    machine.docker.add("other", "someone/wg-easy-fork:2", running=False, files={f"{FOLDER}/wg0.json": wg_easy_list([])})
    assert "other" in [server.name for server in machine.survey().servers], "whatever it is called"


def test_the_published_port_is_told_apart_from_the_one_inside(machine: Machine) -> None:
    files = {f"{FOLDER}/wg0.json": wg_easy_list([])}
    machine.docker.add("wg-easy", IMAGE_14, running=False, files=files)
    seen = machine.docker.folder / "wg-easy/inspect.json"
    (found,) = json.loads(seen.read_text())
    found["HostConfig"]["PortBindings"] = {"51820/udp": [{"HostIp": "", "HostPort": "443"}]}
    seen.write_text(json.dumps([found]))
    assert (only(machine).port, only(machine).published) == (51820, 443)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "null",
        "[]",
        "{}",
        '{"server": 7, "clients": 7}',
        '{"server": {}, "clients": []}',
        "[" * 50_000,
        '{"server": {"privateKey": [], "address": {}}, "clients": {"a": null}}',
        "\xff\xfe",
    ],
)
def test_a_broken_list_is_a_fault(text: str) -> None:
    kept = read_list(text.encode("latin-1"), ["1.1.1.1"])
    assert kept.faults == ("bad_list",)
    assert kept.peers == ()


def test_of_a_broken_list_what_was_written_for_wg_is_left(machine: Machine) -> None:
    block = f"# Client: Anna (phone) (b32f)\n{peer(1, '10.8.0.2/32')}"
    files = {f"{FOLDER}/wg0.json": "{", f"{FOLDER}/wg0.conf": conf(block, address="10.8.0.1/24")}
    machine.docker.add("wg-easy", IMAGE_14, running=False, files=files)
    server = only(machine)
    assert [p.name for p in server.peers] == ["Anna (phone)"]
    assert (server.private_key, server.faults) == (SERVER, ("bad_list",))


@pytest.mark.parametrize(
    "change",
    [{"publicKey": "AAAA"}, {"publicKey": None}, {"publicKey": 7}],
)
def test_a_client_without_a_key_is_left_out_and_said(change: dict[str, object]) -> None:
    kept = read_list(
        wg_easy_list([wg_easy_client(1, "10.8.0.2", **change), wg_easy_client(2, "10.8.0.3")]).encode(), []
    )
    assert [peer.public_key for peer in kept.peers] == [key(2)]
    assert kept.faults == ("bad_list",)


@pytest.mark.parametrize(
    "change",
    [
        {"address": "x"},
        {"address": None},
        {"address": {}},
        {"expiredAt": "soon"},
        {"expiredAt": 10**30},
        {"name": 7},
        {"enabled": "yes"},
        {"preSharedKey": []},
        {"privateKey": "x"},
        {"expiredAt": "9999-12-31T23:59:59Z"},
    ],
)
def test_strange_values_of_a_client_are_empty(change: dict[str, object]) -> None:
    (found,) = read_list(wg_easy_list([wg_easy_client(1, "10.8.0.2", **change)]).encode(), []).peers
    assert found.public_key == key(1)
    assert found.expires_at is None


def test_a_database_that_is_none_or_damaged_is_a_fault(tmp_path: Path) -> None:
    (made := tmp_path / "made").mkdir()
    good = wg_easy_database(made, [row(number, number % 250) for number in range(1, 249)])["wg-easy.db"]
    assert len(read_database(good, b"", False).peers) == 248
    for data in (b"", b"garbage" * 1000, good[:5000], good[:1000] + b"\xff" * 8000 + good[9000:], b"\x00" * 20_000):
        assert read_database(data, b"", False).faults == ("bad_list",), data[:20]
    assert read_database(good, b"\x37\x7f\x06\x82" + b"\xff" * 5000, False).version == 15


def test_rows_that_are_one_place_in_the_file_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Its file has half a megabyte, and six hundred rows of that size."""
    made = tmp_path / "made"
    made.mkdir()
    data = bytearray(wg_easy_database(made, [row(1, 2, name="x" * 500_000)])["wg-easy.db"])
    (size,) = struct.unpack_from(">H", data, 16)
    with closing(sqlite3.connect(made / "wg-easy.db")) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'clients_table'").fetchone()
    page = (root - 1) * size
    kind, _, cells = struct.unpack_from(">BHH", data, page)
    assert (kind, cells) == (13, 1), "a leaf with one row"
    many = 600  # SQLite takes up to 681 on a page
    struct.pack_into(">H", data, page + 3, many)
    struct.pack_into(f">{many}H", data, page + 8, *struct.unpack_from(">H", data, page + 8) * many)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_database(bytes(data), b"", without_six=False).faults == ("bad_list",)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10, "KiB"


def test_a_database_lies_in_memory_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, memory = tmp_path / "made", tmp_path / "memory"
    for folder in (made, memory):
        folder.mkdir()
    places: list[Path] = []
    monkeypatch.setattr(wg_easy, "MEMORY", memory)
    monkeypatch.setattr(wg_easy, "replace_file", lambda path, data: places.append(path) or path.write_bytes(data))
    data = wg_easy_database(made, [row(1, 2)])["wg-easy.db"]
    assert len(read_database(data, b"", without_six=False).peers) == 1
    assert [path.parent.parent for path in places] == [memory]
    assert list(memory.iterdir()) == []


@pytest.mark.parametrize("field", ["expiredAt", "expireAt"])
def test_the_end_date_has_two_names(field: str) -> None:
    client = wg_easy_client(1, "10.8.0.2", **{field: "2026-01-31T00:00:00.000Z"})
    (one,) = read_list(wg_easy_list([client]).encode(), []).peers
    assert one.expires_at == 1769817600


def test_a_date_without_a_zone_is_in_utc_wherever_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        found = moment("2026-01-31 00:00:00")
    time.tzset()
    assert found == 1769817600


def test_a_database_with_a_query_that_never_ends_is_left(tmp_path: Path) -> None:
    (made := tmp_path / "made").mkdir()
    wg_easy_database(made, [])
    with closing(sqlite3.connect(made / "wg-easy.db")) as db:
        db.execute("DROP TABLE clients_table")
        db.execute(
            "CREATE VIEW clients_table AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS public_key FROM n WHERE i < 0"
        )
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert read_database((made / "wg-easy.db").read_bytes(), b"", False).faults == ("bad_list",)


@pytest.mark.parametrize("name", ["clients_table", "CLIENTS_TABLE"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW {} AS SELECT zeroblob(900000000) AS public_key",
        "CREATE TABLE {} (id INTEGER, public_key TEXT AS (hex(zeroblob(400000000)))); INSERT INTO {} (id) VALUES (1)",
        "CREATE VIRTUAL TABLE {} USING fts5(public_key)",
    ],
)
def test_a_few_letters_in_a_database_never_stand_for_a_gigabyte(tmp_path: Path, statement: str, name: str) -> None:
    (made := tmp_path / "made").mkdir()
    wg_easy_database(made, [])
    with closing(sqlite3.connect(made / "wg-easy.db")) as db:
        db.execute("DROP TABLE clients_table")
        db.executescript(statement.format(name, name))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_database((made / "wg-easy.db").read_bytes(), b"", False).faults == ("bad_list",)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10, "KiB"


@trials(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.integers(0, 4000))
def test_whatever_stands_in_a_database_nothing_is_raised(small_database: bytes, data: bytes, at: int) -> None:
    kept = read_database(small_database[:at] + data + small_database[at + len(data) :], data, False)
    assert all(KEY.fullmatch(peer.public_key) for peer in kept.peers)


@pytest.fixture(scope="module")
def small_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return wg_easy_database(tmp_path_factory.mktemp("small"), [row(1, 2), row(2, 3)])["wg-easy.db"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.just(key(1)),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["server", "clients", "address", "publicKey", "name", "expiredAt", "a"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_is_in_a_list_nothing_is_raised(value: object) -> None:
    kept = read_list(json.dumps(value).encode(), [])
    assert all(peer.public_key == key(1) for peer in kept.peers)
