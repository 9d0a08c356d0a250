"""Files attached to messages, and the shapes that several screens share: a chart of traffic, a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.chat.drawing import chart
from lib.chat.texts import LANGUAGES, plain
from lib.store.traffic import Usage


@dataclass(frozen=True)
class Attachment:
    """A file as Telegram takes it: the parameter's name, the file's name, its type and its bytes."""

    field: str
    file_name: str
    mime: str
    content: bytes


def document(file_name: str, text: str) -> Attachment:
    return Attachment("document", file_name, "application/octet-stream", text.encode())


def traffic_chart(
    language: str, title: str, bars: Sequence[tuple[str, Usage]], marked: str | None, file_name: str
) -> Attachment:
    picture = chart.draw_days(
        [(label, usage.sent, usage.received) for label, usage in bars],
        title=title,
        today=marked,
        units=LANGUAGES[language].UNITS,
        legend=(plain(language, "chart_download"), plain(language, "chart_upload")),
    )
    return Attachment("photo", f"{file_name}.png", "image/png", picture)


def table(file_name: str, text: str) -> Attachment:
    return Attachment("document", file_name, "text/csv", text.encode())
