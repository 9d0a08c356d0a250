"""The main story over real HTTP with the real process: from /start to a config, and what may happen on the way."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from lib.vpn.share_key import series, share_key
from tests.company import FRIEND, Company, buttons_data
from tests.stand import labels, words


def test_it_works(company: Company) -> None:
    friend, admin, second = company.friend, company.admin, company.second_admin
    friend.send("/start")
    picture = friend.wait_for("private VPN")
    assert friend.download(picture).startswith(b"\x89PNG")
    friend.send(company.captcha_answer(friend))
    friend.wait_for("Correct!")
    admin.wait_for("Someone wants to join")
    second.wait_for("Новая заявка")
    admin.press("Approve")
    friend.wait_for("You're in")
    second.wait_for("✅ Одобрено: Andrey")
    friend.press("iPhone")
    waiting = friend.wait_for("The admin has your request for “iPhone”")
    assert "apps.apple.com" in str(waiting["entities"])
    second.wait_for("Запрос конфига")
    second.press("Одобрить")
    friend.wait_for("“iPhone” is ready: the file is below")
    document = friend.wait_for("This file is your personal key")
    assert document["document"]["file_name"] == "anna-iphone.conf"
    conf = friend.download(document).decode()
    assert "Address = 10.8.0.2/32" in conf
    friend.press("This chat is on another device", message=document)
    photo = friend.wait_for("Create from QR code")
    assert decode_qr(friend.download(photo), company.folder) == conf
    admin.wait_for("Approved by Борис, config issued")
    assert list(company.interface.peers().values()) == ["10.8.0.2/32,fd" + conf.split(", fd")[1].splitlines()[0]]
    friend.wait_for("It works!")
    second.wait_for("🎉 Работает: устройство подключилось")


def test_a_friend_with_amneziavpn_gets_what_that_app_takes(company: Company) -> None:
    friend = company.friend
    company.let_in(friend)
    company.ask(friend)
    friend.press("I use AmneziaVPN")
    friend.wait_for(predicate=lambda message: "I use AmneziaWG" in " ".join(labels(message)))
    company.admin.press("Approve", message=company.admin.wait_for(f"{friend.id})"))
    document = friend.wait_for("AmneziaVPN calls it “Server 1”")
    conf = friend.download(document)
    friend.press("on another device", message=document)
    codes = decode_qr(friend.download(friend.wait_for("at each in turn")), company.folder).splitlines()
    friend.press("Key", message=document)
    key = friend.wait_for("“Insert”")
    assert key["document"]["file_name"] == "anna-iphone2.vpn"
    assert codes == series(conf.decode(), "anna-iphone")
    assert friend.download(key).decode() == share_key(conf.decode(), "anna-iphone2")


def test_the_app_can_be_changed_below_the_file(company: Company) -> None:
    friend = company.friend
    company.let_in(friend)
    company.give_config(friend)
    document = friend.wait_for("turn on anna-iphone")
    friend.press("Not in your store?", message=document)
    friend.press("DefaultVPN", message=friend.wait_for("No AmneziaWG in your App Store?"))
    changed = friend.wait_for("DefaultVPN calls it “Server 1”")
    assert changed["message_id"] == document["message_id"], "the file is the same: only the words change"
    assert "🗝 Key" in labels(changed)
    friend.press("I use AmneziaWG", message=changed)
    friend.wait_for("turn on anna-iphone")


def decode_qr(picture: bytes, folder: Path) -> str:
    path = folder / "qr.png"
    path.write_bytes(picture)
    words_ = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(path)]
    return subprocess.run(words_, check=True, capture_output=True, text=True).stdout.removesuffix("\n")


def test_two_friends_get_two_configs_and_two_addresses(company: Company) -> None:
    company.let_in(company.friend)
    company.let_in(company.second_friend)
    first = company.give_config(company.friend).decode()
    second = company.give_config(company.second_friend).decode()
    assert "Address = 10.8.0.2/32" in first
    assert "Address = 10.8.0.3/32" in second
    assert len(company.interface.peers()) == 2


def test_a_double_tap_by_two_admins_issues_once(company: Company) -> None:
    company.let_in(company.friend)
    company.ask(company.friend)
    company.second_admin.wait_for("Запрос конфига")
    stale = company.admin.last(), company.second_admin.last()
    presses = [company.admin.press(data="judge:1:approved", message=stale[0], forge=True) for _ in range(3)]
    late = company.second_admin.press(data="judge:1:rejected", message=stale[1], forge=True)
    company.friend.wait_for("This file is your personal key")
    answers = ("Уже одобрено: Andrey.", "Уже одобрено и выдано: Andrey.")  # the keeper may have issued it by then
    assert company.second_admin.wait_for_answer(late)["text"] in answers
    assert "Already approved by Andrey" in company.admin.wait_for_answer(presses[-1])["text"]
    company.stand.settle()
    company.wait(company.is_quiet)
    assert sum("document" in message for message in company.friend.messages()) == 1
    assert company.rows("SELECT count(*) FROM configs") == [(1,)]


def test_a_block_cuts_the_tunnel_and_an_unblock_brings_the_same_one_back(company: Company) -> None:
    company.let_in(company.friend)
    company.give_config(company.friend)
    before = company.interface.peers()
    notice = company.admin.wait_for(f"ID: {FRIEND}")
    company.block(notice)
    company.wait(lambda: company.interface.peers() == {}, what="the cut")
    company.friend.wait_for("The admin blocked you")
    company.friend.send("/start")
    company.friend.wait_for("The admin blocked you. If")
    company.admin.press("Unblock", message=company.admin.wait_for("Blocked by"))
    company.wait(lambda: company.interface.peers() == before, what="the return")
    company.friend.wait_for("unblocked")


def test_a_rejected_request_can_be_asked_again_and_a_cancelled_one_is_gone(company: Company) -> None:
    company.let_in(company.friend)
    company.admin.press("Decline", message=company.ask(company.friend))
    company.admin.press("No reason", message=company.admin.wait_for("Why not?"))
    company.friend.wait_for("declined your request for")
    notice = company.ask(company.friend, "windows")
    company.friend.press("Cancel the request")
    company.admin.wait_for("Cancelled by Anna")
    late = company.admin.press(data="judge:2:approved", message=notice, forge=True)
    assert "cancelled by Anna" in company.admin.wait_for_answer(late)["text"]
    assert company.rows("SELECT count(*) FROM configs") == [(0,)]


def test_a_new_name_is_asked_for_and_survives_a_restart_in_between(company: Company) -> None:
    friend = company.friend
    company.let_in(friend)
    company.give_config(friend)
    friend.send("/configs")
    friend.press("iPhone", message=friend.wait_for("My configs"))
    friend.press("Rename", message=friend.wait_for("Connection:"))
    friend.wait_for("Send the new name")
    company.stop(signal.SIGKILL)
    company.start()
    friend.send("  \n ")
    friend.wait_for("Send 1 to 32 characters")
    friend.send("Мамин планшет <b>")
    friend.press("Мамин планшет <b>", message=friend.wait_for("Мамин планшет <b>"))
    last = friend.last()
    friend.press("File", message=friend.wait_for("Connection:"))
    document = friend.wait_for("This file is your personal key", after=last)
    assert document["document"]["file_name"] == "anna-mamin-pla2.conf"


def test_a_bot_killed_between_approval_and_issue_issues_after_its_start(company: Company) -> None:
    company.let_in(company.friend)
    company.interface.down()
    company.admin.wait_for("can't be reached")
    company.admin.press("Approve", message=company.ask(company.friend))
    company.friend.wait_for("The admin said yes")
    company.stop(signal.SIGKILL)
    company.interface.up()
    company.start()
    company.friend.wait_for("This file is your personal key")
    company.admin.wait_for("works again")
    assert len(company.interface.peers()) == 1


def test_peers_are_back_within_one_sample_after_the_interface_restarted(company: Company) -> None:
    company.let_in(company.friend)
    company.give_config(company.friend)
    before = company.interface.peers()
    company.interface.run("awg", "set", "awg0", "peer", next(iter(before)), "remove")
    company.wait(lambda: company.interface.peers() == before, what="the peer's return")


def test_my_configs_are_kept_to_the_limit_and_can_be_sent_again(tmp_path: Path) -> None:
    with Company(tmp_path, MAX_CONFIGS="1") as company:
        friend = company.friend
        company.let_in(friend)
        conf = company.give_config(friend)
        friend.send("/configs")
        friend.press("iPhone", message=friend.wait_for("My configs"))
        page = friend.wait_for("Connection:")
        last = friend.last()
        friend.press("File", message=page)
        again = friend.wait_for("This file is your personal key", after=last)
        assert friend.download(again) == conf
        assert again["document"]["file_name"] == "anna-iphone2.conf", "the apps refuse a name that they have"
        friend.press("QR code", message=page)
        friend.wait_for("Create from QR code", after=last)
        refused = friend.press(data="new", message=page, forge=True)
        assert "Need more?" in friend.wait_for_answer(refused)["text"]


def test_stats_and_status_show_what_the_interface_counted(company: Company) -> None:
    company.let_in(company.friend)
    company.give_config(company.friend)
    company.wait(lambda: company.rows("SELECT 1 FROM stats WHERE sent > 0"), what="traffic")
    company.friend.send("/stats")
    stats = company.friend.wait_for("Traffic in")
    assert "photo" in stats
    assert "online" in words(stats)
    company.wait(lambda: not company.rows("SELECT 1 FROM outbox"), what="the menus of commands")
    company.admin.send("/status")
    status = company.admin.wait_for("Interface awg0: 🟢 Up")
    assert "Peers: 1, online 1" in words(status)
    assert "messages waiting: 0" in words(status).lower()


def test_the_list_of_what_waits_leads_to_every_decision_although_a_notice_is_lost(company: Company) -> None:
    admin, friend = company.admin, company.friend
    company.knock(friend)
    last = admin.last()
    admin.send("/requests")
    listed = admin.wait_for("Waiting for an answer: 1", after=last)
    admin.press("Anna", message=listed)
    page = admin.wait_for(f"ID: {FRIEND}", after=last)
    assert page["message_id"] == listed["message_id"], "in place"
    assert buttons_data(page)[:2] == [f"decide:{FRIEND}:pending:approved:list", f"admit:{FRIEND}:list"]
    admin.press("Decline", message=page)
    admin.press("Other reason", message=admin.wait_for("Why not?", after=last))
    admin.wait_for("Send the reason", after=last)
    admin.send("Whose friend are you?")
    admin.wait_for("they were told why")
    friend.wait_for("The admin declined your request: Whose friend are you?")
    assert admin.wait_for("Declined by Andrey")["message_id"] == last["message_id"], "the notice shows it"


def test_the_language_can_be_changed(company: Company) -> None:
    company.let_in(company.friend)
    company.friend.press("Menu")
    company.friend.press("Русский", message=company.friend.wait_for("Configs: 0"))
    menu = company.friend.wait_for("Конфигов: 0")
    assert "➕ Новый конфиг" in labels(menu)


def test_a_clean_stop_takes_less_than_five_seconds(company: Company) -> None:
    assert company.stop() == 0
    assert "The bot has stopped" in company.log.read_text()
