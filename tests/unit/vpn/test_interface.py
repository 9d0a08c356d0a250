"""The dump of every version is parsed, and what is none is refused without quoting it."""

from __future__ import annotations

import traceback
from ipaddress import ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn.awg import Keys
from lib.vpn.interface import Interface, LivePeer, Surroundings, parse_dump, parse_look
from tests.unit.vpn.dump import HEAD, OTHER, PEER, PEER_LINE, PRIVATE, PSK, PUBLIC, SECRET_PARAMETER

NEW_LINE = f"{OTHER}\t(none)\t(none)\t(none)\t0\t0\t0\t25\n"
PEERS = (
    LivePeer(PEER, PSK, "10.8.0.2/32,fd00::2/128", "198.51.100.7:40123", 1795489010, 28568, 98090),
    LivePeer(OTHER, None, "", None, 0, 0, 0),
)

PLAIN = f"{HEAD}off\n"
V1_0 = f"{HEAD}4\t40\t70\t50\t100\t1234567\t2345678\t3456789\t4567890\toff\n"
V2_0 = (
    f"{HEAD}5\t10\t50\t15\t82\t13\t10\t1000-2000\t3000-4000\t5000-6000\t7000-8000"
    "\t<b 0x0a1b><r 20>\t(null)\t(null)\t(null)\t(null)\t0xca6c\n"
)
V3_0 = (
    f"{HEAD}4\t40\t70\t50\t100\t20\t12\t1234567\t2345678\t3456789\t4567890"
    f"\t(null)\t<t>\t(null)\t(null)\t(null)\t{SECRET_PARAMETER}\t1-16\t120\t0\t0\t0\t0\toff\n"
)
V3_1 = (
    f"{HEAD}4\t40\t70\t50\t100\t0\t0\t1234567\t2345678\t3456789\t4567890"
    "\t(null)\t(null)\t(null)\t(null)\t(null)\t(none)\t0\t0\t0\t0\t0\t0\ton\toff\toff\n"
)
V3_1_PLAIN_IN_KERNEL = (
    f"{HEAD}0\t0\t0\t0\t0\t0\t0\t1\t2\t3\t4"
    "\t(null)\t(null)\t(null)\t(null)\t(null)\t(none)\t0\t0\t0\t0\t0\t0\toff\toff\toff\n"
)

HEADERS = {"H1": "1234567", "H2": "2345678", "H3": "3456789", "H4": "4567890"}
CASES = {
    "plain": (PLAIN, {}),
    "1.0": (V1_0, {"Jc": "4", "Jmin": "40", "Jmax": "70", "S1": "50", "S2": "100", **HEADERS}),
    "2.0": (
        V2_0,
        {
            "Jc": "5", "Jmin": "10", "Jmax": "50", "S1": "15", "S2": "82", "S3": "13", "S4": "10",
            "H1": "1000-2000", "H2": "3000-4000", "H3": "5000-6000", "H4": "7000-8000", "I1": "<b 0x0a1b><r 20>",
        },
    ),
    "3.0": (
        V3_0,
        {
            "Jc": "4", "Jmin": "40", "Jmax": "70", "S1": "50", "S2": "100", "S3": "20", "S4": "12", **HEADERS,
            "I2": "<t>", "HeaderProtectionKey": SECRET_PARAMETER, "ContentPaddingAddition": "1-16",
            "RekeyAfterTime": "120",
        },
    ),
    "3.1": (V3_1, {"Jc": "4", "Jmin": "40", "Jmax": "70", "S1": "50", "S2": "100", **HEADERS, "RandomTrailers": "on"}),
    "3.1 plain in the kernel": (V3_1_PLAIN_IN_KERNEL, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_works(name: str) -> None:
    line, parameters = CASES[name]
    live = parse_dump(line + PEER_LINE + NEW_LINE)
    assert live == Interface(PUBLIC, 51820, parameters, PEERS)
    assert list(live.parameters) == list(parameters), "the .conf's order"


def test_an_interface_without_peers_has_none() -> None:
    assert parse_dump(V2_0).peers == ()


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "Unable to access interface", PLAIN.replace("51820", "many"), PLAIN + "half\ta\tline\n",
        f"awg0\t{PLAIN}", V3_1.replace("\toff\n", "\toff\toff\n"), PLAIN + PEER_LINE.replace("28568", "-"),
        PLAIN + PEER_LINE.replace("28568", PSK),
        PLAIN + PEER_LINE.replace(PEER, "short"), PLAIN + "\n" + PEER_LINE,
    ],
)  # fmt: skip
def test_the_unreadable_is_garbage_and_no_secret_is_quoted(text: str) -> None:
    with pytest.raises(AwgError) as caught:
        parse_dump(text)
    assert caught.value.kind == "garbage"
    said = "".join(traceback.format_exception(caught.value))
    assert PRIVATE not in said
    assert PSK not in said


