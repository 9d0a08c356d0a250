"""The fence among stand-ins: what nft and tc are told, what is left alone, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.unit.node.child import NODE, Child, Tools, fence, key

FULL = fence([[10_000, 5000, ["10.8.0.2/32", "fd10:8::2/128"]], [0, 2000, ["10.8.0.3/32"]]],
             ["10.8.0.9/32"], ["1.1.1.1", "2620:fe::fe"])  # fmt: skip


@pytest.fixture(autouse=True)
def _queues(tools: Tools) -> None:
    has_queue(tools, "noqueue", "0:")


def has_queue(tools: Tools, kind: str, handle: str) -> None:
    """Let the interface have a queue: the kernel's own (0:), or somebody's."""
    tools.answer("qdiscs", json.dumps([{"kind": kind, "handle": handle, "root": True}]))


def loaded(tools: Tools) -> str:
    return (tools.folder / "loaded").read_text()


def test_it_works(node: Child, tools: Tools) -> None:
    assert node.ask(FULL) == {"ok": {"fence": "", "speed": None}}, "the stand-ins forget it"
    text = loaded(tools)
    assert "set only4 { type ipv4_addr; elements = { 10.8.0.9 }; }" in text
    assert "set resolvers6 { type ipv6_addr; elements = { 2620:fe::fe }; }" in text
    assert text.startswith("table inet andreyvpn_fence_awg0\ndelete table inet andreyvpn_fence_awg0\n")
    lines = (tools.folder / "batch").read_text().splitlines()
    down = [line for line in lines if "class replace dev awg0 " in line]
    up = [line for line in lines if "class replace dev av-awg0 " in line]
    assert (len(down), len(up)) == (1, 2), "no class for a way without a limit"
    assert "rate 10000kbit ceil 10000kbit" in down[0]
    assert {"rate 5000kbit", "rate 2000kbit"} == {line[line.index("rate") : line.index(" ceil")] for line in up}
    name = down[0].split(" classid ")[1].split()[0]
    assert f"10.8.0.2 : {name}," in text
    assert f"fd10:8::2 : {name} " in text


def test_what_is_just_so_is_left_alone(node: Child, tools: Tools) -> None:
    tools.answer("table", "table inet andreyvpn_fence_awg0 {}\n")
    seen = node.ask(FULL)["ok"]["fence"]
    assert seen
    before = tools.changes()
    assert node.ask({**FULL, "unless": seen})["ok"]["fence"] == seen
    assert tools.changes() == before
    tools.answer("table", "table inet andreyvpn_fence_awg0 { a stranger's rule }\n")
    assert node.ask({**FULL, "unless": seen})["ok"]["fence"] != seen
    assert len(tools.changes()) > len(before)


def test_a_class_with_the_right_speed_is_left_alone(node: Child, tools: Tools) -> None:
    node.ask(fence([[10_000, 0, ["10.8.0.2/32"]]]))
    (name,) = {line.split(" : ")[2].split()[0] for line in loaded(tools).splitlines() if "map down4" in line}
    tools.answer("classes", f"class htb {name} root leaf 8001: prio 0 rate 10Mbit ceil 10Mbit burst 15000b\n")
    (tools.folder / "batch").unlink()
    node.ask(fence([[10_000, 0, ["10.8.0.2/32"]]]))
    assert not (tools.folder / "batch").exists()
    node.ask(fence([[500, 0, ["10.8.0.2/32"]]]))
    (line,) = (tools.folder / "batch").read_text().splitlines()
    assert f"classid {name} htb rate 500kbit" in line, "its queue stays"
    again = f"tc qdisc replace dev awg0 parent {name} fq_codel limit 1000 target 48000us interval 143000us"
    assert again in tools.calls(), "and waits as long as suits the new speed"


def test_a_class_whose_making_broke_off_gets_its_queue(node: Child, tools: Tools) -> None:
    node.ask(fence([[10_000, 0, ["10.8.0.2/32"]]]))
    (name,) = {line.split(" : ")[2].split()[0] for line in loaded(tools).splitlines() if "map down4" in line}
    tools.answer("classes", f"class htb {name} root prio 0 rate 10Mbit ceil 10Mbit burst 15000b\n")
    before = len(tools.calls())
    node.ask(fence([[10_000, 0, ["10.8.0.2/32"]]]))
    added = [call for call in tools.calls()[before:] if call.startswith("tc qdisc add") and " parent " in call]
    assert [call.split(" parent ")[1].split()[0] for call in added] == [name, f"{name.partition(':')[2]}:1"]


def test_nothing_is_left_of_it(node: Child, tools: Tools) -> None:
    tools.answer("qdisc", "qdisc htb 7fff: root refcnt 2 r2q 10 default 0\n")
    tools.answer("links", '[{"linkinfo": {"info_kind": "ifb"}}]')
    assert node.ask(fence())["ok"]
    assert tools.changes() == [
        "nft delete table inet andreyvpn_fence_awg0", "tc qdisc delete dev awg0 root",
        "nft delete table netdev andreyvpn_fence_awg0", "ip link delete av-awg0"]  # fmt: skip


def test_without_a_queue_for_what_friends_send_it_is_limited_all_the_same(node: Child, tools: Tools) -> None:
    tools.break_down("link", "exit 1")
    node.ask(FULL)
    text = loaded(tools)
    assert "rate over 625000 bytes/second" in text
    assert "limit name ip saddr map @up4 drop" in text
    assert "fwd to" not in text


def test_a_queue_of_the_owners_is_not_replaced_and_telegram_does_not_wait_for_it(node: Child, tools: Tools) -> None:
    has_queue(tools, "cake", "8001:")
    answer = node.ask(FULL)
    assert answer == {"ok": {"fence": "", "speed": "awg0 has a queue that is not ours: cake"}}
    assert tools.changes() == ["nft -f -"]
    assert "elements = { 10.8.0.9 }" in loaded(tools)


def test_a_device_of_somebody_elses_is_not_used(node: Child, tools: Tools) -> None:
    tools.answer("links", '[{"linkinfo": {"info_kind": "bridge"}}]')
    assert node.ask(FULL)["ok"]["speed"] == "av-awg0 is a device of somebody else's"
    assert "av-awg0" not in " ".join(tools.changes())


def test_without_nft_it_says_so(node: Child, tools: Tools) -> None:
    tools.break_down("load", "echo 'exec of \"nft\" failed: No such file or directory' >&2; exit 255")
    assert node.ask(FULL)["error"] == "missing"


def test_without_tc_telegram_alone_works(node: Child, tools: Tools) -> None:
    tools.break_down("qdiscs", "echo 'exec of \"tc\" failed: No such file or directory' >&2; exit 255")
    answer = node.ask(FULL)["ok"]
    assert 'exec of "tc" failed' in answer["speed"]
    assert "elements = { 10.8.0.9 }" in loaded(tools)


def test_ten_thousand_devices_fit(node: Child, tools: Tools) -> None:
    tools.answer("address", (tools.folder / "address").read_text().replace('"prefixlen": 24', '"prefixlen": 16'))
    hosts = [[f"10.8.{n // 250}.{n % 250 + 2}/32", f"fd10:8::{n:x}/128"] for n in range(2, 10_002)]
    assert "ok" in node.ask(fence([[10_000, 10_000, some] for some in hosts], [one for one, _ in hosts]))
    assert len({line.split(" classid ")[1].split()[0]
                for line in (tools.folder / "batch").read_text().splitlines()
                if "class replace dev awg0 " in line}) == 10_000  # fmt: skip


def test_a_fence_that_nft_cannot_be_handed_at_once_is_refused(node: Child, tools: Tools) -> None:
    tools.answer("address", json.dumps([{"ifindex": 7, "addr_info": [
        {"local": "fd10:1111:2222:3333:4444:5555:6666:1", "prefixlen": 64, "scope": "global"}]}]))  # fmt: skip
    hosts = [f"fd10:1111:2222:3333:4444:5555:6666:{n:x}/128" for n in range(0x1000, 0x5E00)]
    answer = node.ask(fence([[10_000, 10_000, [host]] for host in hosts], hosts))
    assert answer == {"error": "refused", "text": "the fence is too long"}
    assert tools.changes() == []


def unfence(tools: Tools) -> None:
    words = [sys.executable, "-B", "-m", "lib.node.unfence", "awg0"]
    environment: dict[str, Any] = {"PATH": f"{tools.folder}:/usr/bin:/bin", "AWG_COMMAND": "awg"}
    subprocess.run(words, check=True, cwd=NODE.parents[2], env=environment, timeout=60)


def test_whom_it_keeps_to_telegram_goes_before_it(tools: Tools) -> None:
    tools.answer("table", "table inet andreyvpn_fence_awg0 {\n\tset only4 {\n\t\telements = { 10.8.0.3,\n 10.8.0.4 }")
    tools.answer("dump", f"{key(2)}\t10.8.0.2/32\n{key(3)}\t10.8.0.3/32 fd10:8::3/128\n{key(5)}\t(none)\n")
    tools.answer("qdisc", "qdisc htb 7fff: root refcnt 2 r2q 10 default 0\n")
    unfence(tools)
    assert tools.changes() == [
        f"awg set awg0 peer {key(3)} remove", "nft delete table inet andreyvpn_fence_awg0",
        "tc qdisc delete dev awg0 root", "nft delete table netdev andreyvpn_fence_awg0"]  # fmt: skip


def test_a_fence_stays_while_those_whom_it_keeps_cannot_be_removed(tools: Tools) -> None:
    tools.answer("table", "table inet andreyvpn_fence_awg0 {\n\tset only4 {\n\t\telements = { 10.8.0.3 }")
    tools.answer("dump", f"{key(3)}\t10.8.0.3/32\n")
    for what in ("set", "dump"):
        tools.break_down(what, "exit 1")
        with pytest.raises(subprocess.CalledProcessError):
            unfence(tools)
        assert all(call.startswith("awg set") for call in tools.changes())


def test_where_there_is_no_interface_and_no_fence_nothing_happens(tools: Tools) -> None:
    for what in ("dump", "table", "address"):
        tools.break_down(what, "echo 'Unable to access interface: No such device' >&2; exit 1")
    unfence(tools)
    assert tools.changes() == []
