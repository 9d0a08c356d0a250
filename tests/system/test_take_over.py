"""A container's server is taken over and given back, while a friend stays connected with the same file."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.needs import need_tools
from tests.system import docker, wg_easy
from tests.system.amnezia import AMNEZIA, key
from tests.system.house import INTERNET, PREPARED, PROBE, SETTINGS, TAKE_OVER, House
from tests.system.network import PLAIN, Client, need_network, wait
from tests.system.wg_easy import WgEasy
from tests.unit.install.found.layouts import ONE

pytestmark = [pytest.mark.root, pytest.mark.slow(60), pytest.mark.xdist_group("take-over")]

SECONDS = 5.0  # the longest acceptable interruption
AGAIN = f"take_over={AMNEZIA}; watch_over; settle_takeover; judge_settings; judge_takeover"
BACK = 14  # seconds within which we reconnect a friend; a device by itself takes 15 at least


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    need_network()
    need_tools("nft", "wg-quick", "unshare", "nsenter", "ss")
    house = House(tmp_path_factory.mktemp("house"))
    try:
        files = [house.amnezia.add_friend() for _ in range(3)]
        house.make_amnezia()
        house.client.connect(files[0])
        house.files, house.first_file = files, files[0]
        yield house
    finally:
        house.close()


@pytest.fixture
def house(made: House) -> Iterator[House]:
    """Yield the house with its container running and a friend online."""
    made.set_up(SETTINGS)
    assert made.serves() == "container"
    if not made.pings():
        made.client.connect(made.first_file)  # otherwise the device may take 15 seconds to notice
    wait(made.pings, 40, "the friend's connection")
    yield made
    made.wait_for_installers()
    if made.step():
        made.settle()
        if made.step():
            made.give_back()


def test_it_works(house: House) -> None:
    with house.ping() as pings:
        said = house.take_over()
    assert "Back after" in said
    assert "Taken over: amnezia-wireguard is wg0 now" in said
    assert pings.longest_gap <= SECONDS
    assert pings.last_answered
    assert house.serves() == "interface"
    assert house.client.pings(INTERNET)
    assert house.endpoint() == "10.99.0.1:51820", "a router in front of a friend lets nothing else in"
    said = house.parts(f'{AGAIN}; echo "left=$take_over"')
    assert "amnezia-wireguard was taken over before: it is wg0" in said
    assert "left=\n" in said
    assert house.serves() == "interface"
    with house.ping() as pings:
        said = house.give_back()
    assert "amnezia-wireguard serves friends again" in said
    assert pings.longest_gap <= SECONDS
    assert pings.last_answered
    assert house.serves() == "container"
    assert house.client.pings(INTERNET)
    assert house.endpoint() == "10.99.0.1:51820"
    assert house.step() == ""


def test_the_interface_is_what_the_container_was_and_a_copy_is_kept(house: House) -> None:
    before = house.do("docker", "exec", "-i", AMNEZIA, "wg", "showconf", "wg0")
    addresses = house.do("docker", "exec", "-i", AMNEZIA, "ip", "-o", "address", "show", "wg0")
    house.take_over()
    house.parts("write_names")

    def without_endpoints(conf: str) -> list[str]:
        return sorted(line for line in conf.splitlines() if not line.startswith(("Endpoint", "PersistentKeepalive")))

    assert without_endpoints(house.do("wg", "showconf", "wg0")) == without_endpoints(before)
    shown = re.findall(r"inet6? ([^f ]\S+)", house.do("ip", "-o", "address", "show", "wg0"))
    assert shown == re.findall(r"inet6? ([^f ]\S+)", addresses) == ["10.8.1.0/24"]
    assert "PersistentKeepalive" not in house.do("wg", "showconf", "wg0"), "it was for the cut-over alone"
    conf = house.file("/etc/wireguard/wg0.conf")
    assert conf.stat().st_mode & 0o777 == 0o600
    assert "[Peer]\n# Friend 1\n" in conf.read_text()
    names = json.loads(house.file("/var/lib/andreyvpn/names.json").read_text())
    assert sorted(names.values()) == ["Friend 1", "Friend 2", "Friend 3"]
    folder = house.file("/var/lib/andreyvpn/taken-over")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {"server.json", "container.json", "files.tar", "dump.txt"} <= {path.name for path in folder.iterdir()}
    assert json.loads((folder / "server.json").read_text())["private_key"] == house.amnezia.key
    listed = subprocess.run(["tar", "-tf", folder / "files.tar"], capture_output=True, text=True, check=True).stdout
    assert "amnezia/wireguard/clientsTable" in listed
    assert house.amnezia.key not in house.file("/etc/andreyvpn/taken-over.json").read_text()


def test_peers_and_counters_of_meanwhile_are_told(house: House) -> None:
    house.take_over()
    house.do("wg", "set", "wg0", "peer", key("pubkey", key()), "allowed-ips", "10.8.1.77/32")
    gone = re.findall("# Friend 3\nPublicKey = (.*)", house.file("/etc/wireguard/wg0.conf").read_text())
    house.do("wg", "set", "wg0", "peer", *gone, "remove")
    said = house.give_back()
    assert "10.8.1.77/32" in said
    assert "10.8.1.1/32" not in said
    assert "but the container lets them in again (1): Friend 3\n" in said
    assert re.search("wg0 has carried [0-9]+ MB to friends and [0-9]+ MB from them", said)
    rows = house.file("/var/lib/andreyvpn/taken-over/given-back.txt").read_text().splitlines()
    assert len(rows) == 1 + 3


def test_a_stopped_container_is_taken_over_and_stays_stopped(house: House) -> None:
    house.do("docker", "stop", "-t", "1", AMNEZIA)
    try:
        said = house.take_over()
        assert "Waiting for friends" not in said
        assert house.serves() == "interface"
        house.give_back()
        assert house.container() == {"running": False, "restart": "always"}
    finally:
        house.do("docker", "start", AMNEZIA)


def test_a_container_that_comes_up_by_itself_gives_its_place_back(house: House) -> None:
    """A compose file that is started at boot recreates the container with its own restart policy."""
    house.take_over()
    house.do("docker", "update", "--restart=always", AMNEZIA)
    house.restart()
    assert house.container() == {"running": True, "restart": "always"}
    house.killed(0, "recover")
    assert house.serves() == "interface"
    wait(house.pings, 40, "the friend's connection")


def test_who_has_said_nothing_is_asked(house: House) -> None:
    def offer(answers: str, yes: str = "") -> str:
        script = 'watch_over; settle_takeover; judge_settings; offer_takeover; echo "[$take_over]"'
        return house.parts(script, stdin=answers, yes=yes)

    assert offer("") == "[]\n", "there is a bot already"
    house.do("rm", "/etc/andreyvpn/andreyvpn.env")
    said = offer("amnezia\namnezia-wireguard\n")
    assert re.search(r"amnezia-wireguard +.*51820", said), "the table"
    assert "amnezia is none of them" in said
    assert said.endswith("[amnezia-wireguard]\n")
    assert offer("\n").endswith("[]\n")
    assert offer("", yes="yes") == "[]\n"
    assert "stay in its container" not in said, "this docker is out of the node's reach"
    house.do("sh", "-c", f'printf "#!/bin/sh\nexec {house.bin}/docker \\"\\$@\\"\n" >/usr/local/lib/docker')
    house.do("chmod", "+x", "/usr/local/lib/docker")
    for answer, chosen in (("y", "yes"), ("n", ""), ("", "")):
        said = house.parts("PATH=/usr/local/lib:$PATH; watch_over; settle_takeover; judge_settings; offer_takeover; "
                           'echo "[$stay_inside]"', stdin=f"amnezia-wireguard\n{answer}\n", yes="")  # fmt: skip
        assert "Should amnezia-wireguard stay in its container" in said
        assert said.endswith(f"[{chosen}]\n")


# ---- resolvers in friends' files ----


def test_questions_to_a_resolver_that_is_gone_are_answered_elsewhere(house: House) -> None:
    house.set_up(f"{SETTINGS}CLIENT_DNS={INTERNET}\n")
    answering = house.world.start(sys.executable, str(PROBE), "answer", "53")
    try:
        house.take_over()
        assert house.asks("172.29.172.254") == "open"
    finally:
        answering.kill()


DOCKERS_FIREWALL = """
iptables -P FORWARD DROP
iptables -N DOCKER-USER
iptables -A FORWARD -j DOCKER-USER
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -i docker+ -j ACCEPT
iptables -A FORWARD -o docker1 -j ACCEPT
iptables -t raw -A PREROUTING -d 172.29.172.254 ! -i docker2 -j DROP
"""
NO_FIREWALL = "iptables -P FORWARD ACCEPT; iptables -F; iptables -X DOCKER-USER; iptables -t raw -F"


def test_a_resolver_in_a_container_and_the_internet_are_reached_through_dockers_firewall(house: House) -> None:
    start = f"ip address add 172.29.172.254/24 dev eth0\n{sys.executable} {PROBE} answer 53 &\n"
    docker.create(house.bin, "amnezia-dns", address="172.29.172", start=start)
    house.do("docker", "start", "amnezia-dns")
    house.do("sh", "-ec", DOCKERS_FIREWALL)
    before = house.do("iptables-save").count("ACCEPT")
    try:
        house.take_over()
        assert house.asks("172.29.172.254") == "open"
        assert house.client.pings(INTERNET)
        house.give_back()
        assert house.do("iptables-save").count("ACCEPT") == before, "what was let through goes with the take-over"
    finally:
        house.do("docker", "stop", "amnezia-dns")
        house.do("sh", "-c", NO_FIREWALL)
        shutil.rmtree(house.bin / "containers/amnezia-dns")


@pytest.mark.parametrize("version", [14, 15])
def test_wg_easy_is_taken_over_with_all_that_it_knows(house: House, version: int) -> None:
    server = WgEasy(version)
    server.lay(house.bin)
    house.do("docker", "start", wg_easy.NAME)
    house.client.connect(server.file("Ann"))
    try:
        wait(lambda: house.client.pings(wg_easy.OWN), 20, "Ann's connection")
        with house.ping(wg_easy.OWN) as pings:
            said = house.take_over(wg_easy.NAME)
        assert "Disabled or expired in the container, so they can't connect here either: 2" in said
        assert pings.longest_gap <= SECONDS
        assert pings.last_answered
        assert house.serves(wg_easy.NAME) == "interface"
        assert house.do("wg", "show", "wg0", "listen-port").strip() == str(wg_easy.OUTSIDE)
        assert set(house.do("wg", "show", "wg0", "peers").split()) == {server.public["Ann"], server.public["Cat"]}
        own = re.findall(r"inet6? ([^f ]\S+|fdcc\S+)", house.do("ip", "-o", "address", "show", "wg0"))
        assert own == [f"{wg_easy.OWN}/24"] + ([f"{wg_easy.OWN6}/112"] if version == 15 else [])
        handed_over = hand_over(house)
        assert {name: handed_over[name]["private_key"] for name in handed_over} == server.private
        assert {name: handed_over[name]["expires_at"] for name in handed_over} == server.ends
        assert [name for name in handed_over if not handed_over[name]["enabled"]] == ["Ben"]
        with house.ping(wg_easy.OWN) as pings:
            house.give_back()
        assert pings.longest_gap <= SECONDS
        assert pings.last_answered
        assert not house.file("/var/lib/andreyvpn/handed-over.json").exists(), "there are keys in it"
        assert house.serves(wg_easy.NAME) == "container"
    finally:
        house.do("docker", "stop", wg_easy.NAME)
        shutil.rmtree(house.bin / "containers" / wg_easy.NAME)
        house.client.connect(house.first_file)


def hand_over(house: House) -> dict[str, dict[str, Any]]:
    """Return the data about each peer that is handed over to the bot, by name."""
    house.parts("read_taken; write_names; hand_over_peers")
    file = house.file("/var/lib/andreyvpn/handed-over.json")
    assert file.stat().st_mode & 0o777 == 0o640
    return {peer["name"]: peer for peer in json.loads(file.read_text())}


def test_podman_is_asked_in_its_own_words(house: House) -> None:
    """A unit starts the container at boot, so we stop, start, disable and enable that unit."""
    unit, name = house.bin / f"enabled/container-{wg_easy.NAME}", wg_easy.NAME
    (house.bin / "docker").rename(house.bin / "podman")
    server = WgEasy(14)
    server.lay(house.bin, restart="no")
    try:
        (house.bin / "docker").write_text("#!/bin/sh\nexec podman \"$@\"\n")  # as the package podman-docker does
        (house.bin / "docker").chmod(0o755)
        house.do("docker", "stop", AMNEZIA)
        house.do("systemctl", "enable", "--now", f"container-{name}.service")
        house.client.connect(server.file("Ann"))
        wait(lambda: house.client.pings(wg_easy.OWN), 20, "Ann's connection")
        assert "Back after" in house.take_over(name)
        assert (house.container(name)["running"], unit.exists()) == (False, False)
        assert house.client.pings(wg_easy.OWN)
        house.give_back()
        assert (house.container(name)["running"], unit.exists()) == (True, True)
        wait(lambda: house.client.pings(wg_easy.OWN), BACK, "Ann's connection")
    finally:
        (house.bin / "podman").rename(house.bin / "docker")
        house.do("docker", "stop", name)
        unit.unlink(missing_ok=True)
        shutil.rmtree(house.bin / "containers" / name)
        house.do("docker", "start", AMNEZIA)
        house.client.connect(house.first_file)


# ---- who is online ----


def test_several_friends_are_waited_for_and_one_may_come_from_elsewhere(house: House) -> None:
    """One friend's address has changed meanwhile, so our handshake fails, and the device reconnects by itself."""
    other = Client(house.client.namespace, f"{house.client.name}2", PLAIN)
    other.connect(house.files[1].replace("10.8.0.0/16, 203.0.113.0/24, 172.29.172.254/32", "192.0.2.0/24"))
    try:
        wait(lambda: len(online_inside(house)) == 2, 20, "the other friend's handshake")
        said = house.take_over()
        assert re.search("Back after [0-4].[0-9] s: 2 of 2", said)
        house.give_back()
        wait(house.pings, BACK, "the friend's connection")
        wait(lambda: len(online_inside(house)) == 2, BACK, "the other friend's handshake")
    finally:
        other.disconnect()
    move(house, "10.99.0.2", "10.99.0.3")
    installer = house.begin_take_over()
    try:
        wait(lambda: house.step() == "trying", 30, "the cut-over")
        wait(house.pings, 40, "the friend's connection from elsewhere")
        said = installer.communicate(timeout=60)[0]
        assert "Back after" in said
        assert house.serves() == "interface"
        assert "10.99.0.3" in online_here(house)
        house.give_back()
        wait(house.pings, BACK, "the friend's connection to the container")
    finally:
        move(house, "10.99.0.3", "10.99.0.2")


