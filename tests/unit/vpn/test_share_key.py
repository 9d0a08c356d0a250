"""The vpn:// key and its QR series, read back the way AmneziaVPN reads them."""

from __future__ import annotations

import io
import json
import random
import re
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from lib.chat.drawing.code_card import draw_card
from lib.vpn.client_config import Server, Tunnel, render
from lib.vpn.generate import VERSIONS, draw
from lib.vpn.obfuscation import for_client
from lib.vpn.share_key import series, share_key
from tests.unit.vpn import apps
from tests.unit.vpn.codes import collect, scan, unbase64, uncompress
from tests.unit.vpn.tunnel import PARAMETERS, PRIVATE, PSK, PUBLIC

OLD = {"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "20", "S2": "90", "H1": "11", "H2": "22", "H3": "33", "H4": "44"}
SETS: dict[str, tuple[dict[str, str], str, str]] = {
    "plain": ({}, "amnezia-wireguard", "wireguard"),
    "1.0": (OLD, "amnezia-awg", "awg"),
    "2.0": ({**OLD, "S3": "9", "H1": "100-200", "H2": "300-400"}, "amnezia-awg2", "awg"),
    "3.1": (PARAMETERS, "amnezia-awg2", "awg"),
}


def conf(parameters: dict[str, str], endpoint: str = "203.0.113.10:51820") -> str:
    return render(
        Tunnel(PRIVATE, PSK, ("10.8.0.2", "fd00:8::2")), Server(PUBLIC, endpoint, parameters),
        dns=["1.1.1.1", "1.0.0.1"], allowed_ips=["0.0.0.0/0", "::/0"], mtu=1280, keepalive=(25, 25),
    )  # fmt: skip


def long_conf() -> str:
    return conf({**PARAMETERS, "I1": f"<b 0x{secrets.token_hex(1600)}>"})


@pytest.mark.parametrize(("parameters", "container", "protocol"), SETS.values(), ids=SETS)
def test_the_app_finds_what_it_would_make_of_the_file_itself(
    parameters: dict[str, str], container: str, protocol: str
) -> None:
    text = conf(parameters)
    key = share_key(text, "Дом — phone")
    shared = uncompress(unbase64(key.removeprefix("vpn://")))
    assert (shared["description"], shared["hostName"], shared["defaultContainer"]) == (
        "Дом — phone", "203.0.113.10", container,
    )  # fmt: skip
    assert (shared["dns1"], shared["dns2"]) == ("1.1.1.1", "1.0.0.1")
    (only,) = shared["containers"]
    assert only["container"] == container
    assert (only[protocol]["port"], only[protocol]["transport_proto"]) == ("51820", "udp")
    assert only[protocol]["isThirdPartyConfig"] is True
    last = json.loads(only[protocol]["last_config"])
    assert last["config"] == text
    assert (last["hostName"], last["port"], last["mtu"]) == ("203.0.113.10", 51820, "1280")
    assert (last["client_priv_key"], last["server_pub_key"], last["psk_key"]) == (PRIVATE, PUBLIC, PSK)
    assert (last["client_ip"], last["allowed_ips"]) == ("10.8.0.2/32, fd00:8::2/128", ["0.0.0.0/0", "::/0"])
    assert {name: last[name] for name in parameters} == parameters


ORDER = [
    "Jc", "Jmin", "Jmax", "S1", "S2", "S3", "S4", "H1", "H2", "H3", "H4", "I1", "I2", "I3", "I4", "I5",
    "HeaderProtectionKey", "ContentPaddingAddition", "RekeyAfterTime", "RekeyTimeout", "RejectAfterTime",
    "KeepaliveTimeout", "MaxHandshakeAttempts", "RandomTrailers",
]  # fmt: skip


@given(st.integers(0, 2**64 - 1), st.sampled_from(VERSIONS), st.booleans())
def test_every_drawn_set_comes_back_from_the_file_and_the_key_as_the_apps_read_them(
    seed: int, version: str, shaped: bool
) -> None:
    drawn = {**draw(version, random.Random(seed)), **({"I1": "<r 2><b 0x8580>"} if shaped and version != "1.0" else {})}
    whole = for_client(drawn, {})
    text = conf(whole)
    assert [line.partition(" = ")[0] for line in text.splitlines() if line.partition(" = ")[0] in ORDER] == [
        key for key in ORDER if key in drawn
    ]
    assert "DisableCookies" not in text, "it acts on the side that is connected to"
    read = apps.amneziawg(text, version)
    assert {key: read[key.lower()] for key in whole} == whole
    stripped = apps.setconf(text)
    assert {key: stripped[key.lower()] for key in whole} == {key: re.sub(r"\s", "", whole[key]) for key in whole}
    shared = uncompress(unbase64(share_key(text, "phone").removeprefix("vpn://")))
    (only,) = shared["containers"]
    assert only["container"] == shared["defaultContainer"] == ("amnezia-awg" if version == "1.0" else "amnezia-awg2")
    last = json.loads(only["awg"]["last_config"])
    assert last["config"] == text
    assert {key: last[key] for key in ORDER if key in last} == whole
    assert all(type(last[key]) is str for key in whole), "every parameter is a string"
    assert "DisableCookies" not in last
    assert uncompress(collect(series(text, "phone"))) == shared


def test_what_an_app_must_know_to_take_a_file_is_its_version() -> None:
    text = conf(for_client(draw("3.1", random.Random(1)), {}))
    for old in ("1.0", "2.0", "3.0"):
        with pytest.raises(apps.Refused):
            apps.amneziawg(text, old)


def test_an_ipv6_endpoint_loses_its_brackets_as_in_the_app() -> None:
    shared = uncompress(unbase64(share_key(conf(OLD, "[2001:db8::1]:443"), "x").removeprefix("vpn://")))
    assert shared["hostName"] == "2001:db8::1"
    assert json.loads(shared["containers"][0]["awg"]["last_config"])["port"] == 443


@pytest.mark.parametrize("text", [conf(OLD), conf(PARAMETERS), long_conf()], ids=["1.0", "3.1", "long"])
def test_a_series_in_any_order_is_the_key(text: str) -> None:
    texts = series(text, "phone")
    assert unbase64(share_key(text, "phone").removeprefix("vpn://")) == collect(texts[::-1])
    assert all(len(part) <= 1160 for part in texts)


@pytest.mark.parametrize("text", [conf(OLD), conf(PARAMETERS), long_conf()], ids=["1.0", "3.1", "long"])
def test_every_code_on_the_sheet_is_read_after_telegrams_compression(text: str, tmp_path: Path) -> None:
    texts = series(text, "phone")
    picture = Image.open(io.BytesIO(draw_card(texts))).convert("L")
    assert max(picture.size) <= 1280
    jpeg = io.BytesIO()
    ImageOps.expand(picture, 40, fill=24).save(jpeg, "JPEG", quality=80)  # on a dark chat
    png = io.BytesIO()
    Image.open(jpeg).save(png, "PNG")
    assert sorted(scan(png.getvalue(), tmp_path)) == sorted(texts)
