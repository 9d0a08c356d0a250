"""An hour without Telegram: a thousand messages arrive later, in order, within the rate limits, and none is stale."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lib.chat.screens import say_to
from lib.chat.texts import Markup
from lib.store.database import connect, transaction
from lib.store.outbox import TAP, Outgoing, enqueue
from tests.company import FRIEND, SECOND_FRIEND, Company
from tests.integration.copies import each_message_once
from tests.reporting import Figures
from tests.stand import Person, words

CHATS, EACH = 50, 20
HOUR = 3600
PATIENCE = 240.0


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with Company(tmp_path, limits=True, LOG_LEVEL="INFO") as company, each_message_once(company, PATIENCE):
        yield company


def known_people(company: Company) -> list[Person]:
    """Have people write to the bot, so that it may write to them."""
    people = [company.stand.user(5000 + number, f"Person {number}", "en") for number in range(CHATS)]
    for person in people:
        person.send("/help")
    company.stand.settle(PATIENCE)
    company.wait(company.is_quiet, PATIENCE)
    return people


@pytest.mark.slow(50)
def test_a_thousand_messages_arrive_after_an_hour(company: Company, figures: Figures) -> None:
    people = known_people(company)
    company.let_in(company.friend)
    company.wait(company.is_quiet, PATIENCE)
    company.stop()
    now = int(time.time())
    with closing(connect(company.database)) as db, transaction(db):
        for number in range(EACH):
            enqueue(db, [say_to(person.id, Markup(f"message {number}")) for person in people], now - HOUR)
        stale = {"callback_query_id": "1", "text": "too late", "show_alert": False}
        enqueue(db, [Outgoing(FRIEND, "answerCallbackQuery", stale, priority=TAP, lasts=60)] * 30, now - HOUR)
    pressed = company.friend.press("Menu")
    seen = company.stand.requests()[-1]["id"]
    begun = time.monotonic()
    company.start()
    company.friend.wait_for_answer(pressed, timeout=PATIENCE)
    calls = company.stand.requests(since=seen)
    company.wait(company.is_quiet, PATIENCE, "the last message")
    taken = time.monotonic() - begun
    figures.say(f"{CHATS * EACH} messages in {taken:.1f} s, {CHATS * EACH / taken:.1f} a second")
    assert sum(call["method"] == "sendMessage" for call in calls) < CHATS * EACH / 4, "a tap is answered long before"
    for person in people:
        told = [words(message) for message in person.messages()]
        assert [text for text in told if text.startswith("message")] == [f"message {n}" for n in range(EACH)]
    assert "too late" not in str(company.stand.requests(method="answerCallbackQuery", since=seen))


def test_a_chat_that_moved_is_followed(company: Company) -> None:
    company.second_friend.send("/help")
    company.second_friend.wait_for(predicate=lambda message: True)
    company.stand.fault(
        "status", method="sendMessage", chat_id=FRIEND, count=1, status=400,
        body={"ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded",
              "parameters": {"migrate_to_chat_id": SECOND_FRIEND}},
    )  # fmt: skip
    company.friend.send("/help")
    company.second_friend.wait_for("introduce yourself")


@pytest.mark.parametrize("name", ["webhook", "rival"])
def test_who_else_uses_the_token_is_named_and_outlived(company: Company, name: str) -> None:
    if name == "webhook":
        company.stand.call("setWebhook", url="https://example.org/hook")
    else:
        body = {"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates request"}
        company.stand.fault("status", method="getUpdates", count=2, status=409, body=body)
    company.friend.send("/help")
    company.friend.wait_for("introduce yourself", timeout=PATIENCE)
    assert "Another program uses the same token" in company.log.read_text()


def test_odd_updates_stop_nothing(company: Company) -> None:
    odd = [
        {"purchased_galaxy": {"price": 1}},
        {"message": None},
        {"message": {"message_id": 1, "date": 0, "chat": {"id": FRIEND, "type": "private"}, "text": "/start"}},
        {"callback_query": {"id": "9", "from": {"id": FRIEND, "is_bot": False, "first_name": "A"}, "data": None,
                            "chat_instance": "1", "message": {"message_id": 5, "date": 0,
                                                              "chat": {"id": FRIEND, "type": "private"}}}},
        {"edited_message": {"text": None}, "message": {"from": None}},
    ]  # fmt: skip
    for body in odd:
        company.stand.update(body)
    company.friend.send("/help")
    company.friend.wait_for("introduce yourself", timeout=PATIENCE)
    company.stand.settle(PATIENCE)
