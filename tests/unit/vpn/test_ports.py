"""Which ports lead to the tunnel, which one new files name, and by which one each device came."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lib.settings import Settings
from lib.vpn import ports
from tests.unit.vpn.arrivals import table

OWN = 51820


def test_it_works() -> None:
    text = table(("203.0.113.5", 5000, 443, 170), ("fd99::2", 6000, OWN, 100), ("198.51.100.7", 5000, 500, 3))
    assert ports.asked(text) == {"203.0.113.5:5000": 443, "[fd99::2]:6000": OWN, "198.51.100.7:5000": 500}


def test_the_last_port_counts_and_two_at_once_say_nothing() -> None:
    def came(*by: tuple[int, int]) -> dict[str, int]:
        return ports.asked(table(*(("203.0.113.5", 5000, port, left) for port, left in by)))

    assert came((OWN, 100), (443, 170)) == came((443, 170), (OWN, 100)) == {"203.0.113.5:5000": 443}
    assert came((OWN, 170), (443, 170)) == {}
    assert came((OWN, 100), (443, 100), (500, 101)) == came((500, 101), (443, 7), (OWN, 7)) == {"203.0.113.5:5000": 500}


@pytest.mark.parametrize(
    "text",
    [None, "", "{}", "[]", "nonsense", '{"nftables": 7}', '{"nftables": [{"set": {}}]}',
     '{"nftables": [{"set": {"name": "came4", "elem": ["10.0.0.1"]}}]}',
     '{"nftables": [{"set": {"name": "came4", "elem": [{"elem": {"val": {"concat": ["x", "domain", 1]}}}]}}]}'],
)  # fmt: skip
def test_a_table_that_does_not_tell_says_nothing(text: str | None) -> None:
    assert ports.asked(text) == {}


def test_the_ports_that_the_table_redirects_are_read() -> None:
    def rule(right: object, chain: str = "second_ports") -> dict[str, object]:
        match = {"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": right}}
        way = {"match": {"op": "!=", "left": {"meta": {"key": "iifname"}}, "right": "awg0"}}
        return {"rule": {"chain": chain, "expr": [way, match, {"redirect": {"port": OWN}}]}}

    def found(*rules: object) -> frozenset[int] | None:
        return ports.redirected(json.dumps({"nftables": [{"table": {"name": "andreyvpn_awg0"}}, *rules]}))

    assert found(rule({"set": [443, 500]})) == {443, 500}
    assert found(rule(443), rule(9, "to_friends")) == {443}
    assert found() == frozenset(), "the table is there and leads no further port"
    for text in (None, "", "{}", "nonsense", json.dumps({"nftables": [rule("https")]})):
        assert ports.redirected(text) is None, text


@pytest.mark.parametrize(
    ("endpoint", "wish", "expected"),
    [
        ("vpn.example.org", None, f"vpn.example.org:{OWN}"),
        ("vpn.example.org", 443, "vpn.example.org:443"),
        ("vpn.example.org", OWN, f"vpn.example.org:{OWN}"),
        ("vpn.example.org", 444, f"vpn.example.org:{OWN}"),  # it leads nowhere
        ("vpn.example.org:7", None, "vpn.example.org:7"),  # forwarded by a router
        ("vpn.example.org:7", 443, "vpn.example.org:443"),
        ("fd99::1", 443, "[fd99::1]:443"),
    ],
)
def test_new_files_name_the_usual_port_if_it_leads_to_the_tunnel(
    settings: Settings, endpoint: str, wish: int | None, expected: str
) -> None:
    changed = replace(settings, server_endpoint=endpoint, second_ports=(443, OWN, 500), usual_port=wish)
    assert ports.usual_endpoint(changed, OWN) == expected
    assert ports.leading(changed, OWN) == (OWN, 443, 500)
    assert sorted((*ports.others(changed, OWN), ports.usual(changed, OWN))) == [443, 500, OWN]
