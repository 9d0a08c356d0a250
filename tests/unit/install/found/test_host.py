"""Interfaces of the host: those that run and those that a file describes, whoever made them."""

from __future__ import annotations

import json
import os

import pytest

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
)

AWG, WG = "/etc/amnezia/amneziawg", "/etc/wireguard"
LINK = json.dumps(
    [
        {
            "ifname": "awg0",
            "addr_info": [
                {"family": "inet", "local": "10.8.0.1", "prefixlen": 16, "scope": "global"},
                {"family": "inet6", "local": "fe80::1", "prefixlen": 64, "scope": "link"},
            ],
        }
    ]
)


def runs(machine: Machine, tool: str, name: str, shown: str | OSError, link: str = LINK) -> None:
    """Let an interface run."""
    machine.tools |= {
        f"{tool} show interfaces": name,
        f"{tool} show {name} dump": shown,
        f"ip -j address show dev {name}": link,
    }


def test_it_works(machine: Machine) -> None:
    machine.write(
        f"{AWG}/awg0.conf", conf(f"### Client anna\n{peer(1, '10.8.0.2/32')}", address="10.8.0.1/16", parameters=TWO)
    )
    runs(machine, "awg", "awg0", dump((1, "10.8.0.2/32", NOW), (2, "10.8.0.3/32", 0), parameters=TWO))
    (server,) = machine.survey().servers
    assert (server.name, server.kind, server.interface, server.running) == ("host:awg0", "host", "awg0", True)
    assert (server.port, server.private_key, server.public_key) == (51820, SERVER, SERVER_PUBLIC)
    assert (server.version, server.addresses, server.faults) == ("2.0", ("10.8.0.1/16",), ())
    assert [(p.name, p.public_key, p.seen_at) for p in server.peers] == [("anna", key(1), NOW), ("", key(2), 0)]


def test_one_that_is_down_is_read_from_its_file(machine: Machine) -> None:
    machine.write(f"{WG}/wg0.conf", conf(peer(1, "10.7.0.2/32"), address="10.7.0.1/24"))
    machine.tools |= {"wg show interfaces": "", "wg pubkey": SERVER_PUBLIC + "\n"}
    (server,) = machine.survey().servers
    assert (server.name, server.running, server.version) == ("host:wg0", False, "plain")
    assert (server.public_key, server.addresses) == (SERVER_PUBLIC, ("10.7.0.1/24",))
    assert server.faults == ()


def test_one_without_a_file_is_what_its_tool_shows(machine: Machine) -> None:
    runs(machine, "wg", "wg7", dump((1, "10.8.0.2/32", NOW), columns=()))
    (server,) = machine.survey().servers
    assert (server.addresses, server.faults, len(server.peers)) == (("10.8.0.1/16",), (), 1)


def test_without_tools_and_files_there_is_nothing(machine: Machine) -> None:
    assert machine.survey().servers == ()


@pytest.mark.parametrize(
    ("file", "link", "live"),
    [
        (conf(address="172.16.0.2/32, 2606:4700::1/128"), "[]", dump(columns=())),
        (
            "",
            json.dumps([{"addr_info": [{"local": "172.16.0.2", "prefixlen": 32, "scope": "global"}]}]),
            dump(columns=()),
        ),
        ("", LINK, dump((1, "0.0.0.0/0,::/0", NOW), columns=())),
        (
            conf(f"{peer(1, '10.0.0.0/24')}Endpoint = a:1\n", address="10.9.0.1/30"),
            LINK,
            dump((1, "10.0.0.0/24", 0), columns=()),
        ),
    ],
)
def test_warp_and_links_between_sites_are_not_for_friends(machine: Machine, file: str, link: str, live: str) -> None:
    if file:
        machine.write(f"{WG}/wgcf.conf", file)
    runs(machine, "wg", "wgcf", live, link)
    (server,) = machine.survey().servers
    assert server.faults[0] == "not_for_friends"


def test_several_interfaces_and_what_both_tools_know_once(machine: Machine) -> None:
    runs(machine, "awg", "awg0", dump(parameters=TWO))
    machine.tools |= {"wg show interfaces": "awg0 wg0", "wg show wg0 dump": dump(columns=(), private=key(3))}
    machine.write(f"{WG}/wg1.conf", conf(private=key(4)))
    machine.write(f"{AWG}/awg0.conf", conf())
    assert [server.name for server in machine.survey().servers] == ["host:awg0", "host:wg0", "host:wg1"]


