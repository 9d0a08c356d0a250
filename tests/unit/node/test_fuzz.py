"""Whatever comes in: either the node refuses it and changes nothing, or it breaks no rule and is done to the letter.

NODE_FUZZ says how many requests are tried: a few thousand without it.
"""

from __future__ import annotations

import base64
import json
import os
import re
from ipaddress import ip_address, ip_interface
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from lib.node.node import WAY_OUT, Failure, Node, obey
from tests.unit.node.child import ADDRESSES, PRIVATE, change, fence, key, peer
from tests.unit.node.hostile import HOSTILE_ADDRESSES, HOSTILE_KEYS, HOSTILE_REQUESTS

READ_ONLY = {command.partition(" ")[2].format(interface="awg0", awg="awg") for command in WAY_OUT}
TRIALS = int(os.environ.get("NODE_FUZZ", "3000"))
OWN = [ip_interface(text) for text in ADDRESSES]
LINK = json.dumps([{"ifindex": 7, "addr_info": [
    {"local": str(own.ip), "prefixlen": own.network.prefixlen, "scope": "global"} for own in OWN]}])  # fmt: skip


class Recorder(Node):
    """A node whose tools only note what they are told to do."""

    def __init__(self) -> None:
        super().__init__("awg0", "awg")
        self.calls: list[tuple[tuple[str, ...], str]] = []

    def run(self, *words: str, stdin: str = "") -> str:
        match words:
            case ("ip", *_):
                return LINK
            case ("awg", "show", *_):
                return f"{PRIVATE}\t{key(1)}\t51820\toff\n"
            case ("cat", "/proc/net/psched"):
                return ""
            case ("tc", "-j", "qdisc", "show", *_):
                return "[]"
            case ("tc", *rest) | ("nft", "-s", *rest) if "show" in rest or "list" in rest:
                return ""
            case words if " ".join(words) in READ_ONLY:
                return "{}"
        self.calls.append((words, stdin))
        return ""