def online_inside(house: House) -> list[str]:
    shown = house.do("docker", "exec", "-i", AMNEZIA, "wg", "show", "wg0", "endpoints")
    return re.findall(r"\t([0-9.]+):", shown)


def online_here(house: House) -> list[str]:
    return re.findall(r"\t([0-9.]+):", house.do("wg", "show", "wg0", "endpoints"))


def move(house: House, before: str, after: str) -> None:
    """Give the friends' machine another address."""
    cable = f"{house.client.namespace.name}v"
    house.client.namespace.run("ip", "address", "del", f"{before}/24", "dev", cable)
    house.client.namespace.run("ip", "address", "add", f"{after}/24", "dev", cable)


# ---- nobody comes back ----


def test_it_goes_back_by_itself_if_no_friend_comes(house: House) -> None:
    house.do("nft", RULES)
    try:
        said = house.take_over(code=2, seconds=4)
        assert "none of the 1 friends who were online connected within 4 s. Perhaps a firewall blocks the port" in said
        assert "The take-over was undone" in said
        assert house.serves() == "container"
        assert house.step() == ""
    finally:
        house.do("nft", "delete", "table", "inet", "owner")
    wait(house.pings, 40, "the friend's connection, which the owner's firewall does not concern")


def test_it_goes_back_if_the_interface_does_not_start(house: House) -> None:
    broken = house.bin / "broken"
    broken.touch()
    try:
        said = house.take_over(code=2)
    finally:
        broken.unlink()
    assert "Going back to the container: the interface didn't start (Job failed)" in said
    assert house.serves() == "container"
    assert house.step() == ""


