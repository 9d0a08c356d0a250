"""nft's JSON is read as it is meant: each match decides for the packets it knows, and stays silent about the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lib.watch.firewall import Packet, judge
from lib.watch.nft import read_ruleset
from tests.unit.watch.packets import ANSWER, KNOCK, OUT, SIX
from tests.unit.watch.surroundings import base, chain, listing, table


def meta(key: str) -> dict[str, Any]:
    return {"meta": {"key": key}}


def field(protocol: str, name: str) -> dict[str, Any]:
    return {"payload": {"protocol": protocol, "field": name}}


def ct(key: str) -> dict[str, Any]:
    return {"ct": {"key": key}}


def net(address: str, length: int) -> dict[str, Any]:
    return {"prefix": {"addr": address, "len": length}}


def matches(packet: Packet, left: Any, right: Any, op: str = "==", verdict: str = "accept") -> bool | None:
    """Return whether a rule with this match is one for the packet."""
    rule = [{"match": {"op": op, "left": left, "right": right}}, {verdict: None}]
    (found,) = read_ruleset(listing(table("mine", base("forward", rule))))
    return found.chains["forward"][0].match(packet)


def test_it_works() -> None:
    assert matches(OUT, meta("iifname"), "awg0") is True
    assert matches(ANSWER, meta("iifname"), "awg0") is False
    assert matches(ANSWER, meta("iifname"), "awg0", "!=") is True
    assert matches(OUT, meta("iifname"), {"set": ["lo", "awg*"]}) is True
    assert matches(OUT, meta("cgroup"), 7) is None
    with pytest.raises(ValueError, match="not a ruleset"):
        read_ruleset('{"tables": []}')


@pytest.mark.parametrize(
    ("packet", "left", "right", "op", "answer"),
    [
        (OUT, field("ip", "saddr"), net("10.8.0.0", 16), "==", True),
        (OUT, field("ip", "saddr"), net("10.8.0.0", 24), "==", None),
        (OUT, field("ip", "saddr"), net("172.17.0.0", 16), "==", False),
        (OUT, field("ip", "daddr"), net("10.0.0.0", 8), "==", False),
        (OUT, field("ip", "daddr"), net("0.0.0.0", 0), "==", True),
        (OUT, field("ip", "daddr"), net("0.0.0.0", 1), "==", None),
        (OUT, field("ip", "daddr"), {"set": [net("10.0.0.0", 8), "192.0.2.7"]}, "!=", True),
        (OUT, field("ip", "daddr"), {"range": ["10.0.0.1", "10.0.0.9"]}, "==", False),
        (KNOCK, field("ip", "daddr"), "192.0.2.2", "==", True),
        (SIX, field("ip", "saddr"), net("10.8.0.0", 16), "!=", False),
        (SIX, field("ip6", "saddr"), net("fd10:8::", 64), "==", True),
        (OUT, field("tcp", "dport"), {"set": [80, {"range": [400, 500]}]}, "==", True),
        (OUT, field("udp", "dport"), 443, "!=", False),
        (KNOCK, field("th", "dport"), 51820, "==", True),
        (OUT, field("tcp", "dport"), 1024, "<", True),
        (OUT, {"&": [field("tcp", "flags"), ["fin", "syn", "ack"]]}, "syn", "==", True),
        (OUT, field("tcp", "flags"), ["rst", "syn"], "in", True),
        (OUT, {"&": [field("tcp", "flags"), {"|": ["fin", "syn"]}]}, {"|": ["fin", "syn"]}, "==", False),
        (OUT, ct("state"), ["established", "related"], "in", False),
        (ANSWER, ct("state"), ["established", "related"], "in", True),
        (OUT, ct("state"), "new", "in", True),
        (OUT, ct("status"), "dnat", "in", False),
        (ANSWER, ct("direction"), "reply", "==", True),
        (OUT, meta("mark"), 0, "==", True),
        (replace(OUT, mark=None), meta("mark"), 0, "==", None),
        (OUT, {"&": [meta("mark"), 255]}, 7, "==", False),
        (KNOCK, {"fib": {"result": "type", "flags": ["daddr"]}}, "local", "==", True),
        (OUT, {"fib": {"result": "type", "flags": ["daddr"]}}, "local", "==", False),
        (OUT, {"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, False, "==", False),
        (OUT, {"concat": [meta("iifname"), field("ip", "saddr")]}, {"set": [{"concat": ["awg0", net("10.0.0.0", 8)]}]},
         "==", True),
        (OUT, field("ip", "frag-off"), 0, "!=", False),
        (OUT, field("ip", "ttl"), 3, ">", None),
    ],
)
def test_a_match_decides(packet: Packet, left: Any, right: Any, op: str, answer: bool | None) -> None:
    assert matches(packet, left, right, op) is answer


def test_a_named_set_holds_no_ordinary_address_if_it_is_there_to_be_dropped() -> None:
    assert matches(KNOCK, field("ip", "saddr"), "@banned", verdict="drop") is False
    assert matches(KNOCK, field("ip", "saddr"), "@friends") is None
    assert matches(KNOCK, field("ip", "saddr"), "@friends", "!=", "drop") is None
    assert matches(OUT, field("ip", "saddr"), "@tunnels", verdict="drop") is None


def test_a_set_that_programs_fill_for_a_while_bans_nobody_in_the_tunnel() -> None:
    rule = [{"match": {"op": "==", "left": field("ip", "saddr"), "right": "@crowdsec"}}, {"drop": None}]
    ban = {"set": {"family": "inet", "table": "mine", "name": "crowdsec", "type": "ipv4_addr", "flags": ["timeout"]}}
    rows = table("mine", base("forward", rule))
    (found,) = read_ruleset(listing([*rows[:1], ban, *rows[1:]]))
    assert found.chains["forward"][0].match(OUT) is False
    (found,) = read_ruleset(listing(rows))
    assert found.chains["forward"][0].match(OUT) is None


def test_what_is_led_to_a_chain_that_drops_is_dropped() -> None:
    closed = [{"match": {"op": "==", "left": field("ip", "daddr"), "right": "@closed"}}, {"goto": {"target": "refuse"}}]
    refuse = chain("refuse", [{"counter": None}, {"reject": {"type": "icmpx"}}])
    (found,) = read_ruleset(listing(table("mine", base("forward", closed), refuse)))
    assert found.chains["forward"][0].match(OUT) is False
    mixed = chain("refuse", [{"accept": None}], [{"drop": None}])
    (found,) = read_ruleset(listing(table("mine", base("forward", closed), mixed)))
    assert found.chains["forward"][0].match(OUT) is None


def test_the_matches_of_iptables_are_names_without_meaning() -> None:
    def rule(*xt: dict[str, str] | None) -> bool | None:
        (found,) = read_ruleset(listing(table("f", base("forward", [{"xt": one} for one in xt]), family="ip")))
        return found.chains["forward"][0].match(OUT)

    assert rule({"type": "match", "name": "conntrack"}) is None
    assert rule({"type": "match", "name": "comment"}, {"type": "target", "name": "MASQUERADE"}) is True
    assert rule(None) is None
    text = listing(table("f", base("forward", ["ct state related,established", {"accept": None}], policy="drop")))  # type: ignore[list-item]
    assert judge(read_ruleset(text), ("forward",), OUT).verdict == "unknown", "as older versions of nft print it"


def test_the_targets_of_iptables_have_their_outcome() -> None:
    targets = ["MASQUERADE", "SNAT", "LOG", "TCPMSS", "MARK", "DNAT", "SOMETHING"]
    rules = [[{"xt": {"type": "target", "name": name}}] for name in targets]
    (found,) = read_ruleset(listing(table("nat", base("postrouting", *rules), family="ip")))
    outcomes = [rule.choices[0][1] if rule.choices else "" for rule in found.chains["postrouting"]]
    assert outcomes == ["nat", "nat", "", "", "change", "unknown", "unknown"]


def test_a_map_without_elements_may_lead_anywhere() -> None:
    named = [{"vmap": {"key": meta("iifname"), "data": "@places"}}]
    elements = [["new", {"drop": None}], ["established", {"accept": None}]]
    listed = [{"vmap": {"key": ct("state"), "data": {"set": elements}}}]
    (found,) = read_ruleset(listing(table("mine", base("forward", named, listed))))
    (choice,), two = (rule.choices for rule in found.chains["forward"])
    assert (choice[0](OUT), choice[1]) == (None, "unknown")
    assert [(test(OUT), verdict) for test, verdict, _ in two] == [(True, "drop"), (False, "accept")]


def test_a_list_that_is_cut_off_is_refused() -> None:
    for text in ("", "[]", "{", '{"nftables": [{"rule": {}}]}', json.dumps({"nftables": [7]})):
        with pytest.raises(ValueError, match=r"."):
            read_ruleset(text)
