"""Two machines and a cable: network namespaces joined by a veth pair, with real WireGuard or AmneziaWG interfaces.

All names begin with `av` and are random. `Network` always removes what it created.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.demo.awg.real_interface import listens
from tests.needs import need, need_tools

SERVER_ADDRESS, CLIENT_ADDRESS = "10.99.0.1", "10.99.0.2"  # on the cable
SERVER_ADDRESS6, CLIENT_ADDRESS6 = "fd99::1", "fd99::2"
BEYOND6 = "fd98::1"  # the rest of the world, behind the server's machine
TUNNEL_ADDRESS, TUNNEL_ADDRESS6 = "10.8.0.1", "fd10:8::1"  # the server's inside the tunnel
PORT = 51820
WEB = Path(__file__).with_name("web.py")


@dataclass(frozen=True)
class Flavour:
    """A tool, the daemon that it configures, and the folder of the daemon's sockets, shared by all namespaces."""

    tool: str
    daemon: str
    sockets: Path


PLAIN = Flavour("wg", "wireguard-go", Path("/var/run/wireguard"))
AMNEZIA = Flavour("awg", "amneziawg-go", Path("/var/run/amneziawg"))


def need_network(flavour: Flavour = PLAIN) -> None:
    """Require root and the tools of this module."""
    need(os.geteuid() == 0, "root")
    need_tools("ip", "ping", flavour.tool, flavour.daemon)
    need(Path("/dev/net/tun").exists(), "/dev/net/tun")


def wait(check: Callable[[], Any], timeout: float, what: str) -> float:
    """Poll until `check` returns something true; return how many seconds it took."""
    start, pause = time.monotonic(), 0.01
    while not check():
        assert time.monotonic() - start < timeout, f"{what} did not happen within {timeout} s"
        time.sleep(pause)
        pause = min(pause * 1.3, 0.1)  # most looks start a process or two
    return time.monotonic() - start


class Namespace:
    """A network namespace, and the processes that were started in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.prefix = ("ip", "netns", "exec", name)
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Namespace:
        run("ip", "netns", "add", self.name)
        return self

    def __exit__(self, *_: object) -> None:
        """Kill what runs inside and delete the namespace."""
        for process in self._processes:
            kill(process)
        for flavour in (PLAIN, AMNEZIA):
            for socket in flavour.sockets.glob(f"{self.name}*.sock"):
                socket.unlink()
        shutil.rmtree(Path("/etc/netns") / self.name, ignore_errors=True)
        run("ip", "netns", "del", self.name)

    def run(self, *words: str, stdin: str = "", timeout: float = 20) -> str:
        """Run a command inside and return its output."""
        return run(*self.prefix, *words, stdin=stdin, timeout=timeout)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a process inside, with a pipe for its output. It is killed with the namespace."""
        command = [*self.prefix, *words]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, text=True)
        self._processes.append(process)
        return process


def run(*words: str, stdin: str = "", timeout: float = 20) -> str:
    """Run a command and return its output; raise AssertionError with what it printed if it fails."""
    done = subprocess.run(words, input=stdin, text=True, capture_output=True, timeout=timeout)
    assert done.returncode == 0, f"{' '.join(words)} failed ({done.returncode}): {done.stdout[-2000:]}{done.stderr}"
    return done.stdout


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process and wait for its end."""
    process.kill()
    process.wait(timeout=10)
    if process.stdout:
        process.stdout.close()


class WireGuard:
    """An interface of wireguard-go or amneziawg-go inside a namespace; `make` creates it."""

    def __init__(self, namespace: Namespace, name: str, flavour: Flavour) -> None:
        self.namespace, self.name, self.flavour = namespace, name, flavour
        self._socket = flavour.sockets / f"{name}.sock"
        self._daemon: subprocess.Popen[str] | None = None

    def make(self) -> None:
        """Start the daemon and wait until it can be configured."""
        self._daemon = self.namespace.start(self.flavour.daemon, "-f", self.name)
        wait(lambda: listens(self._socket), 10, f"the start of {self.flavour.daemon} {self.name}")

    def bring_up(self, *addresses: str) -> None:
        """Add addresses and set the link up."""
        for address in addresses:
            self.namespace.run("ip", "address", "add", address, "dev", self.name)
        self.namespace.run("ip", "link", "set", self.name, "up")

    def kill(self) -> None:
        """Kill the daemon, if it runs; the interface goes with it."""
        if self._daemon:
            kill(self._daemon)
            self._daemon = None
        with suppress(FileNotFoundError):
            self._socket.unlink()

    def show(self) -> list[list[str]]:
        """Return the columns of each peer's line of `show dump`."""
        lines = self.namespace.run(self.flavour.tool, "show", self.name, "dump").splitlines()[1:]
        return [line.split("\t") for line in lines]

    def transfer(self, public_key: str) -> tuple[int, int]:
        """Return the bytes received from and sent to a peer, as the interface counts them."""
        return next((int(line[5]), int(line[6])) for line in self.show() if line[0] == public_key)


