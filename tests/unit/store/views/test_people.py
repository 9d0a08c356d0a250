"""Lists of people: the right ones in the right order, without reading more rows than the screen needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.settings import Settings
from lib.store.configs import configs_of
from lib.store.database import connect, fold, prepare_database
from lib.store.traffic import month_bounds
from lib.store.views.people import FILTERS, Lookup, count_people, list_people
from lib.store.views.summaries import summarize_configs

NOW, GB = 1_780_000_000, 10**9
LOOKUP = Lookup(NOW - 180, month_bounds("2026-05"), 0)


# In one process: they share two databases with thousands of people.
pytestmark = pytest.mark.xdist_group("crowds")


def crowd(path: Path, size: int) -> sqlite3.Connection:
    """Make a database with this many approved people, each with a config and five days of traffic."""
    prepare_database(path)
    db = connect(path)
    db.execute("PRAGMA synchronous = OFF")
    ids = range(1, size + 1)
    db.execute("BEGIN")
    db.execute("INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0)")
    people = [(id_, f"Name {id_ * 7919 % size:05}") for id_ in ids]
    db.executemany("INSERT INTO users (id, full_name, language, created_at) VALUES (?, ?, 'en', 0)", people)
    db.execute("UPDATE users SET state = 'pending'")
    db.execute("UPDATE users SET state = 'approved'")
    db.executemany(
        """INSERT INTO configs (id, user_id, name, address, public_key, generation, created_at, live_since)
           VALUES (?, ?, 'Phone', ?, ?, 1, 0, 0)""",
        [(id_, id_, f"10.{id_ >> 16}.{id_ >> 8 & 255}.{id_ & 255}", f"key {id_}") for id_ in ids],
    )
    seen = [(id_, NOW - 60 * (id_ % 9)) for id_ in ids]
    db.executemany("INSERT INTO counters VALUES (?, 1, 1, ?, 'life', 0, 0, NULL)", seen)
    days = [(id_, f"2026-05-{day:02}", id_ % 11, 5) for id_ in ids for day in range(1, 6)]
    db.executemany("INSERT INTO stats VALUES (?, ?, ?, ?)", days)
    db.execute("COMMIT")
    return db


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, sqlite3.Connection]]:
    folder = tmp_path_factory.mktemp("crowds")
    made = {size: crowd(folder / f"{size}.db", size) for size in (1_000, 10_000)}
    yield made
    for db in made.values():
        db.close()


def steps(db: sqlite3.Connection, deed: Callable[[sqlite3.Connection], object]) -> int:
    """Count SQLite's work in tens of its virtual machine's instructions, which are the same in every run."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    db.set_progress_handler(tick, 10)
    deed(db)
    db.set_progress_handler(None, 0)
    return count


def names(db: sqlite3.Connection, chosen: str, lookup: Lookup = LOOKUP) -> list[str]:
    return [entry.full_name for entry in list_people(db, chosen, lookup, 100, 0)]


@pytest.fixture
def few(db: sqlite3.Connection, settings: Settings) -> sqlite3.Connection:
    """Add a few people: Anna is online, Борис offline with much traffic, вера never connected, the rest outside."""
    people = [(100, "anna", "approved"), (101, "Борис", "approved"), (102, "вера", "approved"),
              (103, "Gleb", "pending"), (104, "Dora", "blocked"), (105, "Egor", "rejected")]  # fmt: skip
    db.execute("INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0)")
    for id_, name, state in people:
        db.execute("INSERT INTO users (id, full_name, language, created_at) VALUES (?, ?, 'en', 0)", (id_, name))
        db.execute("UPDATE users SET state = 'pending' WHERE id = ?", (id_,))
        db.execute("UPDATE users SET state = ? WHERE id = ?", (state, id_))
    for id_, seen, used in ((100, NOW - 10, 3), (101, NOW - 9999, 7), (102, 0, 0)):
        db.execute(
            """INSERT INTO configs (id, user_id, name, address, public_key, generation, created_at)
               VALUES (?1, ?1, 'Телефон ' || ?1, ?1, ?1, 1, 0)""",
            (id_,),
        )
        db.execute("INSERT INTO counters VALUES (?, 0, 0, ?, 'life', 0, 0, NULL)", (id_, seen))
        db.execute("INSERT INTO stats VALUES (?, '2026-05-02', 0, ?)", (id_, used * GB))
        db.execute("INSERT INTO stats VALUES (?, '2026-04-30', 0, ?)", (id_, 90 * GB))
    return db


def test_it_works(few: sqlite3.Connection) -> None:
    assert names(few, "all") == ["anna", "Борис", "вера"]
    assert names(few, "online") == ["anna"]
    assert names(few, "heavy") == ["Борис", "anna", "вера"]
    assert names(few, "never") == ["вера"]
    assert [names(few, chosen) for chosen in ("pending", "blocked", "rejected")] == [["Gleb"], ["Dora"], ["Egor"]]
    assert [entry.used for entry in list_people(few, "all", LOOKUP, 10, 0)] == [3 * GB, 7 * GB, 0]


