"""A ticket belongs to one person, is sent once and closed once, whoever else tries."""

from __future__ import annotations

import sqlite3

import pytest

from lib.errors import Refused
from lib.store import tickets
from lib.store.users import add_user

NOW, ANNA, BORIS, ADMIN = 1_780_000_000, 100, 101, 1


@pytest.fixture
def db(db: sqlite3.Connection) -> sqlite3.Connection:
    for who in (ANNA, BORIS):
        add_user(db, who, None, "Person", "en", NOW)
    return db


def test_it_works(db: sqlite3.Connection) -> None:
    draft = tickets.add_draft(db, ANNA, "Hello", NOW)
    sent = tickets.send_draft(db, ANNA, draft.id, NOW)
    assert (sent.text, sent.sent_at) == ("Hello", NOW)
    closed = tickets.close(db, sent, "answer", ADMIN, NOW + 1)
    assert (closed.text, closed.closed_by) == ("Hello", ADMIN)
    assert tickets.get_ticket(db, draft.id).text == ""


def test_nobody_sends_what_another_wrote(db: sqlite3.Connection) -> None:
    draft = tickets.add_draft(db, ANNA, "Hello", NOW)
    with pytest.raises(Refused, match="gone"):
        tickets.send_draft(db, BORIS, draft.id, NOW)


def test_what_was_not_sent_no_admin_finds(db: sqlite3.Connection) -> None:
    draft = tickets.add_draft(db, ANNA, "Hello", NOW)
    with pytest.raises(Refused, match="gone"):
        tickets.get_sent(db, draft.id)


def test_of_two_who_read_an_open_ticket_one_closes_it(db: sqlite3.Connection) -> None:
    read = tickets.add_ticket(db, ANNA, "traffic", NOW)
    tickets.close(db, read, "traffic_more", ADMIN, NOW)
    with pytest.raises(Refused, match="ticket_closed"):
        tickets.close(db, read, "traffic_never", 2, NOW)
    assert tickets.get_ticket(db, read.id).outcome == "traffic_more"
