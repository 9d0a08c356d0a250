"""Grandma has no Telegram: her config goes to an admin, and later she joins Telegram with the same config."""

from __future__ import annotations

import re
import sqlite3

from tests.company import Company, buttons_data
from tests.stand import Json, words


def public_keys(company: Company) -> list[str]:
    """Return the public keys of all configs."""
    return [key for (key,) in company.rows("SELECT public_key FROM configs WHERE revoked_at IS NULL")]


def shows_people(message: Json) -> bool:
    """Return True for a message with a button to the people."""
    return "people:all:0" in buttons_data(message)


def add_grandma(company: Company) -> None:
    """Add Grandma, who has no Telegram, and a config for her iPhone."""
    admin = company.admin
    admin.press(data="people:all:0", message=admin.wait_for(predicate=shows_people))
    admin.press("No Telegram", message=admin.wait_for("Everyone inside"))
    admin.wait_for("What's their name?")
    admin.send("Grandma")
    admin.press("iPhone", message=admin.wait_for("For which device?"))


def test_it_works(company: Company) -> None:
    admin, grandma = company.admin, company.friend
    add_grandma(company)
    picture = admin.wait_for("To show or pass on", lambda message: "photo" in message)
    file = admin.wait_for("To pass on", lambda message: "document" in message)
    for message in (picture, file):
        assert "Grandma" in words(message)
        assert "iPhone" in words(message)
    assert admin.download(picture).startswith(b"\x89PNG")
    conf = admin.download(file)
    (key,) = public_keys(company)
    address = re.search(r"Address = (\S+)", conf.decode())
    assert address
    assert company.interface.peers()[key].split(",")[0].split("/")[0] in address[1]
    live = company.interface.peers()
    admin.send("grandma")
    admin.press("iPhone", message=admin.wait_for("This month:", lambda message: "held:1" in buttons_data(message)))
    admin.press("Pause", message=admin.wait_for("Owner:", lambda message: "held_pause:1" in buttons_data(message)))
    company.wait(lambda: company.interface.peers() == {}, what="the pause")
    admin.press("Resume", message=admin.wait_for(predicate=lambda message: "held_resume:1" in buttons_data(message)))
    company.wait(lambda: company.interface.peers() == live, what="the return")

    admin.send("Grandma")
    admin.press("Invite to Telegram", message=admin.wait_for("Configs: 1"))
    admin.press("Make the link", message=admin.wait_for("Invite to Telegram?"))
    link = admin.wait_for(predicate=lambda message: "?start=" in words(message))
    code = re.search(r"\?start=([\w-]{22})", words(link))
    assert code
    grandma.send(f"/start {code[1]}")
    welcome = grandma.wait_for("Your VPN is here now")
    admin.wait_for("Now in Telegram")
    grandma.press("My configs", message=welcome)
    grandma.press("iPhone", message=grandma.wait_for("Choose one"))
    grandma.press(data="file:1", message=grandma.wait_for("Connection:"))
    again = grandma.download(grandma.wait_for(predicate=lambda message: "document" in message))
    assert again == conf, "the same keys and the same address"
    assert [*company.interface.peers()] == [key]
    assert company.rows("SELECT count(*) FROM users WHERE id < 0") == [(0,)]


def test_she_is_counted_limited_and_paused_like_everybody(company: Company) -> None:
    admin = company.admin
    add_grandma(company)
    admin.wait_for("🎉 It works!\n📵 Grandma")
    before = company.interface.peers()
    admin.send("Grandma")
    page = admin.wait_for("Configs: 1")
    assert "This month: 0 B" not in words(page)
    admin.press("iPhone", message=page)
    admin.press("Pause", message=admin.wait_for("Expires: never"))
    company.wait(lambda: company.interface.peers() == {}, what="the pause")
    admin.press("Resume", message=admin.wait_for("⏸ Paused"))
    company.wait(lambda: company.interface.peers() == before, what="the return")
    with sqlite3.connect(company.database, timeout=10) as db:
        db.execute("UPDATE users SET quota_bytes = 1 WHERE id < 0")
    db.close()
    told = admin.wait_for("The limit is used up\n📵 Grandma")
    company.wait(lambda: company.interface.peers() == {}, what="the cut")
    assert "Raise the limit on their page" in words(told)
