"""What runs commands inside a virtual machine: a line of JSON in, a line of JSON out, over a virtual serial port.

agent.py PORT
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any


def main(path: str) -> None:
    """Answer requests until the machine goes down."""
    port = os.open(path, os.O_RDWR)
    with os.fdopen(port, "rb") as lines, os.fdopen(port, "wb", closefd=False) as answers:
        for line in lines:
            answers.write(json.dumps(run(**json.loads(line))).encode() + b"\n")
            answers.flush()


def run(words: list[str], environment: dict[str, str], stdin: str, timeout: float) -> dict[str, Any]:
    """Run a command; its code is None if it took too long."""
    try:
        done = subprocess.run(
            words, env=environment, input=stdin, capture_output=True, encoding="utf-8", errors="replace",
            timeout=timeout, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as exc:
        return {"code": None, "stdout": (exc.stdout or b"").decode(), "stderr": (exc.stderr or b"").decode()}
    except OSError as exc:
        return {"code": 127, "stdout": "", "stderr": str(exc)}
    return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


if __name__ == "__main__":
    main(*sys.argv[1:])
