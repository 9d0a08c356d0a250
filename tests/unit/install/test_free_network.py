"""A new tunnel's networks overlap nothing that the machine has or knows a way to."""

from __future__ import annotations

import io
import ipaddress
import json

import pytest

from lib.install import free_network


def find(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *routes: str, address: str = "") -> str:
    local, _, prefix = (address or "127.0.0.1/8").partition("/")
    interface = {"ifname": "eth0", "address": "52:54:00:12:34:56",
                 "addr_info": [{"family": "inet", "local": local, "prefixlen": int(prefix)}]}  # fmt: skip
    lines = [json.dumps([interface, {}]), "", json.dumps([{"type": "unicast", "dst": dst} for dst in routes])]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    code = free_network.main()
    said = capsys.readouterr().out
    assert code == (said[0] == " ")
    return said.strip()


def test_it_works(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert find(monkeypatch, capsys, "default") == "10.8.0.1/16 fd10:8:0:1::1/64"


@pytest.mark.parametrize(
    ("routes", "four"),
    [
        (["10.8.1.0/24"], "10.9.0.1/16"),
        (["10.8.0.0/14"], "10.12.0.1/16"),
        (["10.0.0.0/8"], "172.31.0.1/16"),
        (["10.0.0.0/8", "172.31.5.5"], "172.30.0.1/16"),
        (["10.0.0.0/8", "172.16.0.0/12"], "192.168.224.1/20"),
        (["0.0.0.0/1", "128.0.0.0/1"], "10.8.0.1/16"),
        (["8.0.0.0/7", "11.0.0.0/8"], "10.8.0.1/16"),
    ],
)
def test_routes_are_compared_as_networks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], routes: list[str], four: str
) -> None:
    assert find(monkeypatch, capsys, *routes).split()[0] == four


def test_an_address_with_a_wide_prefix_takes_all_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert find(monkeypatch, capsys, address="10.42.0.5/8").split()[0] == "172.31.0.1/16"


def test_ipv6_is_left_out_where_all_of_it_is_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert find(monkeypatch, capsys, "fd10:8:0:1::/64").split()[1] == "fd10:8:0:2::1/64"
    assert find(monkeypatch, capsys, "fc00::/7") == "10.8.0.1/16"


def test_nothing_free_and_nothing_known_are_failures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert find(monkeypatch, capsys, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16").startswith("fd10:")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert free_network.main() == 1


def test_all_candidates_are_private_and_none_overlaps_another() -> None:
    for texts in ([*free_network.TENS, *free_network.OTHERS, *free_network.SMALL], free_network.SIXES):
        networks = [ipaddress.ip_network(text) for text in texts]
        assert all(network.is_private for network in networks)
        assert sum(a.overlaps(b) for a in networks for b in networks) == len(networks)  # type: ignore[arg-type]
