"""A packet's way through chains: order, jumps and returns, marks, and what can't be decided."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from lib.watch.firewall import Base, Packet, Rule, Table, all_of, any_of, in_order, is_translated, judge

PACKET = Packet(4, "tcp", "awg0", "eth0", ip_network("10.8.0.0/16"), None, (50000, 443), "new")


def rule(verdict: str, chain: str = "", matches: bool | None = True) -> Rule:
    return Rule((lambda packet: matches,), ((lambda packet: True, verdict, chain),))


def table(*rules: Rule, policy: str = "accept", priority: int = 0, **chains: list[Rule]) -> Table:
    return Table("inet", "mine", {"fw": [*rules], **chains}, [Base("forward", priority, policy, "fw")])


def verdict(*tables: Table, packet: Packet = PACKET) -> str:
    return judge(tables, ("prerouting", "forward"), packet).verdict


def test_it_works() -> None:
    assert verdict() == verdict(table()) == "accept"
    assert verdict(table(policy="drop")) == "drop"
    assert verdict(table(rule("accept"), policy="drop")) == "accept"
    assert verdict(table(rule("accept", matches=None), policy="drop")) == "unknown"
    assert verdict(table(rule("accept", matches=False), policy="drop")) == "drop"


def test_a_drop_is_final_and_an_accept_is_not() -> None:
    assert verdict(table(rule("accept")), table(rule("drop"), priority=5)) == "drop"
    assert verdict(table(rule("drop", matches=None)), table(rule("drop"), priority=5)) == "drop"
    assert verdict(table(rule("drop", matches=None)), table(rule("accept"), priority=5)) == "unknown"


def test_a_chain_returns_to_where_it_was_jumped_from_and_a_goto_does_not() -> None:
    out = [rule("return", matches=False)]
    assert verdict(table(rule("jump", "out"), rule("drop"), out=out)) == "drop"
    assert verdict(table(rule("goto", "out"), rule("drop"), out=out)) == "accept", "the policy"
    assert verdict(table(rule("jump", "out"), rule("drop"), out=[rule("accept")])) == "accept"
    assert verdict(table(rule("return"), rule("drop"))) == "accept"
    deep = {"out": [rule("goto", "far"), rule("drop")], "far": []}
    assert verdict(table(rule("jump", "out"), rule("accept"), policy="drop", **deep)) == "accept"


def test_chains_without_end_are_not_walked_for_ever() -> None:
    assert verdict(table(rule("jump", "out"), out=[rule("jump", "out")])) == "unknown"
    fan = {f"c{number}": [rule("jump", f"c{number + 1}")] * 8 for number in range(12)}
    assert verdict(table(rule("jump", "c0"), **fan)) == "unknown"


def test_a_mark_that_was_set_on_the_way_is_not_known_any_more() -> None:
    marked = Rule((lambda packet: None if packet.mark is None else packet.mark == 7,), rule("drop").choices)
    assert verdict(table(marked)) == "accept"
    assert verdict(table(rule("change", "mark"), marked)) == "unknown"
    assert verdict(table(rule("change", "mark", matches=False), marked)) == "accept"
    assert verdict(table(rule("change", "mark")), table(marked, priority=5)) == "unknown"


def test_chains_come_in_the_kernels_order() -> None:
    tables = [table(priority=5), table(priority=-5), Table("ip6", "six", {}, [Base("forward", -9, "drop", "fw")])]
    tables[0].bases.append(Base("prerouting", 9, "accept", "fw"))
    tables[0].bases.append(Base("forward", 0, "drop", "fw", device="eth7"))
    found = [(base.hook, base.priority) for _, base in in_order(tables, ("prerouting", "forward"), PACKET)]
    assert found == [("prerouting", 9), ("forward", -5), ("forward", 5)]
    assert verdict(*tables, packet=replace(PACKET, family=6)) == "drop"


@pytest.mark.parametrize(
    ("rules", "known"),
    [([], False), ([rule("nat")], True), ([rule("nat", matches=None)], None), ([rule("accept"), rule("nat")], False),
     ([rule("nat", matches=None), rule("nat")], True), ([rule("unknown")], None)],
)  # fmt: skip
def test_a_translation_is_certain_or_not(rules: list[Rule], known: bool | None) -> None:
    post = Table("ip", "nat", {"post": rules}, [Base("postrouting", 100, "accept", "post")])
    assert is_translated([post], PACKET) is known


def test_a_later_table_may_translate_what_an_earlier_one_left() -> None:
    def post(*rules: Rule) -> Table:
        return Table("ip", "nat", {"post": [*rules]}, [Base("postrouting", 100, "accept", "post")])

    assert is_translated([post(rule("nat", matches=None)), post(rule("nat"))], PACKET) is True


def test_three_valued_words() -> None:
    assert [all_of([True, None]), all_of([None, False]), all_of([])] == [None, False, True]
    assert [any_of([False, None]), any_of([None, True]), any_of([])] == [None, True, False]
