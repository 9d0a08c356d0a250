"""The apps that import a config: what each can do, where to download it, and which one a friend uses.

A new app is an entry in AMNEZIA and its lines in texts/*/apps.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.chat.texts import Markup
from lib.store.server import Generation
from lib.store.users import User

_PLAY = "https://play.google.com/store/apps/details?id="
_APPLE = "https://apps.apple.com/app/"
_GITHUB = "https://github.com/amnezia-vpn/"


@dataclass(frozen=True)
class App:
    """An app that imports configs; `pages` says where to download it, by platform."""

    name: str
    pages: Mapping[str, str]
    captions: str = ""  # the end of the keys of its captions: qr_caption…, file_caption…
    qr: str = "qr"  # the attachment with its QR code: `qr`, or `series` for several codes on one picture
    takes_key: bool = False  # whether it also imports a vpn:// key
    selectable: bool = True  # False: the server leaves no other choice

    @property
    def links(self) -> Markup:
        """Links to the downloads, in one line."""
        return Markup(" · ".join(f'<a href="{page}">{platform}</a>' for platform, page in self.pages.items()))


AMNEZIA: Mapping[str, App] = {
    "amneziawg": App(
        "AmneziaWG",
        {
            "Android": f"{_PLAY}org.amnezia.awg",
            "iOS": f"{_APPLE}amneziawg/id6478942365",
            "Windows": f"{_GITHUB}amneziawg-windows-client/releases",
            "macOS": f"{_APPLE}amneziawg/id6478942365",
            "Linux": f"{_GITHUB}amneziawg-linux-kernel-module",
        },
    ),
    "amneziavpn": App(
        "AmneziaVPN",
        {
            "Android": f"{_PLAY}org.amnezia.vpn",
            "iOS": f"{_APPLE}amneziavpn/id1600529900",
            "Windows": f"{_GITHUB}amnezia-client/releases",
            "macOS": f"{_GITHUB}amnezia-client/releases",
            "Linux": f"{_GITHUB}amnezia-client/releases",
        },
        captions="_vpn",
        qr="series",
        takes_key=True,
    ),
}
"""The apps for an obfuscated server, by users.app; the first one is the default."""

WIREGUARD = App(
    "WireGuard",
    {
        "Android": f"{_PLAY}com.wireguard.android",
        "iOS": f"{_APPLE}wireguard/id1441195209",
        "Windows": "https://www.wireguard.com/install/",
        "macOS": f"{_APPLE}wireguard/id1451685025",
        "Linux": "https://www.wireguard.com/install/",
    },
    selectable=False,
)


def speaks_amnezia(server: Generation | None) -> bool:
    """Return False if the server speaks plain WireGuard; one that was not seen yet is taken to be obfuscated."""
    return server is None or bool(server.parameters)


def app_of(server: Generation | None, user: User) -> App:
    """Return the app that a friend's files are for."""
    return AMNEZIA[user.app or next(iter(AMNEZIA))] if speaks_amnezia(server) else WIREGUARD
