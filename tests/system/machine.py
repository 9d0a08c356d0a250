"""A fresh Debian, booted with systemd in a network namespace."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.company import ROOT
from tests.needs import need, need_tools
from tests.system.network import run, wait

CACHE = ROOT / ".cache"
PACKAGES = (
    "systemd,systemd-sysv,dbus,python3,python3-venv,iproute2,ca-certificates,nftables,wireguard-tools,wireguard-go,"
    "iputils-ping,procps,gnupg,iptables,ufw"
)
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LIBRARIES = "libraries"
BROKEN_OFF = f"""release=/opt/andreyvpn/releases/20200101-000000
mkdir -p $release
cp /wheels/requirements.txt $release
ln -s $release /opt/andreyvpn/current
python3 -m venv $release/.venv
$release/.venv/bin/python -m pip install --quiet --disable-pip-version-check -r $release/requirements.txt
rm -r $release/.venv/lib/python3*/site-packages/pip*
mv /opt/andreyvpn /{LIBRARIES}
"""
WRITABLE_GROUPS = """[Service]
ExecStartPre=sh -c 'for place in /sys/fs/cgroup /sys/fs/cgroup/*/; do mount -o remount,bind,rw $place || true; done'
"""


def need_machine() -> None:
    """Require root and the tools to make and boot a Debian."""
    need(os.geteuid() == 0, "root")
    need_tools("debootstrap", "systemd-nspawn", "nsenter", "mount", "cp")


@contextmanager
def fresh_debian(
    folder: Path, suite: str = "bookworm", more: tuple[str, ...] = (), libraries: bool = False
) -> Iterator[Path]:
    """Make a fresh Debian, with more packages if asked, and with the bot's libraries as wheels in a folder.

    It is an overlay on a base in the cache that all machines share, or a copy where overlays are not possible, and is
    removed afterwards. With `libraries` there is a folder of that name with what an installation that was broken off
    leaves in /opt/andreyvpn: the next one takes its libraries along, which saves four seconds of work.
    """
    base, wheels = prepare_base(suite)
    if more:
        base = add_packages(base, more)
    with _overlay(folder, base) as root:
        shutil.copytree(wheels, root / "wheels")
        (root / "etc/pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n", encoding="ascii")
        if libraries:
            run("cp", "-a", str(prepare_libraries(suite)), str(root / LIBRARIES))
        yield root


def prepare_libraries(suite: str) -> Path:
    """Return the cached libraries, as an interrupted installation leaves them; the first caller builds them."""
    with locked(CACHE / f"{suite}-{LIBRARIES}.lock"):
        base, wheels = prepare_base(suite)
        wanted = (wheels / "requirements.txt").read_bytes() + BROKEN_OFF.encode()
        made = CACHE / f"{base.name}-{LIBRARIES}-{hashlib.sha256(wanted).hexdigest()[:12]}"
        if not made.exists():
            unfinished = made.with_suffix(".unfinished")
            with TemporaryDirectory() as folder, fresh_debian(Path(folder) / suite, suite) as root:
                run("env", "-i", f"PATH={PATH}", "chroot", str(root), "sh", "-euc", BROKEN_OFF, timeout=300)
                shutil.rmtree(unfinished, ignore_errors=True)
                run("cp", "-a", str(root / LIBRARIES), str(unfinished))
            unfinished.replace(made)
    return made


@contextmanager
def _overlay(folder: Path, base: Path) -> Iterator[Path]:
    """Mount an overlay on a folder, or copy that; unmount and remove it afterwards."""
    root, upper, work = (folder / name for name in ("root", "upper", "work"))
    for path in (root, upper, work):
        path.mkdir(parents=True)
    mount = ["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={base},upperdir={upper},workdir={work}", str(root)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        run("cp", "-a", f"{base}/.", str(root), timeout=300)
    try:
        yield root
    finally:
        if root.is_mount():
            run("umount", "--lazy", str(root))
        for path in (root, upper, work):
            shutil.rmtree(path)


def prepare_base(suite: str) -> tuple[Path, Path]:
    """Return the cached Debian and the wheels for its Python; the first caller makes them."""
    CACHE.mkdir(exist_ok=True)
    base = CACHE / f"{suite}-{hashlib.sha256(PACKAGES.encode()).hexdigest()[:12]}"
    with locked(CACHE / f"{suite}.lock"):
        if not base.exists():
            unfinished = base.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            options = ("--variant=minbase", f"--include={PACKAGES}")
            run("debootstrap", *options, suite, str(unfinished), timeout=900)
            unfinished.replace(base)
        version = (base / "usr/bin/python3").readlink().name.removeprefix("python")
        wheels = CACHE / "wheels" / version
        download_wheels(wheels, version)
    return base, wheels


def add_packages(base: Path, packages: tuple[str, ...]) -> Path:
    """Return a cached copy of a Debian with more packages; the first caller makes it."""
    enlarged = CACHE / f"{base.name}-{hashlib.sha256(' '.join(packages).encode()).hexdigest()[:12]}"
    with locked(enlarged.with_suffix(".lock")):
        if not enlarged.exists():
            unfinished = enlarged.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            run("cp", "-a", str(base), str(unfinished), timeout=300)
            shutil.copy("/etc/resolv.conf", unfinished / "etc/resolv.conf")
            apt = ("env", f"PATH={PATH}", "DEBIAN_FRONTEND=noninteractive", "chroot", str(unfinished), "apt-get", "-qq")
            run(*apt, "update", timeout=300)
            run(*apt, "install", "--no-install-recommends", *packages, timeout=900)
            run(*apt, "clean")
            unfinished.replace(enlarged)
    return enlarged


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock against the other processes of a parallel run."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def download_wheels(folder: Path, version: str) -> None:
    """Download the bot's libraries for a version of Python, unless they are there."""
    wanted, stamp = (ROOT / "requirements.txt").read_text(encoding="utf-8"), folder / "requirements.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    pip = [str(ROOT / ".venv/bin/python"), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    target = ["--only-binary=:all:", f"--python-version={version}", "-r", str(ROOT / "requirements.txt")]
    subprocess.run([*pip, *target, "-d", str(folder)], check=True, timeout=600)
    stamp.write_text(wanted, encoding="utf-8")