def test_what_ends_before_the_cut_over_leaves_nothing(house: House) -> None:
    script = f"place_recovery() {{ die stopped; }}\n{TAKE_OVER.format(name=AMNEZIA)}"
    assert "3 peers, UDP port 51820" in house.parts(script, code=2)
    assert house.serves() == "container"
    assert house.step() == ""
    for left in ("/etc/andreyvpn/nat-wg0.nft", "/etc/wireguard/wg0.conf"):
        assert house.run("test", "-e", left)[0], left
    assert house.pings()


# ---- refusals, before anything is touched ----


def listing(house: House) -> list[str]:
    folders = ("/etc/andreyvpn", "/etc/wireguard", "/etc/systemd/system", "/usr/local/lib", "/var/lib/andreyvpn")
    shown = house.do("sh", "-c", f"find {' '.join(folders)} -type f ! -name 'given-back*' ! -path '*/taken-over/*' | "
                     "xargs -r sha256sum")  # fmt: skip
    return sorted(shown.splitlines())


def state(house: House) -> tuple[list[str], str, str]:
    addresses = house.do("ip", "address").replace(" tentative", "")  # soon after a container's start
    return listing(house), house.do("nft", "list", "ruleset"), addresses


def refused(house: House, said: str, name: str = AMNEZIA) -> None:
    before = state(house)
    assert said in house.take_over(name, code=2)
    assert state(house) == before
    assert house.serves() == "container"
    assert house.pings()


