"""A real interface for the stage: two machines as network namespaces, a cable, and a tunnel over it. Root only.

All names carry the id of this process. What is made is told to `note` first, so that it is taken away whatever happens.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lib.demo import awg_state
from lib.demo.interface import Peer, read_peers

_FLAVOURS = (
    ("awg", "amneziawg-go", "amneziawg"),
    ("wg", "wireguard-go", "wireguard"),
)  # tool, daemon, folder of sockets
_CABLE = {"s": "10.99.0.1", "c": "10.99.0.2"}  # the ends of the cable: server and client
_TUNNEL, _TUNNEL6 = "10.8.0.1", "fd10:8::1"
_PORT = 51820
_DOWNLOAD = 20_000_000  # bytes
_PARCEL = Path(__file__).with_name("parcel.py")


class Missing(Exception):
    """What a real interface needs is not here."""


class RealInterface:
    """The server's interface, and a friend's device that uses the very .conf that was delivered."""

    needs_conf = True
    endpoint = _CABLE["s"]

    def __init__(self, peers_file: Path, note: Callable[[str, object], None]) -> None:
        """Find the tools; raises Missing."""
        self._tool, daemon, sockets = _find_tools()
        self._peers_file, self._note = peers_file, note
        self._tag = f"av{os.getpid()}"
        self._server = _Device(f"{self._tag}s", daemon, Path("/var/run") / sockets, note)
        self._client = _Device(f"{self._tag}c", daemon, Path("/var/run") / sockets, note)
        self.name = self._server.name
        self.command = " ".join((*self._server.inside, self._tool))
        self._settings = _draw_settings(self._tool)

    def __enter__(self) -> RealInterface:
        """Lay the cable between the two machines."""
        for machine in (self._server, self._client):
            machine.make()
        ends = (f"{self._tag}sv", "type", "veth", "peer", f"{self._tag}cv", "netns", self._client.machine)
        _run("ip", "-n", self._server.machine, "link", "add", *ends)
        for machine, end in ((self._server, "s"), (self._client, "c")):
            machine.run("ip", "address", "add", f"{_CABLE[end]}/24", "dev", f"{self._tag}{end}v")
            machine.run("ip", "link", "set", f"{self._tag}{end}v", "up")
            machine.run("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        """End both machines' processes; the machines themselves are swept up."""
        self._client.stop()
        self._server.stop()

    def up(self) -> None:
        """Make the interface, always with the same key, and load the peers of the bot's file as its PostUp would."""
        conf = "[Interface]\n" + "".join(f"{key} = {value}\n" for key, value in self._settings.items())
        self._server.tunnel(self._tool, conf, [f"{_TUNNEL}/24", f"{_TUNNEL6}/64"])
        if self._peers_file.exists() and self._peers_file.stat().st_size:
            self._server.run(self._tool, "addconf", self.name, str(self._peers_file))
        self._server.start(sys.executable, str(_PARCEL), "serve", _TUNNEL)

    def down(self) -> None:
        """Kill the daemon; the interface goes with it."""
        self._server.stop()

    def peers(self) -> list[Peer] | None:
        """Ask the real tool."""
        return read_peers((*self._server.inside, self._tool, "show", self.name, "dump"), time.time())

    def download(self, conf: str) -> None:
        """Import the file as an app does, and fetch bytes from the other end of the tunnel."""
        self._client.stop()
        lines = dict(line.split(" = ", 1) for line in conf.splitlines() if " = " in line)
        kept = [line for line in conf.splitlines() if not line.startswith(("Address", "DNS", "MTU"))]
        self._client.tunnel(self._tool, "\n".join(kept) + "\n", lines["Address"].split(", "))
        self._client.run("ip", "link", "set", self._client.name, "mtu", lines.get("MTU", "1280"))
        for network in lines["AllowedIPs"].split(", "):
            family = "-6" if ":" in network else "-4"
            self._client.run("ip", family, "route", "add", network, "dev", self._client.name)
        self._client.run(sys.executable, str(_PARCEL), "fetch", _TUNNEL, str(_DOWNLOAD))

    def go_offline(self) -> None:
        """Switch the friend's tunnel off."""
        self._client.stop()

    def set_clock(self, ahead: float) -> None:
        """Do nothing: the kernel keeps its time."""


class _Device:
    """A machine of its own, a network namespace, and the tunnel's interface in it."""

    def __init__(self, machine: str, daemon: str, sockets: Path, note: Callable[[str, object], None]) -> None:
        self.machine, self.name = machine, f"{machine}i"
        self.inside = ("ip", "netns", "exec", machine)
        self._daemon, self._socket, self._note = daemon, sockets / f"{machine}i.sock", note
        self._processes: list[subprocess.Popen[bytes]] = []

    def make(self) -> None:
        """Make the machine."""
        self._note("namespace", self.machine)
        self._note("file", self._socket)
        _run("ip", "netns", "add", self.machine)

    def tunnel(self, tool: str, conf: str, addresses: list[str]) -> None:
        """Start the daemon, and configure its interface."""
        self.start(self._daemon, "-f", self.name)
        _wait(self._socket.exists, f"the start of {self._daemon}")
        self.run(tool, "setconf", self.name, "/dev/stdin", stdin=conf)
        for address in addresses:
            self.run("ip", "address", "add", address, "dev", self.name)
        self.run("ip", "link", "set", self.name, "up")

    def run(self, *words: str, stdin: str = "") -> None:
        """Run a command inside."""
        _run(*self.inside, *words, stdin=stdin)

    def start(self, *words: str) -> None:
        """Start a process inside that Ctrl-C does not reach."""
        quiet = subprocess.DEVNULL
        self._processes.append(
            subprocess.Popen([*self.inside, *words], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        )

    def stop(self) -> None:
        """Kill what was started; the interface goes with its daemon."""
        while self._processes:
            process = self._processes.pop()
            process.kill()
            process.wait()
        self._socket.unlink(missing_ok=True)


def _find_tools() -> tuple[str, str, str]:
    if os.geteuid() != 0:
        raise Missing("a real interface needs root. Type: sudo ./install.sh demo --real")
    if not Path("/dev/net/tun").exists():
        raise Missing("there is no /dev/net/tun here (a container without it?)")
    for flavour in _FLAVOURS:
        if shutil.which("ip") and shutil.which(flavour[0]) and shutil.which(flavour[1]):
            return flavour
    raise Missing("needed are `ip` and either awg with amneziawg-go or wg with wireguard-go. "
                  "Type: apt install iproute2 wireguard-tools wireguard-go")  # fmt: skip


def _draw_settings(tool: str) -> dict[str, str]:
    """Draw a key, and the parameters that every version of AmneziaWG understands."""
    fresh = awg_state.new_interface()
    settings = {"PrivateKey": fresh.private_key, "ListenPort": str(_PORT)}
    if tool == "awg":
        names = ("jc", "jmin", "jmax", "s1", "s2", "h1", "h2", "h3", "h4")
        settings |= {name.capitalize(): fresh.settings[name].partition("-")[0] for name in names}
    return settings


def _run(*words: str, stdin: str = "") -> None:
    """Run a command; raises OSError with its words when it fails."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise OSError(f"{' '.join(words[:8])} failed ({done.returncode}): {done.stderr.strip()}")


def _wait(check: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 10
    while not check():
        if time.monotonic() > end:
            raise OSError(f"{what} did not happen")
        time.sleep(0.02)
