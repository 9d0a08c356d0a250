"""Names are read from the comments of every usual installer, and nothing in a file can do harm."""

from __future__ import annotations

import resource
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.install.found.checked import KEY
from lib.install.found.conf import DISABLED, read_conf
from lib.install.found.dump import read_dump
from tests.unit.install.found.layouts import NOW, TWO, conf, key, peer

A, B = peer(1, "10.7.0.2/32"), peer(2, "10.7.0.3/32", "fd00::3/128")


def names(*blocks: str, head: str = "") -> list[str]:
    return [peer.name for peer in read_conf(head + conf(*blocks)).peers]


def test_it_works() -> None:
    read = read_conf(conf(A, B, address="10.7.0.1/24, fd00::1/64", port=5000, parameters=TWO))
    assert (read.port, read.addresses, read.parameters) == (5000, ("10.7.0.1/24", "fd00::1/64"), TWO)
    assert [peer.addresses for peer in read.peers] == [("10.7.0.2/32",), ("10.7.0.3/32", "fd00::3/128")]
    assert read.faults == ()
    assert not read.leads_elsewhere


def within(block: str, line: str, behind: str) -> str:
    """Put a line behind the one that begins so."""
    return "".join(f"{row}\n{line}\n" if row.startswith(behind) else f"{row}\n" for row in block.splitlines())


NYR = "# Do not alter the commented lines\n# They are used by wireguard-install\n# ENDPOINT 203.0.113.5\n\n"


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("", f"### Client anna\n{A}", f"### Client bob-2\n{B}"),  # angristan and its descendants
        (NYR, f"# BEGIN_PEER anna\n{A}# END_PEER anna\n", f"# BEGIN_PEER bob-2\n{B}# END_PEER bob-2\n"),
        ("", f"### begin anna ###\n{A}### end anna ###\n", f"### begin bob-2 ###\n{B}### end bob-2 ###\n"),  # pivpn
        ("", within(A, "#_Name = anna", "[Peer]"), within(B, "#_Name = bob-2", "[Peer]")),  # bivlked
        ("", f"# Client: anna (b32f1c3e-1)\n{A}", f"# Client: bob-2 (2)\n{B}"),  # wg-easy
        ("", f"# anna\n{A}", f"# bob-2\n{B}"),
        ("", within(A, "# anna", "[Peer]"), within(B, "#bob-2", "[Peer]")),
        ("", within(A, "# anna", "PublicKey"), within(B, "## bob-2 ##", "PublicKey")),
        ("", A.replace("[Peer]", "[Peer] # anna"), B.replace("[Peer]", "[peer]   #bob-2")),
        ("", A.replace(key(1), f"{key(1)} # anna"), B.replace(key(2), f"{key(2)}# bob-2")),
        ("", within(A, "# friendly_name = anna", "[Peer]"), f"# Name = bob-2\n{B}"),
        ("", f"# anna\r\n{A}".replace("\n", "\r\n"), f"\t#  bob-2  \n{B}"),
        ("", A.replace("[Peer]\n", "[Peer]\n#\n# anna\n"), f"###########\n# bob-2\n{B}"),
    ],
)
def test_the_names_of_every_form(head: str, first: str, second: str) -> None:
    assert names(first, second, head=head) == ["anna", "bob-2"]


@pytest.mark.parametrize(
    "comment",
    [
        "# Endpoint = 198.51.100.7:51820",
        "#PresharedKey = x",
        "#[Peer]",
        "# PersistentKeepalive = 25",
        "#",
        "#####",
        f"# {key('somebody')}",
        f"# PrivateKey: {key('somebody')}",
        "# \u200b\u202e",
    ],
)
def test_comments_that_are_no_names(comment: str) -> None:
    assert names(f"{comment}\n{A}", within(B, comment, "PublicKey")) == ["", ""]


def test_a_comment_belongs_to_the_peer_that_it_stands_at() -> None:
    first = "[Peer]\nAllowedIPs = 10.7.0.2/32\nPublicKey = " + key(1)
    assert read_conf(f"{first}\n# bob\n{B}").peers[0].name == ""
    assert [peer.name for peer in read_conf(f"{first}\n# bob\n{B}").peers] == ["", "bob"]
    assert [peer.name for peer in read_conf(f"{first}\n# anna\n\n{B}").peers] == ["anna", ""]
    assert names(f"# a note about the server\n\n{A}", f"{B}# the end\n") == ["", ""]
    assert names(f"### Client anna\n\n{A}") == ["anna"]
    assert names(f"### begin anna ###\n{A}### end anna ###\n", B) == ["anna", ""]


