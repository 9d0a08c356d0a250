"""Many friends, and announcements to all of them."""

from __future__ import annotations

import time
from contextlib import closing

from lib.store.database import connect, transaction
from lib.store.users import add_user, move_user
from tests.company import Company
from tests.stand import Person, words

PATIENCE = 120.0


def crowd(company: Company, count: int) -> list[Person]:
    """Add people who are approved and have written to the bot once."""
    people = [company.stand.user(5000 + number, f"Friend {number}", "en") for number in range(count)]
    for person in people:
        person.send("/help")
    company.stand.settle(PATIENCE)
    now = int(time.time())
    with closing(connect(company.database)) as db, transaction(db):
        for person in people:
            add_user(db, person.id, None, f"Friend {person.id}", "en", now)
            move_user(db, person.id, "captcha", "approved", now, 1)
        db.execute("DELETE FROM outbox WHERE chat_id >= 5000")
    return people


def write_broadcast(company: Company, text: str) -> None:
    """Write an announcement to all friends as the admin, and stop before the last button."""
    admin, last = company.admin, company.admin.last()
    admin.send("/start")
    admin.press("Announcement", message=admin.wait_for("Waiting for an answer", after=last))
    admin.press("Everyone in Telegram", message=admin.wait_for("Who is it for?", after=last))
    admin.wait_for("Send the text", after=last)
    admin.send(text)
    admin.wait_for(text, predicate=lambda message: "Send to" in str(message.get("reply_markup")))


def got(people: list[Person], text: str) -> list[int]:
    """Return how often each person has a message."""
    return [sum(words(message) == text for message in person.messages()) for person in people]
