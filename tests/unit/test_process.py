"""A command that nobody vouches for is bounded in time and size, and takes what it started with it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from lib.install.found.run import Failed, run
from lib.process import TimedOut, capture


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_it_works() -> None:
    code = "import sys; print(sys.stdin.read()); print('no', file=sys.stderr); sys.exit(3)"
    assert capture(python(code), b"hello", 20, 1000) == (3, b"hello\n", b"no\n")


def test_what_it_does_not_read_is_no_failure() -> None:
    assert capture(("true",), b"x" * 4096, 20, 1000) == (0, b"", b"")


def test_one_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    script = f"(while :; do date +%s%N >{file}; sleep 0.05; done) & cat /dev/zero | sleep 60"
    begun = time.monotonic()
    with pytest.raises(TimedOut):
        capture(("sh", "-c", script), b"", 1, 1000)
    assert time.monotonic() - begun < 10
    last = file.read_text()
    time.sleep(0.3)
    assert file.read_text() == last


@pytest.mark.parametrize("stream", ["1", "2"])
def test_one_that_prints_without_end_is_killed(stream: str) -> None:
    with pytest.raises(OSError, match="too much"):
        capture(("sh", "-c", f"exec cat /dev/zero >&{stream}"), b"", 20, 100_000)


def test_one_that_closes_its_output_and_stays_is_killed() -> None:
    with pytest.raises(TimedOut):
        capture(("sh", "-c", "exec >&- 2>&-; sleep 60"), b"", 0.5, 1000)


def test_a_missing_one_is_said() -> None:
    with pytest.raises(FileNotFoundError):
        capture(("no-such-command",), b"", 1, 1000)


def test_for_the_look_around_each_failure_is_an_oserror_in_one_line() -> None:
    assert run(("cat",), "ключ") == "ключ"
    assert run(("printf", "\\377"), "") == "\udcff"
    with pytest.raises(Failed, match=r"^the last$"):
        run(("sh", "-c", "printf 'first\\nthe \\033last\\n' >&2; exit 1"), "")
    with pytest.raises(Failed, match="exit code 5"):
        run(("sh", "-c", "exit 5"), "")
