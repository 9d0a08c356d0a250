"""The sizes of texts, captions and command menus that Telegram accepts."""

from __future__ import annotations

import pytest

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.limits import check_caption, check_commands, check_text


def test_it_works():
    assert check_text("x") is None
    assert check_caption("") is None
    assert check_commands([{"command": "start", "description": "Start"}]) is None


def test_a_text_may_have_up_to_4096_units():
    check_text("🏟" * 2048)
    with pytest.raises(ApiError, match="message is too long"):
        check_text("🏟" * 2048 + "x")


def test_an_empty_text_is_rejected():
    with pytest.raises(ApiError, match="non-empty"):
        check_text("")


def test_a_caption_may_have_up_to_1024_units():
    check_caption("x" * 1024)
    with pytest.raises(ApiError, match="caption is too long"):
        check_caption("x" * 1025)


@pytest.mark.parametrize("name", ["Start", "", "with space", "x" * 33, "старт", "a-b"])
def test_an_invalid_command_name_is_rejected(name: str):
    with pytest.raises(ApiError, match="BOT_COMMAND_INVALID"):
        check_commands([{"command": name, "description": "x"}])


def test_a_menu_may_have_up_to_a_hundred_commands():
    menu = [{"command": f"c{number}", "description": "x"} for number in range(101)]
    check_commands(menu[:100])
    with pytest.raises(ApiError, match="TOO_MUCH"):
        check_commands(menu)


@pytest.mark.parametrize("description", ["", "x" * 257])
def test_a_command_needs_a_description_of_the_right_length(description: str):
    with pytest.raises(ApiError, match="DESCRIPTION"):
        check_commands([{"command": "a", "description": description}])
