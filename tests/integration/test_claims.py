"""A friend with a VPN from before the bot, over real HTTP: they show that it is theirs, and the admin confirms it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import FRIEND, Company
from tests.integration.clock_ahead import prepare_clock, set_ahead
from tests.stand import Json, words

OLD = "qUb0EDvT9bKn8FzVbU3dcZ2wRsYH4SZJ1oA8xJ1uB2c="
OTHER = "vWJb0EDvT9bKn8FzVbU3dcZ2wRsYH4SZJ1oA8xJ1uB0="

@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with Company(tmp_path, **prepare_clock(tmp_path)) as company:
        yield company


def waits(company: Company, seconds: int) -> None:
    """Set the clocks of the bot and of the interface ahead."""
    company.interface.run("demo", "clock", str(seconds))
    set_ahead(company.folder, seconds)


def looks(company: Company, after: int) -> None:
    """Wait until the bot looks at the peer again, more than `after` seconds after the last look."""
    ((last,),) = company.rows("SELECT looked_at FROM claims")
    company.wait(lambda: company.rows("SELECT 1 FROM claims WHERE looked_at > ?", last + after), what="the next look")


def by_hand(company: Company, key: str, address: str, name: str) -> None:
    """Add a peer with a name; its device is on."""
    company.interface.run("awg", "set", "awg0", "peer", key, "allowed-ips", f"{address}/32")
    company.interface.run("demo", "online", key)
    known = "SELECT 1 FROM foreign_peers WHERE public_key = ?"
    company.wait(lambda: company.rows(known, key), what="the keeper's look")
    with sqlite3.connect(company.database, timeout=10) as db:
        db.execute("UPDATE foreign_peers SET name = ? WHERE public_key = ?", (name, key))
    db.close()


def test_it_works(company: Company) -> None:
    admin, friend = company.admin, company.friend
    by_hand(company, OLD, "10.8.0.77", "anna-phone")
    by_hand(company, OTHER, "10.8.0.78", "<b>boris</b>")
    admin.send("/status")
    admin.press("Added by hand (2)", message=admin.wait_for("Interface"))
    admin.press("Let them claim", message=admin.wait_for("Left alone: 2"))
    admin.press("Let them", message=admin.wait_for("Let friends claim their own devices?"))
    admin.wait_for("Friends can claim their own devices")
    company.knock(friend)
    admin.press("Approve", message=admin.wait_for(f"ID: {FRIEND}"))
    friend.press("I have a VPN here already", message=friend.wait_for("You're in"))
    listed = friend.wait_for("Which one is yours?")
    assert friend.buttons(listed) == ["<b>boris</b>", "anna-phone", "🏠 Menu"]
    friend.press("anna-phone", message=listed)
    friend.press("I'm ready", message=friend.wait_for("anna-phone: is it yours?"))
    friend.wait_for("Switch this VPN off now")
    heard = "SELECT 1 FROM claims WHERE heard_at IS NOT NULL"
    company.wait(lambda: company.rows(heard), what="the device that is on")
    company.interface.run("demo", "offline", OLD)
    looks(company, after=1)
    waits(company, 20)
    looks(company, after=20)
    waits(company, 40)
    friend.wait_for("anna-phone: it's off")
    company.interface.run("demo", "online", OLD)
    friend.wait_for("anna-phone: I saw it")
    card = admin.wait_for("A friend says: this one is mine")
    assert "it was on, went silent, and came back" in words(card)
    admin.press("Approve", message=card)
    admin.wait_for("Approved by Andrey")
    friend.wait_for("“anna-phone” is now in your account")
    assert company.rows("SELECT name, public_key, private_key FROM configs") == [("anna-phone", OLD, None)]
    assert company.interface.peers()[OLD] == "10.8.0.77/32"
    company.block(card_of(company))
    company.wait(lambda: OLD not in company.interface.peers(), what="the block")
    assert OTHER in company.interface.peers()


def card_of(company: Company) -> Json:
    """Open the friend's page as the first admin."""
    company.admin.press(data=f"person:{FRIEND}", message=company.admin.last(), forge=True)
    return company.admin.wait_for(f"{FRIEND}", predicate=lambda shown: "Block" in str(shown.get("reply_markup")))


def test_a_forged_button_claims_and_decides_nothing(company: Company) -> None:
    company.let_in(company.friend)
    by_hand(company, OLD, "10.8.0.77", "anna-phone")
    for data in ("claim:1", "claim_begin:1", "claim_judge:1:approved", "give_by_name:1", "claims_set:on"):
        answer = company.friend.press(data=data, message=company.friend.last(), forge=True)
        assert company.friend.wait_for_answer(answer)["alert"]
    assert company.rows("SELECT count(*) FROM claims") == [(0,)]
    assert company.rows("SELECT count(*) FROM configs") == [(0,)]
    assert company.rows("SELECT count(*) FROM preferences") == [(0,)]
