"""From the dump of every version to a file and codes that every app accepts; and what no app would accept."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from lib.chat.drawing.code_card import draw_card
from lib.errors import ParametersError
from lib.vpn import obfuscation, share_key
from lib.vpn.client_config import Server, Tunnel, join_endpoint, render
from lib.vpn.interface import parse_dump
from tests.unit.vpn import apps
from tests.unit.vpn.codes import collect, scan, uncompress
from tests.unit.vpn.dump import HEAD, OTHER, PEER_LINE, PRIVATE, PSK, PUBLIC, SECRET_PARAMETER

CLIENT_KEY = OTHER
CARD = {"title": "Телефон", "hint": "Сканируйте с другого устройства"}
FIVE = "\t(null)\t(null)\t(null)\t(null)\t(null)"
OLD = "4\t10\t50\t88\t31"
# name: (the interface's line behind its keys and port, the lines that the file must have, the oldest app to take it)
VERSIONS: dict[str, tuple[str, list[str], str]] = {
    "plain": ("off", [], "1.0"),
    "1.0": (
        f"{OLD}\t1234567\t2345678\t3456789\t4567890\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 88", "S2 = 31", "H1 = 1234567", "H2 = 2345678", "H3 = 3456789",
         "H4 = 4567890"],
        "1.0",
    ),
    "1.0 without padding": (
        "4\t10\t50\t0\t0\t1234567\t2345678\t3456789\t4567890\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 0", "S2 = 0", "H1 = 1234567", "H2 = 2345678", "H3 = 3456789",
         "H4 = 4567890"],
        "1.0",
    ),
    "1.0 without junk": (
        "0\t0\t0\t88\t31\t1234567\t2345678\t3456789\t4567890\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 88", "S2 = 31", "H1 = 1234567", "H2 = 2345678", "H3 = 3456789",
         "H4 = 4567890"],
        "1.0",
    ),
    "1.0 by a tool of 2.0": (
        f"{OLD}\t0\t0\t1234567\t2345678\t3456789\t4567890{FIVE}\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 88", "S2 = 31", "H1 = 1234567", "H2 = 2345678", "H3 = 3456789",
         "H4 = 4567890"],
        "1.0",
    ),
    "1.0 by a tool of 3.1": (
        f"{OLD}\t0\t0\t1234567\t2345678\t3456789\t4567890{FIVE}\t(none)\t0\t0\t0\t0\t0\t0\toff\toff\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 88", "S2 = 31", "H1 = 1234567", "H2 = 2345678", "H3 = 3456789",
         "H4 = 4567890"],
        "1.0",
    ),
    "junk alone, headers of the kernel": (
        f"{OLD.replace('88', '0').replace('31', '0')}\t1\t2\t3\t4\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 0", "S2 = 0", "H1 = 1", "H2 = 2", "H3 = 3", "H4 = 4"],
        "1.0",
    ),
    "junk alone, headers of userspace": (
        f"{OLD.replace('88', '0').replace('31', '0')}\t0\t0\t(null)\t0\t(null)\t0{FIVE}\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 0", "S2 = 0", "H1 = 1", "H2 = 2", "H3 = 3", "H4 = 4"],
        "1.0",
    ),
    "2.0": (
        f"{OLD}\t17\t9\t1000-2000\t3000-4000\t5000-6000\t7000-8000\t<b 0x0a1b><r 20>\t(null)\t<t>\t(null)\t(null)\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 88", "S2 = 31", "S3 = 17", "S4 = 9", "H1 = 1000-2000",
         "H2 = 3000-4000", "H3 = 5000-6000", "H4 = 7000-8000", "I1 = <b 0x0a1b><r 20>", "I3 = <t>"],
        "2.0",
    ),
    "3.0": (
        f"{OLD}\t17\t12\t1234567\t2345678\t3456789\t4567890{FIVE}\t{SECRET_PARAMETER}\t1-16\t100-120\t5\t180\t10\t18\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 88", "S2 = 31", "S3 = 17", "S4 = 12", "H1 = 1234567",
         "H2 = 2345678", "H3 = 3456789", "H4 = 4567890", f"HeaderProtectionKey = {SECRET_PARAMETER}",
         "ContentPaddingAddition = 1-16", "RekeyAfterTime = 100-120", "RekeyTimeout = 5", "RejectAfterTime = 180",
         "KeepaliveTimeout = 10", "MaxHandshakeAttempts = 18"],
        "3.0",
    ),
    "3.1": (
        f"{OLD}\t0\t0\t1234567\t2345678\t3456789\t4567890{FIVE}\t(none)\t0\t0\t0\t0\t0\t0\ton\ton\toff",
        ["Jc = 4", "Jmin = 10", "Jmax = 50", "S1 = 88", "S2 = 31", "H1 = 1234567", "H2 = 2345678", "H3 = 3456789",
         "H4 = 4567890", "RandomTrailers = on", "DisableCookies = on"],
        "3.1",
    ),
}  # fmt: skip
APPS = ("1.0", "2.0", "3.0", "3.1")
ENDPOINTS = {"vpn.example.org": "vpn.example.org:51820", "203.0.113.10": "203.0.113.10:51820",
             "2001:db8::1": "[2001:db8::1]:51820"}  # fmt: skip


def conf_of(name: str, host: str = "203.0.113.10", addresses: tuple[str, ...] = ("10.8.0.2", "fd00:8::2")) -> str:
    """Issue a config on an interface of a version, as the bot does."""
    live = parse_dump(f"{HEAD}{VERSIONS[name][0]}\n{PEER_LINE}")
    obfuscation.check(live.parameters)
    return render(
        Tunnel(CLIENT_KEY, PSK, addresses), Server(live.public_key, join_endpoint(host, live.port), live.parameters),
        dns=["1.1.1.1", "1.0.0.1"], allowed_ips=["0.0.0.0/0", "::/0"], mtu=1280, keepalive=(25, 25),
    )  # fmt: skip


@pytest.mark.parametrize("name", VERSIONS)
def test_it_works(name: str) -> None:
    assert conf_of(name).splitlines() == [
        "[Interface]", "Address = 10.8.0.2/32, fd00:8::2/128", "DNS = 1.1.1.1, 1.0.0.1", f"PrivateKey = {CLIENT_KEY}",
        "MTU = 1280", *VERSIONS[name][1], "[Peer]", f"PublicKey = {PUBLIC}", f"PresharedKey = {PSK}",
        "AllowedIPs = 0.0.0.0/0, ::/0", "Endpoint = 203.0.113.10:51820", "PersistentKeepalive = 25",
    ]  # fmt: skip


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("name", VERSIONS)
def test_every_app_that_knows_the_version_takes_the_file_and_an_older_one_says_so(name: str, app: str) -> None:
    _, lines, oldest = VERSIONS[name]
    if app < oldest:
        with pytest.raises(apps.Refused):
            apps.amneziawg(conf_of(name), app)
        return
    taken = apps.amneziawg(conf_of(name), app)
    assert {line.partition(" = ")[0].lower(): line.partition(" = ")[2] for line in lines}.items() <= taken.items()
    assert (taken["address"], taken["allowedips"]) == ("10.8.0.2/32, fd00:8::2/128", "0.0.0.0/0, ::/0")


@pytest.mark.parametrize("name", VERSIONS)
def test_amneziavpn_of_2024_sees_what_kind_of_tunnel_it_is(name: str) -> None:
    taken = apps.amneziavpn_of_2024(conf_of(name))
    assert taken["protocol"] == ("awg" if VERSIONS[name][1] else "wireguard")
    assert taken["dns"] == "1.1.1.1, 1.0.0.1"
    assert [taken[line.partition(" = ")[0]] for line in VERSIONS[name][1]] == [
        line.partition(" = ")[2] for line in VERSIONS[name][1]
    ]


@pytest.mark.parametrize("name", VERSIONS)
def test_the_tool_takes_the_file(name: str) -> None:
    taken = apps.setconf(conf_of(name))
    assert taken["presharedkey"] == PSK
    assert all(taken[line.partition(" = ")[0].lower()] for line in VERSIONS[name][1])


@pytest.mark.parametrize("addresses", [("10.8.0.2",), ("10.8.0.2", "fd00:8::2")], ids=["IPv4", "both"])
@pytest.mark.parametrize("host", ENDPOINTS)
def test_every_endpoint_and_family_is_taken(host: str, addresses: tuple[str, ...]) -> None:
    conf = conf_of("2.0", host, addresses)
    assert apps.amneziawg(conf)["endpoint"] == apps.amneziavpn_of_2024(conf)["Endpoint"] == ENDPOINTS[host]
    assert apps.setconf(conf)["endpoint"] == ENDPOINTS[host]


@pytest.mark.parametrize("name", VERSIONS)
def test_the_series_and_the_key_carry_the_whole_file(name: str) -> None:
    conf = conf_of(name)
    packed = collect(share_key.series(conf, "anna-phone"))
    assert "vpn://" + share_key._base64(packed) == share_key.share_key(conf, "anna-phone")
    protocol = "awg" if VERSIONS[name][1] else "wireguard"
    (container,) = uncompress(packed)["containers"]
    assert conf.replace("\n", "\\n").replace('"', '\\"') in container[protocol]["last_config"]


@pytest.mark.parametrize("name", VERSIONS)
def test_both_pictures_are_read_from_a_phones_dark_chat_after_jpeg(name: str, tmp_path: Path) -> None:
    conf = conf_of(name)
    assert scan(in_a_dark_chat(draw_card([conf], **CARD)), tmp_path) == [*conf.splitlines(), ""]
    series = share_key.series(conf, "anna-phone")
    assert sorted(scan(in_a_dark_chat(draw_card(series, **CARD)), tmp_path)) == sorted(series)


def in_a_dark_chat(png: bytes) -> bytes:
    """Simulate Telegram and a phone: JPEG of medium quality, the width of a chat, black all around."""
    squeezed = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.thumbnail((1280, 1280))
    picture.save(squeezed, "JPEG", quality=80)
    shown = Image.open(squeezed)
    shown.thumbnail((720, 720))
    seen = io.BytesIO()
    ImageOps.expand(shown, border=60, fill="black").save(seen, "PNG")
    return seen.getvalue()


INSANE = {
    "overlapping headers": ("4\t10\t50\t88\t31\t17\t9\t1000-2000\t1500-4000\t5000\t7000", "H1 H2"),
    "S1 + 56 = S2": ("4\t10\t50\t20\t76\t17\t9\t1000\t3000\t5000\t7000", "fault_same_size"),
    "Jmin = Jmax": ("4\t50\t50\t88\t31\t17\t9\t1000\t3000\t5000\t7000", "fault_jmin"),
    "Jmax too great": ("4\t10\t1281\t88\t31\t17\t9\t1000\t3000\t5000\t7000", "fault_jmax"),
    "S4 too great": ("4\t10\t50\t88\t31\t17\t141\t1000\t3000\t5000\t7000", "S4"),
}


@pytest.mark.parametrize("name", INSANE)
def test_an_insane_dump_is_refused(name: str) -> None:
    line, fault = INSANE[name]
    live = parse_dump(f"{HEAD}{line}{FIVE}\toff\n")
    with pytest.raises(ParametersError, match=fault):
        obfuscation.check(live.parameters)


def test_oversized_packets_are_refused() -> None:
    big = f"<b 0x{'00' * 900}>"
    live = parse_dump(f"{HEAD}{OLD}\t17\t9\t1000\t3000\t5000\t7000\t{big}\t{big}\t(null)\t(null)\t(null)\toff\n")
    with pytest.raises(ParametersError, match="fault_packets"):
        obfuscation.check(live.parameters)


@pytest.mark.parametrize(
    ("spoil", "by"),
    [
        (("S1 = 88\n", "S1 = 88\nS1 = 88\n"), apps.amneziawg),
        (("S1 = 88\n", "S1 = 88\nJ1 = <t>\n"), apps.amneziawg),
        (("S1 = 88\n", "S1 = 88\nI2 = \n"), apps.amneziawg),
        (("S1 = 88\n", "S1 = 88\nI2 = \n"), apps.setconf),
        (("Endpoint = ", "Endpoint="), apps.amneziavpn_of_2024),
        (("PrivateKey", "privatekey"), apps.amneziavpn_of_2024),
        ((f"PrivateKey = {CLIENT_KEY}", f"PrivateKey = {CLIENT_KEY[:-5]}"), apps.amneziawg),
    ],
)
def test_the_readers_are_as_strict_as_the_apps(spoil: tuple[str, str], by: object) -> None:
    conf = conf_of("1.0")
    assert spoil[0] in conf
    with pytest.raises(apps.Refused):
        by(conf.replace(*spoil))  # type: ignore[operator]


def test_no_secret_of_the_server_is_in_the_file() -> None:
    assert not [name for name in VERSIONS if PRIVATE in conf_of(name)]
