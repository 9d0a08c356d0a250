"""Draw traffic as stacked bars, one a day or month, download below upload; opaque, to suit any chat's colours."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lib.chat.drawing.lettering import measure, write

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 540  # pixels
_RIGHT, _TOP, _BOTTOM = 930, 108, 476  # the field of the bars; to its left is room for the axis's words
_SIZE = 24  # of the letters
_PAPER, _TEXT, _FAINT, _GRID, _NOW = "#f6f8fb", "#1c2733", "#5f6d7c", "#dbe2ea", "#e1eaf6"
_DOWN, _UP = "#2f7fe0", "#f0a02c"  # also apart in lightness, for colour-blind eyes
_TENTHS = (10, 20, 25, 50, 100)  # steps of the axis, in tenths of a power of ten
_WIDEST = 110  # pixels of a column
_Column = tuple[float, float]  # left and right end in pixels


def draw_days(
    days: Sequence[tuple[str, int, int]],
    *,
    title: str = "",
    today: str | None = None,
    units: Sequence[str] = ("B", "KB", "MB", "GB", "TB"),
    legend: tuple[str, str] = ("download", "upload"),
) -> bytes:
    """Return a PNG of 960 by 540 pixels; days are (label, downloaded bytes, uploaded bytes), from left to right.

    `today` is the label of the day to mark. Each of `units` is a thousand of the one before; the axis takes one that
    suits the highest bar. A day with any traffic shows at least a sliver.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    write(image, (32, 60), title, 34, _TEXT)
    _draw_legend(image, pen, legend)
    top, ticks = choose_axis(max((down + up for _, down, up in days), default=0), units)
    left = 46 + max(measure(words, _SIZE) for _, words in ticks)
    columns = _lay_columns(left, len(days))
    labels = [label for label, _, _ in days]
    marked = labels.index(today) if today in labels else None
    if marked is not None:
        pen.rectangle((columns[marked][0], _TOP, columns[marked][1], _BOTTOM), fill=_NOW)
    _draw_axis(image, pen, left, top, ticks)
    for column, (_, down, up) in zip(columns, days, strict=True):
        _draw_bar(pen, column, (down / top, up / top))
    pen.line((left, _BOTTOM, _RIGHT, _BOTTOM), fill=_FAINT, width=2)
    _write_labels(image, columns, labels, marked)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def choose_axis(highest: int, units: Sequence[str]) -> tuple[int, list[tuple[int, str]]]:
    """Return the axis's end in bytes and its ticks (bytes, words): zero and two to four more, whole in their unit."""
    power = 10 ** (len(str(max(highest, 4) // 4)) - 1)
    steps = [power * tenths // 10 for tenths in _TENTHS if power * tenths % 10 == 0]
    step = next(step for step in steps if step * 4 >= highest)
    count = max(2, -(-highest // step))
    unit = min(len(units) - 1, (len(str(step)) - 1) // 3)
    amounts = [tick * step for tick in range(count + 1)]
    return amounts[-1], [(amount, f"{amount // 1000**unit} {units[unit]}" if amount else "0") for amount in amounts]


def _lay_columns(left: float, count: int) -> list[_Column]:
    """Divide the field into columns, which are never giant, however few they are."""
    width = min((_RIGHT - left) / max(count, 1), _WIDEST)
    start = (left + _RIGHT - width * count) / 2
    return [(start + place * width, start + (place + 1) * width) for place in range(count)]


def _draw_axis(
    image: Image.Image, pen: ImageDraw.ImageDraw, left: float, top: int, ticks: Sequence[tuple[int, str]]
) -> None:
    """Draw a line for each tick, with its words to the left."""
    for amount, words in ticks:
        y = _BOTTOM - round(amount * (_BOTTOM - _TOP) / top)
        pen.line((left, y, _RIGHT, y), fill=_GRID, width=2)
        write(image, (left - 14, y + 8), words, _SIZE, _FAINT, "r")


def _draw_bar(pen: ImageDraw.ImageDraw, column: _Column, shares: tuple[float, float]) -> None:
    """Draw download and upload, given as shares of the axis; what is not zero is at least two pixels high."""
    inset = (column[1] - column[0]) * 0.16
    left, right = round(column[0] + inset), round(column[1] - inset) - 1
    foot = float(_BOTTOM)
    for share, colour in zip(shares, (_DOWN, _UP), strict=True):
        if share > 0:
            head = foot - max(2.0, share * (_BOTTOM - _TOP))
            pen.rectangle((left, round(head), right, round(foot) - 1), fill=colour)
            foot = head


def _draw_legend(image: Image.Image, pen: ImageDraw.ImageDraw, legend: tuple[str, str]) -> None:
    """Write both words with their colours at the upper right."""
    right = float(_RIGHT)
    for word, colour in ((legend[1], _UP), (legend[0], _DOWN)):
        write(image, (right, 58), word, _SIZE, _TEXT, "r")
        right -= measure(word, _SIZE) + 32
        pen.rounded_rectangle((right, 40, right + 20, 60), radius=5, fill=colour)
        right -= 28


def _write_labels(image: Image.Image, columns: Sequence[_Column], labels: Sequence[str], marked: int | None) -> None:
    """Write as many labels as fit, evenly spaced; always the marked one, instead of those it would touch."""
    widest = max((measure(label, _SIZE) for label in labels), default=0) + 10
    every = max((math.ceil(widest / (right - left)) for left, right in columns[:1]), default=1)
    for place, (left, right) in enumerate(columns):
        crowded = marked is not None and 0 < abs(place - marked) < every
        if place == marked or (place % every == 0 and not crowded):
            colour = _TEXT if place == marked else _FAINT
            write(image, ((left + right) / 2, _BOTTOM + 34), labels[place], _SIZE, colour, "m")
