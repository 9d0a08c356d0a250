"""ufw and docker let friends through if the owner says so; what was added is taken back, the rest stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.system.installed import booted
from tests.system.machine import fresh_debian, need_machine
from tests.system.network import CLIENT_ADDRESS
from tests.system.rulesets import published
from tests.system.sandbox import Sandbox

pytestmark = [pytest.mark.root, pytest.mark.slow(60)]
SERVER = """
ip link add eth0 type veth peer x
ip address add 192.0.2.2/24 dev eth0
ip link set eth0 up
ip link set x up
ip route add default via 192.0.2.1
tool=wg interface=wg0 known=
wg() { echo 51820; }
systemctl() { echo "systemctl $*"; }
mkdir -p $etc
rules() {
    for kind in iptables ip6tables; do $kind-save | sed '/^#/d; s/\\[.*\\]//'; done
    ls /etc/ufw
    cat /etc/ufw/*.rules
}
close() { close_firewalls wg0; end; }
end() { rules >/tmp/after; diff /tmp/before /tmp/after && echo "as before"; ls $etc; }
"""
DROP_IN = "/etc/systemd/system/wg-quick@wg0.service.d/andreyvpn-docker.conf"
UFW = f"{SERVER}ufw --force enable; ufw allow 22/tcp; ufw reload; rules >/tmp/before\n"  # it fills its chains later
DOCKER = f"{SERVER}iptables-restore </docker; rules >/tmp/before\n"


@pytest.fixture
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    need_machine()
    with fresh_debian(tmp_path_factory.mktemp("firewalls")) as root:
        sandbox = Sandbox(root)
        sandbox.write("/docker", published("docker_28").iptables)
        yield sandbox


def test_it_works(sandbox: Sandbox) -> None:
    said = sandbox.parts(f"{UFW} open_firewalls; ufw show added; cat $etc/firewall-wg0; close", YES="yes")
    assert "Added: ufw allow 51820/udp\nAdded: ufw route allow in on wg0 out on eth0\n" in said
    assert "ufw allow 22/tcp\nufw allow 51820/udp\nufw route allow in on wg0 out on eth0\n" in said
    assert "port 51820\nroute wg0 eth0\n" in said
    assert "Removed: ufw delete allow 51820/udp\n" in said
    assert said.endswith("as before\n"), "and no note is left"


def test_a_second_installation_adds_nothing(sandbox: Sandbox) -> None:
    said = sandbox.parts(f"{UFW} open_firewalls; open_firewalls; cat $etc/firewall-wg0; close", YES="yes")
    assert "Already there: ufw allow 51820/udp\n" in said
    assert said.count("port 51820\n") == said.count("route wg0 eth0\n") == 1
    assert said.endswith("as before\n")


def test_a_rule_that_was_there_before_stays(sandbox: Sandbox) -> None:
    own = f"{UFW} ufw allow 51820/udp; ufw reload; rules >/tmp/before; open_firewalls; cat $etc/firewall-wg0; close"
    said = sandbox.parts(own, YES="yes")
    assert "Already there: ufw allow 51820/udp\n" in said
    assert "port 51820" not in said
    assert said.endswith("as before\n")


def test_without_a_yes_nothing_happens(sandbox: Sandbox) -> None:
    for server, question in ((UFW, "ufw is active"), (DOCKER, "docker's firewall blocks")):
        said = sandbox.parts(f"{server} open_firewalls; end", stdin="n\n")
        assert question in said
        assert said.endswith("as before\n")


def test_where_nothing_is_in_the_way_nothing_is_asked(sandbox: Sandbox) -> None:
    assert sandbox.parts(f"{SERVER} rules >/tmp/before; open_firewalls; end").endswith("as before\n")
    disabled = f"{UFW} ufw --force disable; rules >/tmp/before; open_firewalls; end"
    assert "?" not in sandbox.parts(disabled)
    away = f"{SERVER} iptables -P FORWARD DROP; rules >/tmp/before; open_firewalls; end"
    assert "?" not in sandbox.parts(away), "a policy of the owner's is theirs; check says what to type"


def test_docker_lets_friends_out_while_the_interface_is_up(sandbox: Sandbox) -> None:
    again = "sh $etc/docker-wg0.sh up; iptables -S DOCKER-USER | grep -c andreyvpn"
    said = sandbox.parts(
        f"{DOCKER} open_firewalls; iptables -S DOCKER-USER; {again}; cat {DROP_IN}; close", YES="yes"
    )
    user = [line for line in said.splitlines() if line.startswith("-A DOCKER-USER")]
    assert len(user) == 2
    assert all("-j ACCEPT" in line and "andreyvpn" in line for line in user)
    assert "-i wg0 -o eth0" in user[1] or "-i wg0 -o eth0" in user[0]
    assert "\n2\n" in said, "started twice, they are there once"
    assert "ExecStopPost=-/bin/sh /etc/andreyvpn/docker-wg0.sh down" in said
    assert said.endswith("as before\n")


def test_after_a_reboot_the_rules_are_there_before_docker_is(sandbox: Sandbox) -> None:
    sandbox.parts(f"{DOCKER} open_firewalls", YES="yes")
    docker = "sed '/^:DOCKER-USER/d' /docker | iptables-restore --noflush"
    said = sandbox.parts(f"{SERVER} sh $etc/docker-wg0.sh up; {docker}; iptables -S DOCKER-USER")
    assert said.count("-A DOCKER-USER") == 2, "docker takes its chain as it finds it"
    assert "ip6tables" not in sandbox.parts("cat $etc/docker-wg0.sh"), "docker had nothing to say about IPv6"


def test_a_note_that_was_written_to_runs_nothing(sandbox: Sandbox) -> None:
    lines = "port 22; touch /tmp/evil\nroute wg0 $(touch /tmp/evil)\nroute a`id` b\nport ../x\nport 22 x y\nreset\n"
    sandbox.write("/etc/andreyvpn/firewall-wg0", lines)
    said = sandbox.parts(f"{UFW} close_firewalls wg0; ls /tmp; ufw show added")
    assert "evil" not in said
    assert "ufw allow 22/tcp" in said


def test_where_the_vpn_stays_the_rules_stay_and_that_is_said(sandbox: Sandbox) -> None:
    said = sandbox.parts(f"{UFW} open_firewalls; made= vpn= choose_vpn; ufw show added", YES="yes")
    assert "What was added to the firewall for the VPN stays with it: /etc/andreyvpn/firewall-wg0" in said
    assert "ufw allow 51820/udp" in said


@pytest.mark.slow(200)
def test_an_installation_beside_ufw_lets_friends_in_and_takes_it_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    with booted(tmp_path_factory.mktemp("beside_ufw")) as (company, _):
        machine = company.machine
        machine.do("ip", "route", "add", "default", "via", CLIENT_ADDRESS)
        machine.do("ufw", "--force", "enable")
        machine.do("ufw", "allow", "from", CLIENT_ADDRESS)
        machine.do("ufw", "reload")
        listed = ("sh", "-c", "cat /etc/ufw/*.rules; ufw show added; iptables-save | sed '/^#/d; s/\\[.*//'")
        before = machine.do(*listed)
        said = company.install()
        assert "Added: ufw allow 51820/udp\n" in said
        assert "✅ The firewall lets friends' traffic through" in said
        assert "✅ The server's firewall lets UDP port 51820 in" in said
        assert "❌" not in said
        machine.do("ufw", "delete", "allow", "51820/udp")
        told = machine.do("andreyvpn", "check", code=1)
        assert "❌ The firewall stops friends' devices at UDP port 51820" in told
        assert "ufw allow 51820/udp" in told
        machine.do("ufw", "allow", "51820/udp")
        said = company.install("/src/install.sh", "uninstall", "--vpn", "--purge", "--yes")
        assert re.search(r"Removed: ufw route delete allow in on wg0 out on \w+\n", said)
        assert "Removed: ufw delete allow 51820/udp" in said
        assert machine.do(*listed) == before
        assert not company.has("etc/andreyvpn")
