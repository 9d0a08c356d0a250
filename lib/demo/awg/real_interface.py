"""A real interface for the demo: two network namespaces, a cable between them and a tunnel over it. Needs root.

All names contain the id of this process. Everything is registered before it is created, so that it is removed
however the demo ends.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from lib.demo.awg import simulation
from lib.demo.awg.interface import FIRST_PORT, LivePeer, read_peers

_TOOLSETS = (
    ("awg", "amneziawg-go", "amneziawg"),
    ("wg", "wireguard-go", "wireguard"),
)  # tool, daemon, folder of the daemon's sockets
_SERVER_IP, _CLIENT_IP = "10.99.0.1", "10.99.0.2"  # the ends of the cable
_TUNNEL, _TUNNEL6 = "10.8.0.1", "fd10:8::1"
_DOWNLOAD = 20_000_000  # bytes
_DOWNLOADER = Path(__file__).with_name("download.py")


class Unavailable(Exception):
    """Something that a real interface needs is missing on this machine."""


class RealInterface:
    """The server's interface, and a friend's device that uses the very .conf that was delivered."""

    real = True
    endpoint = _SERVER_IP

    def __init__(self, peers_file: Path, register: Callable[[str, object], None]) -> None:
        """Find the tools; raise Unavailable if they are missing."""
        self._tool, daemon, sockets = _find_tools()
        self._peers_file = peers_file
        prefix = f"av{os.getpid()}"
        self._server = _Machine(f"{prefix}s", _SERVER_IP, daemon, Path("/var/run") / sockets, register)
        self._client = _Machine(f"{prefix}c", _CLIENT_IP, daemon, Path("/var/run") / sockets, register)
        self.name, self.port = self._server.interface, FIRST_PORT
        self.command = " ".join((*self._server.prefix, self._tool))
        self._settings = _make_settings(self._tool)

    def __enter__(self) -> RealInterface:
        """Create both machines and connect them with a cable."""
        machines = (self._server, self._client)
        for machine in machines:
            machine.create()
        ends = (self._server.cable, "type", "veth", "peer", self._client.cable, "netns", self._client.namespace)
        _run("ip", "-n", self._server.namespace, "link", "add", *ends)
        for machine in machines:
            machine.run("ip", "address", "add", f"{machine.ip}/24", "dev", machine.cable)
            machine.run("ip", "link", "set", machine.cable, "up")
            machine.run("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes of both machines; the cleanup removes the machines themselves."""
        self._client.stop()
        self._server.stop()

    def up(self) -> None:
        """Create the interface, always with the same key, and load the peers in the bot's file as PostUp would."""
        conf = "[Interface]\n" + "".join(f"{key} = {value}\n" for key, value in self._settings.items())
        self._server.create_tunnel(self._tool, conf, [f"{_TUNNEL}/24", f"{_TUNNEL6}/64"])
        if self._peers_file.exists() and self._peers_file.stat().st_size:
            self._server.run(self._tool, "addconf", self.name, str(self._peers_file))
        self._server.start(sys.executable, str(_DOWNLOADER), "serve", _TUNNEL)

    def down(self) -> None:
        """Kill the daemon, and the interface with it."""
        self._server.stop()

    def peers(self) -> list[LivePeer] | None:
        """Return the peers that the real tool shows, or None if there is no interface."""
        return read_peers((*self._server.prefix, self._tool, "show", self.name, "dump"), time.time())

    def download(self, confs: Sequence[str]) -> None:
        """Import the newest .conf as an app does, and download from the other end of the tunnel."""
        conf = confs[-1]
        self._client.stop()
        values = dict(line.split(" = ", 1) for line in conf.splitlines() if " = " in line)
        kept = [line for line in conf.splitlines() if not line.startswith(("Address", "DNS", "MTU"))]
        self._client.create_tunnel(self._tool, "\n".join(kept) + "\n", values["Address"].split(", "))
        self._client.run("ip", "link", "set", self._client.interface, "mtu", values.get("MTU", "1280"))
        for network in values["AllowedIPs"].split(", "):
            family = "-6" if ":" in network else "-4"
            self._client.run("ip", family, "route", "add", network, "dev", self._client.interface)
        self._client.run(sys.executable, str(_DOWNLOADER), "fetch", _TUNNEL, str(_DOWNLOAD))

    def late(self, confs: Sequence[str]) -> set[str]:
        """Return nothing: a real device that uses an old port gets no handshake anyway."""
        return set()

    def use_up(self, key: str) -> None:
        """Do nothing: a download of that size would take too long."""

    def go_offline(self) -> None:
        """Switch off the friend's tunnel."""
        self._client.stop()

    def change_port(self) -> None:
        """Move to the next port; the friend's tunnel keeps trying the old one."""
        self.port += 1
        self._settings["ListenPort"] = str(self.port)
        self._server.run(self._tool, "set", self.name, "listen-port", str(self.port))

    def set_filter(self, on: bool) -> None:
        """Do nothing: the cable lets everything through."""

    def add_stranger(self, key: str, address: str) -> None:
        """Add a peer. It has no device and never connects."""
        self._server.run(self._tool, "set", self.name, "peer", key, "allowed-ips", f"{address}/32")

    def switch(self, key: str, on: bool) -> None:
        """Do nothing: there is no device."""

    def set_clock(self, offset: float) -> None:
        """Do nothing: the kernel's clock can't be changed."""


