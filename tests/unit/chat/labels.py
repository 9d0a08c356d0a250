"""What of the buttons' labels a phone would cut: a row is as wide as the screen, shared by up to five buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST = {1: 34, 2: 17, 3: 10, 4: 7, 5: 5}  # characters of a label, by how many share a row at a width of 390 px


def cut(rows: Sequence[Sequence[dict[str, Any]]]) -> list[str]:
    """Return the labels that a phone would cut."""
    return [key["text"] for row in rows for key in row if len(key["text"].replace("\ufe0f", "")) > MOST[len(row)]]
