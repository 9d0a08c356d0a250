"""How many taps the common jobs take over real HTTP, on buttons that are shown. Typing and START are not counted."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from tests.company import FRIEND, SECOND_FRIEND, Company, buttons_data
from tests.stand import Json, Person, is_panel, words


@dataclass
class Hand:
    """A person whose taps are counted: they press only what a message shows."""

    who: Person
    taps: int = 0

    def press(self, label: str, message: Json) -> None:
        self.taps += 1
        self.who.press(label, message=message)


def with_file(message: Json) -> bool:
    return "document" in message


def open_menu(who: Person) -> Json:
    last = who.last()
    who.send("/start")
    return who.wait_for("Configs: 1", after=last)


def test_it_works(company: Company) -> None:
    """A friend's first config by the keypad, trouble, a second device, more traffic; one tap of an admin for each."""
    friend, admin = company.friend, company.admin
    first, approval = Hand(friend), Hand(admin)
    friend.send("/start")
    picture = friend.wait_for("private VPN")
    for digit in company.captcha_answer(friend):
        first.press(digit, picture)
    approval.press("Approve + config", admin.wait_for(f"ID: {FRIEND}"))
    first.press("iPhone", friend.wait_for("your first config is approved"))
    friend.wait_for(predicate=with_file)
    assert 1 + first.taps == 6, "with START; with the digits as a message it is 2"
    assert approval.taps == 1, "the person and their config"

    trouble = Hand(friend)
    trouble.press("Not working?", open_menu(friend))
    assert "complain:1" in buttons_data(friend.wait_for("🆘 iPhone"))
    assert trouble.taps == 1, "with one device; with several, they say which one first"

    second, approval = Hand(friend), Hand(admin)
    second.press("New config", open_menu(friend))
    second.press("Windows", friend.wait_for("Each device needs its own config"))
    friend.wait_for("The admin has your request for “Windows”")
    approval.press("Approve", admin.wait_for("Device: Windows"))
    friend.wait_for("Show in Folder", predicate=with_file)
    assert (second.taps, approval.taps) == (2, 1)

    with sqlite3.connect(company.database, timeout=10) as db:
        db.execute("UPDATE users SET quota_bytes = 1000 WHERE id = ?", (FRIEND,))
        db.execute("INSERT INTO stats VALUES (1, date('now', '+3 hours'), 0, 1001) "
                   "ON CONFLICT DO UPDATE SET sent = 1001")  # fmt: skip
    db.close()
    more, approval = Hand(friend), Hand(admin)
    more.press("Ask for more traffic", friend.wait_for("is used up"))
    approval.press("10 GB", admin.wait_for("A friend asks for more traffic"))
    friend.wait_for("raised your monthly limit")
    assert (more.taps, approval.taps) == (1, 1)


def test_an_admin_finds_blocks_and_looks_and_an_invitation_takes_one_tap(company: Company) -> None:
    admin, vera = company.admin, company.second_friend
    admin.press("Invitations", message=admin.wait_for(predicate=is_panel))
    admin.press("➕ Invite", message=admin.wait_for("There are none yet"))
    admin.press("🔑 + 1 day", message=admin.wait_for("New invitation"))
    admin.wait_for("Who is it for?")
    admin.send("Vera")
    code = re.search(r"start=([\w-]+)", words(admin.wait_for("Pass the link on")))
    assert code
    invited = Hand(vera)
    vera.send(f"/start {code[1]}")
    invited.press("Android", vera.wait_for("VPN для вас уже есть"))
    vera.wait_for(predicate=with_file)
    assert invited.taps == 1

    last = admin.last()
    admin.send("/start")
    look = Hand(admin)
    panel = admin.wait_for("🟢", predicate=is_panel, after=last)
    assert look.taps == 0, "the panel itself says how things are"
    look.press("Server", panel)
    admin.wait_for("Interface awg0: 🟢 Up")
    assert look.taps == 1, "and all of it is one tap away"

    find = Hand(admin)
    admin.send("вера")
    page = admin.wait_for("👤 Вера", predicate=lambda message: "held:1" in buttons_data(message))
    assert find.taps == 0, "a name is typed, nothing else"
    block = Hand(admin)
    block.press("Block", page)
    block.press("Yes, block", admin.wait_for("Block this person?"))
    vera.wait_for("Вы заблокированы")
    assert block.taps == 2
    assert company.rows("SELECT state FROM users WHERE id = ?", SECOND_FRIEND) == [("blocked",)]
