"""A Russian friend's devices over real HTTP: one link, one file, and the steps in the words of the apps."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.company import Company, buttons_data
from tests.stand import Json, Person, labels, words


class Device(NamedTuple):
    """A device's button, and what its owner must see."""

    label: str
    file: str
    link: str  # a part of the only link; empty for a router, which has nothing to download
    steps: tuple[str, ...]
    scans: bool = False


DEVICES = (
    Device("🤖 Android", "vera-android", "org.amnezia.awg", ("«Сохранить в загрузки»", "«Импорт из файла"), scans=True),
    Device("💻 Windows", "vera-windows", "amneziawg-windows-client", ("amd64.msi", "«Показать в папке»")),
    Device("📡 Роутер", "vera-router", "", ("Keenetic", "OpenWrt", "MikroTik")),
)


def links(message: Json) -> list[str]:
    """Return the addresses behind a message's words."""
    return [one["url"] for kind in ("entities", "caption_entities") for one in message.get(kind, []) if "url" in one]


def order(who: Person, label: str) -> Json:
    """Ask for a config from the menu, by buttons that are shown; return what is said while it waits."""
    last = who.last()
    who.send("/start")
    who.press("Новый конфиг", message=who.wait_for("Конфигов: ", after=last))
    choice = who.wait_for(predicate=lambda message: "device:iphone" in buttons_data(message), after=last)
    who.press(label, message=choice)
    return who.wait_for("у админа. Как только он ответит «да»", after=last)


def receive(company: Company, who: Person) -> Json:
    """Approve the only request; return the file that its owner got."""
    last = who.last()
    ((number,),) = company.rows("SELECT id FROM config_requests WHERE state = 'pending'")
    yes = f"judge:{number}:approved"
    card = company.admin.wait_for(predicate=lambda message: yes in buttons_data(message))
    company.admin.press(data=yes, message=card)
    return who.wait_for(predicate=lambda message: "document" in message, after=last)


def test_it_works(tmp_path: Path) -> None:
    with Company(tmp_path, MAX_CONFIGS="10") as company:
        vera = company.second_friend
        company.let_in(vera)
        for device in DEVICES:
            store = links(order(vera, device.label))
            assert [device.link in one for one in store] == [True] * bool(device.link), "it can be installed meanwhile"
            document = receive(company, vera)
            assert [part for part in device.steps if part not in words(document)] == []
            assert document["document"]["file_name"] == f"{device.file}.conf"
            assert links(document) == store or not device.link, "the same one link"
            assert vera.download(document).startswith(b"[Interface]\n")
            assert ("🔳 Чат на другом устройстве" in labels(document)) == device.scans
        keeps_the_device(company, vera)
        assert sum("document" in message for message in vera.messages()) == len(DEVICES) + 1, "one file for each device"
        assert not any(message.get("photo") for message in vera.messages()), "and no QR code by itself"


def keeps_the_device(company: Company, vera: Person) -> None:
    """Change the app while a request for a Mac waits, and below its file; look for help where the store lacks it."""
    vera.press("У меня AmneziaVPN", message=order(vera, " Mac"))
    vera.wait_for("macos_x64.pkg")
    file = receive(company, vera)
    assert "macos_x64.pkg" in words(file), "the file is for that app, and still for a Mac"
    assert "«Сервер 1»" in words(file)
    vera.press("У меня AmneziaWG", message=file)
    file = vera.wait_for("«Показать в Finder». Двойным щелчком")
    vera.press("Нет в магазине?", message=file)
    lacks = vera.wait_for("В вашем App Store нет AmneziaWG?")
    assert labels(lacks) == ["📲 AmneziaVPN", "⬅️ Назад"]
    vera.press("Назад", message=lacks)
    assert vera.wait_for("«Показать в Finder». Двойным щелчком")["message_id"] == file["message_id"]
