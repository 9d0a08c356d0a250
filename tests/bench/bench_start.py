"""Measure what the bot costs a small server: CPU seconds until the first poll, and memory while it idles.

Run: .venv/bin/python tests/bench/bench_start.py [RUNS]. Beside each figure stands that of the bare imports that no such
bot can do without, measured in the same run, and their ratio.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.company import Company

TICKS = os.sysconf("SC_CLK_TCK")


def measure_bot() -> tuple[float, float]:
    """Start a bot; give (CPU seconds until its first poll, MB of memory some seconds later)."""
    with tempfile.TemporaryDirectory() as folder:
        company = Company(Path(folder))
        company.interface.up()
        company.start()
        assert company.process
        company.wait(lambda: company.stand.requests("deleteWebhook"), what="the first call")
        seconds = cpu_seconds(company.process.pid)
        time.sleep(3)
        memory = memory_mb(company.process.pid)
        company.stop()
        company.stand.close()
        return seconds, memory


def measure_imports() -> tuple[float, float]:
    """Import requests and sqlite3 and nothing else; give (CPU seconds, MB)."""
    code = "import requests, sqlite3, resource as r; u = r.getrusage(r.RUSAGE_SELF); print(u.ru_maxrss)"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, int(out) / 1024


def cpu_seconds(pid: int) -> float:
    """Give the CPU seconds that a process used so far, its finished children left out."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    """Give a process's resident memory in MB (2**20)."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main(runs: int) -> None:
    """Print the table: medians over some runs, least and most in brackets."""
    bot, bare = zip(*[(measure_bot(), measure_imports()) for _ in range(runs)], strict=True)
    print(f"{'':28}{'bot':>22}{'bare imports':>22}{'ratio':>8}")
    for name, place in (("CPU s to the first poll", 0), ("memory, idle, MB", 1)):
        columns = [sorted(run[place] for run in column) for column in (bot, bare)]
        cells = [f"{statistics.median(c):.2f} [{c[0]:.2f}-{c[-1]:.2f}]" for c in columns]
        ratio = statistics.median(columns[0]) / statistics.median(columns[1])
        print(f"{name:28}{cells[0]:>22}{cells[1]:>22}{ratio:>8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
