"""A value that is written into files and commands is one that they can hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lib import values

ZONES = Path("/usr/share/zoneinfo")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("впн.рф", "xn--b1awf.xn--p1ai"),
        ("впн.рф:443", "xn--b1awf.xn--p1ai:443"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("VPN.example.org.", "VPN.example.org."),
        ("my_server.example", "my_server.example"),
        ("server", "server"),
        ("1.1.1.1:51820", "1.1.1.1:51820"),
        ("4.example", "4.example"),
        ("::1", "::1"),
    ],
)
def test_an_endpoint_is_stored_as_the_tool_can_resolve_it(text: str, stored: str) -> None:
    assert values.endpoint(text) == stored
    assert values.endpoint(stored) == stored


@pytest.mark.parametrize(
    "text",
    ["user@host", "-bad", "bad-", "a.-bad.org", "999.1.1.1", "1.2.3", "1.1.1.1.", "12", "a" * 300, "a" * 64,
     ".".join(["a" * 60] * 5), "a..b", ".", "a b", "a\nb", "host:70000", "$(id)", "a;b", "a%b", "[1.1.1.1]", "[::1",
     "впн..рф", "ф" * 64, "fe80::1%eth0", "vpn.рф@host"],
)  # fmt: skip
def test_an_endpoint_that_friends_cannot_reach_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        values.endpoint(text)


@pytest.mark.parametrize("name", ["awg0", "wg-home", "wg0.100", "a_b", "0", "a" * 15])
def test_an_interface_may_have_every_name_that_nft_takes(name: str) -> None:
    assert values.interface(name) == name


@pytest.mark.parametrize(
    "name", ["a=b", "a+b", "", ".", "..", "-a", "a" * 16, "a b", "a/b", "a*", "a\n", "wg0 # mine", "интерфейс"]
)
def test_an_interface_with_another_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of an interface"):
        values.interface(name)


@pytest.mark.parametrize("text", ["http://10.0.0.1:3128", "http://user:pa'ss@proxy.example", "https://прокси.рф/"])
def test_a_proxy_may_be_written_in_every_usual_way(text: str) -> None:
    assert values.url(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    ["http://a\nLANGUAGE=en", "http://a\rb", "http://a b", "http://a\tb", 'http://"a"', "http://a\\b", "http://a:99999",
     "http://a:0", "http://", "ftp://a", "http://a\u2028b"],
)  # fmt: skip
def test_a_proxy_that_a_settings_file_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        values.url(text)


@pytest.mark.parametrize("name", ["Europe/Moscow", "America/New_York", "Asia/Kolkata", "UTC"])
def test_a_zone_is_known_by_a_copy_of_its_file(tmp_path: Path, name: str) -> None:
    copy = tmp_path / "localtime"
    assert values._zone_of_copy(copy, ZONES) == "", "there is none"
    shutil.copy(ZONES / name, copy)
    assert (ZONES / values._zone_of_copy(copy, ZONES)).read_bytes() == (ZONES / name).read_bytes()
    assert ("/" in values._zone_of_copy(copy, ZONES)) == ("/" in name)
    copy.write_bytes(b"TZif")
    assert values._zone_of_copy(copy, ZONES) == ""


@pytest.mark.parametrize(
    "text", ["http://proxy:3128", "https://me:pa%23%2Fss@proxy.example.org:3128", "http://[2001:db8::1]:3128/"]
)
def test_a_proxy_s_address_is_taken(text: str) -> None:
    assert values.proxy(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "http://me:pa#ss@proxy:3128", "http://me:1/2@proxy:3128", "http://me:12#x@proxy:3128", "http://me:p?x@proxy:3128",
        "http://proxy:99999", "http://proxy:0", "http://me:p@ss@proxy:3128", "socks5://proxy:1080", "proxy:3128",
        "http://proxy:3128/path", "http://proxy\n:3128",
    ],
)  # fmt: skip
def test_a_proxy_that_would_fail_later_is_refused_with_a_hint_and_no_secret(text: str) -> None:
    with pytest.raises(ValueError, match="%23") as caught:
        values.proxy(text)
    assert "pa#" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", (0, 0)), ("25", (25, 25)), ("25-35", (25, 35)), ("25 – 35", (25, 35))]
)
def test_keepalive_is_a_number_or_a_range(text: str, seconds: tuple[int, int]) -> None:
    assert values.keepalive(text) == seconds


@pytest.mark.parametrize("text", ["", "-1", "35-25", "65536", "25-65536", "25-", "a", "²5"])
def test_another_keepalive_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 25-35"):
        values.keepalive(text)
