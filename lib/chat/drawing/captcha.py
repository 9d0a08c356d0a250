"""Draw the picture that keeps scripts out: digits that people can read and machines can't. Nothing is stored."""

from __future__ import annotations

import colorsys
import io
import math
import random
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from lib.chat.drawing.curves import Point, smooth

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

DIGITS = 5
WIDTH, HEIGHT = 400, 160  # pixels
_FINE = 2  # drawn this many times larger, then averaged to smooth edges
_W, _H = WIDTH * _FINE, HEIGHT * _FINE
_GAP = 13  # pixels between digits
_SYSTEM = random.SystemRandom()
# In a box of 1 by 1, y downward; three points and more make a curve. No 0 or 1: a line makes a 9 or a 7 of them.
_STROKES: dict[str, tuple[tuple[Point, ...], ...]] = {
    "2": (((0.1, 0.28), (0.22, 0.07), (0.52, 0), (0.84, 0.12), (0.84, 0.38), (0.5, 0.68), (0.08, 1)),
          ((0.08, 1), (0.95, 1))),
    "3": (((0.12, 0.14), (0.45, 0), (0.84, 0.12), (0.8, 0.38), (0.42, 0.47)),
          ((0.42, 0.47), (0.86, 0.58), (0.9, 0.85), (0.5, 1), (0.08, 0.88))),
    "4": (((0.68, 1), (0.68, 0)), ((0.68, 0), (0.05, 0.68)), ((0.05, 0.68), (1, 0.68))),
    "5": (((0.88, 0), (0.24, 0)), ((0.24, 0), (0.16, 0.44)),
          ((0.16, 0.44), (0.52, 0.36), (0.9, 0.52), (0.88, 0.84), (0.48, 1), (0.1, 0.9))),
    "6": (((0.8, 0.02), (0.4, 0.18), (0.12, 0.56), (0.18, 0.88), (0.5, 1), (0.86, 0.86), (0.84, 0.56), (0.5, 0.45),
           (0.16, 0.64)),),
    "7": (((0.06, 0), (0.94, 0)), ((0.94, 0), (0.56, 0.45), (0.38, 1))),
    "8": (((0.5, 0.46), (0.16, 0.32), (0.2, 0.08), (0.5, 0), (0.8, 0.08), (0.84, 0.32), (0.5, 0.46), (0.1, 0.64),
           (0.14, 0.91), (0.5, 1), (0.86, 0.91), (0.9, 0.64), (0.5, 0.46)),),
    "9": (((0.2, 0.98), (0.6, 0.82), (0.88, 0.44), (0.82, 0.12), (0.5, 0), (0.14, 0.14), (0.16, 0.44), (0.5, 0.55),
           (0.84, 0.36)),),
}  # fmt: skip


def new_answer(rng: random.Random = _SYSTEM) -> str:
    """Choose the five digits of a new picture."""
    return "".join(rng.choice([*_STROKES]) for _ in range(DIGITS))


def draw(answer: str, rng: random.Random = _SYSTEM) -> bytes:
    """Return a PNG of 400 by 160 pixels, different at every call; ValueError for anything but one to five digits."""
    if not 1 <= len(answer) <= DIGITS or not set(answer) <= set(_STROKES):
        raise ValueError("a captcha shows one to five digits from 2 to 9")
    from PIL import ImageChops

    mask = ImageChops.difference(_draw_digits(answer, rng), _draw_bands(rng))
    mask = ImageChops.difference(mask, _draw_line(rng))
    out = io.BytesIO()
    _colour(mask, rng).save(out, "PNG", compress_level=6)
    return out.getvalue()


def _draw_digits(answer: str, rng: random.Random) -> Image.Image:
    """Draw the digits side by side, each with its own size, thickness, lean and height; bend all of them together."""
    sheet, pen = _new_sheet()
    bend_x, bend_y = _wave(rng, (4, 7), (110, 200)), _wave(rng, (4, 7), (130, 240))
    widths = [rng.uniform(50, 57) for _ in answer]
    left = (WIDTH - sum(widths) - _GAP * (len(widths) - 1)) / 2 + rng.uniform(-10, 10)
    for digit, width in zip(answer, widths, strict=True):
        place = _placer(left + width / 2, width, rng)
        thickness = rng.uniform(13, 15) * _FINE
        for stroke in _STROKES[digit]:
            points = [place(u, v) for u, v in _bend(stroke, rng)]
            _stamp(pen, [(x + bend_x(y), y + bend_y(x)) for x, y in points], thickness, rng)
        left += width + _GAP
    return sheet


