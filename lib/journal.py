"""Logging that never shows the token, whichever library wrote the line."""

from __future__ import annotations

import logging
import os
import sys


class Redacting(logging.Formatter):
    """A formatter that hides a secret wherever it appears: message, arguments, traceback."""

    def __init__(self, layout: str, secret: str) -> None:
        super().__init__(layout)
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """Format a record and hide the secret in it."""
        return super().format(record).replace(self._secret, "***")


def set_up_logging(level: str, secret: str) -> None:
    """Log to standard error, with the time only where systemd's journal does not add it."""
    handler = logging.StreamHandler(sys.stderr)
    time = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "
    handler.setFormatter(Redacting(f"{time}%(levelname)s %(name)s: %(message)s", secret))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("urllib3", "PIL"):  # at DEBUG they log URLs, which contain the token, and every chunk of a picture
        logging.getLogger(name).setLevel(logging.WARNING)
