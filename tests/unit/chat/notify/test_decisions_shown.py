"""Notices about people and requests: what admins and helpers are shown before they decide."""

from __future__ import annotations

from tests.unit.chat.desk import Desk, text_of


def cards(desk: Desk, who: int, **names: str) -> list[str]:
    """Let a person pass the CAPTCHA; return what an admin is shown."""
    return [text_of(row) for row in desk.passes_captcha(who, **names) if row["chat_id"] == 1]


def test_it_works(desk: Desk) -> None:
    (card,) = cards(desk, 777, first_name="Olga")
    assert "Olga" in card
    assert "looks like" not in card


def test_no_username_is_said_in_words_behind_a_name_and_as_none_on_its_own_line(desk: Desk) -> None:
    (card,) = cards(desk, 777, first_name="Olga")
    assert "Name: Olga\nUsername: none" in card
    desk.taps(1, "decide:777:pending:approved")
    assert "Username: none" in text_of(desk.taps(777, "account")[-1])
    assert "Username: none" in text_of(desk.taps(1, "person:777")[-1])
    desk.taps(777, "device:iphone", first_name="Olga")
    assert "Who: Olga (no username, <code>777</code>)" in text_of(desk.taps(1, "request:1")[-1])


def test_a_name_like_that_of_somebody_inside_is_pointed_out(desk: Desk) -> None:
    desk.is_let_in(100, first_name="Anna", last_name="Smith")
    (card,) = cards(desk, 777, first_name="Аnnа", last_name="Smіth")
    assert "looks like someone's who is already in: Anna Smith" in card
