"""Run a program with its clock ahead: `clock.py SECONDS PROGRAM [ARGUMENTS]`. The program itself is unchanged."""

from __future__ import annotations

import runpy
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def main(words: Sequence[str]) -> None:
    """Set time.time() ahead, then be the program."""
    ahead, program = float(words[0]), words[1]
    real = time.time
    time.time = lambda: real() + ahead
    sys.argv = list(words[1:])
    sys.path[0] = str(Path(program).parent)
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
