"""Find out which program holds a UDP port, and whether an interface really listens on its own."""

from __future__ import annotations

import re
import time

from lib.install.takeover.tools import Run, attempt

PUBLISHERS = {"docker-proxy", "dockerd", "rootlessport", "rootlesskit", "conmon", "podman", "netavark", "pasta.avx2",
              "pasta", "slirp4netns"}  # fmt: skip
KERNEL = ""  # stands for the kernel, whose interfaces hold ports without a process
PATIENCE = 5.0  # seconds to wait until a port is free, or an interface listens
PAUSE = 0.1


def holders(run: Run, port: int) -> set[str]:
    """Return the programs that hold a UDP port; empty if it is free. Raise OSError if that can't be determined."""
    found = set[str]()
    for line in run(["ss", "-Hlunp", f"sport = :{port}"], "").splitlines():
        found.update(re.findall(r'\("([^"]*)",', line) or [KERNEL])
    return found


def is_published(run: Run, port: int) -> bool:
    """Return True if a UDP port is published for a container."""
    return not holders(run, port).isdisjoint(PUBLISHERS)


def wait_until_free(run: Run, port: int) -> None:
    """Wait a few seconds until a port is free."""
    end = time.monotonic() + PATIENCE
    while attempt(run, "ss", "-Hlun", f"sport = :{port}").strip() and time.monotonic() < end:
        time.sleep(PAUSE)


def listens(run: Run, tool: str, interface: str, port: int) -> bool:
    """Return True if an interface holds its port.

    A userspace interface, unlike one in the kernel, starts without an error if its port is taken.
    """
    if attempt(run, tool, "show", interface, "listen-port").strip() != str(port):
        return False
    found = holders(run, port)
    return bool(found) and found.isdisjoint(PUBLISHERS)


def wait_until_listening(run: Run, tool: str, interface: str, port: int) -> bool:
    """Return True as soon as an interface holds its port, False if that takes longer than a few seconds."""
    end = time.monotonic() + PATIENCE
    while not listens(run, tool, interface, port):
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE)
    return True