class RealInterface:
    """The server's interface, with the methods of StandInInterface in tests/company.py."""

    def __init__(self, namespace: Namespace, name: str, flavour: Flavour) -> None:
        self.name = name
        self.parameters: dict[str, str] = {}
        self.addresses: tuple[str, ...] = (f"{TUNNEL_ADDRESS}/24", f"{TUNNEL_ADDRESS6}/64")
        self.command = " ".join((*namespace.prefix, flavour.tool))
        self._namespace, self._tool = namespace, flavour.tool
        self._wireguard = WireGuard(namespace, name, flavour)
        self._private_key = self.generate_key()
        self._web: subprocess.Popen[str] | None = None

    def up(self) -> None:
        """Create the interface without peers, always with the same key."""
        self._wireguard.make()
        lines = {"PrivateKey": self._private_key, "ListenPort": str(PORT), **self.parameters}
        conf = "[Interface]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())
        self._namespace.run(self._tool, "setconf", self.name, "/dev/stdin", stdin=conf)
        self._wireguard.bring_up(*self.addresses)
        self._web = self._namespace.start(sys.executable, str(WEB), "serve", TUNNEL_ADDRESS)
        assert self._web.stdout
        assert self._web.stdout.readline() == "ready\n"

    def down(self) -> None:
        """Remove the interface, if it exists, with its peers and counters."""
        self._wireguard.kill()
        if self._web:
            kill(self._web)
            self._web = None

    def set(self, *words: str, stdin: str = "") -> None:
        """Change the interface with `wg set`, as an administrator would."""
        self._namespace.run(self._tool, "set", self.name, *words, stdin=stdin)

    def load_peers(self, file: Path) -> None:
        """Add the peers of a file, as the PostUp line of the interface does."""
        self._namespace.run(self._tool, "addconf", self.name, str(file))

    def peers(self) -> dict[str, str]:
        """Return the allowed addresses of each live peer by its public key."""
        return {line[0]: line[3] for line in self._wireguard.show()}

    def transfer(self, public_key: str) -> tuple[int, int]:
        """Return the bytes received from and sent to a peer."""
        return self._wireguard.transfer(public_key)

    def generate_key(self) -> str:
        """Generate a private key."""
        return self._namespace.run(self._tool, "genkey").strip()

    def public_key(self, private_key: str | None = None) -> str:
        """Return the public key of a private key, by default the server's."""
        return self._namespace.run(self._tool, "pubkey", stdin=private_key or self._private_key).strip()


