"""Illegal changes are refused by SQL itself, whatever Python asks for."""

from __future__ import annotations

import itertools
import sqlite3

import pytest

from lib.errors import Refused
from lib.store import claims
from lib.store.config_requests import add_request, mark_issued, move_request
from lib.store.configs import add_config
from lib.store.foreign import Sighting, note_foreign
from lib.store.server import note_generation
from lib.store.users import add_user, get_user, move_user

USER_STATES = ("captcha", "pending", "approved", "rejected", "blocked")
USER_MOVES = {
    ("captcha", "pending"), ("captcha", "approved"), ("pending", "approved"), ("pending", "rejected"),
    ("pending", "blocked"), ("rejected", "captcha"), ("rejected", "approved"), ("approved", "blocked"),
    ("blocked", "approved"),
}  # fmt: skip
WAYS = {"captcha": [], "pending": ["pending"], "approved": ["approved"], "rejected": ["pending", "rejected"],
        "blocked": ["pending", "blocked"]}  # fmt: skip
CLAIM_STATES = ("watched", "failed", "stopped", "lost", "proven", "approved", "rejected")
CLAIM_MOVES = {("watched", "failed"), ("watched", "stopped"), ("watched", "lost"), ("watched", "proven"),
               ("proven", "approved"), ("proven", "rejected"), ("proven", "lost")}  # fmt: skip
REQUEST_STATES = ("pending", "approved", "issued", "rejected", "cancelled")
REQUEST_MOVES = {("pending", "approved"), ("pending", "rejected"), ("pending", "cancelled"), ("approved", "issued")}


def user_in(db: sqlite3.Connection, state: str) -> None:
    add_user(db, 100, None, "Anna", "en", 0)
    for step in WAYS[state]:
        db.execute("UPDATE users SET state = ?", (step,))


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(USER_STATES, 2)))
def test_only_the_legal_moves_of_a_user_pass(db: sqlite3.Connection, before: str, after: str) -> None:
    user_in(db, before)
    if (before, after) in USER_MOVES:
        db.execute("UPDATE users SET state = ?", (after,))
        assert get_user(db, 100).state == after
    else:
        with pytest.raises(sqlite3.IntegrityError, match="illegal change"):
            db.execute("UPDATE users SET state = ?", (after,))


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(REQUEST_STATES, 2)))
def test_only_the_legal_moves_of_a_request_pass(db: sqlite3.Connection, before: str, after: str) -> None:
    user_in(db, "approved")
    add_request(db, 100, "phone", 0)
    for step in {"pending": [], "issued": ["approved", "issued"]}.get(before, [before]):
        db.execute("UPDATE config_requests SET state = ?", (step,))
    if (before, after) in REQUEST_MOVES:
        db.execute("UPDATE config_requests SET state = ?", (after,))
    else:
        with pytest.raises(sqlite3.IntegrityError, match="illegal change"):
            db.execute("UPDATE config_requests SET state = ?", (after,))


def add_watch(db: sqlite3.Connection, user_id: int, peer_id: int = 1) -> int:
    """Let a person claim a peer; return the claim's id."""
    columns = "user_id, peer_id, name, created_at, begun_at, looked_at, received, handshake_at, interface_id"
    query = f"INSERT INTO claims ({columns}) VALUES (?, ?, 'phone', 0, 0, 0, 0, 0, 'life')"
    return int(db.execute(query, (user_id, peer_id)).lastrowid or 0)


def people_and_peers(db: sqlite3.Connection) -> None:
    for number in (100, 101):
        add_user(db, number, None, "Anna", "en", 0)
        move_user(db, number, "captcha", "approved", 0, None)
    note_foreign(db, [Sighting(f"key {number}", None, (), 0, 0, 0) for number in range(2)], "life", 0)


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(CLAIM_STATES, 2)))
def test_only_the_legal_moves_of_a_claim_pass(db: sqlite3.Connection, before: str, after: str) -> None:
    people_and_peers(db)
    add_watch(db, 100)
    for step in {"watched": [], "approved": ["proven", "approved"], "rejected": ["proven", "rejected"]}.get(
        before, [before]
    ):
        db.execute("UPDATE claims SET state = ?", (step,))
    if (before, after) in CLAIM_MOVES:
        db.execute("UPDATE claims SET state = ?", (after,))
    else:
        with pytest.raises(sqlite3.IntegrityError, match="illegal change"):
            db.execute("UPDATE claims SET state = ?", (after,))


def test_a_claim_begins_watched_and_in_a_state_that_is_known(db: sqlite3.Connection) -> None:
    people_and_peers(db)
    with pytest.raises(sqlite3.IntegrityError, match="begins in state watched"):
        db.execute(
            """INSERT INTO claims (user_id, name, state, created_at, begun_at, looked_at, received, handshake_at,
                                   interface_id) VALUES (100, 'a', 'proven', 0, 0, 0, 0, 0, 'life')"""
        )
    add_watch(db, 100)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE claims SET state = 'anything'")


