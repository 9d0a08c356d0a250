"""The admin's pages of people over real HTTP, with everything that can be done there."""

from __future__ import annotations

from tests.company import FRIEND, Company
from tests.stand import words


def open_page(company: Company) -> None:
    """Go from the panel to the friend's page."""
    admin = company.admin
    admin.send("/start")
    admin.press("People", message=admin.wait_for("People inside:"))
    admin.press("Anna", message=admin.wait_for("Everyone inside"))
    admin.wait_for("This month:")


def test_it_works(company: Company) -> None:
    admin, friend = company.admin, company.friend
    company.let_in(friend)
    open_page(company)
    admin.press("Issue a config")
    admin.press("iPhone", message=admin.wait_for("Which device is it for?"))
    friend.wait_for("The admin gave you a config: “iPhone”")
    friend.wait_for(predicate=lambda message: "document" in message)
    before = company.interface.peers()
    assert len(before) == 1
    admin.send("/start")
    admin.press("People", message=admin.wait_for("People inside:"))
    admin.wait_for("Everyone inside")
    admin.send("IPHONE")
    admin.press("iPhone", message=admin.wait_for("Configs: 1"))
    admin.press("Pause", message=admin.wait_for("Expires: never"))
    company.wait(lambda: company.interface.peers() == {}, what="the pause")
    friend.wait_for("paused the config “iPhone”")
    admin.press("Resume", message=admin.wait_for("⏸ Paused"))
    company.wait(lambda: company.interface.peers() == before, what="the return")
    admin.press("Expiry", message=admin.wait_for("✅ On"))
    admin.press("Another date", message=admin.wait_for("Until which day"))
    admin.wait_for("Send a date")
    admin.send("31.12.2030")
    friend.wait_for("expires on 31 Dec 2030")
    admin.press("Delete the config", message=admin.wait_for("Expires: 31 Dec 2030 23:59"))
    admin.press("Yes, delete", message=admin.wait_for("can't be brought back"))
    company.wait(lambda: company.interface.peers() == {}, what="the end")
    friend.wait_for("deleted the config “iPhone”")


def test_a_message_a_note_and_a_limit_go_where_they_belong(company: Company) -> None:
    admin, friend = company.admin, company.friend
    company.let_in(friend)
    open_page(company)
    admin.press("More")
    admin.press("Note", message=admin.wait_for("Here since"))
    admin.wait_for("Empty so far")
    admin.send("Owes me <cake>")
    admin.press("More", message=admin.wait_for("Owes me <cake>"))
    admin.press("Config limit", message=admin.wait_for("Here since"))
    admin.press("1", message=admin.wait_for("Config limit"))
    admin.press("Write", message=admin.wait_for("Configs: 0, limit: 1"))
    admin.wait_for("What should I write")
    admin.send("The server moves tonight")
    admin.press("Send", message=admin.wait_for("They will see this"))
    friend.wait_for("A message from the admin\n\nThe server moves tonight")
    company.give_config(friend)
    refused = friend.press(data="new", message=friend.last(), forge=True)
    assert "1 of 1" in friend.wait_for_answer(refused)["text"]
    assert not any("cake" in words(message) for message in friend.messages())


def test_a_block_from_the_page_cuts_the_tunnel_and_shows_it(company: Company) -> None:
    admin, friend = company.admin, company.friend
    company.let_in(friend)
    company.give_config(friend)
    open_page(company)
    company.block(admin.wait_for("This month:"))
    company.wait(lambda: company.interface.peers() == {}, what="the cut")
    admin.press("Unblock", message=admin.wait_for("the VPN is off"))
    company.wait(lambda: len(company.interface.peers()) == 1, what="the return")
    admin.wait_for("✅ Inside since")


def test_a_helper_decides_and_no_more(company: Company) -> None:
    admin, helper, newcomer = company.admin, company.friend, company.second_friend
    company.let_in(helper)
    open_page(company)
    admin.press("More")
    admin.press("Make a helper", message=admin.wait_for("Here since"))
    admin.press("Yes, let them help", message=admin.wait_for("A helper sees"))
    helper.wait_for("You're a helper now")
    company.wait(lambda: len(company.stand.requests("setMyCommands")) >= 9, what="the menu of commands")
    company.knock(newcomer)
    helper.press("Approve", message=helper.wait_for(f"ID: {newcomer.id}"))
    newcomer.wait_for("Вас впустили")
    helper.send("/start")
    helper.press("People", message=helper.wait_for("People inside:"))
    helper.press("Вера", message=helper.wait_for("Everyone inside"))
    page = helper.wait_for("This month:")
    denied = helper.press(data=f"expel:{newcomer.id}", message=page, forge=True)
    assert "Only an admin" in helper.wait_for_answer(denied)["text"]


def test_a_deleted_person_is_cut_off_and_a_stranger_again(company: Company) -> None:
    admin, friend = company.admin, company.friend
    company.let_in(friend)
    company.give_config(friend)
    open_page(company)
    admin.press("More")
    admin.press("Delete the person", message=admin.wait_for("Here since"))
    admin.press("Yes, delete", message=admin.wait_for("Delete this person?"))
    company.wait(lambda: company.interface.peers() == {}, what="the cut")
    admin.wait_for("Everyone inside")
    assert company.rows("SELECT 1 FROM users WHERE id = ?", FRIEND) == []
    last = friend.last()
    friend.send("/start")
    friend.wait_for(predicate=lambda message: "photo" in message, after=last)