def test_what_pivpn_disabled_is_a_peer_that_is_off() -> None:
    block = "".join(f"{DISABLED}{line}\n" for line in f"### begin anna ###\n{A}### end anna ###".splitlines())
    anna, bob = read_conf(conf(block, f"### begin bob ###\n{B}### end bob ###\n")).peers
    assert (anna.name, anna.enabled, anna.addresses) == ("anna", False, ("10.7.0.2/32",))
    assert (bob.name, bob.enabled) == ("bob", True)


def test_a_peer_that_comes_twice_is_one_and_keeps_its_name() -> None:
    (peer_,) = read_conf(conf(f"# anna\n{A}", A.replace("10.7.0.2", "10.7.0.9"))).peers
    assert (peer_.name, peer_.addresses) == ("anna", ("10.7.0.9/32",))


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        (conf(A, B), False),
        (conf(A + "Endpoint = 198.51.100.7:5000\n", B), False),
        (
            conf(
                "[Peer]\nPublicKey = x\nAllowedIPs = 0.0.0.0/0\nEndpoint = engage.cloudflareclient.com:2408\n",
                address="172.16.0.2/32, 2606:4700:110::1/128",
            ),
            True,
        ),  # WARP
        (conf("[Peer]\nEndpoint = a:1\nAllowedIPs = 128.0.0.0/1, ::/0\n", B, address="10.64.0.9/24"), True),
        (conf(peer(1, "10.7.0.2/32"), address="10.7.0.1/32"), True),
        (conf(A + "Endpoint = office.example.org:51820\n", address="10.9.0.1/30"), True),  # between two sites
        (conf(peer(1, "0.0.0.0/0")), False),
        (conf(), False),
        ("", False),
    ],
)
def test_interfaces_that_are_none_for_friends_are_told_apart(text: str, leads: bool) -> None:
    assert read_conf(text).leads_elsewhere is leads


@pytest.mark.parametrize(
    "line", ["Jc = 4; rm -rf /", "H1 = 1-2-3", "I1 = <b 0xzz", "I1 = $(id)", "S1 = -5", "Jc = 4\x00", "H1 = ٣"]
)
def test_a_parameter_that_is_none_is_a_fault(line: str) -> None:
    read = read_conf(conf(A).replace("ListenPort", f"{line}\nListenPort"))
    assert (read.parameters, read.faults) == ({}, ("bad_parameters",))


@pytest.mark.parametrize("line", ["Table = off", "PostUp = iptables -A x", "MTU = 1280", "Jc = 0", "H1 = 1", "I2 ="])
def test_other_lines_and_unset_parameters_are_no_fault(line: str) -> None:
    read = read_conf(conf(A).replace("ListenPort", f"{line}\nListenPort"))
    assert (read.parameters, read.faults) == ({}, ())


@pytest.mark.parametrize(
    ("networks", "read"),
    [
        ("10.7.0.2", ("10.7.0.2/32",)),
        ("10.7.0.2/24", ("10.7.0.0/24",)),
        ("10.7.0.2/32, 10.7.0.2/32, FD00::2/128", ("10.7.0.2/32", "fd00::2/128")),
        ("fe80::1%eth0/64, 10.7.0.2/33, 300.1.1.1, -, ٣.1.1.1", ()),
        ("", ()),
    ],
)
def test_networks_are_made_anew_from_what_was_understood(networks: str, read: tuple[str, ...]) -> None:
    (found,) = read_conf(conf(peer(1, networks))).peers
    assert found.addresses == read


@pytest.mark.parametrize(
    "bad", ["", "A" * 44, key(1)[:-1], f"{key(1)}=", key(1)[:-2] + "/=", "🙂" * 44, key(1).lower() * 2]
)
def test_keys_of_the_wrong_length_or_form_are_left_out(bad: str) -> None:
    read = read_conf(conf(f"[Peer]\nPublicKey = {bad}\nAllowedIPs = 10.7.0.2/32\n", B))
    assert [peer.public_key for peer in read.peers] == [key(2)]
    assert read.faults == ("bad_peers",)
    (found,) = read_conf(conf(f"[Peer]\nPublicKey = {key(1)}\nPresharedKey = {bad}\n")).peers
    assert found.preshared_key is None


