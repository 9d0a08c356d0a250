"""The friend's menu and help: what each role finds there, and the pages of a long list."""

from __future__ import annotations

import pytest

from lib.store.users import set_helper
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of

FRIEND = 100
MENU = ["configs", "new", "stats", "problem:0", "help", "language"]


def test_it_works(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    assert data_of(desk.says(FRIEND, "/start")[0]) == MENU


def test_who_decides_finds_the_way_to_the_panel(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    set_helper(desk.db, FRIEND, True)
    for who in (1, FRIEND):
        assert data_of(desk.taps(who, "menu")[-1]) == [*MENU, "panel"]


def test_a_helper_stays_inside_in_the_other_language(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    set_helper(desk.db, FRIEND, True)
    assert "Меню" in text_of(desk.taps(FRIEND, "language")[-1])


@pytest.mark.parametrize(
    ("held", "page", "shown", "ways"),
    [
        (0, 0, 0, ["new", "menu"]),
        (20, 0, 20, ["new", "menu"]),
        (200, 0, 20, ["configs_page:1", "new", "menu"]),
        (200, 4, 20, ["configs_page:3", "configs_page:5", "new", "menu"]),
        (200, 99, 20, ["configs_page:8", "new", "menu"]),
        (21, 1, 1, ["configs_page:0", "new", "menu"]),
    ],
)
def test_however_many_configs_there_are_a_page_shows_some(
    desk: Desk, held: int, page: int, shown: int, ways: list[str]
) -> None:
    for _ in range(held):
        hold_config(desk.db, 1, desk.now)
    data = data_of(desk.taps(1, f"configs_page:{page}")[-1])
    assert len([one for one in data if one.startswith("config:")]) == shown
    assert data[shown:] == ways
