"""Run a program with its clock ahead: `shifted_clock.py SECONDS PROGRAM [ARGUMENTS]`. The program is not changed."""

from __future__ import annotations

import runpy
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def main(words: Sequence[str]) -> None:
    """Set time.time() ahead, then run the program as the main module."""
    offset, program = float(words[0]), words[1]
    real_time = time.time
    time.time = lambda: real_time() + offset
    sys.argv = list(words[1:])
    sys.path[0] = str(Path(program).parent)
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
