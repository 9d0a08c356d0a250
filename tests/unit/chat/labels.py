"""Find button labels that a phone would truncate: up to five buttons share a row as wide as the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST = {1: 34, 2: 17, 3: 10, 4: 7, 5: 5}  # the longest label by number of buttons in a row, on a screen of 390 px


def cut(rows: Sequence[Sequence[dict[str, Any]]]) -> list[str]:
    """Return the labels that a phone would truncate."""
    return [key["text"] for row in rows for key in row if len(key["text"].replace("\ufe0f", "")) > MOST[len(row)]]
