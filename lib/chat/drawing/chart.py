"""Draw traffic as stacked bars, one per hour, day or month, download below upload.

The card is opaque and dark: it reads alike in a light and in a dark chat. Letters are sized for a phone, which shows
the picture at 360 pixels.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lib.chat.drawing.colours import FAINT, PAPER, TEXT
from lib.chat.drawing.lettering import measure, write

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

WIDTH, EMPTY_HEIGHT = 960, 320  # pixels; the height is that of a chart without traffic
_LEFT, _RIGHT, _TOP, _BOTTOM = 28, 940, 186, 536  # the field of the bars; the axis's numbers take their room from it
_SIZE, _TITLE = 36, 46  # of the letters
_GRID, _NOW = "#36495b", "#31475c"
_DOWN, _UP = "#58a9f5", "#ffc067"  # also apart in lightness, for colour-blind eyes
_TENTHS = (10, 20, 25, 50, 100)  # steps of the axis, in tenths of a power of ten
_WIDEST = 110  # pixels of a column
_APART, _ROW = 10, 42  # pixels between two labels, and of a line of them
_Column = tuple[float, float]  # left and right end in pixels


def draw_days(
    days: Sequence[tuple[str, int, int]],
    *,
    title: str = "",
    today: int | None = None,
    units: Sequence[str] = ("B", "KB", "MB", "GB", "TB"),
    legend: tuple[str, str] = ("download", "upload"),
    empty: str = "",
) -> bytes:
    """Return a PNG, 960 pixels wide; days are (label, downloaded bytes, uploaded bytes), from left to right.

    A label may be empty or have a second line. `today` is the index of the day to mark, which has not ended yet. Each
    of `units` is a thousand of the one before; the axis takes one that suits the highest bar. A day with any traffic
    shows at least a sliver; if there is none at all, the text `empty` replaces the chart.
    """
    from PIL import Image, ImageDraw

    highest = max((down + up for _, down, up in days), default=0)
    rows = max((label.count("\n") for label, _, _ in days), default=0) + 1
    image = Image.new("RGB", (WIDTH, _BOTTOM + 20 + _ROW * rows if highest else EMPTY_HEIGHT), PAPER)
    write(image, (_LEFT, 68), title, _TITLE, TEXT)
    if highest:
        pen = ImageDraw.Draw(image)
        _draw_legend(image, pen, legend)
        _draw_field(image, pen, days, today, choose_axis(highest, units))
    else:
        write(image, (WIDTH / 2, EMPTY_HEIGHT / 2 + 42), empty, _SIZE, FAINT, "m")
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


def _draw_field(
    image: Image.Image,
    pen: ImageDraw.ImageDraw,
    days: Sequence[tuple[str, int, int]],
    today: int | None,
    axis: tuple[int, Sequence[tuple[int, str]]],
) -> None:
    """Draw the axis, the bars and their labels."""
    top, ticks = axis
    left = _LEFT + 14 + max(measure(words.split()[0], _SIZE) for _, words in ticks)
    columns = _lay_columns(left, len(days))
    if today is not None:
        pen.rectangle((columns[today][0], _TOP, columns[today][1], _BOTTOM), fill=_NOW)
    _draw_axis(image, pen, left, top, ticks)
    for column, (_, down, up) in zip(columns, days, strict=True):
        _draw_bar(pen, column, (down / top, up / top))
    pen.line((left, _BOTTOM, _RIGHT, _BOTTOM), fill=FAINT, width=2)
    _write_labels(image, columns, [label for label, _, _ in days], today)


def _lay_columns(left: float, count: int) -> list[_Column]:
    """Divide the field into columns, which are never giant, however few they are."""
    width = min((_RIGHT - left) / max(count, 1), _WIDEST)
    start = (left + _RIGHT - width * count) / 2
    return [(start + place * width, start + (place + 1) * width) for place in range(count)]


def _draw_axis(
    image: Image.Image, pen: ImageDraw.ImageDraw, left: float, top: int, ticks: Sequence[tuple[int, str]]
) -> None:
    """Draw a line for each tick, with its number to the left; the unit stands once, above the highest one."""
    for amount, words in ticks:
        y = _BOTTOM - round(amount * (_BOTTOM - _TOP) / top)
        pen.line((left, y, _RIGHT, y), fill=_GRID, width=2)
        write(image, (left - 14, y + 13), words.split()[0], _SIZE, FAINT, "r")
    write(image, (left, _TOP - 14), ticks[-1][1].split()[-1], _SIZE, FAINT)


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
    """Draw the legend, with its colours, at the right, below the title."""
    right = float(_RIGHT)
    for word, colour in ((legend[1], _UP), (legend[0], _DOWN)):
        write(image, (right, 136), word, _SIZE, TEXT, "r")
        right -= measure(word, _SIZE) + 42
        pen.rounded_rectangle((right, 110, right + 28, 138), radius=7, fill=colour)
        right -= 40


def _write_labels(image: Image.Image, columns: Sequence[_Column], labels: Sequence[str], marked: int | None) -> None:
    """Draw the marked label and the two-line ones, then as many evenly spaced ones as fit, from the right."""
    lines = {place: label.split("\n") for place, label in enumerate(labels) if label}
    widths = [max((measure(line[row], _SIZE) for line in lines.values() if line[row:]), default=0) for row in (0, 1)]
    written: list[tuple[int, float]] = []
    for place in sorted(lines, key=lambda place: (place != marked, -len(lines[place]), -place)):
        for row, word in enumerate(lines[place]):
            half = measure(word, _SIZE) / 2
            middle = min(max(sum(columns[place]) / 2, half), WIDTH - half - 8)
            if all(row != other or abs(middle - taken) >= widths[row] + _APART for other, taken in written):
                colour = TEXT if place == marked else FAINT
                write(image, (middle, _BOTTOM + 2 + _ROW * (row + 1)), word, _SIZE, colour, "m")
                written.append((row, middle))
