"""Run programs with clocks that can be set ahead, so that no test has to wait for a minute of silence."""

from __future__ import annotations

from pathlib import Path

from tests.company import ROOT

_AHEAD = """
import os, time

def ahead(clock):
    def read(*which):
        with open(os.environ["CLOCK_AHEAD"]) as file:
            return clock(*which) + float(file.read())
    return read

time.time, time.clock_gettime = ahead(time.time), ahead(time.clock_gettime)
"""


def prepare_clock(folder: Path) -> dict[str, str]:
    """Return the environment for programs whose clocks set_ahead() controls."""
    (folder / "sitecustomize.py").write_text(_AHEAD)
    set_ahead(folder, 0)
    return {"PYTHONPATH": f"{folder}:{ROOT}", "CLOCK_AHEAD": str(folder / "ahead")}


def set_ahead(folder: Path, seconds: int) -> None:
    """Set the programs' clocks this many seconds ahead."""
    (folder / "ahead.new").write_text(str(seconds))
    (folder / "ahead.new").replace(folder / "ahead")
