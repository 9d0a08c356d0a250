"""A Debian that is not booted: commands run in its root folder, in network, mount and process namespaces of their own.

For what the installation does before it needs systemd, and for its parts one by one: a run takes no boot.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from tests.company import ROOT
from tests.system.machine import PATH
from tests.system.network import run

ENTER = """
mount --bind {source} {root}/src
mount -t proc proc {root}/proc
mount -t sysfs sysfs {root}/sys
mount --rbind /dev {root}/dev
mount -t tmpfs tmpfs {root}/run
mkdir -p {root}/run/systemd/system {root}/run/lock
ip link set lo up
exec chroot {root} /usr/bin/env -i "$@"
"""
PARTS = 'eval "$(sed "\\$d" /src/install.sh)"\nread_options; assume_yes=${YES-}\n'


class Sandbox:
    """A fresh Debian in its root folder; its commands share a network namespace, or get one each."""

    def __init__(self, root: Path, namespace: str = "") -> None:
        self.root = root
        self._network = ("unshare", "--net") if not namespace else ("ip", "netns", "exec", namespace)
        (self.root / "src").mkdir(exist_ok=True)
        (self.root / "etc/apt/sources.list").write_text("")

    def run(self, *words: str, stdin: str = "", **environment: str) -> tuple[int, str]:
        """Run a command inside, as root; return its exit code and everything it prints."""
        names = [f"PATH={PATH}", "HOME=/root", *(f"{name}={value}" for name, value in environment.items())]
        enter = ENTER.format(source=ROOT, root=self.root)
        own = (*self._network, "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", enter, "sh")
        done = subprocess.run([*own, *names, *words], capture_output=True, text=True, timeout=180, input=stdin)
        return done.returncode, done.stdout + done.stderr

    def do(self, *words: str, **environment: str) -> str:
        """Run a command that must not fail; return its output."""
        code, said = self.run(*words, **environment)
        assert code == 0, said
        return said

    def parts(self, script: str, stdin: str = "", code: int = 0, **environment: str) -> str:
        """Run a script with the installer's parts loaded; return its output."""
        result, said = self.run("sh", "-euc", PARTS + script, "/src/install.sh", stdin=stdin, **environment)
        assert result == code, said
        return said

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def listing(self, *folders: str) -> list[str]:
        """List all that is in folders: path, kind, rights, owner, and what is in it."""
        paths = [str(self.root / folder) for folder in folders]
        shown = run("find", *paths, "-printf", "%p %y %m %U %l\n").splitlines()
        files = [path for folder in folders for path in (self.root / folder).rglob("*") if path.is_file()]
        digests = [f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files if not path.is_symlink()]
        return sorted(shown + digests)
