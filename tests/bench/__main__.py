"""Run every bench, each in a process of its own, and print and write one table.

Run: ./install.sh bench [--json FILE] [WORD...]; with words, only the benches whose names contain one. Those of the
interface need root, wg and wireguard-go; without root they are skipped, which is printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import machine, read, show

HERE = Path(__file__).parent
NEED_ROOT = ("bench_fence", "bench_growth", "bench_peers")


def main() -> int:
    """Return 1 if a bench could not run, else 0: the figures are for people to look at, and fail nothing."""
    parser = argparse.ArgumentParser(prog="install.sh bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("words", nargs="*", metavar="WORD", help="run only the benches whose names contain it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    found = sorted(HERE.glob("bench_*.py"))
    chosen = [path for path in found if not options.words or any(word in path.stem for word in options.words)]
    if not chosen:
        parser.error(f"no such bench; there are {', '.join(path.stem.removeprefix('bench_') for path in found)}")
    lines, failed = [], False
    with tempfile.TemporaryDirectory() as folder:
        for path in chosen:
            if path.stem in NEED_ROOT and os.geteuid() != 0:
                print(f"not run: {path.stem}, which needs root")
                continue
            print(f"{path.stem} …", flush=True)
            file = Path(folder) / "figures.json"
            words = [sys.executable, str(path), "--json", str(file)]
            if subprocess.run(words, stdout=subprocess.DEVNULL).returncode:
                failed = True
                print(f"failed: {path.stem}")
            else:
                lines += read(file)
    print(f"\n{machine()}")
    show(lines, options.json)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
