"""What is in friends' way is named, and what can't be proven is neither green nor red."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lib.chat.texts import plain
from lib.vpn.interface import Surroundings
from lib.watch import way_out
from lib.watch.way_out import OK, UNKNOWN, WRONG, Finding
from tests.unit.watch.surroundings import MASQUERADE, OWN, ROUTES, around, base, chain, forwarding, seen, table

GREEN = {"way_nat_ok": OK, "way_forward_ok": OK, "way_input_ok": OK}
DROP, ACCEPT = [{"drop": None}], [{"accept": None}]


@pytest.fixture(autouse=True)
def no_old_iptables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way_out, "OLD_IPTABLES", ())


def find(surroundings: Surroundings | None, *addresses: str) -> list[Finding]:
    return way_out.find("awg0", seen(surroundings, *addresses))


def levels(surroundings: Surroundings | None, *addresses: str) -> dict[str, str]:
    return {finding.key: finding.level for finding in find(surroundings, *addresses)}


def test_it_works() -> None:
    assert levels(around(OWN)) == GREEN
    assert way_out.lasting(find(around(OWN))) == []
    closed = table("mine", base("forward", policy="drop"), base("input", policy="drop"))
    found = find(around(OWN, closed))
    assert [(one.key, one.level) for one in found] == [
        ("way_forward_once", WRONG), ("way_input_once", WRONG), ("way_nat_ok", OK),
    ]  # fmt: skip
    assert found[0].values["where"] == "inet mine forward"
    assert found[1].values["command"] == "nft insert rule inet mine input udp dport 51820 accept || true"
    assert [key for key, _ in way_out.lasting(found)] == ["way_forward_once", "way_input_once"]


def test_the_bots_own_fence_is_no_fault() -> None:
    own = table("andreyvpn_fence_awg0", base("forward", DROP), base("prerouting", [{"queue": None}]))
    assert levels(around(OWN, own)) == GREEN
    others = table("andreyvpn_fence_awg1", base("forward", DROP))
    assert levels(around(OWN, others)) != GREEN


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_finding_has_its_words(language: str) -> None:
    closed = table("mine", base("forward", policy="drop"), base("input", policy="drop"))
    both = ("10.8.0.1/16", "fd10:8::1/64")
    worlds = [
        around(OWN), around(OWN, closed), around(closed, forwarding=forwarding(all=False, awg0=False)),
        around(routes=ROUTES[1:3]), Surroundings(None, None, None, None),
        around(OWN, firewall=None), around(OWN, forwarding=forwarding(eth0=False)), around(OWN, routes=ROUTES[:3]),
        around(table("mine", base("forward", [{"queue": None}]), base("input", [{"queue": None}]),
                     base("postrouting", [{"queue": None}]))),
    ]  # fmt: skip
    found = [finding for one in worlds for finding in find(one, *both)]
    assert len({finding.key for finding in found}) > 13
    for _, key, values in found:
        assert "{" not in plain(language, key, **values).replace("{ chain", "").replace("{ type", "")


def test_nothing_is_said_of_what_was_not_looked_at() -> None:
    assert find(None) == []
    assert levels(Surroundings("awg v1", None, None, None)) == {"way_no_tools": UNKNOWN}
    assert levels(around(OWN, firewall=None)) == {"way_no_nft": UNKNOWN}
    assert levels(around(OWN, firewall="{}")) == {"way_no_nft": UNKNOWN}
    assert levels(around(OWN, routes="none")) == {"way_no_tools": UNKNOWN}


def test_without_a_default_route_that_is_what_is_said() -> None:
    assert levels(around(OWN, routes=ROUTES[1:3])) == {"way_no_route": UNKNOWN}
    assert levels(around(OWN, routes=[{**ROUTES[0], "type": "unreachable"}, *ROUTES[1:]])) == {"way_no_route": UNKNOWN}
    tunnel_only = [{"dst": "default", "dev": "awg0", "flags": []}]
    assert levels(around(OWN, routes=tunnel_only)) == {"way_no_route": UNKNOWN}
    off = forwarding(all=False, awg0=False)
    cut_off = around(OWN, routes=[], forwarding=off)
    assert levels(cut_off) == {"way_no_route": UNKNOWN, "way_forwarding": WRONG}
    assert way_out.lasting(find(cut_off)) == [], "no message would arrive, or it is a place apart"


def test_ipv6_in_the_tunnel_alone_is_a_warning() -> None:
    assert levels(around(OWN, routes=ROUTES[:3]), "10.8.0.1/16", "fd10:8::1/64") == {**GREEN, "way_no_route6": UNKNOWN}


def test_forwarding_is_judged_where_packets_come_in() -> None:
    assert levels(around(OWN, forwarding=forwarding(lo=False, default=False))) == GREEN
    assert levels(around(OWN, forwarding=forwarding(eth0=False)))["way_forwarding_off"] == WRONG
    assert levels(around(OWN, forwarding=forwarding(all=False, awg0=False, eth0=False)))["way_forwarding"] == WRONG
    assert "way_forwarding6" not in levels(around(OWN, forwarding=forwarding(inet6=False)))
    assert levels(around(OWN, forwarding=forwarding(inet6=False)), "fd10:8::1/64")["way_forwarding6"] == WRONG


def test_a_masquerade_of_others_proves_nothing() -> None:
    docker = [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
                         "right": {"prefix": {"addr": "172.17.0.0", "len": 16}}}}, {"masquerade": None}]  # fmt: skip
    assert levels(around(table("nat", base("postrouting", docker), family="ip")))["way_nat"] == WRONG
    assert levels(around(table("nat", base("postrouting", docker, MASQUERADE), family="ip"))) == GREEN
    some = [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@friends"}},
            {"masquerade": None}]  # fmt: skip
    assert levels(around(table("nat", base("postrouting", some), family="ip")))["way_nat_unknown"] == UNKNOWN


def test_public_addresses_need_no_masquerade() -> None:
    assert levels(around(), "2001:67c:2e8::1/64") == GREEN
    assert levels(around(), "fd10:8::1/64")["way_nat"] == WRONG


def test_a_table_of_ours_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(way_out, "NAT_FILE", f"{tmp_path}/nat-{{}}.nft")
    assert levels(around())["way_nat"] == WRONG
    (tmp_path / "nat-awg0.nft").touch()
    assert levels(around()) == {"way_table_gone": WRONG, "way_forward_ok": OK, "way_input_ok": OK}
    assert levels(around(OWN)) == GREEN


def test_two_ways_to_the_internet_that_differ_are_no_proof() -> None:
    warp = {"dst": "default", "dev": "warp", "table": "51820", "flags": []}
    to_eth0 = [{"match": {"op": "!=", "left": {"meta": {"key": "oifname"}}, "right": "eth0"}}, *DROP]
    only_eth0 = table("mine", base("forward", [{"match": {"op": "==", "left": {"meta": {"key": "iifname"}},
                                                           "right": "awg0"}}, {"jump": {"target": "out"}}]),
                      chain("out", to_eth0))  # fmt: skip
    assert levels(around(OWN, only_eth0)) == GREEN
    assert levels(around(OWN, only_eth0, routes=[*ROUTES, warp]))["way_forward_unknown"] == UNKNOWN
    assert levels(around(OWN, routes=[*ROUTES, warp])) == GREEN, "where both say the same, it is said"


def test_of_two_default_routes_of_the_main_table_the_better_one_counts() -> None:
    worse = {"dst": "default", "gateway": "198.51.100.1", "dev": "eth1", "metric": 500, "flags": []}
    routes = way_out.read_routes(json.dumps([worse, *ROUTES]), "awg0")
    assert routes is not None
    assert [device for device, _ in routes[4]] == ["eth0"]
    split = [{"dst": "default", "flags": [], "nexthops": [{"dev": "eth1"}, {"dev": "eth2"}]}]
    routes = way_out.read_routes(json.dumps(split), "awg0")
    assert routes is not None
    assert [device for device, _ in routes[4]] == ["eth1", "eth2"]
    client = [{"dst": half, "dev": "tun0", "flags": []} for half in ("0.0.0.0/1", "128.0.0.0/1")]
    routes = way_out.read_routes(json.dumps([*ROUTES, *client]), "awg0")
    assert routes is not None
    assert [device for device, _ in routes[4]] == ["tun0"]


def test_rules_of_the_old_iptables_leave_no_green(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(way_out, "OLD_IPTABLES", (tmp_path / "none", tmp_path))
    assert levels(around(OWN)) == {"way_legacy": UNKNOWN}
    assert levels(around())["way_nat_unknown"] == UNKNOWN, "the masquerade may be there"
    closed = table("mine", base("forward", policy="drop"))
    assert levels(around(OWN, closed))["way_forward_once"] == WRONG, "a drop is final"


def test_a_port_that_is_open_for_some_is_neither_open_nor_closed() -> None:
    def rule(*words: object) -> Surroundings:
        source = {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
                            "right": {"prefix": {"addr": "198.51.100.0", "len": 24}}}}  # fmt: skip
        return around(OWN, table("mine", base("input", [source, *words], policy="drop")))

    port = {"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": 51820}}
    assert levels(rule(port, {"accept": None}))["way_input_unknown"] == UNKNOWN
    assert levels(rule({"accept": None}))["way_input_once"] == WRONG, "an admin's own address, as a rule"


def test_only_a_certain_drop_is_red() -> None:
    queue = table("ids", base("forward", [{"queue": {"num": 1}}]))
    assert levels(around(OWN, queue))["way_forward_unknown"] == UNKNOWN
    later = table("mine", base("forward", policy="drop", prio=10))
    assert levels(around(OWN, queue, later))["way_forward_once"] == WRONG
    banned = [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@banned"}}]
    assert levels(around(OWN, table("guard", base("input", [*banned, *DROP], prio=-10)))) == GREEN
    allowed = table("guard", base("input", [*banned, *ACCEPT], policy="drop"))
    assert levels(around(OWN, allowed))["way_input_unknown"] == UNKNOWN


@pytest.mark.parametrize("language", ["en", "ru"])
def test_where_no_single_rule_helps_the_chain_is_shown_and_no_postup_line_is_promised(language: str) -> None:
    early = table("mine", base("prerouting", policy="drop"))
    stopped = {one.key: one for one in find(around(OWN, early)) if one.level == WRONG}
    assert set(stopped) >= {"way_forward_elsewhere", "way_input_elsewhere"}
    for one in stopped.values():
        text = plain(language, one.key, **one.values)
        assert text.endswith("nft list chain inet mine prerouting")
        assert "PostUp" not in text