def test_an_interface_without_a_key_is_no_interface() -> None:
    with pytest.raises(AwgError, match="no private key") as caught:
        parse_dump("(none)\t35816\toff\n")
    assert caught.value.kind == "no_interface"


def test_no_secret_is_in_what_is_shown() -> None:
    shown = repr(parse_dump(V3_0 + PEER_LINE)) + repr(Keys(PRIVATE, PUBLIC, PSK)) + repr(WantedPeer(PEER, PSK, ""))
    assert PUBLIC in shown
    assert not any(secret in shown for secret in (PRIVATE, PSK, SECRET_PARAMETER))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_dump(text)
    except AwgError as exc:
        assert exc.kind in ("garbage", "no_interface")


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**40))
def test_counters_keep_their_direction_and_all_64_bits(received: int, sent: int, at: int) -> None:
    peer = parse_dump(f"{PLAIN}{PEER}\t(none)\t(none)\t(none)\t{at}\t{received}\t{sent}\toff\n").peers[0]
    assert (peer.handshake_at, peer.received, peer.sent) == (at, received, sent)


def test_lines_that_were_read_before_are_not_read_again_and_changed_ones_are() -> None:
    other, known = PEER_LINE.replace(PEER, OTHER), {}
    first = parse_dump(V2_0 + PEER_LINE + other, known)
    assert first == parse_dump(V2_0 + PEER_LINE + other)
    moved = PEER_LINE.replace("28568", "28569")
    again = parse_dump(V2_0 + moved + other, known)
    assert [peer.received for peer in again.peers] == [28569, 28568]
    assert again.peers[1] is first.peers[1]
    assert len(known) == 2, "what is gone is forgotten"
    with pytest.raises(AwgError):
        parse_dump(V2_0 + moved + "nonsense", known)
    assert len(known) == 2


LOOK = {"dump": V2_0, "index": 7, "kind": "amneziawg", "addresses": ["10.8.0.1/24", "fd00:8::1/64"]}


def test_what_the_node_says_is_read() -> None:
    seen = parse_look(LOOK, {})
    assert (seen.public_key, seen.index, seen.kind) == (PUBLIC, "7", "amneziawg")
    assert seen.addresses == (ip_interface("10.8.0.1/24"), ip_interface("fd00:8::1/64"))
    assert seen.surroundings is None


def test_what_it_says_of_the_surroundings_stays_as_the_tools_print_it() -> None:
    around = {"tool": "wireguard-tools v1.0", "forwarding": None, "routes": "[]", "firewall": "{}"}
    assert parse_look(LOOK | around, {}).surroundings == Surroundings("wireguard-tools v1.0", None, "[]", "{}")


@pytest.mark.parametrize(
    "answer",
    [{}, LOOK | {"addresses": ["anywhere"]}, LOOK | {"index": "7"}, LOOK | {"dump": ""}, LOOK | {"kind": None}],
)
def test_what_is_not_an_interface_is_garbage(answer: dict[str, object]) -> None:
    with pytest.raises(AwgError) as caught:
        parse_look(answer, {})
    assert caught.value.kind == "garbage"
