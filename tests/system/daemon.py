"""A real docker daemon on a booted machine, with the app's server in a container as the app makes it."""

from __future__ import annotations

from tests.system.amnezia import AMNEZIA, FOLDER, Amnezia
from tests.system.machine import Machine
from tests.system.network import PORT, wait

IMAGE, RESOLVER, RESOLVERS = "andreyvpn-test", "amnezia-dns", "amnezia-dns-net"
RESOLVER_ADDRESS = "172.29.172.254"
# Of this very Debian, what a container needs: shells, tools of the network, and Python.
LEFT_OUT = ("usr/share", "usr/lib/systemd", "usr/bin/docker*", "usr/bin/containerd*", "usr/bin/ctr", "usr/bin/dnet",
            "usr/sbin/dockerd", "usr/sbin/ovrouter", "usr/sbin/runc")  # fmt: skip
# What of --privileged, with which the app runs it, is used; a machine that is a container itself can't give all of it.
RIGHTS = ("--cap-add=NET_ADMIN", "--device=/dev/net/tun", "--sysctl=net.ipv4.ip_forward=1")
START = f"""#!/bin/bash
wg-quick down {FOLDER}/wg0.conf
wg-quick up {FOLDER}/wg0.conf
iptables -A INPUT -i wg0 -j ACCEPT
iptables -A FORWARD -i wg0 -j ACCEPT
iptables -A OUTPUT -o wg0 -j ACCEPT
iptables -A FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
iptables -t nat -A POSTROUTING -s 10.8.1.0/24 -o eth0 -j MASQUERADE
iptables -t nat -A POSTROUTING -s 10.8.1.0/24 -o eth1 -j MASQUERADE
exec sleep infinity
"""


def wait_for_docker(machine: Machine) -> None:
    """Wait until docker answers."""
    wait(lambda: machine.says("docker", "info", "--format", "{{.ID}}"), 30, "docker's answer")


def make_image(machine: Machine) -> None:
    """Make an image of what the machine itself has."""
    left = " ".join(f"--exclude='{path}'" for path in LEFT_OUT)
    folders = "bin sbin lib lib64 usr etc/alternatives etc/ld.so.cache etc/passwd etc/group etc/protocols"
    machine.do("sh", "-euc", f"mkdir -p /run/empty/tmp /run/empty/run; tar -C / {left} -cf - {folders} "
                             f"-C /run/empty tmp run | docker import - {IMAGE}")  # fmt: skip


def make_server(machine: Machine, amnezia: Amnezia) -> None:
    """Create and start the app's server, and its resolver, which its files name."""
    wait_for_docker(machine)
    make_image(machine)
    machine.do("docker", "network", "create", "--driver=bridge", "--subnet=172.29.172.0/24", RESOLVERS)
    machine.do("docker", "run", "-d", "--restart=always", f"--network={RESOLVERS}", f"--ip={RESOLVER_ADDRESS}",
               f"--name={RESOLVER}", "--stop-timeout=1", "--volume=/src/tests/system:/probe:ro", IMAGE,
               "python3", "-B", "/probe/probe.py", "answer", "53")  # fmt: skip
    machine.do("docker", "create", "--restart=always", "--stop-timeout=1", *RIGHTS, f"-p={PORT}:{PORT}/udp",
               f"--name={AMNEZIA}", IMAGE, "/opt/amnezia/start.sh")  # fmt: skip
    machine.do("docker", "network", "connect", RESOLVERS, AMNEZIA)
    place = machine.root / "root/opt/amnezia"
    (place / FOLDER.removeprefix("/opt/amnezia/")).mkdir(parents=True)
    (place / "start.sh").write_text(START)
    (place / "start.sh").chmod(0o755)
    for name, text in amnezia.files().items():
        file = place / FOLDER.removeprefix("/opt/amnezia/") / name
        file.write_text(text)
        file.chmod(0o600)
    machine.do("docker", "cp", "/root/opt", f"{AMNEZIA}:/")
    machine.do("docker", "start", AMNEZIA)
