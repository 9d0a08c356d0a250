"""The messages of a take-over are printed, and a closed terminal is no error."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.company import ROOT

SAYS = "from lib.install.takeover.words import tell\nfor _ in range(3): tell('nothing_taken')\n"


def test_it_works() -> None:
    words = [sys.executable, "-c", SAYS]
    done = subprocess.run(words, cwd=ROOT, env={"LANGUAGE": "en"}, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0
    assert done.stdout == "nothing was taken over here, so there is nothing to give back\n" * 3


def test_a_terminal_that_is_gone_is_no_failure() -> None:
    """Otherwise Python would exit with 120, which looks like a failed take-over."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", SAYS], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, timeout=20)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
