"""Write tables that a spreadsheet opens at a double click, and in which no name becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from lib.chat.texts import LANGUAGES

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def write_sheet(language: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give CSV with a byte order mark, so that Cyrillic is recognized; None is an empty cell."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=LANGUAGES[language].SEPARATOR)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    """Take the power from what a spreadsheet would calculate, and out what Python 3.10 can't write: zero bytes."""
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULAS) else text
