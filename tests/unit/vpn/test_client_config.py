"""The .conf and its name, read back by a parser as strict as the strictest app."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.vpn.client_config import Server, Tunnel, join_endpoint, numbered, plain_name, render, tunnel_name
from tests.unit.vpn.tunnel import PARAMETERS, PRIVATE, PSK, PUBLIC

KNOWN = {
    "Interface": [
        "Address", "DNS", "PrivateKey", "MTU", "Jc", "Jmin", "Jmax", "S1", "S2", "S3", "S4", "H1", "H2", "H3", "H4",
        "I1", "I2", "I3", "I4", "I5", "HeaderProtectionKey", "ContentPaddingAddition", "RekeyAfterTime",
        "RekeyTimeout", "RejectAfterTime", "KeepaliveTimeout", "MaxHandshakeAttempts", "RandomTrailers",
        "DisableCookies",
    ],
    "Peer": ["PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive"],
}  # fmt: skip


def parse(text: str) -> dict[str, dict[str, str]]:
    """Read a .conf as the strictest app does: known keys, once, in the known order, one space on each side of `=`."""
    sections: dict[str, dict[str, str]] = {}
    title = ""
    for line in text.removesuffix("\n").split("\n"):
        if re.fullmatch(r"\[(Interface|Peer)\]", line):
            title = line[1:-1]
            assert title not in sections, "a section twice"
            sections[title] = {}
            continue
        parts = line.split(" = ")
        assert len(parts) == 2, f"not one ' = ' in: {line}"
        key, value = parts
        assert key in KNOWN[title], f"unknown key: {key}"
        assert key not in sections[title], f"key twice: {key}"
        assert value, f"no value: {key}"
        assert value == value.strip()
        sections[title][key] = value
    for name, lines in sections.items():
        assert list(lines) == [key for key in KNOWN[name] if key in lines], "the order of the apps"
    return sections


def written(
    parameters: dict[str, str] | None = None, keepalive: tuple[int, int] = (25, 25), mtu: int = 1280, psk: str = PSK
) -> str:
    return render(
        Tunnel(PRIVATE, psk, ("10.8.0.2", "fd00:8::2")),
        Server(PUBLIC, "vpn.example.org:51820", PARAMETERS if parameters is None else parameters),
        dns=["1.1.1.1", "1.0.0.1"], allowed_ips=["0.0.0.0/0", "::/0"], mtu=mtu, keepalive=keepalive,
    )  # fmt: skip


def test_it_works() -> None:
    assert written() == (
        "[Interface]\n"
        "Address = 10.8.0.2/32, fd00:8::2/128\n"
        "DNS = 1.1.1.1, 1.0.0.1\n"
        f"PrivateKey = {PRIVATE}\n"
        "MTU = 1280\n"
        "Jc = 5\nJmin = 10\nJmax = 50\nS1 = 15\nS2 = 82\nS3 = 13\nS4 = 12\n"
        "H1 = 1000-2000\nH2 = 3000-4000\nH3 = 5000-6000\nH4 = 7000-8000\n"
        "I1 = <b 0x0a1b><r 20>\n"
        f"HeaderProtectionKey = {PARAMETERS['HeaderProtectionKey']}\n"
        "RekeyAfterTime = 100-120\nDisableCookies = on\n"
        "[Peer]\n"
        f"PublicKey = {PUBLIC}\n"
        f"PresharedKey = {PSK}\n"
        "AllowedIPs = 0.0.0.0/0, ::/0\n"
        "Endpoint = vpn.example.org:51820\n"
        "PersistentKeepalive = 25\n"
    )


def test_a_strict_app_reads_back_what_was_written() -> None:
    sections = parse(written())
    assert {key: sections["Interface"][key] for key in PARAMETERS} == PARAMETERS
    assert sections["Peer"]["PresharedKey"] == PSK


def test_a_plain_server_yields_a_plain_wireguard_conf() -> None:
    assert list(parse(written({}))["Interface"]) == ["Address", "DNS", "PrivateKey", "MTU"]


def test_amneziavpn_is_given_all_it_needs_to_see_amneziawg() -> None:
    lines = parse(written({"Jc": "4", "Jmin": "10", "Jmax": "50", "H1": "77"}))["Interface"]
    assert (lines["S1"], lines["S2"], lines["H1"], lines["H2"], lines["H4"]) == ("0", "0", "77", "2", "4")


def test_what_is_unset_has_no_line() -> None:
    sections = parse(written(keepalive=(0, 0), mtu=0, psk=""))
    assert "MTU" not in sections["Interface"]
    assert not {"PersistentKeepalive", "PresharedKey"} & set(sections["Peer"])


@pytest.mark.parametrize(
    ("extra", "keepalive", "line"),
    [({}, (25, 35), "25"), ({"S4": "9"}, (25, 35), "25"), ({"ContentPaddingAddition": "1-16"}, (25, 35), "25-35"),
     ({"RandomTrailers": "on"}, (25, 25), "25"), ({"RandomTrailers": "on"}, (0, 5), "0-5")],
)  # fmt: skip
def test_a_range_of_keepalive_goes_only_to_apps_that_know_it(
    extra: dict[str, str], keepalive: tuple[int, int], line: str
) -> None:
    sections = parse(written({"Jc": "4", "Jmin": "10", "Jmax": "50", **extra}, keepalive=keepalive))
    assert sections["Peer"]["PersistentKeepalive"] == line


def test_secrets_are_not_shown() -> None:
    server = Server(PUBLIC, "h:1", PARAMETERS)
    shown = repr(Tunnel(PRIVATE, PSK, ("10.8.0.2",))) + repr(server)
    assert "10.8.0.2" in shown
    assert not any(secret in shown for secret in (PRIVATE, PSK, PARAMETERS["HeaderProtectionKey"]))


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("203.0.113.10", "203.0.113.10:51820"),
        ("203.0.113.10:443", "203.0.113.10:443"),
        ("vpn.example.org", "vpn.example.org:51820"),
        ("vpn.example.org:443", "vpn.example.org:443"),
        ("2001:db8::1", "[2001:db8::1]:51820"),
        ("[2001:db8::1]", "[2001:db8::1]:51820"),
        ("[2001:db8::1]:443", "[2001:db8::1]:443"),
        ("::1:443", "[::1:443]:51820"),
    ],
)
def test_an_endpoint_has_one_port_and_brackets_around_ipv6(host: str, endpoint: str) -> None:
    assert join_endpoint(host, 51820) == endpoint


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("anna phone", "anna-phone"),
        ("Анна телефон", "Anna-telefon"),
        ("Щука Ёж", "Shchuka-Ezh"),
        ("Їжак", "Yizhak"),
        ("Подъезд", "Podezd"),
        ("José's Laptop", "Joses-Laptop"),
        ("Ω phone", "phone"),
        ("电话", "vpn"),
        ("📱", "vpn"),
        ("", "vpn"),
        ("...", "vpn"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c:d\n", "a-b-c-d"),
        ("CON", "_CON"),
        ("nul.txt", "nul-txt"),
        ("v2.0 = new", "v2-0-new"),
        ("My Backup", "My-Bakup"),
        ("COM1", "_COM1"),
        ("console", "console"),
        ("a very long name indeed", "a-very-long-nam"),
        ("fourteen chars - x", "fourteen-chars"),
    ],
)
def test_a_name_is_readable_in_any_alphabet(words: str, name: str) -> None:
    assert plain_name(words) == name


def test_a_name_without_a_letter_takes_the_fallback() -> None:
    assert plain_name("电话", "vpn-12") == "vpn-12"


@given(st.text() | st.from_regex(r"(?i)(con|aux|com1|lpt9)[. -]{0,3}[a-z]{0,12}", fullmatch=True))
def test_every_name_is_one_that_all_apps_and_systems_take(words: str) -> None:
    name = plain_name(words)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,14}", name)
    assert "backup" not in name.lower()
    assert name.upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "COM9", "LPT1", "LPT9"}
    assert not name.endswith("-")


@given(st.text())
def test_a_name_is_its_own_name(words: str) -> None:
    once = plain_name(words)
    assert plain_name(once) == once


@pytest.mark.parametrize(
    ("owner", "device", "name"),
    [
        ("Anna", "Phone", "anna-phone"),
        ("Анна Каренина", "Телефон", "anna-telefon"),
        ("Александра", "Компьютер", "aleks-kompyuter"),
        ("💥", "Phone", "phone"),
        ("💥", "📱", "vpn"),
        ("Maximilian", "A very long device", "maxim-a-very-lo"),
        ("con", "", "_con"),
    ],
)
def test_a_tunnel_is_named_after_friend_and_device(owner: str, device: str, name: str) -> None:
    assert tunnel_name(owner, device) == name


@given(st.text(), st.text(), st.integers(1, 120))
def test_no_two_tunnels_of_a_friend_have_one_name(owner: str, device: str, count: int) -> None:
    names: list[str] = []
    for _ in range(count):
        names.append(tunnel_name(owner, device, names))
    assert len({name.lower() for name in names}) == count
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,14}", name) for name in names)


@pytest.mark.parametrize(
    ("name", "number", "numbered_"),
    [
        ("anna-phone", 1, "anna-phone"),
        ("anna-phone", 2, "anna-phone2"),
        ("anna-phone-2", 2, "anna-phone-2_2"),
        ("anastas-windows", 12, "anastas-windo12"),
        ("anna-mamin-p-la", 3, "anna-mamin-p-l3"),
        ("anna-mamin-p--a", 10, "anna-mamin-p10"),
    ],
)
def test_every_further_file_of_a_tunnel_has_a_name_of_its_own(name: str, number: int, numbered_: str) -> None:
    assert numbered(name, number) == numbered_
    assert len(numbered_) <= 15