class _Machine:
    """A network namespace that acts as a machine of its own, with one end of the cable and of the tunnel."""

    def __init__(
        self, namespace: str, ip: str, daemon: str, sockets: Path, register: Callable[[str, object], None]
    ) -> None:
        self.namespace, self.ip = namespace, ip
        self.interface, self.cable = f"{namespace}i", f"{namespace}v"
        self.prefix = ("ip", "netns", "exec", namespace)
        self._daemon, self._socket, self._register = daemon, sockets / f"{self.interface}.sock", register
        self._processes: list[subprocess.Popen[bytes]] = []

    def create(self) -> None:
        """Create the namespace."""
        self._register("namespace", self.namespace)
        self._register("file", self._socket)
        _run("ip", "netns", "add", self.namespace)

    def create_tunnel(self, tool: str, conf: str, addresses: list[str]) -> None:
        """Start the daemon and configure its interface."""
        self.start(self._daemon, "-f", self.interface)
        _wait(lambda: listens(self._socket), f"the start of {self._daemon}")
        self.run(tool, "setconf", self.interface, "/dev/stdin", stdin=conf)
        for address in addresses:
            self.run("ip", "address", "add", address, "dev", self.interface)
        self.run("ip", "link", "set", self.interface, "up")

    def run(self, *words: str, stdin: str = "") -> None:
        """Run a command in the namespace."""
        _run(*self.prefix, *words, stdin=stdin)

    def start(self, *words: str) -> None:
        """Start a background process in the namespace, out of reach of Ctrl-C."""
        quiet = subprocess.DEVNULL
        self._processes.append(
            subprocess.Popen([*self.prefix, *words], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        )

    def stop(self) -> None:
        """Kill the background processes; the interface disappears with its daemon."""
        while self._processes:
            process = self._processes.pop()
            process.kill()
            process.wait()
        self._socket.unlink(missing_ok=True)


def listens(path: Path) -> bool:
    """Return True if a program listens on a socket. The file appears a moment before; `wg` would delete it then."""
    with socket.socket(socket.AF_UNIX) as link, suppress(OSError):
        link.connect(str(path))
        return True
    return False


def _find_tools() -> tuple[str, str, str]:
    if os.geteuid() != 0:
        raise Unavailable("a real interface needs root. Type: sudo ./install.sh demo --real")
    if not Path("/dev/net/tun").exists():
        raise Unavailable("there is no /dev/net/tun here (a container without it?)")
    for toolset in _TOOLSETS:
        if shutil.which("ip") and shutil.which(toolset[0]) and shutil.which(toolset[1]):
            return toolset
    raise Unavailable("you need `ip`, and either awg with amneziawg-go or wg with wireguard-go. "
                      "Type: apt install iproute2 wireguard-tools wireguard-go")  # fmt: skip


def _make_settings(tool: str) -> dict[str, str]:
    """Return a new key, and with awg the parameters that every version of AmneziaWG understands."""
    example = simulation.new_interface()
    settings = {"PrivateKey": example.private_key, "ListenPort": str(FIRST_PORT)}
    if tool == "awg":
        names = ("jc", "jmin", "jmax", "s1", "s2", "h1", "h2", "h3", "h4")
        settings |= {name.capitalize(): example.settings[name].partition("-")[0] for name in names}
    return settings


def _run(*words: str, stdin: str = "") -> None:
    """Run a command; raise OSError with its error message if it fails."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise OSError(f"{' '.join(words[:8])} failed ({done.returncode}): {done.stderr.strip()}")


def _wait(check: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 10
    while not check():
        if time.monotonic() > end:
            raise OSError(f"{what} did not happen within 10 seconds")
        time.sleep(0.02)
