"""The chart: bars as high as the traffic they stand for, a round axis in a human unit, words in both alphabets."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest
from PIL import Image, ImageColor

from lib.chat.drawing import chart, colours, lettering

RUSSIAN = ("Б", "КБ", "МБ", "ГБ", "ТБ")
ENGLISH = ("B", "KB", "MB", "GB", "TB")


def opened(days: list[tuple[str, int, int]], **words: object) -> Image.Image:
    return Image.open(io.BytesIO(chart.draw_days(days, legend=("", ""), **words))).convert("RGB")  # type: ignore[arg-type]


def area(picture: Image.Image, colour: str) -> int:
    """Count the pixels of a colour in the field, below the legend."""
    field = picture.crop((0, chart._TOP, picture.width, picture.height))
    return Counter(field.get_flattened_data())[ImageColor.getrgb(colour)]


def test_it_works() -> None:
    days = [(str(day), day * 10**8, day * 10**7) for day in range(1, 32)]
    content = chart.draw_days(days, title="июль 2026", today=22, units=RUSSIAN, legend=("загрузка", "отдача"))
    picture = Image.open(io.BytesIO(content))
    assert (picture.size, picture.format) == ((960, 598), "PNG")
    assert len(content) < 60_000
    assert picture.mode == "RGB", "opaque, so that a dark chat does not shine through"


def test_bars_are_as_large_as_their_traffic() -> None:
    picture = opened([("1", 3000, 1000), ("2", 1000, 0)])
    assert area(picture, chart._DOWN) == pytest.approx(4 * area(picture, chart._UP), rel=0.02)


def test_one_byte_beside_a_terabyte_still_shows() -> None:
    assert area(opened([("1", 10**12, 0), ("2", 0, 1)]), chart._UP) > 0


def test_a_day_without_traffic_has_no_bar() -> None:
    one, two = ([("1", 5, 0), ("2", 0, 0)][:count] for count in (1, 2))
    assert area(opened(one), chart._DOWN) == area(opened(two), chart._DOWN) > 0


@pytest.mark.parametrize("days", [[], [("1", 0, 0), ("2", 0, 0)]], ids=["no days", "no traffic"])
def test_without_traffic_there_are_words_and_no_axis(days: list[tuple[str, int, int]]) -> None:
    bare, picture = opened(days), opened(days, empty="Трафика не было")
    assert picture.size == (960, chart.EMPTY_HEIGHT)
    assert len(set(bare.get_flattened_data())) == 1
    assert area(picture, colours.FAINT) > 100
    assert area(picture, chart._GRID) == 0


@pytest.mark.parametrize("count", [0, 1, 2, 12, 31, 60, 366])
def test_any_number_of_days_stays_in_the_picture(count: int) -> None:
    picture = opened([(f"day {day}", 10**9, 10**9) for day in range(count)], today=0 if count else None)
    paper = picture.getpixel((2, 2))
    edge = picture.crop((picture.width - 8, 0, picture.width, picture.height))
    assert set(edge.get_flattened_data()) == {paper}
    assert (area(picture, chart._DOWN) > 0) is (count > 0)


def test_today_is_marked_and_nothing_else() -> None:
    days = [("1", 5, 0), ("2", 7, 0)]
    assert area(opened(days, today=1), chart._NOW) > 0
    assert area(opened(days), chart._NOW) == 0


def test_letters_are_half_as_large_again_as_nine_pixels_on_a_phone() -> None:
    assert chart._SIZE * 360 / chart.WIDTH >= 1.5 * 9


def test_no_two_labels_touch_and_the_marked_and_the_dated_ones_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, float]] = []
    monkeypatch.setattr(chart, "write", lambda image, place, text, *more: written.append((text, place[0])))
    opened([(f"{hour % 24}:00" + "\n29.11" * (hour % 24 == 0), 5, 5) for hour in range(48)], today=40)
    assert {"16:00", "0:00", "29.11"} <= {text for text, _ in written}
    hours = sorted((at, text) for text, at in written if ":" in text)
    for (left, one), (right, other) in pairwise(hours):
        assert right - left > (lettering.measure(one, chart._SIZE) + lettering.measure(other, chart._SIZE)) / 2


def test_six_hours_of_the_clock_have_room_for_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(chart, "write", lambda image, place, text, *more: written.append(text))
    opened([("" if hour % 6 else f"{hour % 24}:00", 0, 800 * 10**6) for hour in range(17, 65)], units=RUSSIAN)
    assert [text for text in written if ":" in text] == [f"{hour % 24}:00" for hour in range(60, 12, -6)]


@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [(colours.TEXT, colours.PAPER, 7), (colours.FAINT, colours.PAPER, 4.5), (colours.TEXT, chart._NOW, 7),
     (chart._DOWN, colours.PAPER, 3), (chart._UP, colours.PAPER, 3), (chart._DOWN, chart._NOW, 3),
     (chart._UP, chart._NOW, 3), (chart._DOWN, chart._UP, 1.5)],
)  # fmt: skip
def test_words_and_bars_stand_out(ink: str, paper: str, least: float) -> None:
    assert contrast(ink, paper) >= least


@pytest.mark.parametrize("chat", ["#0e1621", "#182533", "#212121", "#1c1c1d", "#000000"])
def test_the_card_does_not_glare_in_a_dark_chat(chat: str) -> None:
    assert contrast(colours.PAPER, chat) < 2


@pytest.mark.parametrize("chat", ["#ffffff", "#effdde", "#d5e0c5", "#e6ebee"])
def test_the_card_stands_out_from_a_light_chat(chat: str) -> None:
    assert contrast(colours.PAPER, chat) > 7


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as defined by WCAG, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [value / 255 for value in ImageColor.getrgb(colour)[:3]]
    linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


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


@pytest.mark.parametrize("letter", "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯіїєґўІЇЄҐЎ")
def test_every_cyrillic_letter_is_drawn_and_is_not_the_box_of_a_missing_one(letter: str) -> None:
    assert written(letter) != written("\u0590")
    assert Image.frombytes("L", (80, 80), written(letter)).getbbox()


def test_no_two_cyrillic_letters_look_the_same() -> None:
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў"
    assert len({written(letter) for letter in letters + letters.upper()}) == 76


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Телефон мамы ❤️", "Телефон мамы"), ("📱 José’s iPhone", "Jose’s iPhone"), ("дача — 2", "дача - 2"),
     ("и\u0306од", "йод"), ("№ 5", "No 5"), ("手机", ""), ("Przemysław", ""), ("📱", ""), ("", "")],
)  # fmt: skip
def test_what_can_not_be_written_is_left_out_but_never_a_letter_of_a_word(text: str, kept: str) -> None:
    assert lettering.legible(text) == kept


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
