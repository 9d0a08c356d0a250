"""The admin's tools over real HTTP: invitations, and announcements that don't delay anyone's taps."""

from __future__ import annotations

import csv
import io
import re
import signal
import time
from pathlib import Path

from tests.company import FRIEND, Company, buttons_data
from tests.integration.crowd import PATIENCE, crowd, got, write_broadcast
from tests.reporting import Figures
from tests.stand import words

MANY = 200
SOON = 5.0  # seconds; a tap is answered within one, this bears a busy machine


def test_it_works(company: Company) -> None:
    admin, friend = company.admin, company.friend
    admin.send("/start")
    admin.press("Invitations", message=admin.wait_for("Waiting for an answer"))
    admin.press("Invite", message=admin.wait_for("There are none yet"))
    admin.press("🔑 + 7 days", message=admin.wait_for("New invitation"))
    admin.wait_for("Who is it for?")
    admin.send("Anna from work")
    made = admin.wait_for("Invitation\n👤 Anna from work")
    code = re.search(r"https://t\.me/andreyvpn_bot\?start=([\w-]+)", words(made))
    assert code
    friend.send(f"/start {code[1]}")
    friend.press("Android", message=friend.wait_for("invited by Andrey"))
    admin.wait_for("“Anna from work” was used: Anna (@anna) has joined.")
    assert b"[Interface]" in friend.download(friend.wait_for("This file is your personal key", timeout=20))
    assert len(company.interface.peers()) == 1
    company.second_friend.send(f"/start {code[1]}")
    company.second_friend.wait_for("уже кто-то вошёл")
    company.second_friend.wait_for("закрытый VPN")
    company.stop()
    assert code[1] not in company.log.read_text()
    for path in company.folder.glob("bot_data.db*"):
        assert f"start={code[1]}" not in str(company.rows("SELECT * FROM audit")), path


def test_the_bots_name_is_learned_once_and_kept_over_restarts(company: Company) -> None:
    assert company.rows("SELECT value FROM meta WHERE key = 'username'") == [("andreyvpn_bot",)]
    company.stop()
    company.start()
    calls = [call["method"] for call in company.stand.requests()]
    assert calls.index("getMe") < calls.index("getUpdates")
    assert company.rows("SELECT value FROM meta WHERE key = 'username'") == [("andreyvpn_bot",)]


def test_a_tap_is_answered_while_two_hundred_are_told(tmp_path: Path, figures: Figures) -> None:
    with Company(tmp_path, limits=True, LOG_LEVEL="INFO", SAMPLE_SECONDS="60") as company:
        company.let_in(company.friend)
        people = crowd(company, MANY)
        people[7].deactivate()
        menu = company.friend.last()
        write_broadcast(company, "Tonight <b>no</b> VPN & sorry")
        send = company.admin.press("Send to")
        company.admin.wait_for_answer(send)
        slowest = 0.0
        while company.rows("SELECT 1 FROM outbox WHERE subject = 'broadcast:1'"):
            begun = time.monotonic()
            tapped = company.friend.press(data="menu", message=menu, forge=True)
            company.friend.wait_for_answer(tapped, PATIENCE)
            slowest = max(slowest, time.monotonic() - begun)
            time.sleep(1.5)  # a chat bears one message a second
        end = company.admin.wait_for("The announcement is finished: sent 201 of 202, 1 not reached", timeout=20)
        figures.say(f"{MANY} told, a friend's slowest answer {slowest:.2f} s")
        assert slowest < SOON
        assert "broadcast" in buttons_data(end)
        assert got(people, "Tonight <b>no</b> VPN & sorry") == [int(number != 7) for number in range(MANY)]
        shown = [call["params"]["text"] for call in company.stand.requests("editMessageText")]
        assert any(re.match(r"📣 Sent \d+ of 202", text) and "Sent 0" not in text for text in shown), "it is followed"


def test_a_broadcast_goes_on_after_a_kill_and_tells_nobody_twice(tmp_path: Path) -> None:
    with Company(tmp_path, limits=True, LOG_LEVEL="INFO") as company:
        people = crowd(company, 100)
        write_broadcast(company, "Hello, all")
        company.admin.press("Send to")
        kills = 3
        for _ in range(kills):
            company.wait(lambda: company.rows("SELECT 1 FROM notices WHERE subject = 'broadcast:1'"), what="the first")
            time.sleep(0.5)
            company.stop(signal.SIGKILL)
            company.start()
        company.admin.wait_for("The announcement is finished: sent 101 of 101", timeout=PATIENCE)
        counts = got(people, "Hello, all")
        assert min(counts) == 1
        assert sum(counts) - len(counts) <= 5 * kills, "only what was in the air at a kill may come again"


def test_a_double_tap_sends_once_and_a_stop_stops(tmp_path: Path) -> None:
    with Company(tmp_path, limits=True, LOG_LEVEL="INFO") as company:
        people = crowd(company, 100)
        write_broadcast(company, "Hello, all")
        preview = company.admin.last()
        company.admin.press("Send to", message=preview)
        company.admin.press(data="broadcast_send:1", message=preview, forge=True)
        running = company.admin.wait_for("of 101")
        company.admin.press("Stop", message=running)
        company.admin.wait_for("Stopped. Sent to", timeout=20)
        company.wait(lambda: company.rows("SELECT finished_at FROM broadcasts")[0][0], 20, "the end")
        counts = got(people, "Hello, all")
        assert max(counts) <= 1
        assert sum(counts) < 100
        sent = company.rows("SELECT sent FROM broadcasts")[0][0]
        assert sum(counts) <= sent <= sum(counts) + 1, "the second admin is told, too"


def test_settings_history_and_tables_are_at_hand(company: Company) -> None:
    admin = company.admin
    company.let_in(company.friend)
    admin.send("/start")
    panel = admin.wait_for("People inside: 3")
    admin.press("Settings", message=panel)
    admin.press("Configs per friend: 3", message=admin.wait_for("override the server's file"))
    page = admin.wait_for("How many configs a friend may have")
    admin.send("many")
    admin.wait_for("whole number from 1 to 100")
    admin.send("1")
    admin.wait_for("Now: 1 (set here)")
    company.give_config(company.friend)
    refused = company.friend.press(data="new", message=company.friend.last(), forge=True)
    assert "Need more?" in company.friend.wait_for_answer(refused)["text"]
    admin.press(data="panel", message=page, forge=True)
    admin.press("Log", message=admin.wait_for("People inside: 3"))
    history = admin.wait_for("set MAX_CONFIGS: as in the file on the server → 1")
    assert "Andrey: approved Anna" in words(history)
    admin.press("As a file", message=history)
    document = admin.wait_for("The log, newest first", timeout=20)
    assert "approved Anna" in admin.download(document).decode("utf-8-sig")
    admin.press(data="export", message=history, forge=True)
    admin.press("Friends", message=admin.wait_for("Files for Excel"))
    document = admin.wait_for("👥 Friends", predicate=lambda message: "document" in message, timeout=20)
    assert document["document"]["file_name"].startswith("friends-")
    rows = list(csv.DictReader(io.StringIO(admin.download(document).decode("utf-8-sig"))))
    assert ("Anna", "1") in [(row["Name"], row["Configs"]) for row in rows]
    assert str(FRIEND) in [row["ID"] for row in rows]
