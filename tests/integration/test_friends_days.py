"""A friend's days over real HTTP: a config's page, the months, an expiry, and deleting the account."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from tests.company import FRIEND, Company
from tests.stand import Json, labels, words


def write(company: Company, query: str, *values: object) -> None:
    """Change the bot's database from outside."""
    with sqlite3.connect(company.database, timeout=10) as db:
        db.execute(query, values)
    db.close()


def page_of_config(company: Company, name: str = "Phone") -> Json:
    friend = company.friend
    friend.send("/configs")
    friend.press(name, message=friend.wait_for("My configs"))
    return friend.wait_for("Connection:")


def test_it_works(settled: Company) -> None:
    friend = settled.friend
    page = page_of_config(settled)
    friend.press("Rename", message=page)
    friend.wait_for("What should I call this device?")
    friend.send("Мамин <планшет>")
    friend.press("Мамин <планшет>", message=friend.wait_for("It's called “Мамин <планшет>” now"))
    page = friend.wait_for("Created:")
    last = friend.last()
    friend.press("File", message=page)
    friend.wait_for("Мамин <планшет>", after=last, predicate=lambda message: "document" in message)
    friend.press("Delete", message=page)
    friend.press("Yes, delete it", message=friend.wait_for("Delete “Мамин <планшет>”?"))
    settled.wait(lambda: settled.interface.peers() == {}, what="the peer's end")
    assert "➕ New config" in labels(friend.wait_for("None yet"))
    settled.give_config(friend)
    assert len(settled.interface.peers()) == 1


def test_a_refresh_that_changes_nothing_says_so(settled: Company) -> None:
    admin = settled.admin
    admin.send("/status")
    admin.press("Outdated configs", message=admin.wait_for("Last sample:"))
    query = admin.press("Refresh", message=admin.wait_for("No outdated configs"))
    assert admin.wait_for_answer(query)["text"].startswith("Nothing new · ")


def test_the_months_turn_in_place_and_a_lost_picture_comes_anew(settled: Company) -> None:
    friend = settled.friend
    write(settled, "INSERT INTO stats VALUES (1, '2001-01-31', 1000, 2000)")
    friend.send("/stats")
    picture = friend.wait_for("Traffic in")
    before = friend.download(picture)
    friend.press("◀️", message=picture)
    turned = friend.wait_for("No traffic.")
    assert turned["message_id"] == picture["message_id"]
    assert friend.download(turned) != before
    friend.press("12 months", message=turned)
    year = friend.wait_for("Traffic in 12 months")
    assert year["message_id"] == picture["message_id"]
    assert "Total" in words(year)
    gone = '{"ok":false,"error_code":400,"description":"Bad Request: message to edit not found"}'
    settled.stand.fault("status", method="editMessageMedia", count=1, status=400, body=gone)
    friend.press("This month", message=year)
    anew = friend.wait_for("from the 1st until now", after=year)
    assert friend.download(anew).startswith(b"\x89PNG")


def test_an_expiry_is_told_and_explained_and_the_admins_are_asked_for_more(settled: Company) -> None:
    friend, before = settled.friend, settled.interface.peers()
    write(settled, "UPDATE configs SET expires_at = ?", int(time.time()) + 2)
    told = friend.wait_for("“iPhone” expired on")
    assert "Telegram keeps working meanwhile" in words(told)
    assert settled.rows("SELECT config_id FROM telegram_only") == [(1,)]
    friend.press("iPhone", message=told)
    friend.press("Not working?", message=friend.wait_for("Off: it expired on"))
    friend.press("Ask for more time", message=friend.wait_for("nothing is wrong on your side"))
    friend.wait_for("The admin has your request for more time")
    settled.second_admin.wait_for("Просьба: продлить конфиг")
    settled.admin.press("30 days", message=settled.admin.wait_for("A friend asks for more time"))
    settled.second_admin.wait_for("Продлено на 30 дней: Andrey")
    settled.wait(lambda: settled.rows("SELECT * FROM telegram_only") == [], what="the way to everything else")
    assert settled.interface.peers() == before


