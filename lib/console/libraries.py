"""Explain what to do if the bot's libraries are not installed. Uses only the standard library."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from lib.chat.texts import plain
from lib.console.answers import language_of

NEEDED = ("requests", "qrcode", "PIL")
HOME = Path(__file__).resolve().parents[2]
PYTHONS = (Path("/opt/andreyvpn/current/.venv/bin/python"), HOME / ".venv/bin/python")
"""Where install.sh puts a Python that has them."""


def require_libraries() -> None:
    """Exit with one line and code 2 if a library is missing, which Python would tell in a traceback."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if not missing:
        return
    language, python = language_of(os.environ), next((path for path in PYTHONS if path.exists()), None)
    how = "cli_other_python" if python else "cli_no_python"
    said = plain(language, "cli_no_libraries", python=sys.executable, names=", ".join(missing))
    print(f"{said} {plain(language, how, python=python, bot=HOME / 'andreyvpn_bot.py')}", file=sys.stderr)
    raise SystemExit(2)
