"""Change: a request is done to the letter, on an interface just found; one that breaks a rule changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.node.child import LOOK, Child, Tools, change, key, peer
from tests.unit.node.hostile import HOSTILE_ADDRESSES, HOSTILE_KEYS, HOSTILE_REQUESTS

FIND = "ip -d -j address show dev awg0"


def test_it_works(node: Child, tools: Tools) -> None:
    answer = node.ask(change([peer(2, "10.8.0.2/32", "fd10:8::2/128", preshared=key(9)), peer(3)], [key(4), key(5)]))
    assert answer["ok"] == node.ask(LOOK)["ok"]
    assert tools.changes() == [
        f"awg set awg0 peer {key(4)} remove peer {key(5)} remove",
        "awg addconf awg0 /dev/stdin",
    ]
    assert tools.added() == (
        f"[Peer]\nPublicKey = {key(2)}\nPresharedKey = {key(9)}\nAllowedIPs = 10.8.0.2/32,fd10:8::2/128\n\n"
        f"[Peer]\nPublicKey = {key(3)}\nPresharedKey = {key(0)}\nAllowedIPs = 10.8.0.3/32\n"
    )


def test_the_interface_is_found_right_before_each_change(node: Child, tools: Tools) -> None:
    node.ask(change([peer(2)], [key(4)]))
    calls = tools.calls()
    for number, call in enumerate(calls):
        if call in tools.changes():
            assert calls[number - 1] == FIND


def test_nothing_is_changed_on_an_interface_that_is_not_there(node: Child, tools: Tools) -> None:
    tools.break_down("address", "echo 'Device \"awg0\" does not exist.' >&2; exit 1")
    assert node.ask(change([peer(2)], [key(4)]))["error"] == "no_interface"
    assert tools.changes() == []


def test_an_interface_that_goes_in_between_is_not_changed_further(node: Child, tools: Tools) -> None:
    tools.break_down("set", "echo 'echo Device does not exist >&2; exit 1' >$here/address.sh")
    assert node.ask(change([peer(2)], [key(4)]))["error"] == "no_interface"
    assert [call.split()[1] for call in tools.changes()] == ["set"]


def test_a_change_of_nothing_only_looks(node: Child, tools: Tools) -> None:
    assert node.ask(change())["ok"]
    assert tools.changes() == []


def test_ten_thousand_peers_come_and_go_in_a_few_calls(node: Child, tools: Tools) -> None:
    tools.answer("address", (tools.folder / "address").read_text().replace('"prefixlen": 24', '"prefixlen": 16'))
    numbers = range(2, 10_002)
    peers = [peer(n, f"10.8.{n // 250}.{n % 250 + 2}/32", f"fd10:8::{n:x}/128", preshared=key(n)) for n in numbers]
    assert node.ask(change(peers))["ok"]
    assert tools.added().count("[Peer]") == 10_000
    assert node.ask(change(remove=[key(n) for n in numbers]))["ok"]
    assert len(tools.changes()) == 20


def test_the_keys_never_stand_in_an_argument(node: Child, tools: Tools) -> None:
    node.ask(change([peer(2, preshared=key(9))]))
    assert key(9) not in "".join(tools.calls())




@pytest.mark.parametrize("address", HOSTILE_ADDRESSES, ids=repr)
def test_an_address_that_is_not_a_friends_is_refused(node: Child, tools: Tools, address: Any) -> None:
    for other in ([], ["10.8.0.7/32"]):
        answer = node.ask(change([peer(7, "10.8.0.8/32"), [key(2), None, [*other, address]]], [key(4)]))
        assert answer["error"] == "refused"
    assert tools.changes() == []


@pytest.mark.parametrize("bad", HOSTILE_KEYS, ids=repr)
def test_what_is_not_a_key_is_refused(node: Child, tools: Tools, bad: Any) -> None:
    requests = [change([peer(7), [bad, None, ["10.8.0.2/32"]]]), change([peer(7)], [bad])]
    if bad is not None:
        requests.append(change([peer(7), [key(2), bad, ["10.8.0.2/32"]]]))
    for request in requests:
        assert node.ask(request)["error"] == "refused"
    assert tools.changes() == []


@pytest.mark.parametrize("request_", HOSTILE_REQUESTS, ids=map(str, range(len(HOSTILE_REQUESTS))))
def test_a_request_that_breaks_a_rule_changes_nothing(node: Child, tools: Tools, request_: Any) -> None:
    assert node.ask(request_)["error"] == "refused"
    assert tools.changes() == []
    assert node.ask(LOOK)["ok"], "the next one is answered"


def test_more_peers_than_there_can_be_are_refused(node: Child, tools: Tools) -> None:
    assert node.ask(change([peer(n, f"10.8.0.{n % 250}/32") for n in range(20_001)]))["error"] == "refused"
    assert node.ask(change([peer(2)], [key(n) for n in range(20_000)]))["error"] == "refused"
    assert tools.calls() == []


def test_a_failed_call_says_no_key(node: Child, tools: Tools) -> None:
    tools.break_down("set", f"echo \"Unable to parse: {key(4)}\" >&2; exit 1")
    answer = node.ask(change(remove=[key(4)]))
    assert answer["error"] == "failed"
    assert key(4) not in answer["text"]
