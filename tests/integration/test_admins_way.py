"""An admin's way over real HTTP: one tap where one is enough, and nothing harmful by one tap."""

from __future__ import annotations

from pathlib import Path

from tests.company import FRIEND, SECOND_FRIEND, Company
from tests.stand import labels, words


def test_it_works(company: Company) -> None:
    """Somebody is let in together with a config, found by writing, blocked after a question, and let in again."""
    admin, friend = company.admin, company.friend
    company.knock(friend)
    card = admin.wait_for(f"ID: {FRIEND}")
    assert labels(card)[:3] == ["✅ Approve", "🔑 Approve + config", "❌ Decline"]
    admin.press("Approve + config", message=card)
    friend.press("iPhone", message=friend.wait_for("your first config is approved"))
    file = friend.wait_for(predicate=lambda message: "document" in message, timeout=20)
    assert b"[Interface]" in friend.download(file)
    assert "Approved" in words(admin.wait_for(f"ID: {FRIEND}", lambda message: "Approved by Andrey" in words(message)))
    admin.send("ann")
    page = admin.wait_for("👤 Anna")
    admin.press("Block", message=page)
    question = admin.wait_for("Block this person?")
    assert len(company.interface.peers()) == 1, "nothing harmful by one tap"
    admin.press("Back", message=question)
    admin.press("Block", message=admin.wait_for("👤 Anna", lambda message: "Block this" not in words(message)))
    admin.press("Yes, block", message=admin.wait_for("Block this person?"))
    company.wait(lambda: company.interface.peers() == {}, what="the cut")
    tap = admin.press("Unblock", message=admin.wait_for("👤 Anna", lambda message: "Unblock" in str(labels(message))))
    assert "nblocked" in str(admin.wait_for_answer(tap)), "the toast says what happened"
    company.wait(lambda: len(company.interface.peers()) == 1, what="the return")


def test_reasons_stand_on_the_card_and_waiting_is_no_refusal(company: Company) -> None:
    admin, friend = company.admin, company.second_friend
    company.knock(friend)
    card = admin.wait_for(f"ID: {SECOND_FRIEND}")
    friend.send("/configs")
    waits = friend.wait_for("Заявка у админа, он скоро ответит")
    assert "запрещ" not in words(waits)
    assert "Доступа нет" not in words(waits)
    admin.press("Decline", message=card)
    reasons = admin.wait_for(f"ID: {SECOND_FRIEND}", lambda message: "Don't know them" in str(labels(message)))
    assert reasons["message_id"] == card["message_id"], "on the card itself"
    admin.press("Don't know them", message=reasons)
    admin.wait_for(f"ID: {SECOND_FRIEND}", lambda message: "Declined by Andrey" in words(message))


def test_a_speed_is_set_for_everyone_and_for_one_and_the_friend_sees_it(company: Company) -> None:
    admin, friend = company.admin, company.friend
    company.let_in(friend)
    company.give_config(friend)
    admin.send("/start")
    admin.press("Settings", message=admin.wait_for("Waiting for an answer"))
    admin.press("Speed limit: no limit", message=admin.wait_for("override the server's file"))
    admin.press("20 Mbit/s", message=admin.wait_for("How fast a friend's VPN can be"))
    admin.press("Back", message=admin.wait_for("Now: 20 Mbit/s (set here)"))
    admin.wait_for("override the server's file", lambda message: "Speed limit: 20 Mbit/s" in labels(message))
    friend.send("/stats")
    friend.wait_for("Speed limit: 20 Mbit/s, shared by all your devices")
    admin.send("anna")
    page = admin.wait_for("👤 Anna", lambda message: "Speed limit: 20 Mbit/s (like everyone)" in words(message))
    admin.press("More", message=page)
    admin.press("Speed limit", message=admin.wait_for("Here since"))
    admin.press("Another number", message=admin.wait_for("share it; it applies each way"))
    admin.wait_for("How many Mbit/s?")
    admin.send("2,5")
    admin.wait_for("👤 Anna", lambda message: "Speed limit: 2.5 Mbit/s\n" in words(message))
    friend.wait_for("The admin has set your speed limit to 2.5 Mbit/s")
    friend.send("/stats")
    friend.wait_for("Speed limit: 2.5 Mbit/s, shared by all your devices")
    assert company.rows("SELECT speed_kbit FROM users WHERE id = ?", FRIEND) == [(2500,)]


def test_new_files_for_everyone_are_previewed_and_counted(tmp_path: Path) -> None:
    with Company(tmp_path) as company:
        admin, friend = company.admin, company.friend
        company.let_in(friend)
        old = company.give_config(friend)
        company.interface.run("awg", "set", "awg0", "listen-port", "51999")
        announced = admin.wait_for(predicate=lambda message: "Outdated" in str(labels(message)))
        admin.press("Outdated", message=announced)
        last = friend.last()
        new_ones = "📨 Send everyone the new ones…"
        admin.press(new_ones, message=admin.wait_for(predicate=lambda message: new_ones in labels(message)))
        preview = admin.wait_for("New configs: 1, people: 1")
        assert "The server has changed" in words(preview)
        later = [message for message in friend.messages() if message["message_id"] > last["message_id"]]
        assert [words(message) for message in later if "document" in message] == [], "nothing has gone out yet"
        admin.press("Send all 1", message=preview)
        fresh = friend.wait_for(predicate=lambda message: "document" in message, after=last, timeout=20)
        assert b":51999" in friend.download(fresh)
        assert b":51999" not in old