def test_the_counts_are_those_of_the_lists(few: sqlite3.Connection) -> None:
    for chosen in FILTERS:
        assert count_people(few, chosen, LOOKUP) == len(names(few, chosen))


def test_who_is_over_the_quota_is_found_by_their_own_or_everybodys(few: sqlite3.Connection) -> None:
    assert names(few, "over") == []
    everybody = Lookup(LOOKUP.online_since, LOOKUP.month, 3 * GB)
    assert names(few, "over", everybody) == ["Борис", "anna"]
    few.execute("UPDATE users SET quota_bytes = 0 WHERE id = 101")
    assert names(few, "over", everybody) == ["anna"]
    few.execute("UPDATE users SET quota_bytes = 1 WHERE id = 101")
    assert names(few, "over") == ["Борис"]


def test_a_given_up_config_makes_nobody_online_but_counts_in_the_month(few: sqlite3.Connection) -> None:
    few.execute("UPDATE configs SET revoked_at = 1, private_key = NULL WHERE id = 100")
    assert names(few, "online") == []
    assert names(few, "heavy") == ["Борис", "anna", "вера"]
    assert list_people(few, "all", LOOKUP, 1, 0)[0].used == 3 * GB


@pytest.mark.parametrize(
    ("words", "found"),
    [("АННА", []), ("ANN", ["anna"]), ("бОр", ["Борис"]), ("ВЕР", ["вера"]), ("101", ["Борис"]),
     ("телефон 102", ["вера"]), ("  10 ", ["anna", "Борис", "вера", "Dora", "Egor", "Gleb"]), ("%", []), ("_", []),
     ("𝔸𝕟𝕟", ["anna"])],
)  # fmt: skip
def test_a_search_knows_no_case_in_any_alphabet(few: sqlite3.Connection, words: str, found: list[str]) -> None:
    assert names(few, "found", Lookup(LOOKUP.online_since, LOOKUP.month, 0, words)) == found


def test_a_search_takes_a_username_with_and_without_its_sign(few: sqlite3.Connection) -> None:
    few.execute("UPDATE users SET username = 'Anna_VPN' WHERE id = 100")
    for words in ("@anna_vpn", "anna_", "@ANNA_VPN"):
        assert names(few, "found", Lookup(LOOKUP.online_since, LOOKUP.month, 0, words)) == ["anna"]


def test_a_search_does_not_find_the_name_of_a_given_up_config(few: sqlite3.Connection) -> None:
    few.execute("UPDATE configs SET revoked_at = 1, private_key = NULL WHERE id = 102")
    assert names(few, "found", Lookup(LOOKUP.online_since, LOOKUP.month, 0, "телефон 102")) == []


def test_what_is_folded_compares_as_people_do() -> None:
    assert fold("Алёна ШУМ") == "алена шум"
    assert fold(None) == ""


@pytest.mark.parametrize("chosen", ["all", "pending", "blocked", "rejected"])
def test_a_page_costs_the_same_among_ten_times_as_many(crowds: dict[int, sqlite3.Connection], chosen: str) -> None:
    few, many = (steps(crowds[size], lambda db: list_people(db, chosen, LOOKUP, 10, 0)) for size in (1_000, 10_000))
    assert many <= few * 1.2 + 10


@pytest.mark.parametrize("chosen", [*FILTERS, "found"])
def test_no_list_costs_more_than_in_proportion(crowds: dict[int, sqlite3.Connection], chosen: str) -> None:
    lookup = Lookup(LOOKUP.online_since, LOOKUP.month, 50, "name 000")

    def look(db: sqlite3.Connection) -> None:
        count_people(db, chosen, lookup)
        list_people(db, chosen, lookup, 10, 40)

    assert 0 < steps(crowds[10_000], look) <= 12 * steps(crowds[1_000], look) + 10


@pytest.mark.parametrize("chosen", [*FILTERS, "found"])
def test_no_list_reads_a_whole_table_once_for_each_person(crowds: dict[int, sqlite3.Connection], chosen: str) -> None:
    db = crowds[1_000]
    queries: list[str] = []
    db.set_trace_callback(queries.append)
    count_people(db, chosen, LOOKUP)
    list_people(db, chosen, LOOKUP, 10, 0)
    db.set_trace_callback(None)
    assert len(queries) == 3, "no query for each person"
    for query in queries:
        plan = [(row["id"], row["parent"], row["detail"]) for row in db.execute(f"EXPLAIN QUERY PLAN {query}")]
        inner = {id_ for id_, _, detail in plan if detail.startswith("CORRELATED")}
        assert [detail for _, parent, detail in plan if parent in inner and detail.startswith("SCAN")] == []


def test_a_persons_own_rows_are_found_without_reading_those_of_others(crowds: dict[int, sqlite3.Connection]) -> None:
    def look(db: sqlite3.Connection) -> None:
        configs_of(db, 7)
        summarize_configs(db, 7, "2026-05")

    assert steps(crowds[10_000], look) <= steps(crowds[1_000], look) + 2
