"""AmneziaVPN's containers are read as the app lays them out: running, stopped, of every version, and broken."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.install.found.amnezia import Clients, read_clients
from lib.install.found.model import FoundServer
from tests.unit.install.found.layouts import (
    NOW,
    ONE,
    SERVER,
    SERVER_PUBLIC,
    TWO,
    Machine,
    clients_table,
    conf,
    dump,
    key,
    peer,
)

FOLDER = "/opt/amnezia/awg"
PEERS = (peer(1, "10.8.1.1/32"), peer(2, "10.8.1.2/32"))
LIVE = ((1, "10.8.1.1/32", NOW - 60), (2, "10.8.1.2/32", 0))


def only(machine: Machine) -> FoundServer:
    (server,) = machine.survey().servers
    return server


def test_it_works(machine: Machine) -> None:
    files = {
        f"{FOLDER}/awg0.conf": conf(*PEERS, parameters=TWO, port=40400),
        f"{FOLDER}/clientsTable": clients_table({1: "Анна iPhone", 2: "Bob"}),
    }
    machine.docker.add(
        "amnezia-awg2", files=files, answers={"awg show awg0 dump": dump(*LIVE, parameters=TWO, port=40400)}
    )
    machine.docker.add("amnezia-dns")
    machine.docker.add("nextcloud", "nextcloud:30")
    server = only(machine)
    assert (server.name, server.kind, server.interface) == ("amnezia-awg2", "amnezia-awg2", "awg0")
    assert (server.port, server.private_key, server.public_key) == (40400, SERVER, SERVER_PUBLIC)
    assert (dict(server.parameters), server.version) == (TWO, "2.0")
    assert (server.addresses, server.dns, server.running) == (("10.8.1.0/24",), ("172.29.172.254",), True)
    assert server.faults == ()
    anna, bob = server.peers
    assert (anna.public_key, anna.preshared_key, anna.addresses) == (key(1), key("psk 1"), ("10.8.1.1/32",))
    assert (anna.name, anna.seen_at, anna.enabled, anna.private_key) == ("Анна iPhone", NOW - 60, True, None)
    assert (bob.name, bob.seen_at) == ("Bob", 0)


def test_no_secret_is_in_a_repr(machine: Machine) -> None:
    machine.docker.add("amnezia-awg2", files={f"{FOLDER}/awg0.conf": conf(*PEERS)})
    shown = repr(machine.survey())
    assert SERVER not in shown
    assert key("psk 1") not in shown


def test_a_stopped_one_is_read_from_its_files(machine: Machine) -> None:
    files = {
        f"{FOLDER}/awg0.conf": conf(*PEERS, parameters=TWO),
        f"{FOLDER}/clientsTable": clients_table({1: "Anna"}),
        f"{FOLDER}/wireguard_server_public_key.key": f"{SERVER_PUBLIC}\n",
    }
    machine.docker.add("amnezia-awg2", running=False, files=files)
    server = only(machine)
    assert not server.running
    assert server.public_key == SERVER_PUBLIC
    assert [(peer.name, peer.addresses, peer.seen_at) for peer in server.peers] == [
        ("Anna", ("10.8.1.1/32",), 0),
        ("", ("10.8.1.2/32",), 0),
    ]
    assert server.faults == ()
    assert server.dns == (), "its resolver isn't there"


def test_version_1_keeps_packets_for_its_clients_in_comments(machine: Machine) -> None:
    text = conf(*PEERS, parameters=ONE).replace("\n\n[Peer]", "\n# I1 = <b 0xc70000><r 20>\n# I2 = broken\n\n[Peer]", 1)
    columns = ("Jc", "Jmin", "Jmax", "S1", "S2", "H1", "H2", "H3", "H4")
    live = dump(*LIVE, parameters=ONE, columns=columns)
    machine.docker.add("amnezia-awg", files={f"{FOLDER}/wg0.conf": text}, answers={"wg show wg0 dump": live})
    server = only(machine)
    assert (server.kind, server.interface, server.version) == ("amnezia-awg", "wg0", "1.0")
    assert dict(server.parameters) == {**ONE, "I1": "<b 0xc70000><r 20>"}
    assert server.faults == ("bad_parameters",), "I2"


def test_plain_wireguard(machine: Machine) -> None:
    files = {"/opt/amnezia/wireguard/wg0.conf": conf(*PEERS)}
    machine.docker.add("amnezia-wireguard", files=files, answers={"wg show wg0 dump": dump(*LIVE, columns=())})
    server = only(machine)
    assert (server.kind, server.version, dict(server.parameters)) == ("amnezia-wireguard", "plain", {})
    assert server.faults == ()


def test_a_container_of_an_older_app_that_a_newer_one_has_changed(machine: Machine) -> None:
    """Its file keeps its name, and its interface the tool that it is asked by."""
    files = {f"{FOLDER}/wg0.conf": conf(*PEERS, parameters=TWO)}
    answers = {"wg show wg0 dump": dump(*LIVE, parameters=TWO)}
    machine.docker.add("amnezia-awg2", files=files, answers=answers)
    server = only(machine)
    assert (server.interface, server.faults, len(server.peers)) == ("wg0", (), 2)
    assert server.peers[0].seen_at == NOW - 60


def test_the_keys_in_files_of_their_own_count_where_the_conf_is_gone(machine: Machine) -> None:
    files = {
        f"{FOLDER}/wireguard_server_private_key.key": f"{SERVER}\n",
        f"{FOLDER}/wireguard_server_public_key.key": f"{SERVER_PUBLIC}\n",
    }
    machine.docker.add("amnezia-awg2", running=False, files=files)
    server = only(machine)
    assert (server.private_key, server.public_key) == (SERVER, SERVER_PUBLIC)


def test_several_at_once_in_the_order_of_docker(machine: Machine) -> None:
    machine.docker.add("amnezia-awg", files={f"{FOLDER}/wg0.conf": conf(*PEERS, parameters=ONE)}, running=False)
    machine.docker.add(
        "amnezia-awg2", files={f"{FOLDER}/awg0.conf": conf(private=key(9), parameters=TWO)}, running=False
    )
    assert [server.version for server in machine.survey().servers] == ["1.0", "2.0"]


def test_an_older_list_is_understood(machine: Machine) -> None:
    files = {f"{FOLDER}/awg0.conf": conf(*PEERS), f"{FOLDER}/clientsTable": clients_table({1: "Anna"}, old=True)}
    machine.docker.add("amnezia-awg2", files=files, running=False)
    assert [peer.name for peer in only(machine).peers] == ["Anna", ""]


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("Now", 0),
        ("1s ago", 1),
        ("1m, 5s ago", 65),
        ("2h, 1m, 1s ago", 7261),
        ("29d, 3h ago", 29 * 86400 + 10800),
        ("1 year, 2d, 3h, 4m, 5s ago", 367 * 86400 + 11045),
        ("2 years, 1d ago", 731 * 86400),
    ],
)
def test_the_apps_list_tells_when_a_client_was_last_seen(text: str, ago: int) -> None:
    table = json.dumps([{"clientId": key(1), "userData": {"clientName": "a", "latestHandshake": text}}]).encode()
    assert read_clients(table, NOW).noted == {key(1): NOW - ago}
    assert read_clients(table, 0).noted == {}, "it isn't known when the list was written"


@pytest.mark.parametrize(
    "text",
    ["", "ago", "never", "System clock wound backward; connection problems may ensue.", "1m", 7, None, ["1m ago"],
     "9" * 9 + " years ago", "٣d ago", " ago"],
)  # fmt: skip
def test_what_tells_no_time_is_none(text: object) -> None:
    table = json.dumps([{"clientId": key(1), "userData": {"latestHandshake": text}}]).encode()
    assert read_clients(table, NOW).noted == {}


def test_what_the_list_tells_is_told_apart_from_what_runs(machine: Machine) -> None:
    list_ = [{"clientId": key(seed), "userData": {"latestHandshake": "3d ago"}} for seed in (1, 2)]
    files = {f"{FOLDER}/awg0.conf": conf(*PEERS), f"{FOLDER}/clientsTable": json.dumps(list_)}
    inside = machine.docker.add("amnezia-awg2", files=files, answers={"awg show awg0 dump": dump(*LIVE)})
    os.utime(inside / f"{FOLDER}/clientsTable".lstrip("/"), (NOW - 100, NOW - 100))
    assert [(one.seen_at, one.noted_at) for one in only(machine).peers] == [
        (NOW - 60, NOW - 100 - 3 * 86400),
        (0, NOW - 100 - 3 * 86400),
    ]
    os.utime(inside / f"{FOLDER}/clientsTable".lstrip("/"), (NOW + 100, NOW + 100))
    assert [one.noted_at for one in only(machine).peers] == [0, 0], "it was written in the future"


def test_an_empty_folder_is_a_fault(machine: Machine) -> None:
    (machine.docker.add("amnezia-awg2", running=False) / FOLDER.lstrip("/")).mkdir(parents=True)
    assert only(machine).faults[0] == "no_file"


@pytest.mark.parametrize("table", ["[", "nothing", "7", "\xff\xfe", "[" * 50_000, '[{"clientId"', '"text"', "null"])
def test_a_broken_list_is_a_fault_and_the_peers_stay(machine: Machine, table: str) -> None:
    files = {f"{FOLDER}/awg0.conf": conf(*PEERS), f"{FOLDER}/clientsTable": table}
    machine.docker.add("amnezia-awg2", files=files, running=False)
    server = only(machine)
    assert server.faults == ("bad_names",)
    assert len(server.peers) == 2


@pytest.mark.parametrize(
    "table",
    [
        "",
        "[]",
        "{}",
        "[null, 7, [], {}]",
        '[{"clientId": 7, "userData": {"clientName": "a"}}]',
        '[{"clientId": {"a": 1}, "userData": "x"}]',
        '{"a": null, "b": {"clientName": "a"}}',
    ],
)
def test_strange_entries_of_a_list_are_left_out(table: str) -> None:
    assert read_clients(table.encode()) == Clients({}, {}, readable=True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Анна\nBob", "Анна Bob"),
        ("a\x1b[31mb\x00", "a[31mb"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u200f\u2066 \u200b", ""),
        ("x" * 10_000, "x" * 64),
        ("👩‍👩‍👧 тётя", "👩👩👧 тётя"),
        ("   ", ""),
        (key("a secret"), ""),
        (f"old key {key('a secret')}", ""),
        (7, ""),
        (["Anna"], ""),
        ("[Peer]\u2028PublicKey", "[Peer] PublicKey"),
        ("\ud800\udfff", ""),
    ],
)
def test_hostile_names_become_one_printable_line(name: object, shown: str) -> None:
    entry = {"clientId": key(1), "userData": {"clientName": name}}
    assert read_clients(json.dumps([entry]).encode()).names.get(key(1), "") == shown


def test_a_container_without_files_or_with_a_dumb_tool_is_shown_with_its_faults(machine: Machine) -> None:
    machine.docker.add("amnezia-awg2")
    server = only(machine)
    assert server.faults == ("no_folder", "tool_failed", "no_key", "no_port", "no_address")
    assert server.peers == ()


def test_what_runs_counts_where_the_file_is_broken(machine: Machine) -> None:
    files = {f"{FOLDER}/awg0.conf": "\x00\xff garbage", f"{FOLDER}/clientsTable": clients_table({1: "Anna"})}
    machine.docker.add("amnezia-awg2", files=files, answers={"awg show awg0 dump": dump(*LIVE, parameters=TWO)})
    server = only(machine)
    assert (server.private_key, server.port, len(server.peers)) == (SERVER, 51820, 2)
    assert server.peers[0].name == "Anna"
    assert server.faults == ("no_address",)


@pytest.mark.parametrize("answer", ["", "\n", "garbage", "a\tb\tc\td\n", "\t" * 40, "(none)\t(none)\n", "\x00" * 100])
def test_a_tool_that_prints_garbage_is_a_fault(machine: Machine, answer: str) -> None:
    files = {f"{FOLDER}/awg0.conf": conf(*PEERS, parameters=TWO)}
    machine.docker.add("amnezia-awg2", files=files, answers={"awg show awg0 dump": answer})
    server = only(machine)
    assert server.faults == ("tool_failed",)
    assert len(server.peers) == 2


def test_two_with_one_address_one_without_and_one_with_a_bad_key(machine: Machine) -> None:
    bad = "[Peer]\nPublicKey = AAAA\nAllowedIPs = 10.8.1.9/32\n"
    blocks = (peer(1, "10.8.1.1/32"), peer(2, "10.8.1.1/32"), peer(3), bad, peer(4, "10.8.1.4/32"))
    machine.docker.add("amnezia-awg2", files={f"{FOLDER}/awg0.conf": conf(*blocks)}, running=False)
    server = only(machine)
    assert server.faults == ("bad_peers", "shared_address", "bare_peers")
    assert [peer.addresses for peer in server.peers] == [("10.8.1.1/32",), ("10.8.1.1/32",), (), ("10.8.1.4/32",)]


def test_250_peers(machine: Machine) -> None:
    blocks = [peer(number, f"10.8.1.{number}/32") for number in range(1, 251)]
    names = {number: f"Client {number}" for number in range(1, 251)}
    files = {f"{FOLDER}/awg0.conf": conf(*blocks), f"{FOLDER}/clientsTable": clients_table(names)}
    live = dump(*((number, f"10.8.1.{number}/32", NOW - number) for number in range(1, 251)))
    machine.docker.add("amnezia-awg2", files=files, answers={"awg show awg0 dump": live})
    server = only(machine)
    assert [peer.name for peer in server.peers] == [f"Client {number}" for number in range(1, 251)]
    assert server.faults == ()


def test_links_pipes_and_folders_in_a_container_are_not_read(machine: Machine) -> None:
    inside = machine.docker.add("amnezia-awg2", files={f"{FOLDER}/awg0.conf": conf(*PEERS)}, running=False)
    secret = machine.write("/etc/shadow", clients_table({1: "a secret of the host's"}))
    (inside / "opt/amnezia/awg/clientsTable").symlink_to(secret)
    (inside / "opt/amnezia/awg/deeper").mkdir()
    (inside / "opt/amnezia/awg/deeper/awg0.conf").write_text(conf(private=key(7)))
    server = only(machine)
    assert [peer.name for peer in server.peers] == ["", ""]
    assert server.private_key == SERVER


def test_a_giant_file_is_left_out_rather_than_read_in_part(machine: Machine) -> None:
    files = {f"{FOLDER}/awg0.conf": conf(*PEERS) + "#" * (9 << 20), f"{FOLDER}/clientsTable": clients_table({})}
    machine.docker.add("amnezia-awg2", files=files, running=False)
    server = only(machine)
    assert server.peers == ()
    assert "no_file" in server.faults


def test_a_handshake_in_the_future_is_none(machine: Machine) -> None:
    live = dump((1, "10.8.1.1/32", NOW + 10_000), (2, "10.8.1.2/32", 10**15), (3, "10.8.1.3/32", -5))
    machine.docker.add("amnezia-awg2", files={f"{FOLDER}/awg0.conf": conf()}, answers={"awg show awg0 dump": live})
    assert [peer.seen_at for peer in only(machine).peers] == [0, 0, 0]


@given(
    st.binary(max_size=300)
    | st.text(max_size=100).map(str.encode)
    | st.recursive(
        st.none() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["clientId", "userData", "clientName", key(1)]), inner, max_size=3)
        ),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_is_in_a_list_nothing_is_raised(table: bytes) -> None:
    found = read_clients(table, NOW)
    assert all(name.isprintable() and len(name) <= 64 for name in found.names.values())
    assert all(0 < at <= NOW for at in found.noted.values())
