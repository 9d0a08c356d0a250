"""The friend's menu and help: what each role finds there, and the pages of a long list."""

from __future__ import annotations

import json

import pytest

from lib.chat.texts import LANGUAGES, next_language, plain
from lib.store.users import get_user, set_helper
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.screens import keys, said

FRIEND = 100
MENU = ["configs", "new", "stats", "problem:0", "help", "language"]


def test_it_works(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    assert data_of(desk.says(FRIEND, "/start")[0]) == MENU


def test_admins_and_helpers_find_the_way_to_the_panel(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    set_helper(desk.db, FRIEND, True)
    for who in (1, FRIEND):
        assert data_of(desk.taps(who, "menu")[-1]) == [*MENU, "panel"]


def test_the_way_to_the_panel_is_called_like_the_panel(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    set_helper(desk.db, FRIEND, True)
    for who, name in ((1, "🛠 Admin"), (2, "🛠 Админ"), (FRIEND, "🤝 Helper")):
        assert keys(desk.taps(who, "menu"))["panel"] == name
        assert said(desk.taps(who, "panel")).splitlines()[0] == name.replace(" ", " <b>") + "</b>"


def test_a_helper_stays_inside_in_the_next_language(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    set_helper(desk.db, FRIEND, True)
    menu = LANGUAGES[next_language("en")].TEXTS["menu"].splitlines()[0]
    assert menu in text_of(desk.taps(FRIEND, "language")[-1])


def test_the_button_names_the_next_language_and_leads_round_all_of_them(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    spoken = []
    for _ in LANGUAGES:
        after = next_language(get_user(desk.db, FRIEND).language)
        rows = json.loads(desk.taps(FRIEND, "menu")[-1]["params"])["reply_markup"]["inline_keyboard"]
        (named,) = [button["text"] for row in rows for button in row if button["callback_data"] == "language"]
        assert named == plain(after, "language_button")
        desk.taps(FRIEND, "language")
        spoken.append(get_user(desk.db, FRIEND).language)
        assert spoken[-1] == after
    assert (sorted(spoken), spoken[-1]) == (sorted(LANGUAGES), "en")


@pytest.mark.parametrize(
    ("held", "page", "shown", "ways"),
    [
        (0, 0, 0, ["new", "menu"]),
        (5, 0, 5, ["new", "menu"]),
        (200, 0, 5, ["configs_page:1", "new", "menu"]),
        (200, 4, 5, ["configs_page:3", "configs_page:5", "new", "menu"]),
        (200, 99, 5, ["configs_page:38", "new", "menu"]),
        (6, 1, 1, ["configs_page:0", "new", "menu"]),
    ],
)
def test_a_long_list_of_configs_is_shown_in_pages(
    desk: Desk, held: int, page: int, shown: int, ways: list[str]
) -> None:
    for _ in range(held):
        hold_config(desk.db, 1, desk.now)
    data = data_of(desk.taps(1, f"configs_page:{page}")[-1])
    assert len([one for one in data if one.startswith("config:")]) == shown
    assert data[shown:] == ways
