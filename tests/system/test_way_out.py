"""What the bot says of a firewall is what the kernel does: published rulesets, and rulesets that hypothesis draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from lib.install.policy import make_policy, render
from lib.watch.way_out import WRONG
from tests.system.router import TUNNEL, UPLINK, Router, Verdict, need_router
from tests.system.rulesets import NAT, Rules, iptables_rules, nft_rules, published

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("way_out"), pytest.mark.slow(60)]
PUBLISHED = {  # over IPv4 and IPv6: friends' traffic, the port
    "docker_27": ((False, True), (True, True)),
    "docker_28": ((False, True), (True, True)),
    "ufw": ((False, False), (False, False)),
    "ufw_open": ((True, True), (True, True)),
    "oracle": ((False, False), (True, True)),
    "tailscale": ((True, True), (True, True)),
    "guards": ((True, True), (True, True)),
    "firewalld": ((True, False), (True, False)),
    "firewalld_trusted": ((True, True), (True, True)),
}
OWN = {
    "a closed forward chain": "table inet f { chain fw { type filter hook forward priority 0; policy drop; }; }",
    "a closed input chain": "table inet f { chain in { type filter hook input priority 0; policy drop; }; }",
    "a closed table of iptables": Rules(iptables="*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\nCOMMIT\n"),
    "a forward chain that ends in a reject": "table ip f { chain fw { type filter hook forward priority 0; ct state "
    "established,related accept; iifname docker0 accept; reject; }; }",
    "a server without NAT": "",
}
DRAWN = settings(
    deadline=None, max_examples=60, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def router() -> Iterator[Router]:
    need_router()
    with Router() as router:
        yield router


def test_it_works(router: Router) -> None:
    router.load(NAT)
    for family in (4, 6):
        assert router.judged(family) == router.tried(family) == Verdict(True, True, True)
    assert {finding.level for finding in router.find()} == {"ok"}


def test_the_table_of_the_installer_is_no_obstacle(router: Router) -> None:
    conf = "[Interface]\nAddress = 10.8.0.1/16, fd10:8::1/64\nListenPort = 51820\n"
    set_ones = {"FRIENDS_SEE_EACH_OTHER": "yes", "FRIENDS_MAY_REACH": "192.168.0.0/16", "SECOND_PORTS": "443"}
    for wishes in ({}, *({name: value} for name, value in set_ones.items())):
        router.load(render(make_policy("awg0", conf, [ip_network("203.0.113.0/24")], wishes)))
        for family in (4, 6):
            assert router.judged(family) == router.tried(family) == Verdict(True, True, True)


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("nat", ["", NAT], ids=["without NAT", "with NAT"])
def test_a_published_firewall_is_judged_as_it_is(router: Router, name: str, nat: str) -> None:
    rules = published(name)
    router.load(rules.nft + nat, rules.iptables, rules.ip6tables)
    for family, (forward, port) in zip((4, 6), PUBLISHED[name], strict=True):
        assert router.judged(family) == Verdict(forward, bool(nat), port)
        assert router.tried(family) == Verdict(forward, bool(nat) if forward else None, port)


@pytest.mark.parametrize("name", [*OWN, "docker_27", "docker_28", "oracle"])
def test_what_is_to_be_typed_helps(router: Router, name: str) -> None:
    own = OWN.get(name)
    rules = published(name) if own is None else Rules(own) if isinstance(own, str) else own
    router.load(*rules)
    wrong = [finding for finding in router.find() if finding.level == WRONG]
    assert wrong
    for finding in wrong:
        router.server.run("sh", "-ec", finding.values["command"])
    assert router.judged() == router.tried() == Verdict(True, True, True)


def test_beside_docker_it_is_ufw_that_lets_friends_through(router: Router) -> None:
    for name, open_ in (("ufw", False), ("ufw_open", True)):
        router.load(NAT, *published("docker_28")[1:])
        router.server.run("iptables-nft-restore", "--noflush", stdin=published(name).iptables)
        assert router.judged() == Verdict(open_, True, open_)
        assert router.tried().forward is router.tried().input is open_
        for finding in router.find():
            if finding.level == WRONG:
                assert finding.values["command"].startswith("ufw ")


def test_rules_of_docker_do_not_let_friends_reach_containers(router: Router) -> None:
    router.load(*published("docker_28"))
    commands = next(finding.values["command"] for finding in router.find() if finding.key == "way_forward_once")
    assert len(re.findall(rf"-i {TUNNEL} -o {UPLINK}|-i {UPLINK} -o {TUNNEL}", commands)) == 2


def test_a_rule_of_iptables_is_only_known_by_iptables_save(router: Router) -> None:
    router.load(NAT, *published("ufw_open")[1:])
    around = router.surroundings()
    assert router.judged(4, around) == Verdict(True, True, True)
    assert router.judged(4, around._replace(iptables=None)) == Verdict(None, True, None)
    router.load(NAT, *published("docker_27")[1:])
    blind = router.surroundings()._replace(iptables=None)
    assert router.judged(4, blind).forward is False, "what docker drops by names of interfaces is certain"


def test_forwarding_is_looked_at_for_each_interface(router: Router) -> None:
    router.load(NAT)
    try:
        router.forward(False)
        assert {finding.key for finding in router.find() if finding.level == WRONG} == {"way_forwarding"}
        assert {finding.key for finding in router.find(6) if finding.level == WRONG} == {"way_forwarding6"}
        router.forward(True)
        router.server.run("sysctl", "-qw", f"net.ipv4.conf.{TUNNEL}.forwarding=0")
        (wrong,) = [finding for finding in router.find() if finding.level == WRONG]
        assert (wrong.key, wrong.values["names"]) == ("way_forwarding_off", TUNNEL)
        assert router.reaches_the_world() is None
        router.server.run("sh", "-ec", wrong.values["command"])
        assert router.reaches_the_world()
    finally:
        router.forward(True)


@DRAWN
@given(rules=nft_rules())
def test_nothing_that_is_said_of_drawn_rules_is_wrong(router: Router, rules: Rules) -> None:
    compare(router, rules)


@DRAWN
@given(rules=iptables_rules())
def test_nothing_that_is_said_of_drawn_rules_of_iptables_is_wrong(router: Router, rules: Rules) -> None:
    compare(router, rules)


def compare(router: Router, rules: Rules) -> None:
    """Compare what is said with what packets show, with and without iptables-nft-save."""
    try:
        router.load(*rules)
    except AssertionError:
        assume(False)  # the tool does not take such rules
    around, truth = router.surroundings(), router.tried()
    for seen in (around, around._replace(iptables=None)):
        said = router.judged(4, seen)
        if said.contradicts(truth):  # on a busy machine a packet may come too late to count
            truth = router.tried()
        assert not said.contradicts(truth), (said, truth, rules)