def test_hostile_lines_take_no_time() -> None:
    begun = time.monotonic()
    for line in (
        "### begin" + " " * 100_000,
        "# Client: " + "( " * 20_000,
        "#" * 200_000,
        "### Client " + "a" * 100_000,
        "[" * 100_000,
        "=" * 100_000,
        "I1 = " + "<b 0x" * 4000,
        "# I1 = " + "<r 1> " * 3000,
        "#[disabled] " * 9999,
    ):
        read_conf(f"{line}\n" * 20 + conf(A))
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("line", ["[Peer]\n", "\n", "# Name = a\n"])
def test_a_file_of_millions_of_lines_is_read_in_part_and_that_is_said(line: str) -> None:
    text, before = conf(A) + line * ((8 << 20) // len(line)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    read = read_conf(text)
    assert time.process_time() - begun < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10, "KiB"
    assert "cut_short" in read.faults
    assert read.peers[0].public_key == key(1)


def test_too_many_peers_or_values_are_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.install.found.conf.MOST_PEERS", 1)
    read = read_conf(conf(A, B))
    assert ([one.public_key for one in read.peers], read.faults) == ([key(1)], ("cut_short",))
    monkeypatch.setattr("lib.install.found.conf.MOST_VALUES", 50)
    more = "".join(f"AllowedIPs = 10.7.0.{number}/32\n" for number in range(3, 10))
    (one,) = read_conf(conf(f"{A.rstrip()}\n{more}")).peers
    assert one.addresses == ("10.7.0.2/32", "10.7.0.3/32", "10.7.0.4/32", "10.7.0.5/32")


def test_a_name_of_ten_thousand_letters_is_cut() -> None:
    assert names(f"### Client {'ы' * 10_000}\n{A}", f"### begin {'x' * 10_000} ###\n{B}") == ["ы" * 64, "x" * 64]


def test_line_ends_that_only_python_knows_end_no_line() -> None:
    assert names(f"### Client anna\u2028[Peer]\x0cPublicKey = {key(7)}\x85\n{A}") == [""], "what holds a key is no name"
    assert [peer.public_key for peer in read_conf(conf(f"# a\u2028[Peer]\u2028PublicKey = {key(7)}\n{A}")).peers] == [
        key(1)
    ]


LINES = st.lists(
    st.sampled_from(
        [
            "[Peer]",
            "[Interface]",
            "[peer] # x",
            f"PublicKey = {key(1)}",
            f"PublicKey={key(2)} # b",
            "AllowedIPs = 10.0.0.2/32",
            "### Client a",
            "# BEGIN_PEER b",
            "# END_PEER b",
            "### begin c ###",
            "### end c ###",
            "#_Name = d",
            "#",
            "",
            "=",
            "#[disabled] [Peer]",
            "# e",
            "Endpoint = a:1",
            "Jc = 4",
            "# I1 = <r 5>",
            "AllowedIPs = ::/0",
            "Address = 10.0.0.1/24",
        ]
    )
    | st.text(max_size=30),
    max_size=25,
).map("\n".join)


@given(LINES | st.binary(max_size=300).map(lambda data: data.decode(errors="surrogateescape")))
def test_whatever_is_in_a_file_only_clean_values_come_out(text: str) -> None:
    read = read_conf(text)
    for found in read.peers:
        assert KEY.fullmatch(found.public_key)
        assert found.name == found.name.strip()
        assert not found.name or found.name.isprintable()
    assert all(value.isprintable() for value in read.parameters.values())


@given(st.text(max_size=200) | st.lists(st.text(alphabet="\tAaN(none)0123456789=\n", max_size=60)).map("\t".join))
def test_whatever_a_tool_prints_nothing_is_raised(text: str) -> None:
    for before in ("", "(none)\t(none)\t5\t", "(none)\t(none)\t5\toff\n"):
        read = read_dump(f"{before}{text}", NOW)
        assert read is None or all(KEY.fullmatch(peer.public_key) for peer in read.peers)
