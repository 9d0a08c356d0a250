"""The apps that import a config: the devices they run on, where to get them, what they understand, and which one a
config is for.

A new app is an entry in _APPS and in _SINCE; the steps for it are in texts/*/apps.py, by its family. A `version` is
that of a set of parameters, as obfuscation.version() returns it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lib.chat.devices import COMPUTERS
from lib.chat.texts import Markup, say
from lib.settings import Settings
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
_NEWEST_ROUTERS = {**ROUTERS, "mikrotik": "https://github.com/catesin/AmneziaWG-MikroTik"}  # 3.x


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
        """True if it also imports a vpn:// key."""
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

_DEVICES = ("iphone", "android", "windows", "mac", "linux")
_SINCE: Mapping[str, Mapping[str, tuple[str, str | None]]] = {
    # App, device: the version that first understands sets of 2.0, and that of 3.0 and 3.1 from a .conf, as the apps'
    # release notes and sources say. Empty: any will do, or it is not known; None: none does yet.
    "amneziawg": {
        "iphone": ("2.0.0", "3.1.3"),
        "android": ("2.0.0", "3.1.20260814"),
        "windows": ("2.0.0", "3.1.0"),
        "mac": ("2.0.0", "3.1.3"),
        "linux": ("", "3.1.20260812"),  # of amneziawg-tools
        "router": ("", None),  # Keenetic's own; OpenWrt and MikroTik have newer packages, see router_newest
    },
    "amneziavpn": dict.fromkeys(_DEVICES, ("4.8.12.9", "5.0.1.5")),
    "defaultvpn": {"iphone": ("", "2.0.1")},
}
_BY_KEY = {("amneziavpn", "3.0"): "5.0.0.5"}  # drops the keys of 3.0 from a .conf, but takes them from a vpn:// key


def version_for(settings: Settings, server: Generation | None) -> str:
    """Return the version of the set in friends' files; a server that was not seen yet is taken to be obfuscated."""
    if server is None:
        return "1.0"
    return obfuscation.version(obfuscation.for_client(server.parameters, settings.client_parameters))


def is_newest(version: str) -> bool:
    """Return True for 3.0 and later, which an app in use may be too old for."""
    return version.startswith("3.")


def needed(app: App, platform: str, version: str, *, by_key: bool = False) -> str | None:
    """Return which version of an app a set needs on a device: empty if any will do, None if none understands it.

    `by_key` asks for the vpn:// key instead of the file.
    """
    if app is WIREGUARD or version in ("plain", "1.0"):
        return ""
    two, three = _SINCE[app.key][platform]
    if by_key and (app.key, version) in _BY_KEY:
        return _BY_KEY[app.key, version]
    return three if is_newest(version) else two


def fits_key(platform: str | None, server: Generation | None) -> bool:
    """Return True if packets stay small enough with the MTU that AmneziaVPN on computers gives a vpn:// key."""
    return platform not in COMPUTERS or server is None or obfuscation.suits_keys(server.parameters)


def app_for(version: str, platform: str | None, *wishes: str | None) -> App:
    """Return the app for a device: the first preferred one that runs there and understands the set, or the default."""
    if version == "plain":
        return WIREGUARD
    wished = [AMNEZIA[wish] for wish in wishes if wish]
    return next((app for app in wished if platform is None or _fits(app, platform, version)), _APPS[0])


def others(app: App, platform: str | None, version: str) -> list[App]:
    """List the alternative apps for a device, those that understand the set."""
    return [] if app is WIREGUARD else [one for one in _APPS if one is not app and _fits(one, platform, version)]


def _fits(app: App, platform: str | None, version: str) -> bool:
    return platform is not None and platform in app.downloads and needed(app, platform, version) is not None


def link_to(app: App, platform: str, version: str) -> tuple[Markup, str]:
    """Return an app's download link and the installation text; both are empty if there is no download."""
    found = app.downloads[platform]
    if found is None:
        return Markup(""), ""
    page, how = found
    if app.key == "amneziawg" and platform == "android" and is_newest(version):
        page, how = _RELEASES, "apk"  # Google Play has no version that knows these parameters
    return Markup(f'<a href="{page}">{app.name}</a>'), how


def installation(language: str, app: App, platform: str, version: str) -> Markup:
    """Return where to get an app for a device, and in which version; empty if there is nothing to install."""
    link, how = link_to(app, platform, version)
    if not how:
        return Markup("")
    get, since = say(language, f"get_{how}", link=link), needed(app, platform, version)
    return say(language, "get_since", get=get, version=since) if since else get


def before_file(language: str, app: App, platform: str | None, version: str) -> Markup:
    """Return what a friend must know before a file with newest parameters comes; empty if there is nothing."""
    if platform is None or not is_newest(version):
        return Markup("")
    since = needed(app, platform, version)
    if since is None:
        return say(language, "before_router", version=version, **routers(version))
    link, how = link_to(app, platform, version)
    return say(language, "before_file", app=app.name, version=since, get=say(language, f"get_{how}", link=link))


def routers(version: str) -> dict[str, Markup]:
    """Return the links to what routers need, by the router's name."""
    pages = _NEWEST_ROUTERS if is_newest(version) else ROUTERS
    return {name: Markup(f'<a href="{page}">{page.rpartition("/")[2]}</a>') for name, page in pages.items()}


def page_of_releases(app: App) -> Markup:
    """Return the link to the makers' own page, for phones whose store lacks the app."""
    page = _AMNEZIAVPN if app.family == "vpn" else _RELEASES
    return Markup(f'<a href="{page}">{page.removeprefix("https://")}</a>')
