"""Each kind of device over real HTTP: one link, one file with the steps for it, a QR code only when it is asked for."""

from __future__ import annotations

import io
import itertools
import os
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image, ImageOps

from tests.company import Company, buttons_data
from tests.needs import need_tools
from tests.stand import Json, Person, labels, words
from tests.unit.vpn.codes import scan

LONGEST = 15  # characters that every app takes as a tunnel's name
# A file that fits into one code, while AmneziaVPN needs several. A disguise would draw another I1.
LONG = {"CLIENT_PARAMETERS": f"I1 = <b 0x{random.Random(18).randbytes(330).hex()}>", "CLIENT_DISGUISE": "server"}


class Device(NamedTuple):
    """A device of the English friend's or, with `russian`, of the Russian one's, and what they must see."""

    key: str
    label: str
    file: str
    link: str  # a part of the only link; empty for a router, which has nothing to download
    steps: tuple[str, ...]
    russian: bool = False


DEVICES = (
    Device("iphone", "📱 iPhone", "anna-iphone", "apps.apple.com/app/amneziawg/", ("tap Share", "iOS asks")),
    Device("windows", "💻 Windows", "anna-windows", "amneziawg-windows-client", ("amd64.msi", "Show in Folder")),
    Device("linux", "🐧 Linux", "anna-linux", "amneziawg-linux-kernel-module", ("awg-quick up anna-linux",)),
    Device("android", "🤖 Android", "vera-android", "org.amnezia.awg", ("«Сохранить в загрузки»",), russian=True),
    Device("mac", " Mac", "vera-mac", "apps.apple.com/app/amneziawg/", ("«Показать в Finder»", "значок"), russian=True),
    Device("router", "📡 Роутер", "vera-router", "", ("Keenetic", "OpenWrt", "MikroTik"), russian=True),
)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """Two friends who are inside, one for each language, and may have many devices."""
    with Company(tmp_path, MAX_CONFIGS="10", **LONG) as company:
        company.let_in(company.friend)
        company.let_in(company.second_friend)
        yield company


def links(message: Json) -> list[str]:
    """Return the addresses behind a message's words."""
    return [one["url"] for kind in ("entities", "caption_entities") for one in message.get(kind, []) if "url" in one]


def asked(message: Json) -> bool:
    """Return True for a message about a request that waits."""
    return any(data.startswith("cancel:") for data in buttons_data(message))


def has_file(message: Json) -> bool:
    return "document" in message


def name_of(document: Json) -> str:
    return str(document["document"]["file_name"])


def order(company: Company, who: Person, label: str) -> Json:
    """Ask for a config from the menu, by buttons that are shown; return what is said while it waits."""
    last = who.last()
    who.send("/start")
    who.press(data="new", message=who.wait_for(predicate=lambda message: "new" in buttons_data(message), after=last))
    choice = who.wait_for(predicate=lambda message: "device:iphone" in buttons_data(message), after=last)
    who.press(label, message=choice)
    return who.wait_for(predicate=asked, after=last)


def receive(company: Company, who: Person) -> Json:
    """Approve the only request; return the file that its owner got."""
    last = who.last()
    ((number,),) = company.rows("SELECT id FROM config_requests WHERE state = 'pending'")
    yes = f"judge:{number}:approved"
    card = company.admin.wait_for(predicate=lambda message: yes in buttons_data(message))
    company.admin.press(data=yes, message=card)
    return who.wait_for(predicate=has_file, after=last)


