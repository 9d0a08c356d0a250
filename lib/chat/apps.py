"""The apps that take a config: their names, where they are downloaded, and which one is a friend's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from lib.chat.texts import Markup
from lib.store.server import present_generation
from lib.store.users import User

_PLAY = "https://play.google.com/store/apps/details?id="
_APPLE = "https://apps.apple.com/app/"
_GITHUB = "https://github.com/amnezia-vpn/"
_PLATFORMS = ("Android", "iOS", "Windows", "macOS", "Linux")


@dataclass(frozen=True)
class App:
    """An app: the end of its texts' keys, and its downloads for Android, iOS, Windows, macOS and Linux."""

    name: str
    flavour: str
    pages: tuple[str, str, str, str, str]

    @property
    def links(self) -> Markup:
        """Link to the downloads in one line."""
        pairs = zip(_PLATFORMS, self.pages, strict=True)
        return Markup(" · ".join(f'<a href="{page}">{platform}</a>' for platform, page in pairs))


AMNEZIA: Mapping[str, App] = {
    "amneziawg": App(
        "AmneziaWG",
        "",
        (
            f"{_PLAY}org.amnezia.awg",
            f"{_APPLE}amneziawg/id6478942365",
            f"{_GITHUB}amneziawg-windows-client/releases",
            f"{_APPLE}amneziawg/id6478942365",
            f"{_GITHUB}amneziawg-linux-kernel-module",
        ),
    ),
    "amneziavpn": App(
        "AmneziaVPN",
        "_vpn",
        (
            f"{_PLAY}org.amnezia.vpn",
            f"{_APPLE}amneziavpn/id1600529900",
            f"{_GITHUB}amnezia-client/releases",
            f"{_GITHUB}amnezia-client/releases",
            f"{_GITHUB}amnezia-client/releases",
        ),
    ),
}
"""By what users.app says; the first is for who has not chosen."""

WIREGUARD = App(
    "WireGuard",
    "",
    (
        f"{_PLAY}com.wireguard.android",
        f"{_APPLE}wireguard/id1441195209",
        "https://www.wireguard.com/install/",
        f"{_APPLE}wireguard/id1451685025",
        "https://www.wireguard.com/install/",
    ),
)


def speaks_amnezia(db: sqlite3.Connection) -> bool:
    """Tell whether the server is obfuscated, or not seen yet; a plain one speaks plain WireGuard."""
    server = present_generation(db)
    return server is None or bool(server.parameters)


def app_of(db: sqlite3.Connection, user: User) -> App:
    """Find the app that a friend's files are for."""
    return AMNEZIA[user.app or "amneziawg"] if speaks_amnezia(db) else WIREGUARD
