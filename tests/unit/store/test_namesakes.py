"""Names that look alike are found, whatever letters they are written with."""

from __future__ import annotations

import sqlite3

import pytest

from lib.store.database import transaction
from lib.store.namesakes import namesakes_of, owners_by_name, people_by_name, skeleton
from lib.store.users import User, add_user, get_user, move_user


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


def people(db: sqlite3.Connection, *names: tuple[str, str | None]) -> list[User]:
    for number, (name, username) in enumerate(names, 1):
        add_user(db, number, username, name, "en", 1)
    return [get_user(db, number) for number in range(1, len(names) + 1)]


def owners(device: str, friends: list[User]) -> list[int]:
    return [user.id for user in owners_by_name(device, people_by_name(friends))]


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("Anna", "anna"), ("Анна", "Anna-phone"), ("Anna", "АННА телефон"), ("Юлия", "yuliya_pc"), ("Julia", "юля"),
        ("Дмитрий", "dmitry2"), ("Alexey", "Алексей-ноут"), ("Ксения", "XeniaPhone"), ("Щукин", "shchukin.phone"),
        ("Іван", "ivan"), ("Anná 🌸", "anna"), ("Анна Петрова", "anna_petrova-phone"), ("Анна Петрова", "AnnaPetrova"),
        ("Анна Петрова", "anna"), ("王伟", "王伟-phone"), ("Фёдор", "Федор"),
    ],
)  # fmt: skip
def test_a_device_is_found_by_its_owners_name_in_any_alphabet(db: sqlite3.Connection, name: str, device: str) -> None:
    assert owners(device, people(db, (name, None))) == [1]


@pytest.mark.parametrize("device", ["annabel", "hanna", "my anna", "", "-", "1", "phone", "ann", "🌸"])
def test_a_device_with_another_name_is_nobodys(db: sqlite3.Connection, device: str) -> None:
    assert owners(device, people(db, ("Anna", "a1"), ("B", None), ("1", "b"), ("🌸", None))) == []


def test_the_longest_name_counts_and_all_who_have_it(db: sqlite3.Connection) -> None:
    friends = people(db, ("Anna", None), ("Anna Petrova", None), ("Boris", "anna_k"), ("Анна", None))
    assert owners("anna-phone", friends) == [1, 2, 4]
    assert owners("anna-petrova-phone", friends) == [2]
    assert owners("AnnaK phone", friends) == [3]
    assert owners("annak", friends) == [3]
