#!/usr/bin/env python3
"""Stand in for `systemctl` where no systemd runs: interfaces by wg-quick, what is enabled as files beside this one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ENABLED = Path(__file__).resolve().parent / "enabled"


def main(words: list[str]) -> int:
    command, *rest = (word for word in words if not word.startswith("-"))
    ENABLED.mkdir(exist_ok=True)
    for unit in rest:
        marker, code = ENABLED / unit.removesuffix(".service"), 0
        if command == "is-enabled":
            print("enabled" if marker.exists() else "disabled")
            return 0 if marker.exists() else 1
        if command == "enable":
            marker.touch()
        elif command == "disable":
            marker.unlink(missing_ok=True)
        ways = {"start": "up", "stop": "down", "enable": "up", "disable": "down"}
        if "-quick@" in unit and (command in ("start", "stop") or "--now" in words):
            tool, _, name = unit.removesuffix(".service").partition("@")
            is_up = Path(f"/sys/class/net/{name}").exists()
            if command == "start" and (ENABLED.parent / "broken").exists():
                print("Job failed", file=sys.stderr)
                return 1
            if is_up != (ways[command] == "up"):
                code = subprocess.run([tool, ways[command], name], check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
