"""Write tables that a spreadsheet opens with a double click, and in which no name becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from lib.chat.texts import LANGUAGES

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def write_sheet(language: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV with a byte order mark, by which Excel recognizes Cyrillic; None is an empty cell."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=LANGUAGES[language].SEPARATOR)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    """Quote what a spreadsheet would calculate, and drop zero bytes, which Python 3.10 can't write."""
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULAS) else text
