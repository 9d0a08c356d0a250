"""The chart: bars as high as the traffic they stand for, a round axis in a human unit, words in both alphabets."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest
from PIL import Image, ImageColor

from lib.chat.drawing import chart, lettering

RUSSIAN = ("Б", "КБ", "МБ", "ГБ", "ТБ")
ENGLISH = ("B", "KB", "MB", "GB", "TB")


def opened(days: list[tuple[str, int, int]], **words: object) -> Image.Image:
    return Image.open(io.BytesIO(chart.draw_days(days, legend=("", ""), **words))).convert("RGB")  # type: ignore[arg-type]


def area(picture: Image.Image, colour: str) -> int:
    """Count the pixels of a colour in the field, below the legend."""
    field = picture.crop((0, 100, picture.width, picture.height))
    return Counter(field.get_flattened_data())[ImageColor.getrgb(colour)]


def test_it_works() -> None:
    days = [(str(day), day * 10**8, day * 10**7) for day in range(1, 32)]
    content = chart.draw_days(days, title="июль 2026", today="23", units=RUSSIAN, legend=("загрузка", "отдача"))
    picture = Image.open(io.BytesIO(content))
    assert (picture.size, picture.format) == ((960, 540), "PNG")
    assert len(content) < 60_000
    assert picture.mode == "RGB", "opaque, so that a dark chat does not shine through"


def test_bars_are_as_large_as_their_traffic() -> None:
    picture = opened([("1", 3000, 1000), ("2", 1000, 0)])
    assert area(picture, chart._DOWN) == pytest.approx(4 * area(picture, chart._UP), rel=0.02)


def test_one_byte_beside_a_terabyte_still_shows() -> None:
    assert area(opened([("1", 10**12, 0), ("2", 0, 1)]), chart._UP) > 0


def test_a_day_without_traffic_has_no_bar() -> None:
    assert area(opened([("1", 0, 0), ("2", 0, 0)]), chart._DOWN) == 0


@pytest.mark.parametrize("count", [0, 1, 2, 12, 31, 60, 366])
def test_any_number_of_days_stays_in_the_picture(count: int) -> None:
    picture = opened([(f"day {day}", 10**9, 10**9) for day in range(count)], today="day 0")
    paper = picture.getpixel((2, 2))
    edge = picture.crop((picture.width - 8, 0, picture.width, picture.height))
    assert set(edge.get_flattened_data()) == {paper}
    assert (area(picture, chart._DOWN) > 0) is (count > 0)


def test_today_is_marked_and_nothing_else() -> None:
    days = [("1", 5, 0), ("2", 7, 0)]
    assert area(opened(days, today="2"), chart._NOW) > 0
    assert area(opened(days), chart._NOW) == area(opened(days, today="3"), chart._NOW) == 0


@pytest.mark.parametrize("highest", [0, 1, 3, 4, 5, 9, 10, 999, 1000, 1001, 12345, 10**6 - 1, 4 * 10**9 + 1, 10**18])
def test_the_axis_is_round_and_holds_the_highest_bar(highest: int) -> None:
    end, ticks = chart.choose_axis(highest, ENGLISH)
    amounts = [amount for amount, _ in ticks]
    assert amounts[0] == 0
    assert amounts[-1] == end >= highest
    assert 3 <= len(ticks) <= 5
    assert highest < 2 or end <= 2.5 * highest
    assert len({b - a for a, b in pairwise(amounts)}) == 1
    for amount, words in ticks[1:]:
        number, unit = words.split()
        assert int(number) * 1000 ** ENGLISH.index(unit) == amount


def test_the_axis_takes_the_unit_that_suits_it() -> None:
    assert chart.choose_axis(2_600_000_000, RUSSIAN)[1][-1] == (3_000_000_000, "3 ГБ")
    assert chart.choose_axis(700, RUSSIAN)[1][-1] == (800, "800 Б")


@pytest.mark.parametrize("letter", "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")
def test_every_russian_letter_is_drawn_and_is_not_the_box_of_a_missing_one(letter: str) -> None:
    assert written(letter) != written("\u0590")
    assert Image.frombytes("L", (80, 80), written(letter)).getbbox()


def test_no_two_russian_letters_look_the_same() -> None:
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    assert len({written(letter) for letter in letters + letters.upper()}) == 66


def written(text: str) -> bytes:
    sheet = Image.new("RGB", (80, 80))
    lettering.write(sheet, (10, 50), text, 40, "white")
    return sheet.convert("L").tobytes()


@pytest.mark.parametrize("text", ["июль 2026", "July 2026", "4 ГБ"])
@pytest.mark.parametrize(("anchor", "left"), [("l", 300), ("m", 300), ("r", 300)])
def test_text_stands_where_its_anchor_says(text: str, anchor: str, left: int) -> None:
    sheet = Image.new("L", (600, 80))
    lettering.write(sheet, (left, 50), text, 30, "white", anchor)
    box = sheet.getbbox()
    assert box
    width = lettering.measure(text, 30)
    start = left - {"l": 0.0, "m": width / 2, "r": width}[anchor]
    assert abs(box[0] - start) < 6
    assert abs(box[2] - start - width) < 6


def test_importing_it_does_not_load_pillow() -> None:
    code = "import sys, lib.chat.drawing.chart; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