def test_the_menu_explains_what_does_not_work(tmp_path: Path) -> None:
    with Company(tmp_path, QUOTA_GB="1") as company:
        friend = company.friend
        company.let_in(friend)
        friend.press("Menu")
        friend.press("Not working?", message=friend.wait_for("Configs: 0"))
        assert "➕ New config" in labels(friend.wait_for("You don't have a config yet"))
        company.give_config(friend)
        write(company, "INSERT INTO stats SELECT 1, date('now', '+3 hours', '-0 days'), 0, 850000000 "
                       "WHERE NOT EXISTS (SELECT 1 FROM stats) ON CONFLICT DO NOTHING")  # fmt: skip
        write(company, "UPDATE stats SET sent = 850000000")
        friend.wait_for("Most of this month's limit of 1.00 GB is used")
        write(company, "UPDATE stats SET sent = 1000000001")
        friend.wait_for("This month's limit of 1.00 GB is used up")
        company.wait(lambda: company.rows("SELECT * FROM telegram_only") == [(1,)], what="the cut")
        friend.send("/start")
        friend.press("Not working?", message=friend.wait_for("Configs: 1"))
        diagnosis = words(friend.wait_for("🆘"))
        assert "comes back by itself" in diagnosis
        assert "Telegram keeps working meanwhile" in diagnosis
        write(company, "UPDATE users SET quota_bytes = 0 WHERE id = ?", FRIEND)
        friend.wait_for("You have traffic again")
        company.wait(lambda: company.rows("SELECT * FROM telegram_only") == [], what="the return")


def test_of_who_leaves_no_byte_stays_on_the_disk(settled: Company) -> None:
    friend = settled.friend
    (secrets,) = settled.rows("SELECT private_key, preshared_key FROM configs")
    traces = [str(secret).encode() for secret in secrets] + [b"@anna", b'"anna"', b"Anna"]

    def found() -> list[bytes]:
        files = [settled.database, Path(f"{settled.database}-wal")]
        content = b"".join(path.read_bytes() for path in files if path.exists())
        return [trace for trace in traces if trace in content]

    assert len(found()) >= 3, "they are there while the friend is"
    friend.send("/help")
    friend.press("My account", message=friend.wait_for("❓ Help"))
    friend.press("Delete my account", message=friend.wait_for("Username: @anna"))
    friend.press("Yes, delete everything", message=friend.wait_for("Delete your account?"))
    settled.wait(lambda: settled.rows("SELECT count(*) FROM users WHERE id = 100") == [(0,)])
    settled.wait(lambda: not found(), timeout=30, what="the end of all traces")
    settled.stop()
    assert found() == []
    log = Path(f"{settled.database}-wal")
    assert not log.exists() or log.stat().st_size == 0, "a stop leaves nothing behind"


def test_who_leaves_is_forgotten_and_is_a_stranger_again(settled: Company) -> None:
    friend, admin = settled.friend, settled.admin
    settled.wait(lambda: settled.rows("SELECT 1 FROM stats WHERE sent > 0"), what="traffic")
    settled.ask(friend, "windows")
    friend.send("/help")
    friend.press("My account", message=friend.wait_for("❓ Help"))
    friend.press("Delete my account", message=friend.wait_for("Username: @anna"))
    friend.press("Yes, delete everything", message=friend.wait_for("Delete your account?"))
    friend.wait_for("Your account is deleted")
    settled.wait(lambda: settled.interface.peers() == {}, what="the peers' end")
    admin.wait_for("Anna (@anna) deleted their account")
    settled.second_admin.wait_for("Этот аккаунт удалён")
    settled.wait(settled.is_quiet, what="the last word")
    assert settled.rows("SELECT 1 FROM users WHERE id = ?", FRIEND) == []
    assert settled.rows("SELECT sum(sent) > 0 FROM stats") == [(1,)]
    assert not any("Anna" in str(row) for table in ("configs", "audit", "config_requests", "notices")
                   for row in settled.rows(f"SELECT * FROM {table}"))  # fmt: skip
    last = friend.last()
    friend.send("/start")
    assert "private VPN" in words(friend.wait_for(after=last, predicate=lambda message: "photo" in message))
