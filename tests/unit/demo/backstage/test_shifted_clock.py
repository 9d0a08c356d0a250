"""A program whose clock is ahead: nothing else is different for it, and it is still the main module."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SHIFTED_CLOCK = Path(__file__).parents[4] / "lib" / "demo" / "backstage" / "shifted_clock.py"


def test_it_works(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("import time\nNOW = time.time\n")
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, time\nfrom neighbour import NOW\n"
        "print(__name__, __file__, sys.argv[1:], int(NOW()), int(time.time()))\nsys.exit(7)\n"
    )
    words = [sys.executable, str(SHIFTED_CLOCK), "86400.5", str(program), "run", "--x"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20)
    assert done.returncode == 7
    name, file, *argv, first, second = done.stdout.split()
    assert (name, file, argv) == ("__main__", str(program), ["['run',", "'--x']"])
    assert abs(int(first) - time.time() - 86400) < 10
    assert abs(int(second) - time.time() - 86400) < 10
