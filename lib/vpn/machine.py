"""What the machine itself is doing: load, memory, disk, kernel. Linux only, without any tool."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

LITTLE_DISK = 200 * 10**6  # free bytes; less than that is too little


@dataclass(frozen=True)
class Machine:
    """`load` holds the three averages, `memory_used` is the percentage not available to new programs (see proc(5)),
    `disk_free` is in bytes, `uptime` in seconds since this process started."""

    load: str
    memory_used: int
    disk_free: int
    uptime: int


def read_machine(database: Path) -> Machine:
    """Return the machine's current state."""
    load = " ".join(f"{average:.2f}" for average in os.getloadavg())
    memory = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    total, available = (int(memory[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    stat = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    uptime = round(since_boot() - int(stat[19]) / os.sysconf("SC_CLK_TCK"))
    return Machine(load, round(100 * (total - available) / total), read_disk(database)[0], uptime)


def read_disk(database: Path) -> tuple[int, int]:
    """Return the free bytes and all bytes of the disk on which the database is."""
    usage = shutil.disk_usage(database.resolve().parent)
    return usage.free, usage.total


def since_boot() -> float:
    """Return the seconds since the machine was started, sleep included; setting the clock does not change them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def module_version() -> str:
    """Return the version of the kernel's amneziawg module; '-' if none is loaded."""
    return kernel_value("/sys/module/amneziawg/version")


def interface_life(index: str) -> str:
    """Return an id of the present life of an interface: this boot and the kernel's number; '-' for an unseen part.

    A recreated interface gets another number, which tells counters that started again from ones that went on.
    """
    return f"{kernel_value('/proc/sys/kernel/random/boot_id')}:{index}"


def kernel_value(path: str) -> str:
    """Return what a file of the kernel says; '-' if it can't be read."""
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return "-"