class Client:
    """A friend's device, which uses a .conf exactly as it was delivered."""

    def __init__(self, namespace: Namespace, name: str, flavour: Flavour) -> None:
        self.namespace, self.name = namespace, name
        self._wireguard = WireGuard(namespace, name, flavour)

    def connect(self, conf: str) -> None:
        """Replace the current .conf and connect, as wg-quick would: all traffic goes through the tunnel."""
        self._wireguard.kill()
        self._wireguard.make()
        name, namespace = self.name, self.namespace
        lines = dict(line.split(" = ", 1) for line in conf.splitlines() if " = " in line)
        kept = [line for line in conf.splitlines() if not line.startswith(("Address", "DNS", "MTU"))]
        namespace.run(self._wireguard.flavour.tool, "setconf", name, "/dev/stdin", stdin="\n".join(kept) + "\n")
        self._wireguard.bring_up(*lines["Address"].split(", "))
        namespace.run("ip", "link", "set", name, "mtu", lines["MTU"])
        for network in lines["AllowedIPs"].split(", "):
            namespace.run("ip", "-6" if ":" in network else "-4", "route", "add", network, "dev", name)

    def disconnect(self) -> None:
        """Turn the VPN off."""
        self._wireguard.kill()

    def pings(self, address: str = TUNNEL_ADDRESS) -> bool:
        """Return True if an address answers a ping within a second."""
        words = [*self.namespace.prefix, "ping", "-n", "-c", "1", "-W", "1", address]
        return subprocess.run(words, capture_output=True, timeout=10).returncode == 0

    def knows(self, name: str, address: str) -> None:
        """Make the device resolve a name to an address."""
        folder = Path("/etc/netns") / self.namespace.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hosts").write_text(f"{address} {name}\n", encoding="ascii")

    def way_to(self, address: str) -> str:
        """Return "tunnel" or "cable", whichever leads to an address."""
        words = self.namespace.run("ip", "route", "get", address).split()
        return "tunnel" if words[words.index("dev") + 1] == self.name else "cable"

    def download(self, amount: int, address: str = TUNNEL_ADDRESS) -> float:
        """Download this many bytes through the tunnel; return the seconds that it took."""
        return self._transfer("download", address, amount)

    def upload(self, amount: int, address: str = TUNNEL_ADDRESS) -> float:
        """Upload this many bytes through the tunnel; return the seconds that it took."""
        return self._transfer("upload", address, amount)

    def _transfer(self, way: str, address: str, amount: int) -> float:
        words = (sys.executable, str(WEB), way, address, str(amount))
        arrived, seconds = self.namespace.run(*words, timeout=60).split()
        assert int(arrived) == amount
        return float(seconds)


class Network:
    """The server's machine, the client's machine and the cable."""

    def __init__(self, flavour: Flavour = PLAIN) -> None:
        self.flavour = flavour

    def __enter__(self) -> Network:
        tag = f"av{secrets.token_hex(4)}"
        with ExitStack() as undo:
            server, client = (undo.enter_context(Namespace(f"{tag}{end}")) for end in "sc")
            lay_cable(tag, server, client)
            self._undo = undo.pop_all()
        self.interface = RealInterface(server, f"{tag}si", self.flavour)
        self.client = Client(client, f"{tag}ci", self.flavour)
        self.server, self.server_space = server.name, server
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()


def lay_cable(tag: str, server: Namespace, client: Namespace) -> None:
    """Connect two namespaces with a veth pair and set it up."""
    ends = (f"{tag}sv", "type", "veth", "peer", f"{tag}cv", "netns", client.name)
    run("ip", "-n", server.name, "link", "add", *ends)
    for machine, address, address6 in (
        (server, SERVER_ADDRESS, SERVER_ADDRESS6),
        (client, CLIENT_ADDRESS, CLIENT_ADDRESS6),
    ):
        cable = f"{machine.name}v"
        machine.run("ip", "address", "add", f"{address}/24", "dev", cable)
        machine.run("ip", "address", "add", f"{address6}/64", "dev", cable, "nodad")
        machine.run("ip", "link", "set", cable, "up")
        machine.run("ip", "link", "set", "lo", "up")
    server.run("ip", "address", "add", f"{BEYOND6}/128", "dev", "lo")
    client.run("ip", "route", "add", "default", "via", SERVER_ADDRESS6, "metric", "2048")
