"""Forwarding is on where friends need it, and the server keeps the IPv6 that a router advertises to it."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.needs import need_tools
from tests.system.installed import booted
from tests.system.machine import fresh_debian, need_machine
from tests.system.network import Namespace, need_network, run, wait
from tests.system.sandbox import Sandbox

pytestmark = [pytest.mark.root, pytest.mark.slow(50)]

ADVERTISEMENT = Path(__file__).with_name("advertisement.py")
FORWARDING = "/etc/sysctl.d/60-andreyvpn.conf"
SHOW = "; cat $forwarding; cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding"
ALLOW = "watch_over; allow_forwarding fd10::1/64; undo_done; echo \"six: $forwards6\""


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    need_machine()
    need_network()
    need_tools("sysctl")
    with fresh_debian(tmp_path_factory.mktemp("forwarding")) as root:
        yield root


@pytest.fixture
def root(debian: Path) -> Iterator[Path]:
    """Return the root folder of a Debian without interfaces' files."""
    yield debian
    for file in debian.glob("etc/wireguard/*"):
        file.unlink()


class Segment:
    """A server whose interface has a dot in its name, and a router that advertises itself on its cable."""

    def __init__(self, root: Path, undo: ExitStack) -> None:
        tag = f"av{secrets.token_hex(4)}"
        self.server, self.router = (undo.enter_context(Namespace(f"{tag}{end}")) for end in "sr")
        self.cable, self._far = f"{tag}.5", f"{tag}.6"
        self.server.run("ip", "link", "add", self.cable, "type", "veth", "peer", self._far, "netns", self.router.name)
        for machine, name in ((self.server, self.cable), (self.router, self._far)):
            machine.run("sysctl", "-q", "-w", "net.ipv6.conf.all.accept_dad=0", f"net/ipv6/conf/{name}/accept_dad=0")
            machine.run("ip", "link", "set", name, "up")
        wait(lambda: "fe80" in self.router.run("ip", "-6", "address", "show", "dev", self._far), 5, "its address")
        for path in root.glob("etc/sysctl.d/60-andreyvpn.conf"):
            path.unlink()
        self.sandbox = Sandbox(root, self.server.name)

    def advertise(self, seconds: int = 1800) -> None:
        self.router.run(sys.executable, str(ADVERTISEMENT), self._far, str(seconds))

    def route(self) -> str:
        return self.server.run("ip", "-6", "route", "show", "default").strip()

    def lifetime(self) -> int:
        """Return for how many seconds the advertised route is good; 0 without one."""
        found = re.search(r"default via fe80::\S+ dev \S+ proto ra .*expires (\d+)sec", self.route())
        return int(found[1]) if found else 0

    def value(self, key: str) -> str:
        return self.server.run("sysctl", "-n", key.replace("IF", self.cable)).strip()


@pytest.fixture
def segment(root: Path) -> Iterator[Segment]:
    with ExitStack() as undo:
        segment = Segment(root, undo)
        segment.advertise()
        wait(segment.lifetime, 5, "the advertised route")
        yield segment


def test_it_works(segment: Segment) -> None:
    said = segment.sandbox.parts(ALLOW + SHOW)
    lines = [f"net/ipv6/conf/{segment.cable}/accept_ra = 2", "net.ipv4.ip_forward = 1", "1", "1"]
    assert said.splitlines()[0] == "six: yes"
    assert said.splitlines()[-4:] == lines
    assert segment.lifetime() > 1700
    segment.advertise(9000)
    wait(lambda: segment.lifetime() > 8900, 5, "a later advertisement, which is still listened to")
    assert segment.sandbox.parts(ALLOW + SHOW).splitlines()[-4:] == lines, "a second run knows it still"


def test_the_kernel_drops_the_route_without_that(segment: Segment) -> None:
    """Show that the first test would fail."""
    segment.server.run("sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1")
    assert segment.route() == ""
    segment.advertise()
    with pytest.raises(AssertionError, match="did not happen"):
        wait(segment.lifetime, 1, "the route")


def test_an_interface_that_starts_sets_it_again(segment: Segment) -> None:
    """A file of sysctl.d with a later name wins at boot."""
    segment.sandbox.parts(ALLOW)
    lines = segment.sandbox.parts("nat=/x; forwards6=yes; network_lines").splitlines()
    postup = "\n".join(line.removeprefix("PostUp = ") for line in lines if "sysctl" in line)
    wrong = ("net.ipv6.conf.all.forwarding=0", "net.ipv4.ip_forward=0", f"net/ipv6/conf/{segment.cable}/accept_ra=1")
    segment.server.run("sysctl", "-q", "-w", *wrong)
    segment.sandbox.do("sh", "-ec", postup)
    assert [segment.value("net.ipv6.conf.all.forwarding"), segment.value("net.ipv4.ip_forward")] == ["1", "1"]
    assert segment.lifetime(), "in the order that keeps the route"
    segment.sandbox.do("rm", FORWARDING)
    segment.sandbox.do("sh", "-ec", postup)


