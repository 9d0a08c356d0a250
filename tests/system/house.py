"""A server with containers that needs no boot: a network namespace with its own files and processes, and a friend.

It uses this machine's programs, but has its own /etc, /var/lib, /usr/local/lib and /run, and `docker` and `systemctl`
are the stand-ins beside this file. All processes started in it end with it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path

from tests.company import ROOT
from tests.system.amnezia import AMNEZIA, OWN, Amnezia
from tests.system.network import Namespace, Network, run, wait
from tests.system.sandbox import PARTS

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FOLDERS = ("etc", "var/lib", "usr/local/lib")
ENTER = """
mount --make-rprivate /
for folder in {own}; do
    own={folder}/$folder
    mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$own/upper,workdir=$own/work" "/$folder"
done
mount -t tmpfs tmpfs /run
mkdir -p /run/wireguard /run/systemd/system /run/lock
mkdir -p /var/lib/andreyvpn /etc/andreyvpn /etc/wireguard
rm -f /etc/wireguard/*
echo ready
exec sleep infinity
"""
SETTINGS = "BOT_TOKEN=123456:ABC-DEF_ghijkl\nADMIN_IDS=1\nSERVER_ENDPOINT=10.99.0.1\n"
JUDGED = """take_over={name}
watch_over
settle_takeover
judge_settings
judge_takeover
release=$here
"""
TAKE_OVER = f"{JUDGED}take_over_server\n"
PREPARED = f"{JUDGED.format(name=AMNEZIA)}prepare_takeover\nend_watch\n"  # all that comes before the cut-over
INTERNET = "203.0.113.80"
PROBE, KILLED = (Path(__file__).with_name(f"{name}.py") for name in ("probe", "killed"))


def lay_uplink(server: str, world: Namespace) -> None:
    """Connect the server to the internet, which is a single address."""
    run("ip", "-n", server, "link", "add", "uplink", "type", "veth", "peer", "uplink", "netns", world.name)
    run("ip", "-n", server, "address", "add", "198.51.100.7/24", "dev", "uplink")
    run("ip", "-n", server, "link", "set", "uplink", "up")
    run("ip", "-n", server, "route", "add", "default", "via", "198.51.100.1")
    world.run("ip", "address", "add", "198.51.100.1/24", "dev", "uplink")
    world.run("ip", "address", "add", f"{INTERNET}/32", "dev", "lo")
    for name in ("uplink", "lo"):
        world.run("ip", "link", "set", name, "up")


class House:
    """The server, its containers, and a friend with a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        for name in ("docker.sh", "docker.py", "systemctl.sh"):
            shutil.copy(Path(__file__).with_name(name), self.bin / name.removesuffix(".sh"))
        (self.bin / "containers").mkdir()
        for own in FOLDERS:
            for kind in ("upper", "work"):
                (folder / own / kind).mkdir(parents=True)
        self._undo = ExitStack()
        network = self._undo.enter_context(Network())
        self.client, self._device = network.client, network.server[:-1] + "c"
        world = self._undo.enter_context(Namespace(f"{network.server[:-1]}w"))
        lay_uplink(network.server, world)
        self.world = world
        self._holder = subprocess.Popen(
            ["ip", "netns", "exec", network.server, "unshare", "--mount", "--pid", "--fork", "--kill-child",
             "--mount-proc", "sh", "-ec", ENTER.format(own=" ".join(FOLDERS), folder=folder)],
            stdout=subprocess.PIPE, text=True)  # fmt: skip
        self._undo.callback(self._end)
        assert self._holder.stdout
        assert self._holder.stdout.readline() == "ready\n"
        pid = self._holder.pid
        while not (children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            time.sleep(0.02)
        self._first = children[0]
        self.amnezia = Amnezia()
        self.first_file, self.files = "", list[str]()
        self._killer: subprocess.Popen[str] | None = None

    def _end(self) -> None:
        if self._killer:
            self._killer.communicate(timeout=10)
        self._holder.kill()
        self._holder.wait(timeout=10)

    def close(self) -> None:
        self._undo.close()

    # ---- the server's side ----

    def inside(self, *words: str, **environment: str) -> list[str]:
        names = [f"PATH={self.bin}:{PATH}", "HOME=/root", *(f"{name}={value}" for name, value in environment.items())]
        enter = ["nsenter", f"--target={self._first}", "--mount", "--net", "--pid"]
        return [*enter, "env", "-i", f"--chdir={ROOT}", *names, *words]

    def run(self, *words: str, stdin: str = "", timeout: float = 120, **environment: str) -> tuple[int, str]:
        """Run a command on the server; return its exit code and its output."""
        done = subprocess.run(self.inside(*words, **environment), capture_output=True, text=True, timeout=timeout,
                              input=stdin)  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def do(self, *words: str, stdin: str = "", **environment: str) -> str:
        code, said = self.run(*words, stdin=stdin, **environment)
        assert code == 0, f"{words}: {said}"
        return said

    def set_up(self, settings: str) -> None:
        """Write the settings file of an existing installation."""
        self.do("sh", "-c", "cat >/etc/andreyvpn/andreyvpn.env", stdin=settings)

    def parts(self, script: str, code: int = 0, stdin: str = "", yes: str = "yes", **environment: str) -> str:
        """Run a script with the parts of install.sh loaded."""
        result, said = self.run("sh", "-euc", PARTS.replace("/src", str(ROOT)) + script, f"{ROOT}/install.sh",
                                stdin=stdin, YES=yes, **environment)  # fmt: skip
        assert result == code, said
        return said

    def take_over(self, name: str = AMNEZIA, code: int = 0, seconds: int = 10) -> str:
        """Do what install.sh does for --take-over."""
        return self.parts(TAKE_OVER.format(name=name), code, TAKE_OVER_SECONDS=str(seconds))

    def begin_take_over(self, seconds: int = 60) -> subprocess.Popen[str]:
        """Start a take-over in its own session, in the background."""
        script = PARTS.replace("/src", str(ROOT)) + TAKE_OVER.format(name=AMNEZIA)
        words = self.inside("sh", "-euc", script, f"{ROOT}/install.sh", YES="yes", TAKE_OVER_SECONDS=str(seconds))
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                start_new_session=True)  # fmt: skip

    def give_back(self, code: int = 0) -> str:
        return self.parts("give_back_server --yes", code)

    def wait_for_installers(self) -> None:
        """Wait until the installer's lock is free."""
        lock = ("flock", "-n", "/run/andreyvpn-install.lock", "true")
        wait(lambda: not self.run(*lock)[0], 20, "the end of installers")

    def settle(self) -> str:
        """Do what install.sh does first."""
        return self.parts("watch_over; settle_takeover; echo step=$taken_step")

    def killed(self, before: int, *words: str) -> tuple[bool, str]:
        """Run a take-over command that is killed before step number `before`, or not if 0; return (killed, output)."""
        if self._killer is None:
            command = self.inside("python3", "-B", str(KILLED), "serve")
            self._killer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._killer.stdin
        assert self._killer.stdout
        self._killer.stdin.write(json.dumps([str(before), *words]) + "\n")
        self._killer.stdin.flush()
        code, said = json.loads(self._killer.stdout.readline())
        assert code in (0, -9), said
        return code != 0, said

    def file(self, path: str) -> Path:
        """Return where a file that was written on the server is on this machine."""
        folder = next(own for own in FOLDERS if path.lstrip("/").startswith(f"{own}/"))
        return self.folder / folder / "upper" / path.lstrip("/").removeprefix(f"{folder}/")

    def step(self) -> str:
        journal = self.file("/etc/andreyvpn/taken-over.json")
        return str(json.loads(journal.read_text())["step"]) if journal.exists() else ""

    def container(self, name: str = AMNEZIA) -> dict[str, object]:
        """Return whether the container is running, and its restart policy."""
        state = json.loads((self.bin / "containers" / name / "container.json").read_text())
        running = self.do("docker", "inspect", "--format", "{{.State.Running}}", name).strip() == "true"
        return {"running": running, "restart": state["restart"]}

    def interfaces(self) -> list[str]:
        return self.do("wg", "show", "interfaces").split()

    def serves(self, name: str = AMNEZIA) -> str:
        """Return what serves friends, both now and after a boot; "half" and the details if these differ."""
        is_up, conf = bool(self.interfaces()), self.file("/etc/wireguard/wg0.conf").exists()
        enabled = (self.bin / "enabled/wg-quick@wg0").exists()
        container = self.container(name)
        if container == {"running": True, "restart": "always"} and not (is_up or enabled or conf):
            return "container"
        if container == {"running": False, "restart": "no"} and is_up and enabled and conf:
            return "interface"
        return f"half: {container}, up {is_up}, enabled {enabled}, conf {conf}"

    def restart(self) -> None:
        """Simulate a power cut and a boot: stop everything, then start what is enabled."""
        for name in self.interfaces():
            self.do("ip", "link", "delete", name)
        self.do("docker", "crash")
        self.do("docker", "boot")
        for marker in sorted((self.bin / "enabled").glob("*-quick@*")):
            self.run("systemctl", "start", marker.name)

    # ---- containers ----

    def make_amnezia(self) -> None:
        """Create and start the app's server."""
        self.amnezia.lay(self.bin)
        self.do("docker", "start", AMNEZIA)

    # ---- the friend's side ----

    def pings(self) -> bool:
        """Return True if the friend reaches the server through the tunnel."""
        return self.client.pings(OWN)

    def endpoint(self) -> str:
        """Return where the friend's device sends its packets."""
        shown = run("ip", "netns", "exec", self._device, "wg", "show", f"{self._device}i", "endpoints")
        return shown.split()[1]

    def asks(self, address: str) -> str:
        """Return a resolver's answer to the friend's device: open, refused or silent."""
        words = ["ip", "netns", "exec", self._device, sys.executable, str(PROBE), "ask", f"udp:{address}:53"]
        return run(*words).strip()

    def ping(self, address: str = OWN) -> Pings:
        return Pings(self._device, address)


class Pings:
    """Sends ten pings a second through the tunnel in the background."""

    def __init__(self, namespace: str, address: str = OWN) -> None:
        self._words = ["ip", "netns", "exec", namespace, "ping", "-D", "-n", "-i", "0.1", "-W", "1", address]

    def __enter__(self) -> Pings:
        self._process = subprocess.Popen(self._words, stdout=subprocess.PIPE, text=True)
        self._begun = time.time()
        time.sleep(1)
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(1.5)
        end = time.time()
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, 2)
        said = self._process.communicate(timeout=10)[0]
        answers = [float(at) for at in re.findall(r"^\[([0-9.]+)\] .* icmp_seq=\d+ ttl", said, re.MULTILINE)]
        assert answers, said
        self.longest_gap = max(after - before for before, after in pairwise([self._begun, *answers, end]))  # seconds
        self.last_answered = end - answers[-1] < 1
