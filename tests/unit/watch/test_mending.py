"""The suggested commands use the tool that made the rules, and allow no more than friends need."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network

import pytest

from lib.watch import mending
from lib.watch.firewall import Base, Place, Rule, Table

RULE = [Rule((), ())]


def place(name: str, hook: str, family: str = "ip", table: str = "filter", **chains: list[Rule]) -> Place:
    base = Base(hook, 0, "drop", name)
    others = {other.replace("_", "-"): rules for other, rules in chains.items()}
    return Place(Table(family, table, {name: [], **others}, [base]), base, name)


UFW = place("FORWARD", "forward", ufw_before_forward=RULE)
DOCKER = place("FORWARD", "forward", DOCKER_USER=[])
BOTH = place("FORWARD", "forward", ufw_before_forward=RULE, DOCKER_USER=[])
IPTABLES = place("FORWARD", "forward")
FIREWALLD = place("filter_FORWARD", "forward", "inet", "firewalld")
PLAIN = place("fw", "forward", "inet", "mine")


@pytest.mark.parametrize(
    ("where", "made_by"),
    [(UFW, "ufw"), (DOCKER, "docker"), (BOTH, "ufw"), (IPTABLES, "iptables"), (FIREWALLD, "firewalld"), (PLAIN, "nft"),
     (place("FORWARD", "forward", "ip6", ufw6_before_forward=RULE), "ufw"),
     (place("FORWARD", "forward", ufw_before_forward=[], DOCKER_USER=[]), "docker"),
     (place("INPUT", "input", DOCKER_USER=[]), "iptables"), (place("forward", "forward"), "nft")],
)  # fmt: skip
def test_it_works(where: Place, made_by: str) -> None:
    assert mending.maker(where) == made_by


def test_friends_are_let_through_to_the_uplink_alone() -> None:
    assert mending.let_through(UFW, "awg0", "eth0") == ("ufw route allow in on awg0 out on eth0", True)
    command, lasts = mending.let_through(DOCKER, "awg0", "eth0")
    assert not lasts
    assert command.splitlines() == [
        "iptables -I DOCKER-USER -i awg0 -o eth0 -j ACCEPT",
        "iptables -I DOCKER-USER -i eth0 -o awg0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ]
    plain, _ = mending.let_through(PLAIN, "awg0", "eth0")
    assert plain.startswith("nft insert rule inet mine fw iifname awg0 oifname eth0 accept\n")
    assert "--zone trusted --add-interface awg0" in mending.let_through(FIREWALLD, "awg0", "eth0")[0]


def test_the_port_is_opened_where_it_is_closed() -> None:
    assert mending.let_in(UFW, 51820) == ("ufw allow 51820/udp", True)
    closed = place("INPUT", "input", "ip6")
    assert mending.let_in(closed, 443) == ("ip6tables -I INPUT -p udp --dport 443 -j ACCEPT", False)
    plain, _ = mending.let_in(place("in", "input", "inet", "mine"), 443)
    assert plain == "nft insert rule inet mine in udp dport 443 accept"
    assert mending.let_in(FIREWALLD, 443)[1]


def test_elsewhere_no_command_is_known_and_the_chain_is_shown() -> None:
    raw, early = place("PREROUTING", "prerouting", table="raw"), place("early", "prerouting", "inet", "mine")
    for one in (raw, early):
        assert mending.let_through(one, "awg0", "eth0") is None
        assert mending.let_in(one, 51820) is None
    assert mending.show(raw) == "nft list chain ip raw PREROUTING"
    assert mending.describe(UFW) == "ip filter FORWARD (ufw)"
    assert mending.describe(IPTABLES) == "ip filter FORWARD"


def test_each_network_gets_the_servers_address() -> None:
    command = mending.translate("awg0", "eth0", [ip_network("10.8.0.0/16"), ip_network("fd10:8::/64")])
    assert "ip saddr 10.8.0.0/16 oifname eth0 masquerade" in command
    assert "ip6 saddr fd10:8::/64 oifname eth0 masquerade" in command


FOUR = ip_interface("10.8.0.1/24")


def test_an_address_is_proposed_for_each_network_that_is_missing() -> None:
    outside = ["10.66.66.1/32", "10.66.66.2/32", "fd00:66::2/128", "10.8.0.1/32"]
    values = mending.describe_outside("awg0", (FOUR,), outside)
    assert values["command"] == "ip address add 10.66.66.3/24 dev awg0; ip address add fd00:66::1/64 dev awg0"
    assert (values["addresses"], values["networks"]) == (", ".join(outside), str(FOUR.network))
    own_address = mending.describe_outside("awg0", (FOUR,), [f"{FOUR.ip}/32"])
    assert own_address["command"] == "ip address show dev awg0", "another address would not help"
