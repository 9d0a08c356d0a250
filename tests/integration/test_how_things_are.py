"""What a friend reads while they wait, at the first handshake or without one, and of a device that is off."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from tests.company import FRIEND, Company, buttons_data
from tests.stand import Json, Person, is_panel, labels, words

FORBIDDEN = ("denied", "not allowed", "Access", "доступ запрещ", "отказ")


def write(company: Company, query: str, *values: object) -> None:
    """Change the bot's database from outside."""
    with sqlite3.connect(company.database, timeout=10) as db:
        db.execute(query, values)
    db.close()


def an_hour_passes(company: Company) -> bool:
    """Move what the bot noted into the past, also if a round puts it back meanwhile; True once help was offered."""
    write(company, "UPDATE meta SET value = json_set(value, '$.since', 1) WHERE key = 'interface'")
    write(company, "UPDATE configs SET live_since = 1")
    return any("Can I help" in words(message) for message in company.friend.messages())


def has(data: str) -> Callable[[Json], bool]:
    """Return a predicate for messages with a button."""
    return lambda message: data in buttons_data(message)


def signs(who: Person) -> list[str]:
    """Open the list of configs, and return the texts of what stands in it, without the last row."""
    last = who.last()
    who.send("/configs")
    return labels(who.wait_for(predicate=has("menu"), after=last))[:-1]


def panel(company: Company) -> Json:
    last = company.admin.last()
    company.admin.send("/start")
    return company.admin.wait_for(predicate=is_panel, after=last)


def test_it_works(company: Company) -> None:
    """A friend waits, gets a file, hears nothing for an hour, is offered help, and at last it works."""
    friend, vera, admin = company.friend, company.second_friend, company.admin
    for who, kind in ((friend, "will come here by itself"), (vera, "придёт сюда сам")):
        company.knock(who)
        last = who.last()
        who.send("/stats")
        answer = words(who.wait_for(kind, after=last))
        assert [word for word in FORBIDDEN if word.lower() in answer.lower()] == [], "waiting is no refusal"
        last = who.last()
        who.send("Hello? Anybody there?")
        assert "❌" not in words(who.wait_for(kind, after=last))
    admin.press("Approve", message=admin.wait_for(f"ID: {FRIEND}"))
    company.interface.run("demo", "offline", "all")
    friend.press("iPhone", message=friend.wait_for("You're in! Which device"))
    friend.wait_for("The admin has your request for “iPhone”")
    assert signs(friend) == ["⏳ iPhone"]
    friend.send("/start")
    friend.wait_for("⏳ The request “iPhone” is waiting for a decision.")
    admin.press("Approve", message=admin.wait_for("Device: iPhone"))
    friend.wait_for(predicate=lambda message: "document" in message)
    assert signs(friend) == ["⚪️ iPhone", "➕ New config"]
    assert not any("Can I help" in words(message) for message in friend.messages())
    company.wait(lambda: an_hour_passes(company), what="the offer of help")
    help_ = friend.wait_for("“iPhone” hasn't connected yet. Can I help?")
    assert labels(help_) == ["🆘 Not working?", "⏰ I'll do it later"]
    friend.press("later", message=help_)
    friend.wait_for("Fine, I won't ask again")
    company.interface.run("demo", "online", "all")
    friend.wait_for("🎉 It works!\n\n“iPhone” is connected")
    admin.wait_for("🎉 It works: the device has connected", lambda message: f"ID: {FRIEND}" in words(message))
    assert signs(friend) == ["🟢 iPhone", "➕ New config"]


def test_what_is_off_is_online_nowhere_and_an_end_has_one_form(settled: Company) -> None:
    friend, admin = settled.friend, settled.admin
    friend.wait_for("It works!")
    assert signs(friend)[0] == "🟢 iPhone"
    assert "🟢 1 of 1 online" in words(panel(settled))
    admin.send("anna")
    admin.wait_for("🟢 iPhone: online", predicate=has("held:1"))

    write(settled, "UPDATE users SET quota_bytes = 1000 WHERE id = ?", FRIEND)
    write(settled, "UPDATE stats SET sent = 1000000")
    friend.wait_for("is used up")
    settled.wait(lambda: settled.interface.peers() == {}, what="the cut")
    assert signs(friend)[0] == "⚠️ iPhone"
    settled.wait(lambda: "🟢 0 of 0 online" in words(panel(settled)), what="the end of the round")
    admin.send("anna")
    admin.press("iPhone", message=admin.wait_for("⚠️ iPhone: ", predicate=has("held:1")))
    write(settled, "UPDATE users SET quota_bytes = 0 WHERE id = ?", FRIEND)
    friend.wait_for("You have traffic again")

    held = admin.wait_for("Owner:", predicate=has("held_pause:1"))
    admin.press("Pause", message=held)
    friend.wait_for("paused the config “iPhone”")
    assert signs(friend)[0] == "⏸ iPhone"
    settled.wait(lambda: "🟢 0 of 0 online" in words(panel(settled)), what="the end of the round")
    admin.press("Resume", message=held)
    friend.wait_for("is on again")

    admin.press("Expiry", message=held)
    admin.press("Another date", message=admin.wait_for("Until which day"))
    admin.wait_for("Send a date")
    admin.send("31.12.2030")
    told = friend.wait_for("The config “iPhone” expires on 31 Dec 2030 23:59.")
    friend.send("/configs")
    friend.press("iPhone", message=friend.wait_for("My configs", after=told))
    seen = friend.wait_for("Expires: 31 Dec 2030 23:59, ")
    of_admin = admin.wait_for("Expires: 31 Dec 2030 23:59")
    moments = [[one["unix_time"] for one in message["entities"] if one["type"] == "date_time"][-1]
               for message in (told, of_admin)]  # fmt: skip
    assert moments == [1924981199] * 2, "one moment, which Telegram shows in the reader's own zone"
    assert 1924981199 in [one.get("unix_time") for one in seen["entities"]]
