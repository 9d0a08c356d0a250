"""A machine of its own: a fresh Debian, booted with systemd as its first process, in a network of the tests."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.company import ROOT
from tests.system.network import need, run, wait

CACHE = ROOT / ".cache"
PACKAGES = (
    "systemd,systemd-sysv,dbus,python3,python3-venv,iproute2,ca-certificates,nftables,wireguard-tools,wireguard-go,"
    "iputils-ping,procps,gnupg"
)
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def need_machine() -> None:
    """Need root and the tools that make and boot a Debian."""
    need(os.geteuid() == 0, "root")
    for tool in ("debootstrap", "systemd-nspawn", "nsenter", "tar"):
        need(shutil.which(tool) is not None, tool)


def make_root(folder: Path, suite: str = "bookworm") -> Path:
    """Lay a fresh Debian into a folder, with the bot's libraries as wheels; downloads are kept for the next time."""
    CACHE.mkdir(exist_ok=True)
    wheels, packages = CACHE / "wheels", hashlib.sha256(PACKAGES.encode()).hexdigest()[:12]
    archive = CACHE / f"{suite}-{packages}.tar"
    if not archive.exists():
        made = folder / "first"
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(made), timeout=900)
        run("tar", "-C", str(made), "-cf", f"{archive}.new", ".", timeout=300)
        Path(f"{archive}.new").replace(archive)
        shutil.rmtree(made)
    root = folder / "root"
    root.mkdir(parents=True)
    run("tar", "-C", str(root), "-xf", str(archive), timeout=300)
    version = run("chroot", str(root), "python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
    download_wheels(wheels / version, version)
    shutil.copytree(wheels / version, root / "wheels")
    (root / "etc/pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n", encoding="ascii")
    return root


def download_wheels(folder: Path, version: str) -> None:
    """Fetch the bot's libraries for a version of Python, unless they are there."""
    wanted, stamp = (ROOT / "requirements.txt").read_text(encoding="utf-8"), folder / "requirements.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    pip = [str(ROOT / ".venv/bin/python"), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    target = ["--only-binary=:all:", f"--python-version={version}", "-r", str(ROOT / "requirements.txt")]
    subprocess.run([*pip, *target, "-d", str(folder)], check=True, timeout=600)
    stamp.write_text(wanted, encoding="utf-8")


class Machine:
    """A root folder that can be booted; `namespace` is the network namespace in which it lives."""

    def __init__(self, root: Path, namespace: str) -> None:
        self.root, self._namespace = root, namespace
        self._process: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def boot(self) -> None:
        """Switch it on, and wait until all that starts by itself has started."""
        options = ["--quiet", "--register=no", "--keep-unit", "--resolv-conf=off", f"--directory={self.root}", "--boot"]
        network = f"--network-namespace-path=/run/netns/{self._namespace}"
        console = (self.root.parent / "console.log").open("ab")
        command = ["systemd-nspawn", *options, network, "--capability=CAP_NET_ADMIN", f"--bind-ro={ROOT}:/src"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        console.close()
        wait(self._find_leader, 30, "the machine's first process")
        wait(lambda: self.says("systemctl", "is-system-running") in ("running", "degraded"), 90, "the boot")
        self.do("mount", "-o", "remount,rw", "/proc/sys")  # as on a machine of one's own

    def _find_leader(self) -> bool:
        assert self._process
        with suppress(OSError, IndexError):  # nspawn's helpers come and go before it
            number = self._process.pid
            child = int(Path(f"/proc/{number}/task/{number}/children").read_text().split()[0])
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                self._leader = child
        return bool(self._leader)

    def inside(self, *words: str, **environment: str) -> list[str]:
        """Give the words that run a command inside, as root."""
        names = [f"PATH={PATH}", "HOME=/root", *(f"{name}={value}" for name, value in environment.items())]
        return ["nsenter", f"--target={self._leader}", "--all", "env", "-i", *names, *words]

    def do(self, *words: str, code: int = 0, timeout: float = 180, stdin: str = "", **environment: str) -> str:
        """Run a command inside, as root, with what a person would type; give all that it prints."""
        command = self.inside(*words, **environment)
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, input=stdin)
        assert done.returncode == code, f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def says(self, *words: str) -> str:
        """Give what a command prints, whatever its exit code."""
        return subprocess.run(self.inside(*words), capture_output=True, text=True, timeout=60).stdout.strip()

    def power_off(self) -> None:
        """Switch it off as a power button does; fine if it is off."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self._leader, signal.SIGRTMIN + 4)
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=10)
        self._process, self._leader = None, 0
        time.sleep(0.2)

    def reboot(self) -> None:
        """Switch it off and on."""
        self.power_off()
        self.boot()
