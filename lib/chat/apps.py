"""The apps that import a config: the devices they run on, where to get them, and which one a config is for.

A new app is an entry in _APPS; the steps for it are in texts/*/apps.py, by its family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lib.chat.texts import Markup, say
from lib.store.server import Generation
from lib.vpn import obfuscation

_PLAY = "https://play.google.com/store/apps/details?id="
_APPLE = "https://apps.apple.com/app/"
_GITHUB = "https://github.com/amnezia-vpn/"
_WIREGUARD = "https://www.wireguard.com/install/"
ROUTERS = {
    "openwrt": "https://github.com/2Grey/awg-openwrt",
    "mikrotik": "https://github.com/timbrs/amneziawg-mikrotik-c",
}
"""Where routers get AmneziaWG from."""


class Download(NamedTuple):
    """Where to get an app; `how` ends the key of a text get_…"""

    page: str
    how: str = "store"


@dataclass(frozen=True)
class App:
    """An app that imports configs.

    `family` is the end of the keys of its steps: `wg` for AmneziaWG and WireGuard, which have the same screens, `vpn`
    for AmneziaVPN and its twin. `downloads` has the devices that it runs on; a router has nothing to download.
    """

    key: str
    name: str
    family: str
    downloads: Mapping[str, Download | None]
    may_lack: frozenset[str] = frozenset()  # devices whose store may lack it; each has a text store_…

    @property
    def qr(self) -> str:
        """The attachment with its QR code: `qr`, or `series` for several codes in one picture."""
        return "series" if self.family == "vpn" else "qr"

    @property
    def takes_key(self) -> bool:
        """Whether it also imports a vpn:// key."""
        return self.family == "vpn"


_RELEASES = f"{_GITHUB}amneziawg-android/releases"
_AMNEZIAVPN = f"{_GITHUB}amnezia-client/releases"
_APPS = (
    # The first one is the default: it is small, keeps the name of the file, and changes nothing in the config.
    App(
        "amneziawg",
        "AmneziaWG",
        "wg",
        {
            "iphone": Download(f"{_APPLE}amneziawg/id6478942365"),
            "android": Download(f"{_PLAY}org.amnezia.awg"),
            "windows": Download(f"{_GITHUB}amneziawg-windows-client/releases", "msi"),
            "mac": Download(f"{_APPLE}amneziawg/id6478942365"),
            "linux": Download(f"{_GITHUB}amneziawg-linux-kernel-module#installation", "package"),
            "router": None,
        },
        may_lack=frozenset({"iphone", "android", "mac"}),
    ),
    App(
        "amneziavpn",
        "AmneziaVPN",
        "vpn",
        {
            "iphone": Download(f"{_APPLE}amneziavpn/id1600529900"),
            "android": Download(f"{_PLAY}org.amnezia.vpn"),
            "windows": Download(_AMNEZIAVPN, "exe"),
            "mac": Download(_AMNEZIAVPN, "pkg"),
            "linux": Download(_AMNEZIAVPN, "run"),
        },
        may_lack=frozenset({"iphone", "android"}),
    ),
    App(
        "defaultvpn",
        "DefaultVPN",
        "vpn",
        {"iphone": Download(f"{_APPLE}defaultvpn/id6744725017")},
        may_lack=frozenset({"iphone"}),
    ),
)
AMNEZIA: Mapping[str, App] = {app.key: app for app in _APPS}
"""The apps for an obfuscated server, as configs.app names them."""

WIREGUARD = App(
    "wireguard",
    "WireGuard",
    "wg",
    {
        "iphone": Download(f"{_APPLE}wireguard/id1441195209"),
        "android": Download(f"{_PLAY}com.wireguard.android"),
        "windows": Download(_WIREGUARD),
        "mac": Download(f"{_APPLE}wireguard/id1451685025"),
        "linux": Download(_WIREGUARD, "package"),
        "router": None,
    },
)


def speaks_amnezia(server: Generation | None) -> bool:
    """Return False if the server speaks plain WireGuard; one that was not seen yet is taken to be obfuscated."""
    return server is None or bool(server.parameters)


def app_for(server: Generation | None, platform: str | None, *wishes: str | None) -> App:
    """Return the app for a device: the first preferred one that runs there, else the default."""
    if not speaks_amnezia(server):
        return WIREGUARD
    wished = [AMNEZIA[wish] for wish in wishes if wish and (platform is None or platform in AMNEZIA[wish].downloads)]
    return next(iter(wished), _APPS[0])


def others(app: App, platform: str | None) -> list[App]:
    """List the alternative apps for a device."""
    return [] if app is WIREGUARD else [one for one in _APPS if one is not app and platform in one.downloads]


def link_to(app: App, platform: str, server: Generation | None) -> tuple[Markup, str]:
    """Return an app's download link and the installation text; both are empty if there is no download."""
    found = app.downloads[platform]
    if found is None:
        return Markup(""), ""
    page, how = found
    if app.key == "amneziawg" and platform == "android" and server and _is_newest(server):
        page, how = _RELEASES, "apk"  # Google Play has no version that knows these parameters
    return Markup(f'<a href="{page}">{app.name}</a>'), how


def _is_newest(server: Generation) -> bool:
    return obfuscation.version(server.parameters).startswith("3.")


def installation(language: str, app: App, platform: str, server: Generation | None) -> Markup:
    """Return the text on where to get an app for a device; empty if there is nothing to install."""
    link, how = link_to(app, platform, server)
    return say(language, f"get_{how}", link=link) if how else Markup("")


def page_of_releases(app: App) -> Markup:
    """Return the link to the makers' own page, for phones whose store lacks the app."""
    page = _AMNEZIAVPN if app.family == "vpn" else _RELEASES
    return Markup(f'<a href="{page}">{page.removeprefix("https://")}</a>')
