"""Refusals over real HTTP say what to do next; nobody gets in with an old, a stolen or a forged button."""

from __future__ import annotations

import signal

import pytest

from lib.chat.texts import plain
from tests.company import ADMIN, FRIEND, Company
from tests.stand import Person, words


def test_it_works(company: Company) -> None:
    company.friend.send("/stats")
    company.friend.wait_for("We haven't met yet. Send /start")


def guess_wrong(company: Company, who: Person) -> None:
    answer = company.captcha_answer(who)
    pictures = [message["message_id"] for message in who.transcript() if "photo" in message]
    who.send("".join(str((int(digit) + 1) % 10) for digit in answer))
    company.wait(lambda: company.captcha_state(who)[0] != answer)
    company.wait(
        lambda: (
            company.captcha_state(who)[0] is None
            or any("photo" in message and message["message_id"] > pictures[-1] for message in who.messages())
        ),
        what="another picture",
    )


def test_three_wrong_answers_pause_and_the_pause_survives_a_restart(company: Company) -> None:
    friend = company.friend
    friend.send("/start")
    friend.wait_for("private VPN")
    for _ in range(3):
        guess_wrong(company, friend)
    paused = friend.wait_for("Too many mistakes")
    company.stop(signal.SIGKILL)
    company.start()
    friend.send("/start")
    friend.wait_for("Too many mistakes", after=paused)
    assert all("photo" not in message for message in friend.messages())


def test_the_keypad_types_the_answer_and_the_picture_goes(company: Company) -> None:
    friend = company.friend
    friend.send("/start")
    picture = friend.wait_for("private VPN")
    for digit in company.captcha_answer(friend):
        friend.press(digit, message=picture)
    friend.wait_for("Correct!")
    company.wait(lambda: all("photo" not in message for message in friend.messages()), what="the picture's going")


def test_another_picture_is_another_one(company: Company) -> None:
    friend = company.friend
    friend.send("/start")
    first = friend.wait_for("private VPN")
    friend.press("Another picture")
    second = friend.wait_for("private VPN", after=first)
    assert friend.download(first) != friend.download(second)


@pytest.mark.parametrize("decision", ["pending", "rejected", "blocked"])
def test_whoever_is_not_approved_gets_no_further_by_any_command_or_forged_button(
    company: Company, decision: str
) -> None:
    company.knock(company.friend)
    notice = company.admin.wait_for(f"ID: {FRIEND}")
    if decision != "pending":
        company.admin.press({"rejected": "Decline", "blocked": "Block"}[decision], message=notice)
        asked = company.admin.wait_for({"rejected": "Why not?", "blocked": "Block this person?"}[decision])
        company.admin.press({"rejected": "No reason", "blocked": "Yes, block"}[decision], message=asked)
        told = {"rejected": "The admin declined your request", "blocked": "The admin blocked you"}
        company.friend.wait_for(told[decision])
    last = company.friend.last()
    refusals = {"pending": "will answer soon", "rejected": "can try again", "blocked": "The admin blocked you"}
    refusal = refusals[decision]
    for data in ("menu", "new", "device:iphone", "stats", f"decide:{FRIEND}:pending:approved", "judge:1:approved"):
        query = company.friend.press(data=data, message=last, forge=True)
        assert refusal in company.friend.wait_for_answer(query)["text"]
    company.friend.send("/start")
    company.friend.wait_for(refusal, after=last)
    assert company.rows("SELECT state FROM users WHERE id = ?", FRIEND) == [(decision,)]
    assert company.rows("SELECT count(*) FROM config_requests") == [(0,)]


def test_a_friend_can_not_do_what_an_admin_can(company: Company) -> None:
    company.let_in(company.friend)
    company.knock(company.second_friend)
    query = company.friend.press(data="decide:101:pending:approved", message=company.friend.last(), forge=True)
    assert "Only an admin" in company.friend.wait_for_answer(query)["text"]
    company.friend.send("/status")
    company.friend.wait_for("Only an admin")
    assert company.rows("SELECT state FROM users WHERE id = 101") == [("pending",)]


def test_the_second_decision_of_another_admin_is_told_who_was_first(company: Company) -> None:
    company.knock(company.friend)
    first, second = company.admin.wait_for(f"ID: {FRIEND}"), company.second_admin.wait_for(f"ID: {FRIEND}")
    company.admin.press("Approve", message=first)
    company.second_admin.wait_for("Одобрено: Andrey")
    query = company.second_admin.press(data=f"decide:{FRIEND}:pending:rejected", message=second, forge=True)
    assert company.second_admin.wait_for_answer(query)["text"] == "Уже одобрено: Andrey."
    assert company.rows("SELECT state FROM users WHERE id = ?", FRIEND) == [("approved",)]


def test_a_second_request_waits_for_the_first(company: Company) -> None:
    company.let_in(company.friend)
    company.ask(company.friend)
    query = company.friend.press(data="device:windows", message=company.friend.last(), forge=True)
    assert "still open" in company.friend.wait_for_answer(query)["text"]
    assert company.rows("SELECT name FROM config_requests") == [("iPhone",)]


def test_a_foreign_config_can_not_be_fetched(company: Company) -> None:
    company.let_in(company.friend)
    company.let_in(company.second_friend)
    company.give_config(company.friend)
    before = len(company.second_friend.messages())
    for verb in ("config", "qr", "file"):
        query = company.second_friend.press(data=f"{verb}:1", message=company.second_friend.last(), forge=True)
        assert company.second_friend.wait_for_answer(query)["text"] == plain("ru", "gone")
    assert len(company.second_friend.messages()) == before


def test_groups_and_channels_are_not_served(company: Company) -> None:
    sent = len(company.stand.requests("sendMessage"))
    chat = {"id": -100, "type": "supergroup", "title": "Friends"}
    sender = {"id": ADMIN, "is_bot": False, "first_name": "Andrey"}
    company.stand.update({"message": {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": "/status"}})
    channel = {"id": -200, "type": "channel", "title": "News"}
    company.stand.update({"channel_post": {"message_id": 2, "date": 1, "chat": channel, "text": "x"}})
    company.stand.settle()
    assert len(company.stand.requests("sendMessage")) == sent


def test_a_hostile_name_reaches_the_admin_as_text(company: Company) -> None:
    name = "<b>Eve</b> & \u202eevil 💥"
    eve = company.stand.user(666, name, "en")
    company.knock(eve)
    notice = company.admin.wait_for("ID: 666")
    assert "Name: <b>Eve</b> & evil 💥" in words(notice)


def test_somebody_who_blocks_the_bot_in_the_middle_stops_nothing(company: Company) -> None:
    company.knock(company.friend)
    company.friend.block()
    company.admin.press("Approve", message=company.admin.wait_for(f"ID: {FRIEND}"))
    company.admin.wait_for("Approved by Andrey")
    company.wait(lambda: company.rows("SELECT reachable FROM users WHERE id = ?", FRIEND) == [(0,)])
    company.friend.unblock()
    company.friend.send("/start")
    company.friend.wait_for("Configs: 0")
    assert company.rows("SELECT reachable FROM users WHERE id = ?", FRIEND) == [(1,)]
