"""Read what the machine itself is doing: load, memory, disk. Linux only, without any tool."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """`load` the three averages as text, `memory_used` in percent, `disk_free` in bytes where the database lies,
    `uptime` of this process in seconds."""

    load: str
    memory_used: int
    disk_free: int
    uptime: int


def read_machine(database: Path) -> Machine:
    """Look at the machine now."""
    load = " ".join(f"{average:.2f}" for average in os.getloadavg())
    return Machine(load, _memory_used(), shutil.disk_usage(database.resolve().parent).free, _uptime())


def read_disk(database: Path) -> tuple[int, int]:
    """Tell the bytes that are free where the database lies, and all there are."""
    usage = shutil.disk_usage(database.resolve().parent)
    return usage.free, usage.total


def since_boot() -> float:
    """Count the seconds since the machine was started, sleep included; setting the clock does not touch it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _memory_used() -> int:
    """Give the share that is not available to new programs, as proc(5) counts it."""
    fields = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    total, available = (int(fields[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    return round(100 * (total - available) / total)


def _uptime() -> int:
    """Count the seconds since this process started, as proc(5) tells."""
    started = int(Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19])
    since_boot = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    return round(since_boot - started / os.sysconf("SC_CLK_TCK"))


def module_version() -> str:
    """Name the version of the amneziawg module in the kernel; '-' where none is loaded."""
    return _read(Path("/sys/module/amneziawg/version"))


def interface_life(index: str) -> str:
    """Name the present life of an interface: this boot and the kernel's number for it; '-' where it can't be seen.

    An interface made anew gets another number, so counters that began again are told from ones that went on.
    """
    return f"{_read(Path('/proc/sys/kernel/random/boot_id'))}:{index}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return "-"
