"""What the admins do with a proven claim: once, on the card or in the list, with words for the friend."""

from __future__ import annotations

import sqlite3

import pytest

from lib.settings import Settings
from lib.store.audit import list_entries
from lib.store.claims import add_claim, get_claim, move_claim
from lib.store.configs import configs_of
from lib.store.foreign import get_foreign
from lib.store.outbox import message_of
from tests.unit.chat.by_hand import add_peer, allow_claims
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.reminding import remind
from tests.unit.chat.screens import alert, buttons, said
from tests.unit.stage import Stage, make_stage, texts

ANNA = 100


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """A server on which a friend has proven a claim."""
    stage = make_stage(desk, settings)
    stage.round()
    desk.is_let_in(ANNA)
    allow_claims(stage)
    peer = add_peer(stage, 7, "anna-phone", online=False)
    desk.taps(ANNA, f"claim_begin:{peer}")
    stage.round(20)
    stage.round(20)
    stage.awg.move(f"{7:043d}=", 500, 500, desk.now + 10)
    stage.round(10)
    assert get_claim(desk.db, 1).state == "proven"
    desk.deliver()
    return stage


def on_page(desk: Desk, who: int, data: str) -> list[sqlite3.Row]:
    """Tap on a message that is not a card."""
    return desk.taps(who, data, {"message_id": 9000, "date": desk.now, "text": "…"})


def test_it_works(stage: Stage) -> None:
    card = message_of(stage.desk.db, "claim:1", 1)
    rows = stage.desk.taps(1, "claim_judge:1:approved", {"message_id": card, "date": 0, "text": "…"})
    edits = {row["chat_id"]: text_of(row) for row in rows if row["subject"] == "claim:1"}
    assert "Approved by Person 1" in edits[1]
    assert "Одобрено: Person 1" in edits[2]
    assert "“anna-phone” is now in your account" in texts(rows, ANNA)[0]
    assert len([row for row in rows if row["chat_id"] == 1]) == 2, "the toast and the card"


def test_a_decision_counts_once(stage: Stage) -> None:
    stage.desk.taps(1, "claim_judge:1:approved")
    assert "Уже одобрено: Person 1" in alert(stage.desk.taps(2, "claim_judge:1:rejected"))
    assert len(configs_of(stage.desk.db, ANNA)) == 1


def test_a_declined_friend_is_told_and_may_not_ask_for_it_again(stage: Stage) -> None:
    rows = stage.desk.taps(1, "claim_judge:1:rejected")
    assert "isn't yours" in texts(rows, ANNA)[0]
    assert configs_of(stage.desk.db, ANNA) == []
    peer = get_claim(stage.desk.db, 1).peer_id
    for verb in ("claim", "claim_begin"):
        assert "isn't yours" in alert(stage.desk.taps(ANNA, f"{verb}:{peer}"))
    stage.desk.is_let_in(101)
    assert "is it yours?" in said(stage.desk.taps(101, f"claim:{peer}")), "somebody else may"


def test_it_waits_in_the_list_and_is_decided_there(stage: Stage) -> None:
    stage.desk.now += 3600
    (_, shown) = on_page(stage.desk, 1, "requests:0")
    assert buttons(shown)[0] == ("🙋 Person 100: anna-phone · 1 h", "claim_card:1:list")
    (_, page) = on_page(stage.desk, 1, "claim_card:1:list")
    assert "A friend says: this one is mine" in text_of(page)
    assert data_of(page) == [
        "claim_judge:1:approved:list", "claim_judge:1:rejected:list", f"person:{ANNA}", "requests:0"
    ]  # fmt: skip
    rows = on_page(stage.desk, 1, "claim_judge:1:approved:list")
    assert "Nothing is waiting" in text_of(rows[-1])
    (_, after) = on_page(stage.desk, 1, "claim_card:1:list")
    assert "Approved by" in text_of(after)


def test_who_waits_too_long_is_in_the_reminder(stage: Stage) -> None:
    stage.desk.now += 2 * 86400
    rows = [row for row in remind(stage.desk) if row["chat_id"] == 1]
    assert "this one is mine" in text_of(rows[-1])
    assert "claim_judge:1:approved:list" in data_of(rows[-1])


def test_a_claim_that_was_not_proven_is_not_there(stage: Stage) -> None:
    peer = add_peer(stage, 8, "laptop")
    claim = add_claim(stage.desk.db, ANNA, get_foreign(stage.desk.db, peer), "laptop", stage.desk.now)
    for words in (f"claim_card:{claim.id}", f"claim_judge:{claim.id}:approved"):
        assert "no longer there" in alert(stage.desk.taps(1, words))
    move_claim(stage.desk.db, claim.id, "watched", "failed", stage.desk.now)
    assert "no longer there" in alert(stage.desk.taps(1, f"claim_judge:{claim.id}:approved"))


def test_a_peer_given_to_someone_meanwhile_is_not_given_twice(stage: Stage) -> None:
    stage.desk.is_let_in(101)
    stage.desk.taps(1, f"adopt:{get_claim(stage.desk.db, 1).peer_id}:101")
    assert "no longer there" in alert(stage.desk.taps(1, "claim_judge:1:approved"))
    assert get_claim(stage.desk.db, 1).state == "proven", "the refusal undid the decision"
    stage.desk.deliver()
    (edited, *_) = [row for row in stage.round(60) if row["subject"] == "claim:1"]
    assert "Nothing left to decide" in text_of(edited)


def test_a_proven_peer_that_is_off_the_interface_for_a_moment_still_waits(stage: Stage) -> None:
    peers = dict(stage.awg.peers)
    stage.awg.restart()
    stage.round(60)
    assert get_claim(stage.desk.db, 1).state == "proven"
    stage.awg.peers.update(peers)
    stage.round(60)
    stage.desk.taps(1, "claim_judge:1:approved")
    assert len(configs_of(stage.desk.db, ANNA)) == 1


def test_the_log_says_what_happened(stage: Stage) -> None:
    stage.desk.taps(1, "claim_judge:1:rejected")
    text = said(stage.desk.taps(1, "history:0:0"))
    assert "Person 100</b>: showed that “anna-phone” is theirs" in text
    assert "Person 1</b>: said that “anna-phone” isn't Person 100's" in text
    assert [entry.action for entry in list_entries(stage.desk.db, ANNA, 2)] == ["claim_declined", "claim"]


def test_a_friend_can_not_decide(stage: Stage) -> None:
    assert "Only an admin" in alert(stage.desk.taps(ANNA, "claim_judge:1:approved"))
    assert get_claim(stage.desk.db, 1).state == "proven"
