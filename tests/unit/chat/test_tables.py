"""Tables in a monospace font are no wider than a phone shows in one line, whatever stands in them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.chat.phrases import amounts, traffic_table
from lib.store.traffic import Usage

WIDTH = 30  # letters of a monospace font on a phone of 390 px
names = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40)


def places(text: str) -> int:
    """Count the places that a text takes in a monospace font."""
    return sum(0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text)


def test_it_works() -> None:
    table = traffic_table(["Name", "Download", "Upload"], [amounts("en", "Константинопольский", Usage(1, 999_499_999))])
    assert table.splitlines() == ["Name         Download   Upload", "Константино…   999 MB      1 B"]


@pytest.mark.parametrize("language", ["en", "ru"])
@given(name=names, received=st.integers(0, 2**53), sent=st.integers(0, 2**53))
def test_every_line_has_the_width_of_a_phone(language: str, name: str, received: int, sent: int) -> None:
    table = traffic_table(["Имя", "Загрузка", "Отдача"], [amounts(language, name, Usage(received, sent))])
    assert {places(line) for line in table.splitlines()} == {WIDTH}


@pytest.mark.parametrize("name", ["名前がとても長い人", "🧑🏽‍🚀🧑🏽‍🚀🧑🏽‍🚀🧑🏽‍🚀", "é" * 30])
def test_wide_letters_and_marks_are_counted_as_they_are_shown(name: str) -> None:
    assert places(traffic_table([name, "", ""], [])) == WIDTH
