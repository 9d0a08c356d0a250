"""Run a command of lib.install.takeover and be killed directly before its Nth deed: a tool's call or a journal entry.

    killed.py N COMMAND…      exits with 137 there; with the command's own code if it has fewer deeds
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.install.takeover import __main__ as takeover
from lib.install.takeover import journal, tools

T = TypeVar("T")
left = int(sys.argv[1])


def counted(deed: Callable[[], T], what: object) -> T:
    global left
    left -= 1
    if left == 0:
        print("killed before", what, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return deed()


def run(words: Sequence[str], stdin: str) -> str:
    return counted(lambda: tools.run(words, stdin), " ".join(words))


real_write = journal.write


def write(entry: journal.Journal) -> journal.Journal:
    return counted(lambda: real_write(entry), f"journal {entry.step}")


journal.write = write  # type: ignore[assignment]
sys.exit(takeover.main(sys.argv[2:], run))
