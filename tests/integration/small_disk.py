"""A separate in-memory disk that can really be filled at any moment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.needs import need

ROOM = "1g"  # none of it is taken from the machine before it is written to
TRIES = 20  # a bot that writes meanwhile may be quicker


class SmallDisk:
    """A mounted disk. When full, it has no room for a single page more."""

    def __init__(self, folder: Path) -> None:
        need(os.geteuid() == 0, "root")
        folder.mkdir()
        self.folder = folder
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", folder], capture_output=True)
        need(made.returncode == 0, "the right to mount")

    def fill(self) -> None:
        """Fill the disk: the next byte that needs a new page is refused."""
        for _ in range(TRIES):
            found = os.statvfs(self.folder)
            used = (found.f_blocks - found.f_bfree) * found.f_frsize
            if not self._remount(f"size={max(used, found.f_frsize)}") and os.statvfs(self.folder).f_bfree == 0:
                return
        raise AssertionError(f"{self.folder} can't be filled")

    def free(self) -> None:
        """Free the disk again."""
        assert not self._remount(f"size={ROOM}")

    @contextmanager
    def full(self) -> Iterator[None]:
        """Keep the disk full."""
        self.fill()
        yield
        self.free()

    def read_only(self, yes: bool) -> None:
        """Make the disk read-only, or writable again."""
        assert not self._remount("ro" if yes else "rw")

    def unmount(self) -> None:
        """Unmount the disk, even while it is in use."""
        subprocess.run(["umount", "--lazy", self.folder], check=True)

    def _remount(self, option: str) -> int:
        command = ["mount", "-o", f"remount,{option}", self.folder]
        return subprocess.run(command, capture_output=True, check=False).returncode
