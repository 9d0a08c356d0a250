"""What a friend sees for each kind of device over real HTTP: one link, one file, the steps, and a QR code on demand."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from lib.chat.drawing.code_card import draw_card
from lib.vpn.share_key import series
from tests.company import FRIEND, Company
from tests.stand import Json, Person, labels, words

ELSEWHERE = "🔳 This chat is on another device"
GITHUB = "https://github.com/amnezia-vpn/"
HINT = "Scan from the other device"  # in the picture, below the code
CHOICES = ["📱 iPhone", "🤖 Android", "💻 Windows", "🍏 Mac", "🐧 Linux", "📡 Router"]


class Device(NamedTuple):
    """What the file for a kind of device brings: its name, the links, what the steps say, and whether it can scan."""

    name: str
    file: str
    links: list[str]
    steps: list[str]
    scans: bool


DEVICES = (
    Device(
        "iPhone", "anna-iphone", ["https://apps.apple.com/app/amneziawg/id6478942365"],
        ["1. Install AmneziaWG.", "Tap this file", "Choose AmneziaWG", "tap Allow", "turn on anna-iphone."], True,
    ),
    Device(
        "Android", "anna-android", ["https://play.google.com/store/apps/details?id=org.amnezia.awg"],
        ["1. Install AmneziaWG.", "“Save to downloads”", "“Import from file or archive”", "Pick anna-android"], True,
    ),
    Device(
        "Windows", "anna-windows", [f"{GITHUB}amneziawg-windows-client/releases"],
        ["1. Install AmneziaWG", "Don't click the file", "“Import tunnel(s) from file…”", "Press “Activate”"], False,
    ),
    Device(
        "Mac", "anna-mac", ["https://apps.apple.com/app/amneziawg/id6478942365"],
        ["1. Install AmneziaWG.", "“Show in Finder”", "“Import Tunnel(s) from File…”", "press “Activate”"], False,
    ),
    Device(
        "Linux", "anna-linux", [f"{GITHUB}amneziawg-linux-kernel-module#installation"],
        ["1. Install AmneziaWG", "sudo install -Dm600 anna-linux.conf", "sudo awg-quick up anna-linux"], False,
    ),
    Device(
        "Router", "anna-router",
        ["https://github.com/2Grey/awg-openwrt", "https://github.com/timbrs/amneziawg-mikrotik-c"],
        ["open your router's web page", "Keenetic", "OpenWrt", "MikroTik"], False,
    ),
)  # fmt: skip
IPHONE, ANDROID, WINDOWS, MAC, LINUX, ROUTER = DEVICES


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with Company(tmp_path, MAX_CONFIGS="10") as company:
        yield company


def links(message: Json) -> list[str]:
    """Return what the links of a message lead to."""
    entities = [*message.get("entities", []), *message.get("caption_entities", [])]
    return [entity["url"] for entity in entities if entity["type"] == "text_link"]


def documents(who: Person) -> list[Json]:
    return [message for message in who.messages() if "document" in message]


def photos(who: Person) -> list[Json]:
    return [message for message in who.messages() if "photo" in message]


def name_of(message: Json) -> str:
    return str(message["document"]["file_name"])


def wait_for_file(who: Person, after: Json) -> Json:
    return who.wait_for(predicate=lambda message: "document" in message, after=after)


def test_it_works(company: Company) -> None:
    friend, admin = company.friend, company.admin
    company.interface.run("demo", "offline", "all")
    company.knock(friend)
    admin.press("Approve", message=admin.wait_for(f"ID: {FRIEND}"))
    screen = friend.wait_for("You're in! Which device is the VPN for?")
    assert labels(screen)[:6] == CHOICES, "the devices are offered at once"
    for number, device in enumerate(DEVICES, 1):
        card, last = admin.last(), friend.last()
        verb = f"device:{device.name.lower()}"
        friend.press(data=verb, message=screen, forge=number > 2)  # a chat takes one message a second: fewer menus
        waiting = friend.wait_for(f"The admin has your request for “{device.name}”")
        assert links(waiting) == ([] if device is ROUTER else device.links), "it can be installed meanwhile"
        assert ("Meanwhile you can get ready" in words(waiting)) == (device is not ROUTER)
        admin.press("Approve", message=admin.wait_for(f"Device: {device.name}", after=card))
        check_file(company, wait_for_file(friend, after=last), device)
        assert len(documents(friend)) == number, "one file each"
        assert photos(friend) == [], "a QR code comes only when asked for"
        ready = friend.wait_for(f"“{device.name}” is ready: the file is below")
        screen = reach_devices(friend, ready) if number == 1 else ready
    assert len(company.interface.peers()) == len(DEVICES)
    assert len({friend.download(file) for file in documents(friend)}) == len(DEVICES)


def reach_devices(friend: Person, message: Json) -> Json:
    """Go to the choice of devices from a message with a button to the menu; all in that one message."""
    friend.press("Menu", message=message)
    friend.press("New config", message=friend.wait_for("Configs: 1."))
    screen = friend.wait_for("Which device is the VPN for?\n\nEach device")
    assert screen["message_id"] == message["message_id"]
    assert labels(screen)[:6] == CHOICES
    return screen


def check_file(company: Company, file: Json, device: Device) -> None:
    """Check a file: its name, its content, the one link, the steps in their order, and the buttons."""
    text, conf = words(file), company.friend.download(file).decode()
    assert name_of(file) == f"{device.file}.conf"
    assert text.startswith(f"📄 {device.name}\n")
    assert "This file is your personal key" in text
    assert "[Interface]" in conf
    assert "Endpoint = vpn.example.org:" in conf
    assert "Jc = " in conf
    assert links(file) == device.links
    places = [text.find(step) for step in device.steps]
    assert places == sorted(places), "the steps follow each other"
    assert places[0] >= 0, text
    assert "Server 1" not in text, "AmneziaWG calls it what the file is called"
    assert (ELSEWHERE in labels(file)) == device.scans, "only a phone can scan"


def test_a_qr_code_comes_on_demand_and_says_whose_it_is(company: Company) -> None:
    friend = company.friend
    company.interface.run("awg", "set", "awg0", "i1", f"<b 0x{Random(1).randbytes(300).hex()}>")
    company.let_in(friend)
    conf = company.give_config(friend, "android").decode()
    assert "I1 = <b 0x" in conf, "one code can still hold it, one code of AmneziaVPN's can't"
    file = documents(friend)[0]
    assert photos(friend) == []
    friend.press(ELSEWHERE, message=file)
    picture = friend.wait_for("“Scan from QR code”")
    assert links(picture) == ANDROID.links
    assert labels(picture) == ["📄 Take the file instead", "🏠 Menu"]
    assert friend.download(picture) == draw_card([conf], title="Android", hint=HINT)
    friend.press("AmneziaVPN", message=file)
    friend.press(ELSEWHERE, message=friend.wait_for("AmneziaVPN calls it “Server 1”"))
    picture = friend.wait_for("if there are several codes, at each in turn")
    codes = series(conf, "anna-android")
    numbers = [f"{number} of {len(codes)}" for number in range(1, len(codes) + 1)]
    assert len(codes) > 1
    assert friend.download(picture) == draw_card(codes, title="Android", hint=HINT, labels=numbers)
    friend.press("Take the file instead", message=picture)
    again = wait_for_file(friend, after=picture)
    assert name_of(again) == "anna-android2.conf"
    assert friend.download(again).decode() == conf


def test_a_file_that_is_sent_again_has_a_new_short_name(company: Company) -> None:
    friend = company.friend
    company.let_in(friend)
    conf = company.give_config(friend)
    friend.send("/configs")
    friend.press("iPhone", message=friend.wait_for("My configs"))
    page = friend.wait_for("Connection:")
    friend.press("Rename", message=page)
    friend.wait_for("What should I call this device?")
    friend.send("Mum's large tablet")
    friend.press("Mum's large tablet", message=friend.wait_for("It's called “Mum's large tablet”"))
    page = friend.wait_for("Connection:", after=page)
    for _ in range(2):
        last = friend.last()
        friend.press("File", message=page)
        wait_for_file(friend, after=last)
    names = [name_of(file).removesuffix(".conf") for file in documents(friend)]
    assert names == ["anna-iphone", "anna-mums-larg2", "anna-mums-larg3"]
    assert max(map(len, names)) == 15, "no app takes a longer one"
    assert [friend.download(file) for file in documents(friend)] == [conf] * 3
    assert f"turn on {names[-1]}." in words(documents(friend)[-1]), "the steps have the name of this file"


def test_another_app_keeps_the_device(company: Company) -> None:
    friend, admin = company.friend, company.admin
    company.let_in(friend)
    company.give_config(friend, "windows")
    file = documents(friend)[0]
    friend.press("I use AmneziaVPN", message=file)
    changed = friend.wait_for("AmneziaVPN calls it “Server 1”, or the next free number.")
    assert changed["message_id"] == file["message_id"]
    assert links(changed) == [f"{GITHUB}amnezia-client/releases"]
    assert "windows_x64.exe" in words(changed)
    assert "“Show in Folder”" in words(changed), "the steps are still those for Windows"
    assert "🗝 Key" in labels(changed)
    last = admin.last()
    friend.press(data="device:mac", message=changed, forge=True)
    waiting = friend.wait_for("request for “Mac”")
    assert "macos_x64.pkg" in words(waiting), "the app is remembered, for another device too"
    friend.press("I use AmneziaWG", message=waiting)
    waiting = friend.wait_for("request for “Mac”", lambda message: links(message) == MAC.links)
    friend.press("Not in your store?", message=waiting)
    helped = friend.wait_for("No AmneziaWG in your App Store?")
    assert labels(helped) == ["📲 AmneziaVPN", "⬅️ Back"]
    friend.press("Back", message=helped)
    friend.wait_for("request for “Mac”")
    admin.press("Approve", message=admin.wait_for("Device: Mac", after=last))
    check_file(company, wait_for_file(friend, after=waiting), MAC)
    devices = company.rows("SELECT name, platform, app FROM configs ORDER BY id")
    assert devices == [("Windows", "windows", "amneziavpn"), ("Mac", "mac", "amneziawg")]


def test_what_a_friend_sees_of_a_device_is_true_from_the_first_hour_on(company: Company) -> None:
    friend, admin = company.friend, company.admin
    company.let_in(friend)
    company.interface.run("demo", "offline", "all")
    card = company.ask(friend)
    admin.press("Approve", message=card)
    wait_for_file(friend, after=friend.last())
    assert signs_of(friend) == ["⚪️ iPhone"]
    write(company, "UPDATE configs SET live_since = live_since - 3600")
    write(company, "UPDATE meta SET value = json_set(value, '$.since', 0) WHERE key = 'interface'")
    helped = friend.wait_for("“iPhone” hasn't connected yet. Can I help?")
    assert labels(helped) == ["🆘 Not working?", "⏰ I'll do it later"]
    friend.press("Not working?", message=helped)
    friend.wait_for("Nothing from this device has reached the server yet.")
    company.interface.run("demo", "online", "all")
    friend.wait_for("🎉 It works!\n\n“iPhone” is connected.")
    works = admin.wait_for("🎉 It works: the device has connected", lambda message: "Device: iPhone" in words(message))
    assert works["message_id"] == card["message_id"]
    company.ask(friend, "windows")
    assert signs_of(friend) == ["🟢 iPhone", "⏳ Windows"]
    check_dates(company)
    check_signs(company)


def write(company: Company, query: str, *values: object) -> None:
    """Change the bot's database from outside."""
    with sqlite3.connect(company.database, timeout=10) as db:
        db.execute(query, values)
    db.close()


