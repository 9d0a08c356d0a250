"""Look: everything about the interface but the server's private key."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.unit.node.child import ADDRESSES, LOOK, PRIVATE, Child, Tools, key

EVERYTHING = {"do": "look", "way_out": True}


def test_it_works(node: Child, tools: Tools) -> None:
    seen = node.ask(LOOK)["ok"]
    assert seen["dump"] == (tools.folder / "dump").read_text().partition("\t")[2]
    assert seen["dump"].startswith(f"{key(1)}\t51820\toff\n{key(2)}\t{key(3)}\t")
    assert (seen["index"], seen["kind"], seen["addresses"]) == (7, "amneziawg", list(ADDRESSES))
    assert seen.keys() == {"dump", "index", "kind", "addresses"}


def test_the_number_of_the_interface_is_read_before_its_counters(node: Child, tools: Tools) -> None:
    node.ask(LOOK)
    assert tools.calls() == ["ip -d -j address show dev awg0", "awg show awg0 dump"]


def test_the_private_key_stays(node: Child) -> None:
    assert PRIVATE not in str(node.ask(EVERYTHING))


def test_a_dump_that_does_not_begin_with_the_key_stays_as_a_whole(node: Child, tools: Tools) -> None:
    for text in (f"awg0\t{PRIVATE}\t{key(1)}\t51820\toff\n", PRIVATE, "", f"{PRIVATE} {key(1)}\n"):
        tools.answer("dump", text)
        answer = node.ask(LOOK)
        assert answer["error"] == "garbage"
        assert PRIVATE not in answer["text"]


def test_an_interface_without_a_key_is_seen(node: Child, tools: Tools) -> None:
    tools.answer("dump", "(none)\t(none)\t0\toff\n")
    assert node.ask(LOOK)["ok"]["dump"] == "(none)\t0\toff\n"


def test_the_way_out_is_told_as_the_tools_print_it(node: Child, tools: Tools) -> None:
    texts = {"version": "amneziawg-tools v3.1", "netconf": "[1]", "route": '[{"dst":"default"}]', "ruleset": "{}",
             "iptables": "*filter", "ip6tables": "*nat", "table": "{}"}  # fmt: skip
    for name, text in texts.items():
        tools.answer(name, text)
    seen = node.ask(EVERYTHING)["ok"]
    names = ("tool", "forwarding", "routes", "firewall", "iptables", "ip6tables", "table")
    assert [seen[name] for name in names] == list(texts.values())
    assert "nft -j -t list ruleset" in tools.calls()
    assert "nft -j list table inet andreyvpn_awg0" in tools.calls(), "the elements of no other table are read"


@pytest.mark.parametrize("trouble", ["missing", "failing", "endless"])
def test_what_can_not_be_told_of_the_way_out_is_null(tools: Tools, trouble: str) -> None:
    tools.break_down("ruleset", {"missing": "exit 127", "failing": "exit 1", "endless": "yes"}[trouble])
    with Child(tools) as node:
        seen = node.ask(EVERYTHING)["ok"]
        assert seen["firewall"] is None
        assert node.ask(LOOK)["ok"]


def test_words_before_the_tool_lead_to_all_tools(tools: Tools) -> None:
    with Child(tools, AWG_COMMAND="env 'AB=c d' awg", AWG_INTERFACE="wg9") as node:
        assert node.ask(LOOK)["ok"]
    assert tools.calls() == ["ip -d -j address show dev wg9", "awg show wg9 dump"]
    assert "AB=c d" in (tools.folder / "environment").read_text()


def test_the_tools_inherit_nothing_but_a_path_and_the_language_of_programs(node: Child, tools: Tools) -> None:
    node.ask(LOOK)
    names = {line.partition("=")[0] for line in (tools.folder / "environment").read_text().splitlines()}
    assert names - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "LC_ALL"}  # those are of sh itself


@pytest.mark.parametrize(
    ("script", "kind", "said"),
    [
        ("echo 'Unable to access interface: Operation not permitted' >&2; exit 1", "not_permitted", "not permitted"),
        ("echo 'Unable to access interface: Permission denied' >&2; exit 1", "not_permitted", "denied"),
        ("echo 'Unable to access interface: No such device' >&2; exit 1", "no_interface", "No such device"),
        ("echo 'Unable to access interface: Protocol not supported' >&2; exit 1", "no_interface", "not supported"),
        ("echo 'Error: Container 3f is restarting, wait a bit' >&2; exit 1", "no_interface", "restarting"),
        ("echo 'Error: Container 3f is paused, unpause it first' >&2; exit 1", "no_interface", "is paused"),
        ('echo \'exec of "awg" failed\' >&2; exit 255', "missing", "exec of"),
        ("exit 1", "failed", "gave no reason"),
        ("kill -SEGV $$", "failed", "SIGSEGV"),
        ("yes", "failed", "printed too much"),
    ],
)
def test_a_failure_has_a_kind_and_says_what_ran(
    node: Child, tools: Tools, script: str, kind: str, said: str
) -> None:
    tools.break_down("dump", script)
    answer = node.ask(LOOK)
    assert answer["error"] == kind
    assert "awg show awg0" in answer["text"]
    assert said in answer["text"]


def test_a_tool_that_is_not_there_is_missing(tools: Tools) -> None:
    (tools.folder / "awg").unlink()
    with Child(tools) as node:
        assert node.ask(LOOK)["error"] == "missing"
    with Child(tools, AWG_COMMAND=str(tools.folder / "dump")) as node:
        assert node.ask(LOOK)["error"] == "not_permitted"


def test_keys_in_what_a_tool_says_are_masked(node: Child, tools: Tools) -> None:
    tools.break_down("dump", f"echo 'Key is not the correct length or format: `{key(9)[:20]}'\\' {key(8)} >&2; exit 1")
    text = node.ask(LOOK)["text"]
    assert text.count("(hidden)") == 2
    assert key(9)[:20] not in text


def test_a_tool_that_hangs_is_killed_with_its_children(tools: Tools) -> None:
    tools.break_down("dump", "sleep 60 & echo $! >${0%/*}/child; sleep 60")
    with Child(tools, seconds=1) as node:
        answer = node.ask(LOOK)
        assert answer["error"] == "timeout"
        assert "1 s" in answer["text"]
    assert has_ended(int((tools.folder / "child").read_text()))


def has_ended(number: int) -> bool:
    """Wait a moment until the kernel has ended a killed process."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.05)
    return False


def test_what_is_no_interface_is_garbage(node: Child, tools: Tools) -> None:
    for text in ("", "[]", "{}", "[1]", "[{}]", '[{"addr_info": [{"scope": "global"}], "ifindex": 7}]', "[{},{}]"):
        tools.answer("address", text)
        assert node.ask(LOOK)["error"] == "garbage"


def test_where_no_interface_is_the_tool_s_complaint_says_more(node: Child, tools: Tools) -> None:
    tools.break_down("address", "echo 'Device \"awg0\" does not exist.' >&2; exit 1")
    assert node.ask(LOOK)["error"] == "no_interface"
    tools.break_down("dump", "exit 127")
    answer = node.ask(LOOK)
    assert (answer["error"], "awg show" in answer["text"]) == ("missing", True)
