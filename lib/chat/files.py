"""Files attached to messages, and what several screens attach: charts of traffic, tables for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lib import days
from lib.chat.drawing import chart
from lib.chat.phrases import month_name
from lib.chat.texts import LANGUAGES, plain
from lib.store.traffic import Usage

# What a spreadsheet may calculate: a sign at the start of a cell, or behind what its settings take for a separator.
_FORMULA = re.compile(r"(^|[;,|\t\r\n])(?=[\s\"']*[=+\-@＝＋－＠]|[\t\r])")


@dataclass(frozen=True)
class Attachment:
    """A file as Telegram takes it: the parameter's name, the file's name, its type and its bytes."""

    field: str
    file_name: str
    mime: str
    content: bytes


def document(file_name: str, text: str) -> Attachment:
    return Attachment("document", file_name, "application/octet-stream", text.encode())


def table(language: str, file_name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Attachment:
    """Return CSV with a byte order mark, so that Excel recognizes Cyrillic; None is an empty cell."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=LANGUAGES[language].SEPARATOR)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return Attachment("document", f"{file_name}.csv", "text/csv", out.getvalue().encode())


def _cell(value: object) -> str:
    """Quote what a spreadsheet would calculate, and drop zero bytes, which Python 3.10 can't write."""
    if isinstance(value, int):
        return str(value)  # a negative number is no formula
    text = "" if value is None else str(value).replace("\0", "")
    return _FORMULA.sub(r"\1'", text)


def month_chart(language: str, month: str, usage: Mapping[str, Usage], today: str, file_name: str) -> Attachment:
    """Draw the days of a month; `today` ('YYYY-MM-DD') is marked if it is one of them."""
    dates = days.days_of_month(month)
    marked = dates.index(today) if today in dates else None
    named = {marked, *(place for place in (0, *range(4, 30, 5)) if marked is None or abs(place - marked) > 2)}
    bars = [(str(place + 1) if place in named else "", usage.get(date, Usage())) for place, date in enumerate(dates)]
    return traffic_chart(language, month_name(language, month), bars, marked, file_name)


def traffic_chart(
    language: str, title: str, bars: Sequence[tuple[str, Usage]], marked: int | None, file_name: str
) -> Attachment:
    """Draw a bar for each label; `marked` is the index of the day or month that has not ended yet."""
    picture = chart.draw_days(
        [(label, usage.downloaded, usage.uploaded) for label, usage in bars],
        title=title,
        today=marked,
        units=LANGUAGES[language].UNITS,
        legend=(plain(language, "chart_download"), plain(language, "chart_upload")),
        empty=plain(language, "chart_empty"),
    )
    return Attachment("photo", f"{file_name}.png", "image/png", picture)
