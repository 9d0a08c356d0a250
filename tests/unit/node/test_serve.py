"""The connection: a line in, a line out; what is no request, or none in time, is refused, and the node ends."""

from __future__ import annotations

import json
import os
import time

import pytest

from tests.unit.node.child import LOOK, Child, Tools, change, key, peer

LINE = json.dumps(LOOK).encode() + b"\n"
GOOD = json.dumps(change([peer(2)])).encode()


def test_it_works(node: Child) -> None:
    assert node.ask(LOOK)["ok"]
    assert node.end() == (0, "")


def test_requests_share_a_connection(node: Child) -> None:
    assert node.process.stdin
    assert node.process.stdout
    node.process.stdin.write(LINE + GOOD + b"\n" + LINE)
    node.process.stdin.flush()
    answers = [json.loads(node.process.stdout.readline()) for _ in range(3)]
    assert all(answer.keys() == {"ok"} for answer in answers)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"look",
        b"\xff\xfe{}",
        b'{"do": "look", "way_out": fal\xc3}',
        b"\0" * 100,
        b"\xef\xbb\xbf" + LINE.strip(),  # a byte order mark
        LINE.strip().decode().encode("utf-16"),
        LINE.strip() + b" " + LINE.strip(),
        GOOD[:-1],
        GOOD + b"]",
        GOOD.replace(b'"do"', b'"do": "look", "do"', 1),  # a name twice
        GOOD.replace(b'"remove"', b'"add": [], "remove"', 1),
        GOOD.replace(b"null", b'{"a": 1, "a": 2}'),
        GOOD.replace(b"null", b"NaN"),
        GOOD.replace(b"null", b"-Infinity"),
        GOOD.replace(b"null", b"1e400"),
        GOOD.replace(b"null", b"1" * 1_000_000),
        GOOD.replace(b"null", b"1" * 1_000_000 + b".5"),
        GOOD.replace(b"null", b"0"),
        GOOD.replace(b"null", b"false"),
        GOOD.replace(b"null", b"[" * 1_000_000),
        GOOD.replace(b"null", b"[" * 1_000_000 + b"]" * 1_000_000),
        GOOD.replace(b"null", b'{"a":' * 500_000),
        GOOD.replace(b"null", b'"\\ud800"'),
        GOOD.replace(b"null", b'"\t"'),
        GOOD.replace(b"null", b"'" + key(9).encode() + b"'"),
    ],
    ids=map(str, range(26)),
)
def test_what_is_no_request_is_refused_and_the_next_one_answered(node: Child, tools: Tools, line: bytes) -> None:
    answer = node.ask_bytes(line + b"\n")
    assert answer["error"] == "refused"
    assert tools.changes() == []
    assert node.ask(LOOK)["ok"]


def test_ten_megabytes_are_refused_without_being_read(node: Child, tools: Tools) -> None:
    start = time.monotonic()
    assert node.ask_bytes(b'{"do": "change", "add": [' + b" " * 10_000_000 + b"\n" + LINE)["error"] == "refused"
    assert node.end() == (0, "")
    assert time.monotonic() - start < 5
    assert tools.calls() == []


def test_a_million_peers_are_refused(tools: Tools) -> None:
    line = json.dumps(change([peer(2)] * 1_000_001)).encode() + b"\n"
    with Child(tools, seconds=60) as node:
        assert node.ask_bytes(line)["error"] == "refused"
    assert tools.calls() == []


def test_a_request_that_is_cut_off_changes_nothing(tools: Tools) -> None:
    with Child(tools) as node:
        assert node.process.stdin
        assert node.process.stdout
        node.process.stdin.write(GOOD)  # whole, but for the end of its line
        node.process.stdin.close()
        assert json.loads(node.process.stdout.readline())["error"] == "refused"
        node.process.wait(10)
    assert tools.calls() == []


@pytest.mark.parametrize("begun", [b"", b'{"do": "change", "add": ['], ids=["silence", "no end"])
def test_a_request_that_does_not_come_in_time_ends_the_connection(tools: Tools, begun: bytes) -> None:
    with Child(tools, seconds=1) as node:
        assert node.ask(LOOK)["ok"]
        start = time.monotonic()
        assert node.ask_bytes(begun) == {}
        assert 0.5 < time.monotonic() - start < 5
        assert node.end() == (0, "")


def test_a_request_that_drips_does_not_last_for_ever(tools: Tools) -> None:
    with Child(tools, seconds=1) as node:
        assert node.process.stdin
        start = time.monotonic()
        stdin = node.process.stdin

        def drip() -> None:
            while time.monotonic() - start < 30:
                stdin.write(b" ")
                stdin.flush()
                time.sleep(0.05)

        with pytest.raises(BrokenPipeError):
            drip()
        assert time.monotonic() - start < 10


def test_an_answer_that_nobody_reads_is_dropped(tools: Tools) -> None:
    tools.answer("dump", (tools.folder / "dump").read_text() * 10_000)
    with Child(tools, seconds=1) as node:
        assert node.process.stdin
        node.process.stdin.write(LINE)
        node.process.stdin.flush()
        assert node.process.wait(10) == 0


def test_the_other_side_may_go_at_any_time(tools: Tools) -> None:
    tools.break_down("dump", "sleep 0.3")
    with Child(tools) as node:
        assert node.process.stdin
        assert node.process.stdout
        node.process.stdin.write(LINE)
        node.process.stdin.flush()
        node.process.stdout.close()
        node.process.stdin.close()
        assert node.process.wait(10) == 0
        assert node.process.stderr
        assert node.process.stderr.read() == b""


def test_nothing_of_a_refused_request_is_told_again(node: Child) -> None:
    hostile = [peer(2, preshared="S" * 44), [key(77) + "=", None, ["10.8.0.2/32"]]]
    for request in (*(change([one]) for one in hostile), {"S" * 44: 1}):
        text = node.ask(request)["text"]
        assert "S" * 44 not in text
        assert key(77) not in text


def test_without_a_known_word_it_says_how_it_is_used(tools: Tools) -> None:
    for words in (["help"], ["load"], ["serve", "awg0"]):
        with Child(tools, *words) as node:
            code, said = node.end()
            assert code == 1
            assert "node.py serve" in said


def test_it_starts_quickly(tools: Tools) -> None:
    """A fresh node, with a look: what it costs is printed; the bound is generous, for machines that are busy."""
    before = os.times()
    for _ in range(10):
        with Child(tools) as node:
            node.ask(LOOK)
            node.end()
    after = os.times()
    cost = (after.children_user - before.children_user + after.children_system - before.children_system) / 10
    print(f"CPU for a connection with one look, stand-in tools included: {cost * 1000:.0f} ms")
    assert cost < 0.2