numbers = st.integers(0, 12)
keys = st.builds(key, numbers) | st.sampled_from(HOSTILE_KEYS) | st.text("Aa0+/=\n", max_size=46)
hosts = st.builds("10.8.0.{}/32".format, numbers) | st.builds("fd10:8::{:x}/128".format, st.integers(2, 30))
addresses = hosts | hosts | st.sampled_from(HOSTILE_ADDRESSES) | st.text("0123456789abcdef.:/%,\n ", max_size=30)
anything = st.sampled_from([
    None, True, False, 0, 1, -1, 1.5, 1e300, float("nan"), 2**80, "", "x", "\0", "\ud800",
    [], [[]], {}, {"a": 1}, [None], [True], *HOSTILE_KEYS, *HOSTILE_ADDRESSES,
])  # fmt: skip
good_peers = st.integers(2, 200).map(lambda n: peer(n, preshared=key(n + 200)))
peers = st.tuples(keys, st.none() | keys, st.lists(addresses, max_size=10)).map(list) | good_peers | anything
spoilt_peers = st.builds(
    lambda good, place, bad: [*good[:place], bad if place < 2 else [*good[2], bad], *good[place + 1 :]],
    good_peers, st.integers(0, 2), keys | addresses,
)  # fmt: skip
good_keys = st.integers(300, 400).map(key)
good_hosts = st.lists(st.builds("10.8.0.{}/32".format, st.integers(2, 200)), min_size=1, max_size=3, unique=True)
speeds = st.integers(64, 10_000_000) | st.just(0)
good_fences = st.builds(
    fence,
    st.lists(st.tuples(speeds, speeds, st.builds("fd10:8::{:x}/128".format, st.integers(2, 200)).map(lambda a: [a]))
             .map(list), max_size=3, unique_by=str),
    good_hosts, st.lists(st.sampled_from(["1.1.1.1", "9.9.9.9", "2620:fe::fe"])), st.sampled_from(["", "12345678"]),
)  # fmt: skip
fences = st.builds(
    fence,
    st.lists(st.tuples(speeds | anything, speeds | anything, st.lists(addresses)).map(list) | anything, max_size=3),
    st.lists(addresses, max_size=3), st.lists(addresses | st.just("1.1.1.1"), max_size=3), anything,
)  # fmt: skip
requests = (
    good_fences
    | fences
    | st.builds(lambda good, name, bad: {**good, name: bad}, good_fences,
                st.sampled_from(["speed", "telegram", "resolvers", "unless"]),
                anything | st.lists(anything, max_size=2))
    | st.builds(change, st.lists(good_peers, max_size=5, unique_by=str), st.lists(good_keys, unique=True))
    | st.builds(change, st.lists(good_peers | spoilt_peers, max_size=4), st.lists(good_keys, max_size=4))
    | st.builds(change, st.lists(peers, max_size=5), st.lists(keys, max_size=5))
    | st.fixed_dictionaries({"do": st.just("change"), "add": anything, "remove": anything})
    | st.fixed_dictionaries({"do": st.sampled_from(["look", "change", "fence", ""])}, optional={
        "way_out": st.booleans() | anything, "add": st.lists(peers), "remove": st.lists(keys), "": anything})
    | st.sampled_from(HOSTILE_REQUESTS)
    | anything
)  # fmt: skip
noise = st.binary(max_size=4) | st.sampled_from([b'"', b"]", b"[", b"}", b"{", b",", b"/"])


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Return a request as it comes, maybe damaged."""
    text = json.dumps(draw(requests), ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 3) | st.integers(0, len(text)))
        text = text[:start] + draw(noise) + text[start + length :]
    return text.replace(b"\n", b" ") + b"\n"


def check_change(request: Any, calls: list[tuple[tuple[str, ...], str]]) -> None:
    """Check a change that was done against the rules, read again, and against what the tools were told."""
    assert request.keys() == {"do", "add", "remove"}
    seen: list[str] = list(request["remove"])
    blocks = []
    for public, preshared, allowed in request["add"]:
        seen += [public, *allowed]
        blocks.append((public, preshared or "A" * 43 + "=", ",".join(allowed)))
        assert preshared is None or is_key(preshared)
        assert allowed
        for text in allowed:
            host, length = text.split("/")
            address = ip_address(host)
            assert (str(address), int(length)) == (host, address.max_prefixlen)
            assert any(address in own.network and address != own.ip for own in OWN)
    assert len(set(seen)) == len(seen)
    assert all(is_key(text) for text in seen if "/32" not in text and "/128" not in text)
    told = "".join(stdin + "\n" for words, stdin in calls if words[1] == "addconf")
    found = re.findall(r"\[Peer\]\nPublicKey = (.*)\nPresharedKey = (.*)\nAllowedIPs = (.*)\n", told)
    assert found == blocks
    assert told.count("\n") == 5 * len(blocks)
    removed = [words[3:] for words, _ in calls if words[1] == "set"]
    wanted = [word for public in request["remove"] for word in ("peer", public, "remove")]
    assert [word for words in removed for word in words] == wanted


WORDS = re.compile(r"[A-Za-z0-9_@.:/!=-]+|[{};,]|\"(?:awg0|av-awg0)\"")


def check_fence(request: Any, calls: list[tuple[tuple[str, ...], str]]) -> None:
    """Check that the tools were told nothing but words of ours, numbers in bounds and addresses of the request."""
    assert request.keys() == {"do", "speed", "telegram", "resolvers", "unless"}
    hosts = {text.partition("/")[0] for text in request["telegram"]} | set(request["resolvers"])
    hosts |= {text.partition("/")[0] for _, _, listed in request["speed"] for text in listed}
    for words, stdin in calls:
        assert words[0] in ("nft", "tc", "ip")
        assert all("awg0" in word or re.fullmatch(r"[a-z0-9_:-]+|/dev/stdin", word) for word in words), words
        left = WORDS.sub("", stdin)
        assert not left.strip(), left
        told = set(re.findall(r"(?<![\d.])[\d.]+\.\d+(?![\d/.])|fd10:[0-9a-f:]+", stdin))
        assert told <= hosts, told - hosts


def is_key(text: object) -> bool:
    """Return True for 32 bytes of base64, as base64 writes them."""
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        return False
    return len(raw) == 32 and base64.b64encode(raw).decode() == text


@trials(max_examples=TRIALS, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines())
def test_it_works(line: bytes) -> None:
    node = Recorder()
    try:
        seen = obey(node, line)
    except Failure as exc:
        assert exc.kind == "refused"
        assert node.calls == []
        assert not re.search(r"[A-Za-z0-9+/]{40}", str(exc))
        return
    assert PRIVATE not in str(seen)
    request = json.loads(line)
    if request["do"] == "look":
        assert request.keys() == {"do", "way_out"}
        assert isinstance(request["way_out"], bool)
        assert node.calls == []
    elif request["do"] == "fence":
        check_fence(request, node.calls)
    else:
        assert request["do"] == "change"
        check_change(request, node.calls)


def test_a_look_at_the_way_out_changes_nothing() -> None:
    node = Recorder()
    assert obey(node, b'{"do": "look", "way_out": true}\n')["iptables"] == "{}"
    assert node.calls == []


def test_the_trials_reach_both_ends() -> None:
    """The strategy is no good if all is refused, or if all refusals have one reason."""
    reasons: dict[str, int] = {}

    @trials(max_examples=500, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(lines())
    def sort(line: bytes) -> None:
        try:
            obey(Recorder(), line)
            reason = "done"
        except Failure as exc:
            reason = re.sub(r"\d\S*", "#", str(exc))
        reasons[reason] = reasons.get(reason, 0) + 1

    sort()
    print(reasons)
    assert reasons["done"] > 20
    assert len(reasons) > 5
