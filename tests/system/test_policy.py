"""What friends reach, and who reaches them: the table that install.sh really writes, on a real tunnel."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.needs import need_tools
from tests.system.machine import fresh_debian, need_machine
from tests.system.network import TUNNEL_ADDRESS, TUNNEL_ADDRESS6, need_network
from tests.system.town import (
    ANN,
    ANN6,
    BEHIND,
    BEN,
    BEN6,
    GATEWAY,
    INTERNET,
    INTERNET6,
    LAN,
    LAN6,
    METADATA,
    NEIGHBOUR,
    NEIGHBOUR6,
    PRIVATE,
    PROBE,
    PUBLIC,
    PUBLIC6,
    Town,
)

pytestmark = [pytest.mark.root, pytest.mark.slow(60), pytest.mark.xdist_group("policy")]

TUNNEL = (TUNNEL_ADDRESS, TUNNEL_ADDRESS6)
ALWAYS = [*(f"{kind}:{INTERNET}{port}" for kind, port in (("ping", ""), ("tcp", ":443"), ("tcp", ":22"))),
          f"ping:{INTERNET6}", f"tcp:{INTERNET6}:443", *(f"ping:{address}" for address in TUNNEL),
          *(f"{kind}:{address}:53" for kind in ("tcp", "udp") for address in TUNNEL)]  # fmt: skip
FRIENDS = [f"ping:{BEN}", f"tcp:{BEN}:22", f"ping:{BEN6}", f"tcp:{BEN6}:22"]
SERVER = [f"tcp:{address}:22" for address in (*TUNNEL, PRIVATE, PUBLIC, PUBLIC6, "10.20.0.1")]
SERVER_MORE = [f"udp:{PUBLIC}:53", f"udp:{TUNNEL_ADDRESS}:443", f"ping:{PUBLIC}", f"ping:{PUBLIC6}"]
LANS = [f"tcp:{LAN}:443", f"tcp:{LAN6}:443", f"ping:{LAN}", f"ping:{LAN6}", f"tcp:{LAN}:53"]
OTHERS = [f"tcp:{BEHIND}:443", f"tcp:{METADATA}:443", f"tcp:{GATEWAY}:443", f"tcp:{NEIGHBOUR}:443",
          f"tcp:{NEIGHBOUR6}:443", f"udp:{METADATA}:53"]  # fmt: skip
CLOSED = [*FRIENDS, *SERVER, *SERVER_MORE, *LANS, *OTHERS]
ALL_OPEN = ("FRIENDS_MAY_REACH=0.0.0.0/0, ::/0, server:22, server:53, server:443", "FRIENDS_SEE_EACH_OTHER=yes")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    need_machine()
    need_network()
    need_tools("nft")
    with fresh_debian(tmp_path_factory.mktemp("policy")) as root:
        town = Town(root)
        try:
            yield town
        finally:
            town.close()


def by(kind: str, questions: list[str]) -> list[str]:
    return [question for question in questions if question.startswith(kind)]


def which(answers: dict[str, str], answer: str) -> list[str]:
    return [question for question, heard in answers.items() if heard == answer]


def test_it_works(town: Town) -> None:
    assert "From now on, friends can reach the internet only" in town.apply()
    answers = town.ask(town.ann, *ALWAYS, *CLOSED)
    assert which(answers, "open") == ALWAYS
    assert by("tcp", which(answers, "refused")) == by("tcp", CLOSED), "a refusal comes at once, so no app waits"


def test_all_that_is_closed_is_there_to_be_reached(town: Town) -> None:
    """Show that the other tests would fail without the rules."""
    town.apply(*ALL_OPEN)
    answers = town.ask(town.ann, *ALWAYS, *CLOSED)
    assert set(ALWAYS + CLOSED) - set(which(answers, "open")) == {f"ping:{PUBLIC}", f"ping:{PUBLIC6}"}


@pytest.mark.parametrize(
    ("settings", "opened"),
    [
        (["FRIENDS_SEE_EACH_OTHER=yes"], FRIENDS),
        (["FRIENDS_SEE_EACH_OTHER=No", "FRIENDS_MAY_REACH="], []),
        (["FRIENDS_MAY_REACH=10.20.0.0/24, fd20::2"], LANS),
        (["FRIENDS_MAY_REACH=172.16.0.0/12,server:22"], [*SERVER, f"tcp:{BEHIND}:443"]),
        (["FRIENDS_MAY_REACH=192.168.1.1,198.51.100.0/24"], [f"tcp:{GATEWAY}:443", f"tcp:{NEIGHBOUR}:443"]),
        ([f"CLIENT_DNS={PUBLIC}", f"CLIENT_DNS_CHOICES=LAN = {LAN}"], [f"udp:{PUBLIC}:53", f"tcp:{LAN}:53"]),
    ],
)
def test_a_setting_opens_what_it_names_and_nothing_else(town: Town, settings: list[str], opened: list[str]) -> None:
    town.apply(*settings)
    answers = town.ask(town.ann, *ALWAYS, *CLOSED)
    assert sorted(which(answers, "open")) == sorted(ALWAYS + opened)
    assert set(by("tcp", which(answers, "refused"))) == set(by("tcp", CLOSED)) - set(opened)


@pytest.mark.parametrize("settings", [(), ALL_OPEN])
def test_nobody_opens_a_connection_into_the_tunnel(town: Town, settings: tuple[str, ...]) -> None:
    town.apply(*settings)
    ways_in = [f"{kind}:{address}{port}" for address in (ANN, ANN6, BEN)
               for kind, port in (("ping", ""), ("tcp", ":22"), ("udp", ":53"))]  # fmt: skip
    for outside in (town.world, town.lan):
        assert set(town.ask(outside, *ways_in).values()) == {"silent"}
    assert set(town.ask(town.server, *ways_in).values()) == {"open"}, "the server itself reaches friends"
    others = [f"tcp:{PUBLIC}:22", f"ping:{PUBLIC}", f"tcp:{LAN}:443", f"tcp:{PUBLIC6}:22"]
    assert set(town.ask(town.world, *others).values()) == {"open"}, "what is none of the tunnel's stays as it was"


def test_the_tunnel_itself_is_reached_through_the_tunnel(town: Town) -> None:
    """A phone behind a friend's router that has the VPN, too."""
    town.apply()
    for address, heard in ((f"{PUBLIC}:51820", "silent"), (f"{PUBLIC}:51821", "refused"), (f"{INTERNET}:9", "open")):
        assert town.ask(town.ann, f"udp:{address}") == {f"udp:{address}": heard}, "the last one is an ICMP error"


