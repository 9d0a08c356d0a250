"""Draw short text on a picture: Pillow's own font has no Cyrillic, so Russian letters are drawn here as strokes.

Letters that look the same in both alphabets come from the font; the server needs no font file. Ukrainian and
Belarusian letters are there too; other alphabets and emoji are not.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from lib.chat.drawing.curves import smooth

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

_FINE = 4  # drawn this many times larger, then averaged
_PLACES = [step / 6 for step in range(7)]  # on each part of a curve
_STEM = 0.084  # thickness of a stroke, in font sizes
_ALIKE = dict(zip("АЕЁІМОРСТХаеёіорсуўх", "AEEIMOPCTXaeeiopcyyx", strict=True))
# Strokes of a capital on a grid 8 high, points `xy` from the top left; `~` makes a curve; y: a is -1, b -2, x 10.
_CAPITALS = {
    "Б": "60-00-08-38 04-34 ~34-65-67-38", "В": "00-08 00-30 ~30-51-53-34 04-34 ~34-65-67-38 38-08", "Г": "08-00-50",
    "Д": "18-30-60-68 09-08-78-79", "Ж": "40-48 00-34-08 80-54-88 34-54", "З": "~01-20-51-53-24 ~24-65-67-28-07",
    "И": "00-08-60-68", "Й": "00-08-60-68 ~1b-2a-4a-5b", "К": "00-08 60-14-68 04-14", "Л": "~08-17-20 20-60-68",
    "Н": "00-08 60-68 04-64", "П": "08-00-60-68", "У": "00-35 60-37-28-08", "Ф": "40-48 ~41-12-04-16-47-76-84-72-41",
    "Ц": "00-08-68-60 68-78-79", "Ч": "~00-03-24-64 60-68", "Ш": "00-08-88-80 40-48", "Щ": "00-08-88-80 40-48 88-98-99",
    "Ъ": "00-20-28 24-44 ~44-65-67-48 48-28", "Ы": "00-08 04-34 ~34-55-57-38 38-08 80-88",
    "Ь": "00-08 04-34 ~34-55-57-38 38-08", "Э": "~01-20-52-64-56-28-07 24-64",
    "Ю": "00-08 04-24 ~50-31-24-37-58-77-84-71-50", "Я": "60-68 60-30 ~30-01-03-34 34-64 34-08", "Ё": "1b-1b 4b-4b",
    "Є": "~61-40-12-04-16-48-67 04-44", "Ґ": "08-00-50-5b", "Ї": "10-18 0b-0b 2b-2b",
    "Ў": "00-35 60-37-28-08 ~1b-2a-4a-5b",
}  # fmt: skip
_SMALL = {
    "м": "08-00-46-80-88", "т": "00-60 30-38", "ф": "4b-4x ~41-12-04-16-47-76-84-72-41", "ё": "1b-1b 5b-5b",
    "б": "~6a-11-05-17-38-57-65-53-33-05", "ў": "~1b-2a-4a-5b",
}  # fmt: skip
_ROWS = {"a": -1, "b": -2, "x": 10}
_MISSING = "\u0590"  # a character that no font has


def legible(text: str) -> str:
    """Return the drawable part of a text, without accents and emoji; empty if a letter or digit can't be drawn."""
    kept = []
    for sign in unicodedata.normalize("NFC", text):
        known = "".join(filter(_is_known, sign if _is_known(sign) else unicodedata.normalize("NFKD", sign)))
        if sign.isalnum() and not known:
            return ""
        kind = unicodedata.category(sign)
        kept.append(known or ("-" if kind == "Pd" else "" if kind[0] == "M" else " "))
    return " ".join("".join(kept).split())


def measure(text: str, size: int) -> float:
    """Return the width of a text in pixels."""
    return sum(_advance(letter, size * _FINE) for letter in text) / _FINE


def write(image: Image.Image, place: tuple[float, float], text: str, size: int, colour: str, anchor: str = "l") -> None:
    """Write a text of `size` pixels on a baseline, `place` being its left (l), middle (m) or right (r) end."""
    from PIL import Image, ImageDraw

    if not any(_strokes(letter) or letter in _ALIKE for letter in text):
        ImageDraw.Draw(image).text(place, text, colour, _font(size), anchor=f"{anchor}s")
        return
    width = measure(text, size)
    left = place[0] - {"l": 0.0, "m": width / 2, "r": width}[anchor]
    fine = size * _FINE
    mask = Image.new("L", ((int(width) + size) * _FINE, 2 * fine))
    pen = ImageDraw.Draw(mask)
    at = (left % 1) * _FINE
    for letter in text:
        _draw_letter(pen, at, fine * 1.25, letter, fine)
        at += _advance(letter, fine)
    mask = mask.reduce(_FINE)
    image.paste(colour, (int(left), round(place[1] - size * 1.25)), mask)


def _draw_letter(pen: ImageDraw.ImageDraw, left: float, base: float, letter: str, size: int) -> None:
    """Draw one letter: the font's, strokes, or, for Ё, both."""
    strokes = _strokes(letter)
    if letter in _ALIKE or not strokes:
        pen.text((left, base), _ALIKE.get(letter, letter), 255, _font(size), anchor="ls")
    stem = size * _STEM
    height = _height(letter, size) - stem
    unit, start = height / 8, left + stem * 1.45
    for stroke in strokes.split():
        points = [(float(at[0]), float(_ROWS.get(at[1], at[1]))) for at in stroke.removeprefix("~").split("-")]
        line = smooth(points, _PLACES, closed=points[0] == points[-1]) if stroke.startswith("~") else points
        path = [(start + x * unit * 1.04, base - stem / 2 - height + y * unit) for x, y in line]
        pen.line(path, fill=255, width=round(stem), joint="curve")
        for x, y in (path[0], path[-1]):
            half = stem / 2
            pen.rectangle((x - half, y - half, x + half, y + half), fill=255)


@lru_cache(maxsize=256)
def _is_known(letter: str) -> bool:
    """Return True if a character can be drawn."""
    if letter in _ALIKE or _strokes(letter):
        return True
    font = _font(20)
    return letter.isprintable() and bytes(font.getmask(letter)) != bytes(font.getmask(_MISSING))


def _strokes(letter: str) -> str:
    """Return a letter's strokes; a small letter without its own is a small capital; empty for a letter of the font."""
    return (
        _CAPITALS.get(letter) or _SMALL.get(letter) or ("" if letter in _ALIKE else _CAPITALS.get(letter.upper(), ""))
    )


def _height(letter: str, size: int) -> float:
    """Return the font's height of capitals or of small letters."""
    return -_font(size).getbbox("H" if letter.isupper() else "x", anchor="ls")[1]


def _advance(letter: str, size: int) -> float:
    """Return the distance to the next letter in pixels."""
    strokes = _strokes(letter)
    if letter in _ALIKE or not strokes:
        return _font(size).getlength(_ALIKE.get(letter, letter))
    stem = size * _STEM
    broadest = max(int(point[0]) for stroke in strokes.split() for point in stroke.removeprefix("~").split("-"))
    return broadest * 1.04 * (_height(letter, size) - stem) / 8 + 2.9 * stem


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow's wheels carry FreeType"
    return font