def _placer(middle: float, width: float, rng: random.Random) -> Callable[[float, float], Point]:
    """Return a function from a digit's box of 1 by 1 to the sheet: size, lean, turn (radians), place."""
    height, lean, turn = rng.uniform(92, 102), rng.uniform(-0.14, 0.14), rng.uniform(-0.17, 0.17)
    centre = HEIGHT / 2 + rng.uniform(-10, 10)
    cos, sin = math.cos(turn), math.sin(turn)

    def place(u: float, v: float) -> Point:
        y = (v - 0.5) * height
        x = (u - 0.5) * width + lean * y
        return (middle + x * cos - y * sin) * _FINE, (centre + x * sin + y * cos) * _FINE

    return place


def _bend(stroke: Sequence[Point], rng: random.Random) -> list[Point]:
    """Make three points and more a curve, each moved a little; two points stay a straight line."""
    if len(stroke) > 2:
        stroke = [(u + rng.uniform(-0.03, 0.03), v + rng.uniform(-0.03, 0.03)) for u, v in stroke]
    return [*smooth(stroke, [step / 9 for step in range(9)]), stroke[-1]]


def _stamp(pen: ImageDraw.ImageDraw, points: Iterable[Point], thickness: float, rng: random.Random) -> None:
    """Draw a round stroke whose thickness (in pixels of the sheet) swells and thins along the way."""
    phase, swell = rng.uniform(0, math.tau), rng.uniform(0.08, 0.2)
    last: Point | None = None
    for step, (x, y) in enumerate(points):
        radius = thickness / 2 * (1 + swell * math.sin(phase + step / 7))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        if last:
            pen.line((last, (x, y)), fill=255, width=round(2 * radius))
        last = x, y


def _draw_line(rng: random.Random) -> Image.Image:
    """Draw one thin line through all digits."""
    sheet, pen = _new_sheet()
    wave, slope = _wave(rng, (10, 18), (150, 300)), rng.uniform(-0.15, 0.15)
    height = _H / 2 + rng.uniform(-14, 14) * _FINE
    points = [(x, height + wave(x) + slope * (x - _W / 2)) for x in range(-20, _W + 21, 10)]
    _stamp(pen, points, rng.uniform(2, 2.8) * _FINE, rng)
    return sheet


def _draw_bands(rng: random.Random) -> Image.Image:
    """Fill every other one of some diagonal bands with wavy edges, so that an edge runs through each digit."""
    sheet, pen = _new_sheet()
    tilt = rng.choice((-1, 1)) * rng.uniform(0.5, 1.0)
    edges: list[list[Point]] = []
    left = -_W * rng.uniform(0.3, 0.6)
    while left < _W * 1.6:
        wave = _wave(rng, (5, 9), (70, 120))
        edges.append([(left + tilt * (y - _H / 2) + wave(y), y) for y in range(-4, _H + 9, 4)])
        left += rng.uniform(100, 150) * _FINE
    for one, other in zip(edges[::2], edges[1::2], strict=False):
        pen.polygon(one + other[::-1], fill=255)
    return sheet


def _wave(rng: random.Random, height: Point, length: Point) -> Callable[[float], float]:
    """Return a sum of two sine waves; height and length (from, to) in pixels of the picture."""
    tall, long = rng.uniform(*height) * _FINE, rng.uniform(*length) * _FINE / math.tau
    first, second = rng.uniform(0, math.tau), rng.uniform(0, math.tau)
    return lambda at: tall * (math.sin(at / long + first) + 0.4 * math.sin(at / long / 0.43 + second))


def _new_sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    from PIL import Image, ImageDraw

    sheet = Image.new("L", (_W, _H))
    return sheet, ImageDraw.Draw(sheet)


def _colour(mask: Image.Image, rng: random.Random) -> Image.Image:
    """Fill the mask with one dark and one light colour, both fading a little across the picture."""
    from PIL import Image

    small = mask.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    hue = rng.random()
    dark = _fade(_tone(hue, 0.22, 0.5), _tone(hue + 0.12, 0.32, 0.5), rng)
    light = _fade(_tone(hue + 0.5, 0.93, 0.7), _tone(hue + 0.6, 0.87, 0.6), rng)
    return Image.composite(dark, light, small) if rng.random() < 0.5 else Image.composite(light, dark, small)


def _fade(start: tuple[int, int, int], end: tuple[int, int, int], rng: random.Random) -> Image.Image:
    from PIL import Image, ImageOps

    slope = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize((WIDTH, HEIGHT))
    return ImageOps.colorize(slope, start, end)


def _tone(hue: float, lightness: float, saturation: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(255 * red), round(255 * green), round(255 * blue)