def signs_of(friend: Person) -> list[str]:
    """Return the buttons of "My configs" that stand for a config or a request."""
    last = friend.last()
    friend.send("/configs")
    return [label for label in labels(friend.wait_for("My configs", after=last)) if label[-4:] not in ("Menu", "nfig")]


def check_dates(company: Company) -> None:
    """Check that an end date looks alike to the friend and the admin, and is shown in the reader's own zone."""
    friend, admin = company.friend, company.admin
    end = int(time.time()) + 30 * 86400
    write(company, "UPDATE configs SET expires_at = ?", end)
    friend.press("iPhone", message=friend.last())
    admin.press(data="held:1", message=admin.last(), forge=True)
    pages = [friend.wait_for("Expires: "), admin.wait_for("Expires: ")]
    assert [moments(page)[-1]["unix_time"] for page in pages] == [end - 1] * 2
    said = [re.findall(r"Expires: ([^\n,]+)", words(page)) for page in pages]
    assert len(said[0]) == 1
    assert said[0] == said[1]


def moments(message: Json) -> list[Json]:
    """Return the moments in a text that Telegram shows in the reader's zone."""
    return [entity for entity in message["entities"] if entity["type"] == "date_time"]


def check_signs(company: Company) -> None:
    """Check that nobody is shown online whose VPN is off: paused, over the limit, or blocked."""
    friend, admin = company.friend, company.admin
    off = [
        ("UPDATE configs SET paused_at = 1", "⏸ iPhone"),
        ("UPDATE configs SET paused_at = NULL, expires_at = 1", "⌛️ iPhone"),
        ("UPDATE configs SET expires_at = NULL", "🟢 iPhone"),
        ("UPDATE users SET quota_bytes = 1 WHERE id = 100", "⚠️ iPhone"),
    ]
    for change, sign in off:
        write(company, change)
        assert sign in signs_of(friend)
    admin.press(data=f"person:{FRIEND}", message=admin.last(), forge=True)
    company.block(admin.wait_for("✅ Inside since"))
    blocked = admin.wait_for("the VPN is off")
    assert "🟢" not in words(blocked) + "".join(labels(blocked))