def test_a_route_that_is_lost_all_the_same_comes_back_and_friends_get_no_ipv6(segment: Segment) -> None:
    losing = 'sysctl() { command sysctl "$@"; case "$*" in *forwarding=1) ip -6 route del default ;; esac; }\n'
    said = segment.sandbox.parts(losing + ALLOW + SHOW)
    assert "IPv6 is not forwarded: this server would lose its own IPv6" in said
    assert "six: \n" in said
    assert said.splitlines()[-3:] == ["net.ipv4.ip_forward = 1", "1", "0"]
    assert "ipv6" not in said.partition("six:")[2]
    assert segment.value("net/ipv6/conf/IF/accept_ra") == "1"
    assert 1600 < segment.lifetime() <= 1800, "for as long as the router had promised"


def test_a_network_that_another_program_manages_is_left_alone(segment: Segment) -> None:
    """systemd-networkd turns the kernel's own listening off, and sets such a route itself."""
    segment.server.run("sysctl", "-q", "-w", f"net/ipv6/conf/{segment.cable}/accept_ra=0")
    route = segment.route()
    segment.server.run("ip", "-6", "route", "del", "default")
    segment.server.run("ip", "-6", "route", "add", *re.sub(r"expires (\d+)sec", r"expires \1", route).split())
    said = segment.sandbox.parts(ALLOW + SHOW)
    assert "accept_ra" not in said
    assert said.splitlines()[-2:] == ["1", "1"]
    assert segment.value("net/ipv6/conf/IF/accept_ra") == "0"
    assert segment.lifetime()


def test_a_server_without_ipv6_forwards_none(root: Path) -> None:
    sandbox = Sandbox(root)
    assert sandbox.parts(ALLOW + SHOW).splitlines()[-3:] == ["net.ipv4.ip_forward = 1", "1", "0"]
    four = ALLOW.replace("fd10::1/64", '""')
    said = sandbox.parts(f"ip -6 route add default dev lo; {four}{SHOW}")
    assert said.splitlines()[-3:] == ["net.ipv4.ip_forward = 1", "1", "0"], "nor one whose tunnel has none"
    hidden = "mkdir /tmp/none; mount -t tmpfs tmpfs /proc/sys/net/ipv6; "
    said = sandbox.parts(hidden + ALLOW + "; cat $forwarding /proc/sys/net/ipv4/ip_forward")
    assert said.splitlines()[-2:] == ["net.ipv4.ip_forward = 1", "1"]
    assert "No such file" not in said


MAKE = """
start_interface() { wg-quick up "$interface"; }
ss() { :; }
install_wireguard() { :; }
mkdir -p $etc
watch_over
release=/src known= plain=yes new=wg interface=wg3
ip link add veth0 type veth peer name veth1
ip link set veth0 up
ip -6 address add 2001:db8:9::5/64 dev veth0 nodad
ip -6 route add default dev veth0
"""
LOOK = """nft list ruleset | grep -o "^table.*\\|.*masquerade"
sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding"""


def test_the_whole_interface_starts_and_stops_with_its_rules(root: Path) -> None:
    sandbox = Sandbox(root)
    said = sandbox.parts(f"""{MAKE}
        make_interface
        {LOOK}
        wg-quick down wg3
        nft list ruleset
        sysctl -q -w net.ipv4.ip_forward=0
        wg-quick up wg3
        nft flush ruleset
        wg-quick down wg3
        rm $forwarding
        wg-quick up wg3
        {LOOK}
        tool=wg
        echo wg wg3 >/tmp/made; made=$(cat /tmp/made)
        systemctl() {{ wg-quick down wg3; }}
        remove_interfaces
        nft list ruleset
        ls $etc /etc/wireguard
    """)
    words = said.splitlines()
    assert words.count("table inet andreyvpn_wg3 {") == 2
    assert [line.split("oifname")[0].strip() for line in words if "masquerade" in line] == [
        "ip saddr 10.8.0.0/16", "ip6 saddr fd10:8:0:1::/64"
    ] * 2  # fmt: skip
    assert words.count("1") == 4, "forwarding comes with the interface"
    assert words[-4].startswith("Removed: wg3")
    assert words[-3:] == ["/etc/andreyvpn:", "", "/etc/wireguard:"], "and nothing is left"


OLD = """[Interface]
Address = 10.8.0.1/16, fd10:8:0:1::1/64
PostUp = iptables -A INPUT -p udp -j ACCEPT # mine
PostUp = nft -f /etc/andreyvpn/nat-wg3.nft
PostUp = test ! -s /var/lib/andreyvpn/bot_data.db.peers || wg addconf %i /var/lib/andreyvpn/bot_data.db.peers
PostDown = nft delete table inet andreyvpn_wg3

[Peer]
AllowedIPs = 10.8.0.9/32
"""