def test_second_ports_lead_to_the_tunnel_and_no_others(town: Town) -> None:
    """A file may name another port; one that a program of the server's uses stays that program's."""

    def heard(port: int) -> str:
        peer = ("peer", town.interface.public_key(), "endpoint", f"10.99.1.1:{port}")
        town.ann.run("wg", "set", f"{town.ann.name}i", *peer)
        return town.ask(town.ann, f"ping:{TUNNEL_ADDRESS}")[f"ping:{TUNNEL_ADDRESS}"]

    try:
        town.apply("SECOND_PORTS=500, 4500")
        assert {port: heard(port) for port in (51820, 500, 4500, 51820)} == dict.fromkeys((51820, 500, 4500), "open")
        assert heard(443) == heard(501) == "silent"
        assert set(town.ask(town.world, f"udp:{PUBLIC}:53").values()) == {"open"}
        town.apply()
        assert heard(4501) == "silent"
    finally:
        town.apply()
        assert heard(51820) == "open"


FORWARDED = """
table ip owner {{
    chain prerouting {{
        type nat hook prerouting priority dstnat;
        ip daddr {public} tcp dport 8022 dnat to {ann}:22
        fib daddr type local tcp dport 8443 dnat to {lan}:443
        ip daddr {tunnel} udp dport 53 dnat to {lan}:53
        ip daddr {tunnel} tcp dport 53 dnat to {lan}:53
    }}
}}
"""


def test_the_owners_port_forwarding_works_as_far_as_friends_may_use_it(town: Town) -> None:
    rules = FORWARDED.format(public=PUBLIC, ann=ANN, lan=LAN, tunnel=TUNNEL_ADDRESS)
    town.server.run("nft", "-f", "-", stdin=rules)
    ports = [f"tcp:{PUBLIC}:8443", f"tcp:{TUNNEL_ADDRESS}:8443"]
    resolver = [f"udp:{TUNNEL_ADDRESS}:53", f"tcp:{TUNNEL_ADDRESS}:53"]
    try:
        town.apply()
        assert set(town.ask(town.world, f"tcp:{PUBLIC}:8022", f"tcp:{PUBLIC}:8443").values()) == {"open"}
        assert set(town.ask(town.ann, *ports).values()) == {"refused"}, "what docker publishes is the server's too"
        assert set(town.ask(town.ann, *resolver).values()) == {"open"}, "a resolver in a container"
        town.apply("FRIENDS_MAY_REACH=server:8443")
        assert set(town.ask(town.ann, *ports).values()) == {"open"}
    finally:
        town.server.run("nft", "delete", "table", "ip", "owner")


def test_a_change_cuts_no_connection(town: Town) -> None:
    town.apply(*ALL_OPEN)
    held = town.ann.start(sys.executable, str(PROBE), "hold", PUBLIC, "22")
    assert held.stdout
    assert held.stdout.readline() == "connected\n"
    town.apply()
    assert town.ask(town.ann, f"tcp:{PUBLIC}:22") == {f"tcp:{PUBLIC}:22": "refused"}
    assert held.stdout.read() == "kept\n"


def test_rules_that_vanished_come_back_with_the_next_run(town: Town) -> None:
    said = town.apply()
    town.server.run("nft", "flush", "ruleset")
    assert which(town.ask(town.ann, f"tcp:{LAN}:443"), "open") == [f"tcp:{LAN}:443"]
    assert "From now on" not in town.apply(), "nothing has changed"
    assert which(town.ask(town.ann, f"tcp:{INTERNET}:443", f"tcp:{LAN}:443"), "open") == [f"tcp:{INTERNET}:443"], said


@pytest.mark.parametrize("value", ["10.0.0.1/8", "10.0.0.0/8; flush ruleset", "fe80::1%x } drop", "server:0", "lan"])
def test_a_value_that_is_none_changes_nothing(town: Town, value: str) -> None:
    town.apply()
    before = town.server.run("nft", "list", "ruleset")
    with pytest.raises(AssertionError, match="FRIENDS_MAY_REACH: "):
        town.apply(f"FRIENDS_MAY_REACH={value}")
    assert town.server.run("nft", "list", "ruleset") == before


def test_a_saved_ruleset_can_be_loaded_again(town: Town) -> None:
    """Owners keep what `nft list ruleset` prints in /etc/nftables.conf."""
    town.apply(*ALL_OPEN)
    saved = town.server.run("nft", "list", "ruleset")
    town.server.run("nft", "-f", "-", stdin=f"flush ruleset\n{saved}")
    assert town.server.run("nft", "list", "ruleset") == saved
