"""The table for friends is made of values that were read, and closes every network that is none of the internet."""

from __future__ import annotations

import io
import ipaddress
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.install import policy

CONF = "[Interface]\nPrivateKey = x\nAddress = 10.8.0.1/16, fd10:8:0:1::1/64 # ours\nListenPort = 51820\nMTU = 1280\n"
NAMES = ("FRIENDS_SEE_EACH_OTHER", "FRIENDS_MAY_REACH", "SECOND_PORTS", "CLIENT_DNS", "CLIENT_DNS_CHOICES",
         "TAKEN_RESOLVER", "MOVED_TO")  # fmt: skip
SERVER = {
    "eth0": ["8.8.0.10/20", "192.168.1.5/24", "2606:4700:5::5/64", "fe80::1/64"],
    "eth1": ["9.9.9.10/24", "2620:fe:5::5/64"],
}
Table = Callable[..., str]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Table:
    """Return a function that returns what is printed for a server with these addresses and settings."""

    def print_table(conf: str = CONF, interface: str = "awg0", **settings: str) -> str:
        addresses = [
            {"ifname": name, "addr_info": [{"local": text.split("/")[0], "prefixlen": int(text.split("/")[1])}]}
            for name, texts in SERVER.items()
            for text in texts
        ]
        lines = [addresses, [{"dst": "default", "gateway": "8.8.0.1", "dev": "eth0"}], []]
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, lines)) + "\n"))
        for name in NAMES:
            monkeypatch.setenv(name, settings.get(name, ""))
        (tmp_path / "conf").write_text(conf, encoding="utf-8")
        policy.main(interface, str(tmp_path / "conf"))
        return capsys.readouterr().out

    return print_table


def elements(text: str, name: str) -> set[str]:
    found = re.search(rf"set {name} {{(.*?)^    }}", text, re.DOTALL | re.MULTILINE)
    assert found
    return set(re.findall(r"^ {12}([^ ,\n]+)", found[1], re.MULTILINE))


def closed(text: str, address: str) -> bool:
    asked = ipaddress.ip_address(address)
    return any(asked in ipaddress.ip_network(n) for n in elements(text, f"closed{asked.version}"))


def test_it_works(table: Table) -> None:
    text = table()
    for address in ("10.8.0.2", "172.20.0.1", "192.168.77.1", "100.64.0.1", "169.254.169.254", "127.0.0.1",
                    "224.0.0.251", "255.255.255.255", "9.9.9.77", "168.63.129.16", "192.0.0.192", "fd10:8:0:1::2",
                    "fe80::1", "ff02::1", "::1", "2620:fe:5::77", "fd00:ec2::254", "64:ff9b::a00:1"):  # fmt: skip
        assert closed(text, address), address
    for address in ("1.1.1.1", "8.8.0.77", "198.51.100.1", "9.255.255.255", "2606:4700::1111", "2606:4700:5::77"):
        assert not closed(text, address), address
    assert not any(elements(text, f"{name}{family}") for name in ("open", "resolvers") for family in (4, 6))
    assert elements(text, "ports") == set()
    assert re.findall("saddr (.*) oifname", text) == ["10.8.0.0/16", "fd10:8:0:1::/64"]
    assert "udp dport 51820 accept" in text


def test_the_port_a_device_asked_for_is_noted_only_where_there_are_several(table: Table) -> None:
    text = table(SECOND_PORTS="443, 51820, 4500")
    assert "udp dport 51820 ct status seen-reply jump note_port" in text
    assert "udp dport { 443, 4500 } redirect to :51820" in text
    assert re.findall(r"set came(.) {.*?size (\d+)\n.*?timeout (\w+)\n", text, re.DOTALL) == [
        ("4", "8192", "3m"), ("6", "8192", "3m")]  # fmt: skip
    for settings in ({}, {"SECOND_PORTS": "51820"}):
        assert not re.search("came|redirect|seen-reply", table(**settings))
    assert "came" not in table("Address = 10.8.0.1/16\n", SECOND_PORTS="443"), "the tunnel's own port is not known"


def test_settings_open_what_they_name(table: Table) -> None:
    text = table(
        FRIENDS_SEE_EACH_OTHER="yes", CLIENT_DNS="192.168.1.1, 9.9.9.9",
        FRIENDS_MAY_REACH="192.168.1.0/25,192.168.1.128/25, server:443, fd20::/16,server:22",
        CLIENT_DNS_CHOICES="At home = 192.168.1.2; Six = fd20::53",
    )  # fmt: skip
    assert elements(text, "open4") == {"192.168.1.0/24", "10.8.0.0/16"}
    assert elements(text, "open6") == {"fd20::/16", "fd10:8:0:1::/64"}
    assert elements(text, "resolvers4") == {"192.168.1.1/32", "192.168.1.2/32", "9.9.9.9/32"}
    assert elements(text, "resolvers6") == {"fd20::53/128"}
    assert elements(text, "ports") == {"22", "443"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "value", ["10.0.0.0/8 }\nflush ruleset", "fe80::1%x } drop", "A = fe80::1%eth0", "yes; drop", "server:80-90"]
)
def test_a_hostile_value_is_refused(table: Table, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        table(**{name: value})


@pytest.mark.parametrize(
    ("conf", "interface"),
    [
        ('Address = 10.8.0.1/16" ; flush ruleset\n', "awg0"),
        ("Address = 10.8.0.1/16\nListenPort = 51820 accept\n", "awg0"),
        (CONF, 'a" accept'),
        (CONF, "a" * 16),
    ],
)
def test_a_hostile_interface_is_refused(table: Table, conf: str, interface: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        table(conf, interface)


def test_a_scope_of_a_file_does_not_get_into_the_table(table: Table) -> None:
    assert "%" not in table("Address = fe80::1%x;drop/64\n")


def test_a_file_may_be_written_in_every_way_that_wg_quick_reads(table: Table) -> None:
    text = table("[Interface]\n address=10.9.0.1/24,\nADDRESS = fd11::1/64\n#Address = x\n")
    assert re.findall("saddr (.*) oifname", text) == ["10.9.0.0/24", "fd11::/64"]
    assert "udp dport" not in text.replace("th dport", "")
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


def test_the_internet_stays_open_whatever_the_owner_names(table: Table) -> None:
    text = table(FRIENDS_MAY_REACH="0.0.0.0/0, ::/0")
    assert (elements(text, "open4"), elements(text, "open6")) == ({"0.0.0.0/0"}, {"::/0"})


def test_a_resolver_of_before_a_take_over_is_reached_or_replaced(table: Table) -> None:
    reached = table(TAKEN_RESOLVER="172.29.172.254")
    assert "172.29.172.254/32" in elements(reached, "resolvers4")
    assert "dnat" not in reached.partition("chain old_resolver")[2].partition("}")[0]
    moved = table(TAKEN_RESOLVER="172.29.172.254", MOVED_TO="1.1.1.1")
    assert "172.29.172.254/32" in elements(moved, "resolvers4")
    assert 'iifname "awg0" ip daddr 172.29.172.254 meta l4proto { tcp, udp } th dport 53 dnat ip to 1.1.1.1' in moved
    assert "172.29" not in table()
    for value in ("172.29.172.254; flush ruleset", "lan"):
        with pytest.raises(ValueError, match="appear"):
            table(TAKEN_RESOLVER=value)