def test_an_interface_of_an_older_installation_gets_what_a_new_one_has(root: Path) -> None:
    sandbox = Sandbox(root)
    conf = sandbox.write("/etc/wireguard/wg3.conf", OLD)
    sandbox.write("/etc/andreyvpn/nat-wg3.nft", "table inet andreyvpn_wg3 {\n}\n")
    renew = "watch_over; known=; interface=wg3 tool=wg; is_ours; renew_network"
    way = "ip link add veth0 type veth peer name veth1; ip link set veth0 up; ip -6 route add default dev veth0"
    sandbox.parts(f"{way}; {renew}")
    assert "net.ipv6.conf.all.forwarding=1 || true\n" in conf.read_text()
    sandbox.write("/etc/andreyvpn/nat-wg3.nft", "table inet andreyvpn_wg3 {\n}\n")
    said = sandbox.parts(f"{renew}; {renew}")
    assert said.count("From now on, friends can reach the internet only") == 1
    assert said.count("this server has no IPv6 internet access") == 2
    lines = OLD.splitlines()
    lines[3:4] = [f"PostUp = sysctl -e -q -p {FORWARDING} || true", lines[3],
                  "PostDown = nft delete table inet andreyvpn_wg3 || true"]  # fmt: skip
    lines.remove("PostDown = nft delete table inet andreyvpn_wg3")
    assert conf.read_text().splitlines() == lines
    assert conf.stat().st_mode & 0o777 == 0o600
    assert "10.8.0.0/16 oifname" in (root / "etc/andreyvpn/nat-wg3.nft").read_text()


def test_rules_that_nft_can_not_load_replace_nothing(root: Path) -> None:
    sandbox = Sandbox(root)
    conf, nat = sandbox.write("/etc/wireguard/wg3.conf", OLD), sandbox.write("/etc/andreyvpn/nat-wg3.nft", "old\n")
    (root / FORWARDING.lstrip("/")).unlink(missing_ok=True)
    said = sandbox.parts('nft() { echo "no such kernel" >&2; return 1; }; watch_over; known=; interface=wg3 tool=wg; '
                         "renew_network", code=2)  # fmt: skip
    assert "the rules for friends can't be written to /etc/andreyvpn/nat-wg3.nft: no such kernel" in said
    assert (conf.read_text(), nat.read_text()) == (OLD, "old\n")
    assert not (root / FORWARDING.lstrip("/")).exists()


def test_an_interface_that_was_there_before_keeps_its_own_rules(root: Path) -> None:
    sandbox = Sandbox(root)
    given = "known=FRIENDS_MAY_REACH=10.0.0.0/8; interface=wg9 tool=wg"
    said = sandbox.parts(f"watch_over; release=/src; {given}; systemctl() {{ :; }}; adopt_interface; undo_done")
    assert "wg9 was there before, with its own rules: FRIENDS_SEE_EACH_OTHER" in said
    assert not list((root / "etc/andreyvpn").glob("nat-wg9*"))
    run("rm", "-r", str(root / "etc/systemd/system/wg-quick@wg9.service.d"))


@pytest.mark.parametrize(("line", "told"), [("SaveConfig = true", True), ("#SaveConfig = true", False)])
def test_an_interface_that_saves_who_is_connected_is_told(root: Path, line: str, told: bool) -> None:
    sandbox = Sandbox(root)
    conf = sandbox.write("/etc/wireguard/wg8.conf", f"[Interface]\n{line}\n")
    given = "watch_over; release=/src; known=; interface=wg8 tool=wg; systemctl() { :; }"
    said = sandbox.parts(f"{given}; adopt_interface; undo_done")
    assert ("has SaveConfig = true" in said) == told
    run("rm", "-r", str(root / "etc/systemd/system/wg-quick@wg8.service.d"), str(conf))


NETWORK = "[Match]\nName={}\n[Network]\nKeepConfiguration=static\n"


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_systemd_networkd_goes_on_listening_to_the_router(tmp_path: Path, suite: str) -> None:
    with booted(tmp_path, suite) as (company, network):
        machine, name, router = company.machine, f"{network.server}v", f"{network.server[:-1]}c"
        (machine.root / "etc/systemd/network/cable.network").write_text(NETWORK.format(name), encoding="ascii")

        def learned() -> str:
            run("ip", "netns", "exec", router, sys.executable, str(ADVERTISEMENT), f"{router}v", "1800")
            return machine.says("ip", "-6", "route", "show", "default", "proto", "ra")

        machine.do("systemctl", "restart", "systemd-networkd")
        wait(learned, 20, "the route")
        company.install()
        assert "fd10:8:0:1::1/64" in company.read("/etc/wireguard/wg0.conf")
        assert "accept_ra" not in company.read(FORWARDING)
        assert machine.says("ip", "-6", "route", "show", "default", "proto", "ra")
        assert machine.do("sysctl", "-n", f"net.ipv6.conf.{name}.accept_ra", "net.ipv6.conf.all.forwarding") == "0\n1\n"
        machine.do("ip", "-6", "route", "del", "default")
        machine.do("systemctl", "restart", "systemd-networkd")
        wait(learned, 20, "the route, learned while IPv6 is forwarded")
