"""What an admin looks through over real HTTP: cards, panels that keep up, lists that lead back, links that stay."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from tests.company import FRIEND, SECOND_FRIEND, Company
from tests.stand import Json, Person, is_panel, labels, words
from tests.unit.vpn.codes import scan


def rows(message: Json) -> list[list[str]]:
    """Return the texts of a message's buttons, row by row."""
    return [[button["text"] for button in row] for row in message["reply_markup"]["inline_keyboard"]]


def toast(who: Person, label: str, message: Json) -> str:
    """Press a button that is shown, and return what pops up."""
    assert any(label in one for one in labels(message)), labels(message)
    return str(who.wait_for_answer(who.press(label, message=message)).get("text"))


def open_panel(who: Person) -> Json:
    last = who.last()
    who.send("/start")
    return who.wait_for(predicate=is_panel, after=last)


def offers(label: str) -> Callable[[Json], bool]:
    """Return a predicate for messages with a button."""
    return lambda message: label in labels(message)


def pause(company: Company) -> None:
    """Pause all configs from outside, however fresh their handshakes are."""
    with sqlite3.connect(company.database, timeout=10) as db:
        db.execute("UPDATE configs SET paused_at = 1")
    db.close()


def test_it_works(company: Company) -> None:
    """Two people are decided on with a tap each, and the open panels count them."""
    admin, second, friend, vera = company.admin, company.second_admin, company.friend, company.second_friend
    panel, theirs = admin.wait_for(predicate=is_panel), second.wait_for(predicate=is_panel)
    company.knock(friend)
    assert admin.wait_for(predicate=offers("📥 Waiting (1)"))["message_id"] == panel["message_id"], "without a tap"
    assert second.wait_for(predicate=offers("📥 Ждут (1)"))["message_id"] == theirs["message_id"]
    card = admin.wait_for(f"ID: {FRIEND}")
    assert labels(card) == ["✅ Approve", "🔑 Approve + config", "❌ Decline", "⛔ Block"]
    admin.press("Decline", message=card)
    asked = admin.wait_for("Why not?")
    assert asked["message_id"] == card["message_id"], "the reasons are on the card itself"
    assert labels(asked) == ["Don't know them", "No room now", "✏️ Other reason…", "No reason", "⬅️ Back"]
    assert toast(admin, "Don't know them", asked) == "Declined"
    friend.wait_for("declined your request: they don't recognize you")
    second.wait_for("❌ Отказано: Andrey")
    assert toast(admin, "Approve after all", admin.wait_for("❌ Declined by Andrey")) == "Approved"
    assert "📱 iPhone" in labels(friend.wait_for("You're in! Which device")), "the devices come at once"

    company.knock(vera)
    assert toast(second, "Одобрить + конфиг", second.wait_for(f"ID: {SECOND_FRIEND}")) == "Одобрено вместе с конфигом"
    vera.press("Android", message=vera.wait_for("первый конфиг уже одобрен! На каком устройстве"))
    assert vera.download(vera.wait_for(predicate=lambda message: "document" in message)).startswith(b"[Interface]")
    assert not any("Request for a config" in words(message) for message in admin.messages()), "nobody is asked again"
    assert admin.wait_for(predicate=offers("📥 Waiting (0)"))["message_id"] == panel["message_id"]


def test_a_list_is_sorted_out_with_filters_and_led_back_to_and_a_page_has_what_matters(settled: Company) -> None:
    admin, second, vera = settled.admin, settled.second_admin, settled.second_friend
    settled.wait(lambda: "🟢 1 of 1 online, all well" in words(open_panel(admin)), what="a handshake")
    assert "🟢 На связи 1 из 1, всё хорошо" in words(open_panel(second))
    settled.knock(vera)
    admin.press("👥", message=open_panel(admin))
    admin.press("Filter", message=admin.wait_for("Everyone inside"))
    filters = admin.wait_for("Who should I show?")
    assert max(map(len, rows(filters))) == 2
    names = [label for label in labels(filters) if label != "⬅️ Back"]
    assert names == ["• All 3", "🟢 Online 1", "⏳ Waiting 1", "📈 Traffic", "💤 Never 2"], "no zeros"
    admin.press("⏳ Waiting 1", message=filters)
    admin.press("Вера", message=admin.wait_for("👥 Waiting for a decision: 1"))
    page = admin.wait_for("⏳ Waiting for a decision since")
    admin.press("Back", message=page)
    admin.wait_for("👥 Waiting for a decision: 1")

    open_panel(admin)
    admin.press("📥 Waiting (1)")
    admin.press("Вера", message=admin.wait_for("Oldest first"))
    admin.press("Back", message=admin.wait_for("⏳ Waiting for", predicate=offers("✅ Approve")))
    admin.wait_for("Oldest first")

    admin.send("anna")
    page = admin.wait_for("👤 Anna", predicate=offers("⋯ More"))
    assert len(rows(page)) <= 9
    assert len(words(page).splitlines()) <= 12
    assert not any("Delete" in label for label in labels(page))
    admin.press("Traffic limit", message=page)
    assert toast(admin, "50", admin.wait_for("Monthly traffic limit")) == "Traffic limit: 50.0 GB"
    admin.press("More", message=admin.wait_for("limit: 50.0 GB", predicate=offers("⋯ More")))
    more = admin.wait_for("Here since")
    assert rows(more)[-2:] == [["⬅️ Back"], ["🗑 Delete the person"]], "it stands apart"
    assert "set the traffic limit of Anna: 50.0 GB" in words(more), "with the value"
    admin.press("Log", message=more)
    admin.wait_for("set the traffic limit of Anna: 50.0 GB", predicate=lambda message: words(message).startswith("📜"))

    pause(settled)
    settled.wait(lambda: "🟢 0 of 0 online" in words(open_panel(admin)), what="the end of the round")
    admin.press("👥", message=open_panel(admin))
    admin.press("Filter", message=admin.wait_for("Everyone inside"))
    shown = admin.wait_for("Who should I show?", predicate=offers("• All 3"))
    assert not any("Online" in label for label in labels(shown)), "a fresh handshake alone is not online"


def test_the_link_of_an_invitation_stays_until_it_is_used(company: Company, tmp_path: Path) -> None:
    admin, friend = company.admin, company.friend
    admin.press("Invitations", message=open_panel(admin))
    admin.press("➕ Invite", message=admin.wait_for("There are none yet"))
    admin.press("🔑 + 7 days", message=admin.wait_for("New invitation"))
    admin.wait_for("Who is it for?")
    admin.send("Aunt")
    link = re.search(r"https://\S+", words(admin.wait_for("Pass the link on")))
    assert link
    admin.press("Invitations", message=open_panel(admin))
    admin.press("🟢 Aunt", message=admin.wait_for("Invitations: 1"))
    page = admin.wait_for("🟢 Expires")
    assert link[0] in words(page), "also later"
    assert page["reply_markup"]["inline_keyboard"][0][0]["copy_text"] == {"text": link[0]}
    admin.press("QR code", message=page)
    photo = admin.wait_for("Scan it with a phone's camera", predicate=lambda message: "photo" in message)
    assert "Aunt" in words(photo)
    assert scan(admin.download(photo), tmp_path) == [link[0]]
    friend.send(f"/start {link[0].partition('start=')[2]}")
    friend.wait_for("your VPN is ready to go")
    admin.wait_for("“Aunt” was used")
    admin.press("Back", message=photo)
    used = admin.wait_for("✅ Used by Anna")
    assert link[0] not in words(used)
    assert not any("QR" in label or "Copy" in label for label in labels(used))
