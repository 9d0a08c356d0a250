"""A docker daemon on a booted machine, with the app's server in a container as the app sets it up."""

from __future__ import annotations

import json
import shutil

from tests.system.amnezia import AWG, OLD_AWG, OWN, PLAIN, Amnezia, Layout
from tests.system.house import Pings
from tests.system.installed import Installed
from tests.system.machine import Machine
from tests.system.network import PORT, Network, wait

PROGRAMS = ("awg", "awg-quick", AWG.flavour.daemon)
LAYOUTS = [PLAIN, *([AWG, OLD_AWG] if all(map(shutil.which, PROGRAMS)) else [])]
IMAGE, RESOLVER, RESOLVERS = "andreyvpn-test", "amnezia-dns", "amnezia-dns-net"
RESOLVER_ADDRESS = "172.29.172.254"
# The image has the machine's own files, with shells, network tools and Python, but without these.
LEFT_OUT = ("usr/share", "usr/lib/systemd", "usr/bin/docker*", "usr/bin/containerd*", "usr/bin/ctr", "usr/bin/dnet",
            "usr/sbin/dockerd", "usr/sbin/ovrouter", "usr/sbin/runc")  # fmt: skip
# The app uses --privileged, which isn't fully available on a machine that is a container itself. These are the rights
# that the server needs of it.
RIGHTS = ("--cap-add=NET_ADMIN", "--device=/dev/net/tun", "--sysctl=net.ipv4.ip_forward=1")
START = """#!/bin/bash
export WG_QUICK_USERSPACE_IMPLEMENTATION={daemon}
{tool}-quick down {folder}/{interface}.conf
{tool}-quick up {folder}/{interface}.conf
iptables -A INPUT -i {interface} -j ACCEPT
iptables -A FORWARD -i {interface} -j ACCEPT
iptables -A OUTPUT -o {interface} -j ACCEPT
iptables -A FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
iptables -t nat -A POSTROUTING -s 10.8.1.0/24 -o eth0 -j MASQUERADE
iptables -t nat -A POSTROUTING -s 10.8.1.0/24 -o eth1 -j MASQUERADE
exec sleep infinity
"""


def wait_for_docker(machine: Machine) -> None:
    """Wait until docker answers."""
    wait(lambda: machine.says("docker", "info", "--format", "{{.ID}}"), 30, "docker's answer")


def make_image(machine: Machine) -> None:
    """Build an image from the machine's own files."""
    left = " ".join(f"--exclude='{path}'" for path in LEFT_OUT)
    folders = "bin sbin lib lib64 usr etc/alternatives etc/ld.so.cache etc/passwd etc/group etc/protocols"
    machine.do("sh", "-euc", f"mkdir -p /run/empty/tmp /run/empty/run; tar -C / {left} -cf - {folders} "
                             f"-C /run/empty tmp run | docker import - {IMAGE}")  # fmt: skip


def install_tools(machine: Machine, layout: Layout) -> None:
    """Install our own AmneziaWG on the machine, as a package would, if the layout needs it."""
    if layout.flavour.tool != "wg":
        for name in PROGRAMS:
            shutil.copy(str(shutil.which(name)), machine.root / "usr/bin" / name)
        units = machine.root / "usr/lib/systemd/system"
        unit = (units / "wg-quick@.service").read_text().replace("wg-quick", "awg-quick")
        (units / "awg-quick@.service").write_text(unit)


def make_server(machine: Machine, amnezia: Amnezia) -> None:
    """Create and start the app's server, and the resolver that its files name."""
    layout = amnezia.layout
    install_tools(machine, layout)
    wait_for_docker(machine)
    make_image(machine)
    machine.do("docker", "network", "create", "--driver=bridge", "--subnet=172.29.172.0/24", RESOLVERS)
    machine.do("docker", "run", "-d", "--restart=always", f"--network={RESOLVERS}", f"--ip={RESOLVER_ADDRESS}",
               f"--name={RESOLVER}", "--stop-timeout=1", "--volume=/src/tests/system:/probe:ro", IMAGE,
               "python3", "-B", "/probe/probe.py", "answer", "53")  # fmt: skip
    machine.do("docker", "create", "--restart=always", "--stop-timeout=1", *RIGHTS, f"-p={PORT}:{PORT}/udp",
               f"--name={layout.container}", IMAGE, "/opt/amnezia/start.sh")  # fmt: skip
    machine.do("docker", "network", "connect", RESOLVERS, layout.container)
    place = machine.root / "root" / layout.folder.lstrip("/")
    place.mkdir(parents=True)
    names = {"daemon": layout.flavour.daemon, "folder": layout.folder, "interface": layout.interface}
    start = START.format(tool=layout.inside, **names)
    files = {name: (text, 0o600) for name, text in amnezia.files().items()} | {"../start.sh": (start, 0o755)}
    for name, (text, mode) in files.items():
        (place / name).write_text(text)
        (place / name).chmod(mode)
    machine.do("docker", "cp", "/root/opt", f"{layout.container}:/")
    if layout.inside != layout.flavour.tool:
        machine.do("docker", "cp", f"/usr/bin/{layout.flavour.tool}", f"{layout.container}:/usr/bin/{layout.inside}")
    machine.do("docker", "start", layout.container)


class Place:
    """A booted machine with the app's server in docker, and a friend's device with its file from before the bot."""

    def __init__(self, company: Installed, network: Network, layout: Layout) -> None:
        self.layout, self.company, self.machine, self.client = layout, company, company.machine, network.client
        self.device = network.server[:-1] + "c"
        self.amnezia = Amnezia(layout)
        self.file = self.amnezia.add_friend()
        self.amnezia.add_friend()
        make_server(self.machine, self.amnezia)
        self.runs_with(self.file)

    def runs_with(self, file: str) -> bool:
        """Connect the device with a file, and wait until it reaches the server."""
        self.client.connect(file)
        try:
            wait(lambda: self.client.pings(OWN), 40, "the friend's connection")
        except AssertionError:
            inside = f"docker exec -i {self.layout.container} {self.layout.inside} show"
            print(*(self.machine.says(*words.split()) for words in ("systemctl status docker", inside, "wg show")))
            raise
        return True

    def ping(self) -> Pings:
        return Pings(self.device)

    def container(self) -> tuple[bool, str]:
        """Return whether the container runs, and its restart policy."""
        [seen] = json.loads(self.machine.do("docker", "inspect", self.layout.container))
        return seen["State"]["Running"], seen["HostConfig"]["RestartPolicy"]["Name"]
