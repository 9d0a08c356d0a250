"""Friends write, complain and ask for more over real HTTP; one admin answers or grants, the other one sees who did."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from tests.company import FRIEND, Company, buttons_data
from tests.stand import labels, words


def test_it_works(settled: Company) -> None:
    friend, admin, second = settled.friend, settled.admin, settled.second_admin
    friend.send("Hi! When is the party?")
    offer = friend.wait_for("Send this to the admin?")
    assert labels(offer) == ["✉️ Send", "🆘 Not working?", "🏠 Menu"]
    assert not any("party" in words(message) for message in admin.messages()), "nobody hears of it yet"
    friend.press("Send", message=offer)
    friend.wait_for("The answer will come here")
    card, theirs = admin.wait_for("When is the party?"), second.wait_for("When is the party?")
    assert "Anna (@anna" in words(card)
    assert labels(card) == ["✉️ Reply", "👤 Person", "📄 Send the file again", "✔️ Done"]
    admin.press("Person", message=card)
    assert "Configs: 1" in words(admin.wait_for("Inside since", after=card))
    admin.press("Reply", message=card)
    admin.wait_for("Your answer")
    admin.send("On Friday!")
    answer = friend.wait_for("Answer from the admin")
    assert words(answer).splitlines()[1:] == ["👤 Andrey", "", "Hi! When is the party?", "", "On Friday!"]
    assert second.wait_for("Ответ отправлен: Andrey")["message_id"] == theirs["message_id"]
    admin.wait_for("Answered by Andrey")
    settled.wait(settled.is_quiet, what="the last word")
    settled.wait(lambda: not traces(settled, b"party"), timeout=30, what="the end of all traces")


def traces(company: Company, word: bytes) -> list[Path]:
    """Return the database files that still contain a word."""
    files = [company.database, Path(f"{company.database}-wal")]
    return [path for path in files if path.exists() and word in path.read_bytes()]


def test_trouble_is_one_tap_away_and_a_complaint_is_answered_with_the_file(settled: Company) -> None:
    friend, admin = settled.friend, settled.admin
    friend.send("It doesn't connect any more")
    offer = friend.wait_for("Is something not working?")
    assert buttons_data(offer)[0] == "look_first"
    friend.press("Check the connection", message=offer)
    seen = friend.wait_for("🆘 iPhone")
    friend.press("Send it to the admin anyway", message=offer)
    admin.wait_for("It doesn't connect any more")
    friend.press("Tell the admin", message=seen)
    card = admin.wait_for("🆘 Not working")
    before = friend.wait_for("The admin has your report")
    admin.press("Send the file again", message=card)
    friend.wait_for(predicate=lambda message: "document" in message, after=before)
    friend.send("/start")
    menu = friend.wait_for("Configs: 1")
    friend.press("Not working?", message=menu)
    assert "🆘 iPhone" in words(friend.wait_for("🆘")), "one tap from the menu"


def test_a_friend_asks_for_more_traffic_with_one_tap_and_gets_it_with_another(settled: Company) -> None:
    friend, admin, second = settled.friend, settled.admin, settled.second_admin
    before = settled.interface.peers()
    with sqlite3.connect(settled.database, timeout=10) as db:
        db.execute("INSERT INTO stats VALUES (1, date('now', '+3 hours'), 0, 1000000001) "
                   "ON CONFLICT DO UPDATE SET sent = 1000000001")  # fmt: skip
        db.execute("UPDATE users SET quota_bytes = 1000000000 WHERE id = ?", (FRIEND,))
    db.close()
    shut = friend.wait_for("This month's limit of 1.00 GB is used up")
    settled.wait(lambda: settled.rows("SELECT * FROM telegram_only") == [(1,)], what="the cut")
    friend.press("Ask for more traffic", message=shut)
    friend.wait_for("The admin has your request for more traffic")
    card, theirs = admin.wait_for("A friend asks for more traffic"), second.wait_for("Просьба: больше трафика")
    assert "This month: 1.00 GB of 1.00 GB" in words(card)
    assert labels(card) == ["➕ 10 GB a month", "♾ No limit", "👤 Person", "✔️ Done"]
    admin.press("10 GB", message=card)
    late = second.press(data="grant:1:more:10", message=theirs, forge=True)
    friend.wait_for("raised your monthly limit: 11.0 GB now")
    settled.wait(lambda: settled.rows("SELECT * FROM telegram_only") == [], what="the return")
    assert settled.interface.peers() == before
    second.wait_for("Теперь 11,0 ГБ в месяц: Andrey")
    assert "Andrey" in second.wait_for_answer(late)["text"]
    assert settled.rows("SELECT quota_bytes FROM users WHERE id = ?", FRIEND) == [(11_000_000_000,)]
    assert not any("You have traffic again" in words(message) for message in friend.messages())


def test_a_complaint_is_found_again_in_the_list_and_gone_from_everywhere_once_answered(settled: Company) -> None:
    friend, admin, second = settled.friend, settled.admin, settled.second_admin
    friend.send("/start")
    friend.press("Not working?", message=friend.wait_for("Configs: 1"))
    friend.press("Tell the admin", message=friend.wait_for("🆘 iPhone"))
    friend.wait_for("The admin has your report")
    admin.wait_for("🆘 Not working"), second.wait_for("🆘 Не работает")
    for chat in (admin, second):
        chat.send("/help")
        chat.send("/start")
    panel, theirs = admin.wait_for("Waiting for an answer: 1."), second.wait_for("Ждут ответа: 1.")
    assert "all well" not in words(panel)
    second.press("Ждут", message=theirs)
    listed = second.wait_for("Ждут ответа: 1\n")
    assert labels(listed)[0].startswith("🆘 Anna: iPhone · ")
    admin.press("Waiting", message=panel)
    admin.press("Anna: iPhone", message=admin.wait_for("Waiting for an answer: 1\n"))
    admin.press("Reply", message=admin.wait_for("Device: iPhone", predicate=has_back))
    admin.press("Back", message=admin.wait_for("Your answer"))
    admin.press("Reply", message=admin.wait_for("Device: iPhone", predicate=has_back))
    admin.wait_for("Your answer")
    admin.send("Try another network")
    friend.wait_for("Try another network")
    admin.press("Waiting", message=admin.wait_for("Your answer was sent"))
    admin.press("Back", message=admin.wait_for("Nothing is waiting"))
    assert "online, all well" in words(admin.wait_for("Waiting for an answer: 0."))
    second.press("Обновить", message=listed)
    second.wait_for("Никто не ждёт ответа")
    second.wait_for("Ответ отправлен: Andrey")


def has_back(message: dict[str, Any]) -> bool:
    return "⬅️ Back" in labels(message)
