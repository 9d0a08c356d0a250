"""Nodes at work on real interfaces: one as a child in a namespace, one behind its socket on a booted machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.company import ROOT
from tests.system.installed import inside
from tests.system.machine import Machine, fresh_debian, need_machine
from tests.system.network import Network, RealInterface, need_network

NODE = ROOT / "lib" / "node" / "node.py"
APP, LOADER = "/opt/andreyvpn/current", "/usr/local/lib/andreyvpn-node.py"
SOCKET = "/run/andreyvpn-node.sock"
LOOK: dict[str, Any] = {"do": "look", "way_out": False}
BOT = ("setpriv", "--reuid=andreyvpn", "--regid=andreyvpn", "--clear-groups")
ASK = """
import json, socket, sys
with socket.socket(socket.AF_UNIX) as node:
    node.connect(sys.argv[1])
    node.sendall(sys.argv[2].encode() + b"\\n")
    print(node.makefile().readline())
"""
WG_QUICK = """
[Interface]
Address = 10.8.0.1/24, fd10:8::1/64
ListenPort = 51820
PrivateKey = {key}
PostUp = AWG_COMMAND=wg python3 -I -S -B {loader} load %i {peers} || true
"""
USERSPACE = """\
[Service]
BindPaths=-/run/wireguard/wg0.sock
AmbientCapabilities=CAP_DAC_OVERRIDE
CapabilityBoundingSet=CAP_DAC_OVERRIDE
RestrictAddressFamilies=AF_UNIX
"""


def change(add: Any = (), remove: Any = ()) -> dict[str, Any]:
    """Return a request to change peers."""
    return {"do": "change", "add": list(add), "remove": list(remove)}


def ask_child(interface: RealInterface, *requests: object, words: tuple[str, ...] = ("serve",)) -> list[dict[str, Any]]:
    """Start a node for a real interface with our own rights, and return its answers."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    environment = {"PATH": os.environ["PATH"], "AWG_COMMAND": interface.command, "AWG_INTERFACE": interface.name}
    command = [sys.executable, "-I", "-S", "-B", str(NODE), *words]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stderr
    return [*map(json.loads, done.stdout.splitlines()), *([{"said": done.stderr}] if done.stderr else [])]


class NodeMachine(Machine):
    """A booted machine with the node's units, an interface wg0 of wg-quick, and the bot's user, but no bot."""

    peers = Path("/var/lib/andreyvpn/bot_data.db.peers")

    def lay(self) -> None:
        """Install what an installation would; the interface is a userspace one."""
        self.do("useradd", "--system", "--user-group", "--no-create-home", "andreyvpn")
        self.do("install", "-d", "-o", "andreyvpn", "-g", "andreyvpn", "-m", "0700", str(self.peers.parent))
        self.do("install", "-d", f"{APP}/lib", "/etc/andreyvpn")
        self.do("cp", "-r", "/src/lib/__init__.py", "/src/lib/node", f"{APP}/lib")
        self.do("install", "-m", "0644", "/src/lib/node/node.py", LOADER)
        self.do("python3", "-m", "venv", "--without-pip", f"{APP}/.venv")
        self.write("/etc/andreyvpn/andreyvpn.env", "BOT_TOKEN=1:secret\nAWG_INTERFACE=wg0\nAWG_COMMAND=wg\n", 0o640)
        for unit in ROOT.glob("andreyvpn-node*"):
            shutil.copy(unit, self.root / "etc/systemd/system")
        self.write("/etc/systemd/system/andreyvpn-node@.service.d/userspace.conf", USERSPACE)
        key = self.do("wg", "genkey").strip()
        self.write("/etc/wireguard/wg0.conf", WG_QUICK.format(key=key, loader=LOADER, peers=self.peers), 0o600)
        self.do("systemctl", "daemon-reload")
        self.do("systemctl", "enable", "--now", "--quiet", "andreyvpn-node.socket", "wg-quick@wg0")

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file of root's."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def ask(self, request: object, *prefix: str) -> dict[str, Any]:
        """Ask the node behind the socket, as the bot's user or another; return the answer, {} if it hung up."""
        words = (*(prefix or BOT), "python3", "-c", ASK, SOCKET, json.dumps(request))
        answer: dict[str, Any] = json.loads(self.do(*words).strip() or "{}")
        return answer

    def peers_of(self) -> dict[str, str]:
        """Return the live peers: public key to allowed addresses."""
        lines = self.do("wg", "show", "wg0", "dump").splitlines()[1:]
        return {line.split("\t")[0]: line.split("\t")[3] for line in lines}

    def restart_interface(self) -> None:
        """Take the interface down and up again, which loads the bot's file; it must come up."""
        self.do("systemctl", "reset-failed", "wg-quick@wg0")  # which counts how often it was started
        self.do("systemctl", "restart", "wg-quick@wg0")
        self.do("wg", "show", "wg0")


@contextmanager
def machine_with_node(folder: Path, suite: str = "bookworm") -> Iterator[NodeMachine]:
    """Boot a fresh machine with a node."""
    need_machine()
    need_network()
    with fresh_debian(folder, suite) as root, Network() as network, inside(network.server):
        machine = NodeMachine(root, network.server)
        try:
            machine.boot()
            machine.lay()
            yield machine
        finally:
            machine.power_off()