@contextmanager
def own_cgroup(name: str) -> Iterator[tuple[str, ...]]:
    """Yield a command prefix that runs a command in a cgroup of its own; remove the cgroup afterwards.

    systemd-nspawn creates child groups with fixed names in its own group. So two machines in one group would collide:
    their units would share groups, and the first machine to stop a unit would remove the other's group.
    """
    groups = [group / name for group in our_cgroups()]
    for group in groups:
        group.mkdir()
    joins = [f"echo $$ >{shlex.quote(str(group / 'cgroup.procs'))}" for group in groups]
    try:
        yield ("sh", "-euc", "\n".join([*joins, 'exec "$@"']), "sh")
    finally:
        for group in groups:
            wait(lambda group=group: _is_removed(group), 10, f"the end of all processes in {group}")  # type: ignore[misc]


def our_cgroups() -> list[Path]:
    """Return this process's group in each hierarchy that systemd uses: v2, the v1 one named systemd, or both."""
    hierarchies = Path("/sys/fs/cgroup")
    whole = (hierarchies / "cgroup.controllers").exists()
    homes = {"": hierarchies if whole else hierarchies / "unified", "name=systemd": hierarchies / "systemd"}
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()]
    return [homes[of] / group.lstrip("/") for _, of, group in lines if of in homes and homes[of].is_dir()]


def _is_removed(group: Path) -> bool:
    """Remove a group with its child groups; return False if a process is still in one."""
    inner = sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True)
    with suppress(OSError):
        for path in (*inner, group):
            path.rmdir()
    return not group.exists()


class Machine:
    """A root folder that can be booted in a network namespace; with `docker`, docker's daemon runs in it."""

    def __init__(self, root: Path, namespace: str, docker: bool = False) -> None:
        self.root, self._namespace = root, namespace
        self._rights = self._prepare_docker() if docker else ["--capability=CAP_NET_ADMIN"]
        self._process: subprocess.Popen[bytes] | None = None
        self.leader = 0
        self._undo = ExitStack()

    def boot(self) -> None:
        """Boot, and wait until systemd has started everything."""
        options = ["--quiet", "--register=no", "--keep-unit", "--resolv-conf=off", f"--directory={self.root}", "--boot"]
        network = f"--network-namespace-path=/run/netns/{self._namespace}"
        console = (self.root.parent / "console.log").open("ab")
        start = self._undo.enter_context(own_cgroup(f"av{secrets.token_hex(4)}"))
        command = [*start, "systemd-nspawn", *options, network, *self._rights, f"--bind-ro={ROOT}:/src"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        console.close()
        wait(self._find_leader, 30, "the machine's first process")
        state = ("systemctl", "is-system-running", "--wait")  # fails until it can be asked
        wait(lambda: self.says(*state, timeout=90) in ("running", "degraded"), 90, "the boot")
        self.do("mount", "-o", "remount,rw", "/proc/sys")  # as on a machine of one's own

    def _prepare_docker(self) -> list[str]:
        """Return the systemd-nspawn options that nested containers need.

        Their layers can't be on the machine's own root, which is an overlay itself.
        """
        place = self.root.parent / "docker"
        place.mkdir()
        more = self.root / "etc/systemd/system/docker.service.d"
        more.mkdir(parents=True)
        (more / "groups.conf").write_text(WRITABLE_GROUPS, encoding="ascii")
        calls = "--system-call-filter=add_key keyctl bpf"
        return ["--capability=all", calls, "--bind=/dev/net/tun", f"--bind={place}:/var/lib/docker"]

    def _find_leader(self) -> bool:
        assert self._process
        with suppress(OSError, IndexError):  # nspawn's helpers come and go before it
            number = self._process.pid
            child = int(Path(f"/proc/{number}/task/{number}/children").read_text().split()[0])
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                self.leader = child
        return bool(self.leader)

    def inside(self, *words: str, **environment: str) -> list[str]:
        """Return the command line that runs a command inside, as root."""
        names = [f"PATH={PATH}", "HOME=/root", *(f"{name}={value}" for name, value in environment.items())]
        return ["nsenter", f"--target={self.leader}", "--all", "env", "-i", *names, *words]

    def do(self, *words: str, code: int = 0, timeout: float = 180, stdin: str = "", **environment: str) -> str:
        """Run a command inside, as root, with `stdin` as input; return stdout and stderr."""
        command = self.inside(*words, **environment)
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, input=stdin)
        journal = self.says("journalctl", "-n", "30", "--no-pager") if "journalctl" in done.stderr else ""
        assert done.returncode == code, f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}{journal}"
        return done.stdout + done.stderr

    def says(self, *words: str, timeout: float = 60) -> str:
        """Return the output of a command, whatever its exit code."""
        return subprocess.run(self.inside(*words), capture_output=True, text=True, timeout=timeout).stdout.strip()

    def power_off(self) -> None:
        """Shut down as the power button does, if it is on."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self.leader, signal.SIGRTMIN + 4)
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=10)
        self._process, self.leader = None, 0
        self._undo.close()

    def reboot(self) -> None:
        """Shut down and boot again."""
        self.power_off()
        self.boot()
