"""A fresh Debian with a kernel of its own, in qemu's software emulation: for what depends on kernel modules.

Commands go to agent.py inside over a virtual serial port, so whatever a test does to the network, they arrive. The
machine's way out is eth0, and beyond it is the network namespace in which it was booted. It is about ten times slower
than a real machine, and more so beside other tests: wait patiently for what happens inside.
"""

from __future__ import annotations

import json
import os
import platform
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.company import ROOT
from tests.needs import need, need_tools
from tests.system.machine import LIBRARIES, PATH, fresh_debian, need_machine
from tests.system.network import run

KERNEL = ("linux-image-cloud-amd64", "udev")  # the kernel that Debian makes for virtual servers
BOOT = 300  # seconds that a boot or a shutdown may take
PROXY = "/lib/systemd/systemd-socket-proxyd"
UNITS = {
    "agent": """[Unit]
Requires=dev-virtio\\x2dports-agent.device
After=dev-virtio\\x2dports-agent.device
[Service]
ExecStart=/usr/bin/python3 -ISB /agent.py /dev/virtio-ports/agent
[Install]
WantedBy=multi-user.target
""",
    "uplink": """[Unit]
Requires=sys-subsystem-net-devices-eth0.device
After=sys-subsystem-net-devices-eth0.device
Before=network-online.target
[Service]
Type=oneshot
ExecStart=ip address add 10.0.2.15/24 dev eth0
ExecStart=ip link set eth0 up
ExecStart=ip route add default via 10.0.2.2
[Install]
WantedBy=multi-user.target
""",
}
INITRD = """cd "$(mktemp -d)"
mkdir bin lib dev disk
cp /usr/lib/klibc/bin/sh /usr/lib/klibc/bin/insmod /usr/lib/klibc/bin/mount /usr/lib/klibc/bin/run-init bin
cp /lib/klibc-*.so lib
cat >init <<'INIT'
#!/bin/sh
for module in virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
    /bin/insmod /lib/$module.ko
done
/bin/mount -t devtmpfs devtmpfs /dev
/bin/mount -t ext4 /dev/vda /disk
exec /bin/run-init /disk /sbin/init
INIT
chmod 0755 init
find /lib/modules -path '*/drivers/*/virtio*.ko' -exec cp {} lib ';'
find . | cpio --quiet -o -H newc >/boot/initrd
"""
NEEDLESS = (
    "apt-daily.timer", "apt-daily-upgrade.timer", "dev-hugepages.mount", "dev-mqueue.mount", "e2scrub_reap.service",
    "getty@tty1.service", "kmod-static-nodes.service", "modprobe@.service", "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount", "systemd-binfmt.service", "systemd-journal-flush.service", "systemd-logind.service",
    "systemd-modules-load.service", "systemd-random-seed.service", "systemd-sysusers.service",
    "systemd-update-utmp.service", "systemd-user-sessions.service",
)  # fmt: skip
GENERATORS = "lib/systemd/system-generators"  # every reload of systemd runs them all; one is needed
DEVICES = """[Service]
ExecStart=
ExecStart=-udevadm trigger --type=devices --action=add --subsystem-match=virtio --subsystem-match=virtio-ports \\
    --subsystem-match=net --subsystem-match=block --subsystem-match=tty
"""
QEMU = (  # with more or newer processors, the emulation of the same work takes up to twice as long
    "nice", "-n", "-5", "setpriv", "--pdeathsig=KILL", "qemu-system-x86_64",
    "-nodefaults", "-no-user-config", "-display", "none",
    "-machine", "q35", "-accel", "tcg,tb-size=512", "-cpu", "Nehalem", "-smp", "1", "-m", "512", "-no-reboot",
    "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
    "-chardev", "stdio,id=agent,signal=off", "-device", "virtserialport,chardev=agent,name=agent",
    "-netdev", "user,id=uplink,ipv6=off", "-device", "virtio-net-pci,netdev=uplink",
)  # fmt: skip
APPEND = "console=ttyS0 quiet no_timer_check panic=-1 net.ifnames=0 mitigations=off systemd.getty_auto=no"


def need_virtual_machine() -> None:
    """Require what makes and runs a virtual machine."""
    need_machine()
    need_tools("qemu-system-x86_64", "mke2fs", "chroot")
    need(platform.machine() == "x86_64", "x86_64")


