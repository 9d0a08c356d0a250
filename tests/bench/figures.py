"""What every bench shares: its command line, timing in turns, and a table of figures against references and goals.

A figure's reference was measured in the same run, or it is a limit that must be kept; the goal is for their ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the table: the medians of ours (with least and most) and of the reference.

    `goal` is the most that ours / reference may be; None where only the figure counts.
    """

    what: str
    unit: str
    ours: float
    spread: tuple[float, float]
    reference_name: str
    reference: float | None
    goal: float | None
    runs: int

    @property
    def ratio(self) -> float | None:
        return None if not self.reference else self.ours / self.reference

    @property
    def met(self) -> bool:
        if self.goal is None or self.reference is None:
            return True
        return self.ours <= self.goal * self.reference


def figure(
    what: str, unit: str, ours: Sequence[float], reference_name: str = "", reference: Sequence[float] = (),
    goal: float | None = None,
) -> Figure:  # fmt: skip
    """Make a line of the table."""
    middle = statistics.median(reference) if reference else None
    spread = (min(ours), max(ours))
    return Figure(what, unit, statistics.median(ours), spread, reference_name, middle, goal, len(ours))


def in_turns(makers: Mapping[str, Callable[[], object]], runs: int, scale: float = 1000) -> dict[str, list[float]]:
    """Return the times (milliseconds) of each function, measured in turns after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in makers}
    for run in range(runs + 1):
        for name, make in makers.items():
            begin = time.perf_counter()
            make()
            if run:
                times[name].append(scale * (time.perf_counter() - begin))
    return times


def machine() -> str:
    """Describe the machine and the versions that were measured."""
    names = ", ".join(f"{name} {version(name)}" for name in ("requests", "pillow", "qrcode"))
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{platform.machine()}, {os.cpu_count()} cores, {python}, {names}"


def command(about: str | None, measure: Callable[[int], Sequence[Figure]], runs: int, of: str = "runs") -> None:
    """Run a bench's command line: `--runs` is how often to measure, `--json` a file for the figures."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=runs, metavar="N", help=f"number of {of} ({runs})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    print(machine())
    show(measure(options.runs), options.json)


def show(figures: Sequence[Figure], file: Path | None = None) -> None:
    """Print the table; write it as JSON where a file is named."""
    print(f"{'':48}{'ours':>10} {'least - most':>17}  {'against':<36}{'it':>10}{'ratio':>8}{'goal':>7}")
    for line in figures:
        spread = f"{line.spread[0]:.2f} - {line.spread[1]:.2f}"
        reference = "" if line.reference is None else f"{line.reference:.2f}"
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        goal = "" if line.goal is None else f"{line.goal:g}"
        mark = "" if line.met else "  missed"
        name = f"{line.what}, {line.unit}"
        against = f"{line.reference_name:<36}{reference:>10}{ratio:>8}{goal:>7}{mark}"
        print(f"{name:48}{line.ours:>10.2f} {spread:>17}  {against}")
    if file:
        rows = [{**asdict(line), "ratio": line.ratio, "met": line.met} for line in figures]
        file.write_text(json.dumps({"machine": machine(), "figures": rows}, indent=1), encoding="utf-8")


def read(file: Path) -> list[Figure]:
    """Read the figures that `show` has written."""
    names = Figure.__dataclass_fields__
    rows = json.loads(file.read_text(encoding="utf-8"))["figures"]
    return [Figure(**{name: value for name, value in row.items() if name in names}) for row in rows]