@pytest.mark.parametrize("container_runs", [True, False])
@pytest.mark.parametrize("host_runs", [True, False])
def test_the_interface_of_a_container_is_listed_again_only_where_it_took_its_place(
    machine: Machine, container_runs: bool, host_runs: bool
) -> None:
    files, shown = {"/opt/amnezia/awg/awg0.conf": conf()}, {"awg show awg0 dump": dump()}
    machine.docker.add("amnezia-awg2", files=files, running=container_runs, answers=shown)
    machine.write(f"{AWG}/awg0.conf", conf())
    if host_runs:
        runs(machine, "awg", "awg0", dump())
    machine.write(f"{WG}/wg0.conf", conf(private=key(4)))
    taken = ["host:awg0"] if host_runs and not container_runs else []
    assert [server.name for server in machine.survey().servers] == ["amnezia-awg2", *taken, "host:wg0"]


def test_the_kernel_tells_since_when_an_interface_is_there(machine: Machine) -> None:
    runs(machine, "wg", "wg7", dump((1, "10.8.0.2/32", NOW), columns=()))
    assert machine.survey().servers[0].counts_since is None
    (folder := machine.root / "sys/class/net/wg7").mkdir(parents=True)
    assert machine.survey().servers[0].counts_since == int(folder.stat().st_ctime)
    machine.tools["wg show wg7 dump"] = OSError("Protocol not supported")
    assert machine.survey().servers[0].counts_since is None, "what can't be shown tells of no handshake"


def test_one_that_both_folders_have_is_listed_once_while_it_runs(machine: Machine) -> None:
    machine.write(f"{WG}/awg0.conf", conf())
    machine.write(f"{AWG}/awg0.conf", conf())
    runs(machine, "awg", "awg0", dump())
    assert [server.name for server in machine.survey().servers] == ["host:awg0"]


@pytest.mark.parametrize("name", ["a b", "-x", "x" * 16, "..", "a\nb", "ä", ".conf"])
def test_names_that_no_interface_for_the_bot_has_are_skipped(machine: Machine, name: str) -> None:
    machine.write(f"{WG}/{name}.conf", conf())
    machine.tools["wg show interfaces"] = name if " " not in name and "\n" not in name else ""
    assert machine.survey().servers == ()


def test_of_very_many_interfaces_some_are_read(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.install.found.host.MOST_INTERFACES", 2)
    for number in range(5):
        machine.write(f"/etc/wireguard/wg{number}.conf", conf())
    assert len(machine.survey().servers) == 2


def test_without_root_it_is_said(machine: Machine) -> None:
    runs(machine, "awg", "awg0", OSError("Unable to access interface: Operation not permitted"))
    (server,) = machine.survey().servers
    assert "not_root" in server.faults


@pytest.mark.parametrize("shown", ["garbage", "", TimeoutError("no answer"), OSError("Protocol not supported")])
@pytest.mark.parametrize("link", ["garbage", "[]", "[{}]", '[{"addr_info": [{"scope": "global"}]}]', "[" * 9000])
def test_tools_that_fail_hang_or_print_garbage_are_faults(machine: Machine, shown: str | OSError, link: str) -> None:
    machine.write(f"{AWG}/awg0.conf", conf(peer(1, "10.8.0.2/32"), address="10.8.0.1/16"))
    runs(machine, "awg", "awg0", shown, link)
    (server,) = machine.survey().servers
    assert server.faults == ("tool_failed",)
    assert (len(server.peers), server.addresses) == (1, ("10.8.0.1/16",))


def test_files_that_are_none_are_faults(machine: Machine) -> None:
    folder = machine.root / "etc/wireguard"
    machine.write(f"{WG}/wg0.conf", b"\x00" * (9 << 20))
    os.mkfifo(folder / "wg1.conf")
    (folder / "wg2.conf").mkdir()
    (folder / "wg3.conf").symlink_to("/nowhere")
    (folder / "wg4.conf").symlink_to("/dev/zero")
    machine.write("/root/real.conf", conf(peer(1, "10.8.0.2/32")))
    (folder / "wg5.conf").symlink_to(machine.root / "root/real.conf")
    found = {server.interface: server for server in machine.survey().servers}
    assert [found[f"wg{number}"].faults[0] for number in range(5)] == ["too_large", *["no_file"] * 4]
    assert len(found["wg5"].peers) == 1, "a link to an ordinary file is its owner's choice"