class VirtualMachine:
    """A virtual machine with a disk; it is off at first."""

    root = Path("/")  # what a machine's paths are relative to: here they are the paths inside

    def __init__(self, folder: Path) -> None:
        self.disk, self._console = folder / "disk", folder / "console.log"
        with fresh_debian(folder / "debian", more=KERNEL, libraries=True) as root:
            add_project(root)
            self._kernel = shutil.copy(next((root / "boot").glob("vmlinuz-*")), folder)
            self._initrd = shutil.copy(root / "boot/initrd", folder)
            run("mke2fs", "-q", "-t", "ext4", "-d", str(root), str(self.disk), "3G", timeout=300)
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = b""

    def boot(self) -> None:
        """Boot, and wait until systemd has started everything."""
        files = (
            "-kernel", self._kernel, "-initrd", self._initrd, "-append", APPEND,
            "-drive", f"file={self.disk},if=virtio,format=raw,cache=unsafe",
            "-chardev", f"file,id=console,path={self._console},append=on", "-serial", "chardev:console",
        )  # fmt: skip
        pipe = subprocess.PIPE
        with self._console.open("ab") as console:
            self._process = subprocess.Popen([*QEMU, *files], stdin=pipe, stdout=pipe, stderr=console)
        state = self.says("systemctl", "is-system-running", "--wait", timeout=BOOT)
        assert state == "running", f"the machine is {state}: {self.says('systemctl', '--failed')}"

    def do(self, *words: str, code: int = 0, timeout: float = 600, stdin: str = "", **environment: str) -> str:
        """Run a command inside, as root, with `stdin` as input; return stdout and stderr."""
        done = self._ask(words, timeout, stdin, environment)
        said = f"{done['stdout']}{done['stderr']}"
        assert done["code"] == code, f"{' '.join(words)}: {done['code']}\n{said}"
        return said

    def says(self, *words: str, timeout: float = 120) -> str:
        """Return the output of a command, whatever its exit code."""
        return str(self._ask(words, timeout)["stdout"]).strip()

    def reach(self, port: int) -> None:
        """Make a port of the loopback address outside one of the loopback address inside, until the next boot."""
        listen = f"--socket-property=ListenStream=127.0.0.1:{port}"
        self.do("systemd-run", "--quiet", f"--unit=outside-{port}", listen, PROXY, f"10.0.2.2:{port}")

    def log(self) -> str:
        """Return the ends of the console's log and, if the machine answers, of the journal."""
        console = self._console.read_text(encoding="utf-8", errors="replace") if self._console.exists() else "(none)"
        try:
            journal = self.says("journalctl", "-n", "100", "-o", "short-monotonic", "--no-pager", timeout=60)
        except (AssertionError, OSError) as exc:
            journal = str(exc)
        return f"== the console's end\n{console[-5000:]}\n== the journal's end\n{journal}"

    def power_off(self) -> None:
        """Shut down in an orderly way, if it is on."""
        if self._process:
            self._tell(("systemctl", "poweroff"), BOOT)  # there may be no answer
            self._end(BOOT)

    def reboot(self) -> None:
        """Shut down and boot again."""
        self.power_off()
        self.boot()

    def kill(self) -> None:
        """Pull the plug."""
        if self._process:
            self._process.kill()
            self._end(10)

    def _end(self, timeout: float) -> None:
        assert self._process
        self._process.wait(timeout)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()
        self._process, self._heard = None, b""

    def _ask(
        self, words: tuple[str, ...], timeout: float, stdin: str = "", environment: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Have the agent run a command; return its code, stdout and stderr."""
        self._tell(words, timeout, stdin, environment)
        answer: dict[str, Any] = json.loads(self._hear(timeout + 60, " ".join(words)))
        return answer

    def _tell(
        self, words: tuple[str, ...], timeout: float, stdin: str = "", environment: dict[str, str] | None = None
    ) -> None:
        """Tell the agent to run a command."""
        assert self._process, "the machine is off"
        assert self._process.stdin
        names = {"PATH": PATH, "HOME": "/root", **(environment or {})}
        request = {"words": words, "environment": names, "stdin": stdin, "timeout": timeout}
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def _hear(self, timeout: float, what: str) -> bytes:
        """Return the next line that the agent says."""
        assert self._process
        assert self._process.stdout
        end = time.monotonic() + timeout
        while b"\n" not in self._heard:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0, end - time.monotonic()))
            assert ready, f"{what}: no answer within {timeout} s"
            said = os.read(self._process.stdout.fileno(), 1 << 16)
            assert said, f"{what}: the machine has gone: {self._heard!r}"
            self._heard += said
        line, _, self._heard = self._heard.partition(b"\n")
        return line


def add_project(root: Path) -> None:
    """Put the project into /src of a root folder, with the units of this module.

    Its libraries are there already, since building them inside takes minutes.
    """
    shutil.copytree(ROOT, root / "src", ignore=shutil.ignore_patterns(".*", "__pycache__", "docs", "tests"))
    shutil.copy(Path(__file__).with_name("agent.py"), root)
    units = root / "etc/systemd/system"
    for name, text in UNITS.items():
        (units / f"{name}.service").write_text(text, encoding="ascii")
    run("systemctl", f"--root={root}", "enable", *UNITS)
    run("systemctl", f"--root={root}", "mask", *NEEDLESS)
    for generator in (root / GENERATORS).iterdir():
        if generator.name != "systemd-fstab-generator":
            generator.unlink()
    drop_in = units / "systemd-udev-trigger.service.d/few.conf"
    drop_in.parent.mkdir()
    drop_in.write_text(DEVICES, encoding="ascii")
    (root / LIBRARIES).rename(root / "opt/andreyvpn")
    run("env", "-i", f"PATH={PATH}", "chroot", str(root), "sh", "-euc", INITRD, timeout=300)


@contextmanager
def virtual_machine(folder: Path) -> Iterator[VirtualMachine]:
    """Make a virtual machine that is off, and remove it afterwards; pytest shows what it logged if a test fails."""
    need_virtual_machine()
    machine = VirtualMachine(folder)
    try:
        yield machine
    finally:
        print(machine.log())
        machine.kill()
        machine.disk.unlink()  # pytest keeps the folder of a test that failed