def test_a_name_that_is_none_is_refused(house: House) -> None:
    refused(house, "there is no server nothing here. Containers found: amnezia-wireguard", "nothing")
    refused(house, "there is no server ../x here", "../x")
    assert "nothing was taken over here, so there is nothing to give back" in house.give_back(code=2)


def test_a_port_of_another_program_is_refused(house: House) -> None:
    hold = ("python3", "-c", "import socket, sys\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            "s.bind(('127.0.0.1', 51820))\nsys.stdin.read()")  # fmt: skip
    house.do("docker", "stop", "-t", "1", AMNEZIA)
    program = subprocess.Popen(house.inside(*hold), stdin=subprocess.PIPE)
    try:
        wait(lambda: "python3" in house.do("ss", "-lunp", "sport = :51820"), 10, "the program's port")
        said = house.take_over(code=2)
        assert "UDP port 51820 is used by python3, not by docker. Stop that program" in said
        assert house.step() == ""
    finally:
        program.communicate(timeout=10)
        house.do("docker", "start", AMNEZIA)


@pytest.mark.parametrize(
    ("make", "unmake"),
    [("address add 10.8.1.200/28 dev lo", "address del 10.8.1.200/28 dev lo"),
     ("route add 10.8.0.0/16 dev lo table 77", "route del 10.8.0.0/16 table 77")],
)  # fmt: skip
def test_a_network_in_use_is_refused(house: House, make: str, unmake: str) -> None:
    house.do("ip", *make.split())
    try:
        refused(house, "friends' network 10.8.1.0/24 is used on this server for something else (10.8.")
    finally:
        house.do("ip", *unmake.split())


def test_a_full_disk_is_refused(house: House) -> None:
    house.do("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", "/var/lib/andreyvpn")
    try:
        refused(house, "MB are free in /var/lib/andreyvpn, and 16 MB are needed. Free some space")
    finally:
        house.do("umount", "/var/lib/andreyvpn")


@pytest.mark.parametrize("verbs", ["update", "exec update", "ps inspect exec update start stop cp"])
def test_no_rights_with_docker_are_refused(house: House, verbs: str) -> None:
    denied = house.bin / "containers/denied"
    denied.write_text(verbs)
    try:
        said = house.take_over(code=2)
    finally:
        denied.unlink()
    assert "docker" in said
    assert "run this again" in said or "with docker running" in said or "To set up a new server" in said
    assert house.serves() == "container"
    assert house.step() == ""


def test_a_protocol_that_is_not_spoken_here_is_refused(house: House) -> None:
    """The tool of this server is plain WireGuard's: it does not know the lines of the container's file."""
    house.do("docker", "stop", "-t", "1", AMNEZIA)  # so that its file counts, and not its plain interface
    conf = house.bin / f"containers/{AMNEZIA}/root/opt/amnezia/wireguard/wg0.conf"
    before = conf.read_text()
    parameters = "".join(f"{name} = {value}\n" for name, value in ONE.items())
    conf.write_text(before.replace("ListenPort", f"{parameters}ListenPort"))
    for name in ("awg", "amneziawg-go"):
        tool = house.bin / name
        tool.write_text(f"#!/bin/sh\nexec {'wg' if name == 'awg' else 'wireguard-go'} \"$@\"\n")
        tool.chmod(0o755)
    try:
        said = house.take_over(code=2)
    finally:
        conf.write_text(before)
        for name in ("awg", "amneziawg-go"):
            (house.bin / name).unlink()
        house.do("docker", "start", AMNEZIA)
    assert "this server doesn't speak the container's protocol, AmneziaWG 1.0 (awg: " in said
    assert "Update amneziawg here" in said
    assert house.serves() == "container"
    assert house.step() == ""
    assert not [name for name in house.do("ls", "/sys/class/net").split() if name.startswith("avtry")]


def test_a_bot_that_has_a_server_already_is_refused(house: House) -> None:
    house.set_up(SETTINGS + "AWG_INTERFACE=lo\n")
    refused(house, "this bot already looks after lo")


def test_a_container_without_its_own_network_is_refused(house: House) -> None:
    state = house.bin / f"containers/{AMNEZIA}/container.json"
    before = state.read_text()
    changes = {"uses this server's own network": {"mode": "host"}, "publishes no UDP port": {"inside": 1}}
    for said, change in changes.items():
        state.write_text(json.dumps(json.loads(before) | change))
        try:
            refused(house, said)
        finally:
            state.write_text(before)


# ---- interruptions ----


BLOCK = "chain {0}put {{ type filter hook {0}put priority 0; udp {1}port 51820 drop; }};"
RULES = f"table inet owner {{ {BLOCK.format('in', 'd')} {BLOCK.format('out', 's')} }}"


@pytest.mark.parametrize(
    ("step", "slow", "end"), [("cutting", "stop", "container"), ("trying", "", "container"),
                              ("finishing", "update", "interface")],
)  # fmt: skip
def test_an_installer_that_is_killed_is_settled_at_once(house: House, step: str, slow: str, end: str) -> None:
    (house.bin / "containers/slow").write_text(slow)
    if step == "trying":
        house.do("nft", RULES)
    installer = house.begin_take_over()
    try:
        wait(lambda: house.step() == step, 30, step)
        assert "another installation is running" in house.parts("watch_over", code=2)
        os.killpg(installer.pid, signal.SIGKILL)
        wait(lambda: house.step() in ("taken", "undone"), 15, f"the end of what was killed while {step}")
        assert house.serves() == end
        wait(house.pings, BACK, "the friend's connection")
        house.wait_for_installers()
    finally:
        installer.communicate(timeout=10)
        (house.bin / "containers/slow").unlink()
        if step == "trying":
            house.do("nft", "delete", "table", "inet", "owner")
    if end == "interface":
        assert "was taken over before" in house.parts(AGAIN)
    else:
        assert "step=" in house.settle()
        assert not house.file("/usr/local/lib/andreyvpn-takeover/lib").exists()


def test_a_terminal_that_goes_stops_nothing(house: House) -> None:
    """The owner may be connected through the tunnel itself, or press Ctrl-C."""
    house.do("nft", RULES)
    installer = house.begin_take_over()
    try:
        wait(lambda: house.step() == "trying", 30, "the cut-over")
        assert installer.stdout
        installer.stdout.close()
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            os.killpg(installer.pid, number)
    finally:
        house.do("nft", "delete", "table", "inet", "owner")
    wait(lambda: house.step() == "taken", 40, "the end of the take-over")
    installer.wait(timeout=20)
    house.wait_for_installers()
    assert house.serves() == "interface"
    wait(house.pings, BACK, "the friend's connection")


PREPARE = f"""{PREPARED}mkdir /run/prepared
(cd / && cp -a --parents $etc/taken-over.json $nat /etc/wireguard/wg0.conf /run/prepared)
rm -rf /run/andreyvpn-undo
trap - EXIT
"""


def prepare(house: House) -> None:
    """Do what install.sh does before the cut-over; after the first time, restore the files it created."""
    if house.run("test", "-e", "/run/prepared")[0]:
        house.parts(PREPARE)
    else:
        house.do("cp", "-a", "/run/prepared/.", "/")


def settle(house: House, after_a_boot: bool, what: str) -> str:
    """Run the recovery, check that its result is consistent, and give the server back; return what served friends."""
    if after_a_boot:
        house.restart()
    house.killed(0, "recover")
    served = house.serves()
    assert served in ("container", "interface"), f"{what}: {served}"
    wait(house.pings, BACK, f"the friend's connection after {what}")
    if served == "interface":
        house.killed(0, "give-back")
        wait(house.pings, BACK, "the friend's connection to the container")
    house.killed(0, "forget")
    assert house.serves() == "container"
    return served


@pytest.mark.slow(150)
def test_a_take_over_that_is_cut_off_is_or_is_not(house: House) -> None:
    number, was_killed, ends = 0, True, []
    while was_killed:
        number += 1
        prepare(house)
        was_killed, said = house.killed(number, "cut", "10")
        ends.append(settle(house, number % 2 == 0, said))
        print(number, said, ends[-1])
    assert number > 10
    assert set(ends) == {"container", "interface"}


@pytest.mark.slow(150)
def test_a_way_back_that_is_cut_off_is_or_is_not(house: House) -> None:
    number, was_killed = 0, True
    while was_killed:
        number += 1
        prepare(house)
        house.killed(0, "cut", "10")
        was_killed, said = house.killed(number, "give-back")
        print(number, said, settle(house, number % 2 == 0, said))
    assert number > 8