def test_it_works(company: Company, tmp_path: Path) -> None:
    for device in DEVICES:
        who = company.second_friend if device.russian else company.friend
        waiting = order(company, who, device.label)
        store = links(waiting)
        assert [device.link in one for one in store] == [True] * bool(device.link), "the app can be installed already"
        document = receive(company, who)
        caption = words(document)
        assert [part for part in device.steps if part not in caption] == []
        assert re.search(r"^1\. ", caption, re.MULTILINE) or device.key == "router"
        assert name_of(document) == f"{device.file}.conf"
        assert len(device.file) <= LONGEST
        assert links(document) == store or device.key == "router", "the same one link"
        assert who.download(document).startswith(b"[Interface]\n")
        scans = device.key in ("iphone", "android")
        assert any(data.startswith("qr:") for data in buttons_data(document)) == scans, "a code only where a camera is"
    for who in (company.friend, company.second_friend):
        got = [message for message in who.messages() if has_file(message) or message.get("photo")]
        assert sum(map(has_file, got)) == 3, "one file for each device"
        assert [words(message) for message in got[-3:] if not has_file(message)] == [], "and no picture"


def test_what_a_device_needs_later_comes_on_demand(company: Company, tmp_path: Path) -> None:
    friend, vera = company.friend, company.second_friend
    order(company, friend, "iPhone")
    file = receive(company, friend)
    conf = friend.download(file)
    friend.press("This chat is on another device", message=file)
    photo = friend.wait_for("Create from QR code", predicate=lambda message: "photo" in message)
    picture = friend.download(photo)
    assert "\n".join(scan(picture, tmp_path)).strip() == conf.decode().strip()
    assert read(picture, tmp_path) == ["iPhone", "Scan from the other device"], "its name, and what to do with it"

    last = friend.last()
    friend.press("Take the file instead", message=photo)
    again = friend.wait_for(predicate=has_file, after=last)
    assert name_of(again) == "anna-iphone2.conf", "the apps refuse a name that they have"
    assert friend.download(again) == conf
    assert "turn on anna-iphone2." in words(again)

    friend.press("I use AmneziaVPN", message=again)
    assert "AmneziaVPN calls it “Server 1”" in words(friend.wait_for("big “Connect”. iOS asks"))
    friend.press("This chat is on another device", message=again)
    series = friend.download(friend.wait_for("at each in turn"))
    assert len(scan(series, tmp_path)) == 2
    name, numbers, how = read(series, tmp_path)
    assert [name, numbers.replace(" ", ""), how] == ["iPhone", "1of22of2", "Scan from the other device"]

    waiting = order(company, vera, " Mac")
    vera.press("У меня AmneziaVPN", message=waiting)
    vera.wait_for("macos_x64.pkg")
    file = receive(company, vera)
    assert "macos_x64.pkg" in words(file), "another app is for the same device"
    assert "«Сервер 1»" in words(file)
    vera.press("У меня AmneziaWG", message=file)
    vera.wait_for("«Показать в Finder». Двойным щелчком")
    vera.press("Нет в магазине?", message=file)
    lacks = vera.wait_for("В вашем App Store нет AmneziaWG?")
    assert labels(lacks) == ["📲 AmneziaVPN", "⬅️ Назад"]
    vera.press("Назад", message=lacks)
    vera.wait_for("«Показать в Finder». Двойным щелчком")


def read(picture: bytes, folder: Path) -> list[str]:
    """Return the lines of text around the codes of a picture, from top to bottom."""
    need_tools("tesseract")
    image = Image.open(io.BytesIO(picture)).convert("L")
    rows = [kind_of(image.crop((0, y, image.width, y + 1))) for y in range(image.height)]
    lines, top = [], 0
    for kind, same in itertools.groupby(rows):
        height = len([*same])
        if kind == "text":
            lines.append(read_line(image.crop((0, top - 8, image.width, top + height + 8)), folder))
        top += height
    return lines


def kind_of(row: Image.Image) -> str:
    """Tell rows of codes, which stand on white, from rows of text and from empty ones."""
    shades = row.histogram()
    return "code" if sum(shades[250:]) > row.width // 10 else "text" if any(shades[100:]) else ""


def read_line(image: Image.Image, folder: Path) -> str:
    """Return the words on a picture of one light line."""
    ImageOps.invert(image).save(folder / "line.png")
    tesseract = ["tesseract", folder / "line.png", "-", "--psm", "7"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return subprocess.run(tesseract, env=environment, capture_output=True, text=True, check=True).stdout.strip()