def test_a_peer_has_one_claim_and_a_person_one_watch(db: sqlite3.Connection) -> None:
    people_and_peers(db)
    first = add_watch(db, 100)
    for who, peer in ((101, 1), (100, 2)):
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            add_watch(db, who, peer)
    db.execute("UPDATE claims SET state = 'proven' WHERE id = ?", (first,))
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        add_watch(db, 101, 1)
    add_watch(db, 100, 2)
    db.execute("UPDATE claims SET state = 'rejected' WHERE id = ?", (first,))
    add_watch(db, 101, 1)


def test_a_second_decision_on_a_claim_is_refused_in_words(db: sqlite3.Connection) -> None:
    people_and_peers(db)
    claim = add_watch(db, 100)
    claims.move_claim(db, claim, "watched", "proven", 1)
    claims.move_claim(db, claim, "proven", "approved", 2, 101)
    with pytest.raises(Refused, match="claim_already_approved") as refused:
        claims.move_claim(db, claim, "proven", "rejected", 3, 100)
    assert refused.value.values == {"who": "Anna"}
    claims.forget_claims(db, 101)
    db.execute("DELETE FROM users WHERE id = 101")
    assert claims.get_claim(db, claim).decided_by is None


def test_nobody_begins_inside(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="begins in state captcha"):
        db.execute("INSERT INTO users (full_name, language, state, created_at) VALUES ('a', 'en', 'approved', 0)")


def test_the_second_of_two_decisions_is_told_who_was_first(db: sqlite3.Connection) -> None:
    add_user(db, 1, None, "Andrey", "en", 0)
    user_in(db, "pending")
    move_user(db, 100, "pending", "approved", 5, decided_by=1)
    with pytest.raises(Refused) as refusal:
        move_user(db, 100, "pending", "rejected", 6, decided_by=2)
    assert (refusal.value.key, refusal.value.values) == ("already_approved", {"who": "Andrey"})
    assert (get_user(db, 100).state, get_user(db, 100).decided_at) == ("approved", 5)


def test_a_second_decision_on_a_request_is_refused(db: sqlite3.Connection) -> None:
    user_in(db, "approved")
    request_id = add_request(db, 100, "phone", 0)
    move_request(db, request_id, "pending", "approved", 1, 1)
    with pytest.raises(Refused) as refusal:
        move_request(db, request_id, "pending", "rejected", 1, 2)
    assert refusal.value.key == "request_already_approved"


def test_one_request_is_open_at_a_time(db: sqlite3.Connection) -> None:
    user_in(db, "approved")
    add_request(db, 100, "phone", 0)
    with pytest.raises(Refused):
        add_request(db, 100, "laptop", 0)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO config_requests (user_id, name, created_at) VALUES (100, 'x', 0)")


def make_config(db: sqlite3.Connection, request_id: int, address: str, key: str) -> int:
    return add_config(db, user_id=100, request_id=request_id, name="phone", addresses=(address, None),
                      keys=(key, f"private {key}", f"preshared {key}"), generation=1, now=0)  # fmt: skip


def test_one_request_gives_one_config_and_one_address_has_one_holder(db: sqlite3.Connection) -> None:
    user_in(db, "approved")
    note_generation(db, "server", {}, "host:1", 0)
    first = add_request(db, 100, "phone", 0)
    move_request(db, first, "pending", "approved", 0, 1)
    make_config(db, first, "10.8.0.2", "A")
    mark_issued(db, first)
    second = add_request(db, 100, "laptop", 0)
    with pytest.raises(sqlite3.IntegrityError):
        make_config(db, first, "10.8.0.3", "B")
    with pytest.raises(sqlite3.IntegrityError):
        make_config(db, second, "10.8.0.2", "B")
    assert make_config(db, second, "10.8.0.3", "B") == 2


def test_a_revoked_config_is_final_and_frees_its_address(db: sqlite3.Connection) -> None:
    user_in(db, "approved")
    note_generation(db, "server", {}, "host:1", 0)
    first = make_config(db, add_request(db, 100, "phone", 0), "10.8.0.2", "A")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE configs SET revoked_at = 9 WHERE id = ?", (first,))
    db.execute("UPDATE configs SET revoked_at = 9, private_key = NULL, preshared_key = NULL WHERE id = ?", (first,))
    with pytest.raises(sqlite3.IntegrityError, match="does not change"):
        db.execute("UPDATE configs SET revoked_at = NULL WHERE id = ?", (first,))
    db.execute("UPDATE config_requests SET state = 'cancelled'")
    make_config(db, add_request(db, 100, "new phone", 0), "10.8.0.2", "B")
