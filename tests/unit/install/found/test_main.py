"""The program itself on this machine: it needs only python3, and reports it if its output can't be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from tests.company import ROOT

SCRIPT = "import sys; sys.path.insert(0, '.'); from lib.install.found.__main__ import main; sys.exit(main([]))"
WORDS = (sys.executable, "-I", "-S", "-B", "-c", SCRIPT)


def look(stdout: int | IO[Any] | None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/nowhere", "LC_ALL": "C", "PYTHONUTF8": "1"}
    pipe = subprocess.PIPE
    return subprocess.run(WORDS, cwd=ROOT, env=environment, stdout=stdout, stderr=pipe, text=True, timeout=60)


def test_it_works() -> None:
    done = look(subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout, "no colours, so it may go into a file"


def test_a_reader_who_has_seen_enough_is_no_failure() -> None:
    with subprocess.Popen(("true",), stdin=subprocess.PIPE) as reader:
        reader.wait()
        done = look(reader.stdin)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_a_full_disk_is_said_in_words() -> None:
    with Path("/dev/full").open("w") as full:
        done = look(full)
    assert (done.returncode, done.stderr) == (1, "install.sh: No space left on device\n")
