from __future__ import annotations

import pytest

from lib.demo.limits import Pace, check_caption, check_commands, check_text, read_text
from lib.demo.refusal import Refused


def test_it_works():
    assert read_text("<b>x</b> ", "html", None) == ("x", [{"type": "bold", "offset": 0, "length": 1}])


def test_a_text_may_have_4096_units_and_not_one_more():
    check_text("🏟" * 2048)
    with pytest.raises(Refused, match="message is too long"):
        check_text("🏟" * 2048 + "x")


def test_a_text_of_nothing_is_refused():
    with pytest.raises(Refused, match="non-empty"):
        check_text("")


def test_a_caption_may_have_1024_units_and_not_one_more():
    check_caption("x" * 1024)
    with pytest.raises(Refused, match="caption is too long"):
        check_caption("x" * 1025)


def test_an_unknown_parse_mode_is_refused():
    with pytest.raises(Refused, match="unsupported parse_mode"):
        read_text("x", "BBCode", None)


def test_commands_inside_code_are_no_commands():
    assert [e["type"] for e in read_text("<code>/start</code> /stop", "HTML", None)[1]] == ["code", "bot_command"]


def test_a_chat_takes_a_short_burst_and_then_one_a_second():
    pace = Pace()
    for _ in range(5):
        pace.take(7, now=100)
    with pytest.raises(Refused) as caught:
        pace.take(7, now=100)
    assert (caught.value.code, caught.value.parameters) == (429, {"retry_after": 1})
    pace.take(7, now=101)


def test_one_chat_that_is_full_does_not_hold_another():
    pace = Pace()
    for _ in range(5):
        pace.take(7, now=100)
    pace.take(8, now=100)
    with pytest.raises(Refused):
        pace.take(7, now=100)


def test_thirty_a_second_pass_over_all_chats():
    pace = Pace()
    for chat in range(30):
        pace.take(chat + 1, now=100)
    with pytest.raises(Refused, match="Too Many Requests: retry after 1"):
        pace.take(99, now=100)


def test_an_album_counts_its_pictures():
    pace = Pace()
    pace.take(7, now=100, count=4)
    with pytest.raises(Refused, match="retry after 9"):
        pace.take(7, now=100, count=10)


def test_a_clock_set_back_does_not_break_the_pace():
    pace = Pace()
    pace.take(7, now=100)
    for _ in range(4):
        pace.take(7, now=50)
    with pytest.raises(Refused, match="retry after 1"):
        pace.take(7, now=50)


@pytest.mark.parametrize("name", ["Start", "", "with space", "x" * 33, "старт", "a-b"])
def test_a_bad_command_name_is_refused(name: str):
    with pytest.raises(Refused, match="BOT_COMMAND_INVALID"):
        check_commands([{"command": name, "description": "x"}])


def test_a_hundred_commands_are_the_most():
    menu = [{"command": f"c{number}", "description": "x"} for number in range(101)]
    check_commands(menu[:100])
    with pytest.raises(Refused, match="TOO_MUCH"):
        check_commands(menu)


@pytest.mark.parametrize("about", ["", "x" * 257])
def test_a_command_needs_a_fitting_description(about: str):
    with pytest.raises(Refused, match="DESCRIPTION"):
        check_commands([{"command": "a", "description": about}])
