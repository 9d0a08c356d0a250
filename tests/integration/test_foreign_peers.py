"""Peers added by hand, over real HTTP: the admin gives one to a friend and removes another, with buttons alone."""

from __future__ import annotations

from tests.company import FRIEND, Company
from tests.stand import words

OLD = "qUb0EDvT9bKn8FzVbU3dcZ2wRsYH4SZJ1oA8xJ1uB2c="
STRANGE = "vWJb0EDvT9bKn8FzVbU3dcZ2wRsYH4SZJ1oA8xJ1uB0="


def by_hand(company: Company, key: str, addresses: str) -> None:
    company.interface.run("awg", "set", "awg0", "peer", key, "allowed-ips", addresses)


def test_it_works(company: Company) -> None:
    admin, friend = company.admin, company.friend
    company.let_in(friend)
    by_hand(company, OLD, "10.8.0.77/32")
    notice = admin.wait_for("Peers added by hand: 1 new")
    admin.press("Added by hand (1)", message=notice)
    admin.press("10.8.0.77", message=admin.wait_for("Choose one to give to a friend"))
    admin.press("Give to a friend", message=admin.wait_for(OLD))
    admin.press("Anna", message=admin.wait_for("Whose device is 10.8.0.77"))
    question = admin.wait_for("Give this peer to a friend?")
    assert "Anna (@anna)" in words(question)
    admin.press("Yes", message=question)
    admin.wait_for("No peers were added by hand")
    friend.wait_for("A device you already use is now in your account: “Device 10.8.0.77”")
    assert company.interface.peers() == {OLD: "10.8.0.77/32"}
    friend.send("/configs")
    friend.press("Device 10.8.0.77", message=friend.wait_for("Choose one"))
    friend.press("New file", message=friend.wait_for("set up before the bot"))
    friend.press("Make the new file", message=friend.wait_for("The one on the device now will stop working"))
    document = friend.wait_for(predicate=lambda message: "document" in message, timeout=20)
    assert b"Address = 10.8.0.77/32\n" in friend.download(document)
    assert list(company.interface.peers().values()) == ["10.8.0.77/32"]
    assert OLD not in company.interface.peers()


def test_a_removed_peer_stays_away_until_the_admin_says_otherwise(company: Company) -> None:
    admin = company.admin
    by_hand(company, STRANGE, "10.8.0.78/32")
    admin.press("Added by hand (1)", message=admin.wait_for("1 new"))
    admin.press("10.8.0.78", message=admin.wait_for("Choose one to give to a friend"))
    admin.press("Remove", message=admin.wait_for(STRANGE))
    admin.press("Remove", message=admin.wait_for("loses the connection at once"))
    company.wait(lambda: company.interface.peers() == {}, what="the removal")
    company.stop()
    by_hand(company, STRANGE, "10.8.0.78/32")
    company.start()
    company.wait(lambda: company.interface.peers() == {}, what="the second removal")
    company.wait(lambda: company.rows("SELECT live FROM foreign_peers") == [(0,)], what="the look after it")
    admin.press("10.8.0.78", message=admin.wait_for("Being removed: 1"))
    admin.press("Stop removing it", message=admin.wait_for("will be removed again"))
    admin.wait_for("No peers were added by hand")
    by_hand(company, STRANGE, "10.8.0.78/32")
    company.let_in(company.friend)
    company.give_config(company.friend)
    assert company.interface.peers()[STRANGE] == "10.8.0.78/32"


def test_a_friend_can_not_adopt(company: Company) -> None:
    company.let_in(company.friend)
    by_hand(company, OLD, "10.8.0.77/32")
    company.admin.wait_for("1 new")
    company.friend.press(data=f"adopt:1:{FRIEND}", message=company.friend.last(), forge=True)
    company.stand.settle()
    assert company.rows("SELECT count(*) FROM configs") == [(0,)]
