"""Check an answer given to the installation as the bot will: `BOT_TOKEN=… python3 -m lib.console.answers BOT_TOKEN`.

It needs nothing but Python, so that a wrong answer is noticed before anything is installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from lib.chat.texts import LANGUAGES, plain
from lib.settings import READERS

TEXTS = {
    "BOT_TOKEN": "bad_token",
    "ADMIN_IDS": "bad_admins",
    "SERVER_ENDPOINT": "bad_endpoint",
    "AWG_INTERFACE": "bad_interface",
    "TELEGRAM_API": "bad_url",
    "TELEGRAM_PROXY": "bad_url",
}
"""The settings that an installation asks for or accepts, and the texts that describe valid values."""


def find_fault(name: str, environment: Mapping[str, str]) -> str | None:
    """Explain in the environment's LANGUAGE what is wrong with its setting `name`; None if the bot can read it."""
    _, reader = READERS[name]
    try:
        reader(environment.get(name, "").strip())
    except ValueError:
        spoken = environment.get("LANGUAGE", "")[:2]
        language = spoken if spoken in LANGUAGES else "en"
        return plain(language, TEXTS[name], name=name)
    return None


if __name__ == "__main__":
    fault = find_fault(sys.argv[1], os.environ)
    if fault:
        print(fault)
    sys.exit(fault is not None)
