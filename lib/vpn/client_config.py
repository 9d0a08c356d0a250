"""Write what a friend's device imports: the text of a .conf, its endpoint, and a file name that every app accepts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from lib.vpn import obfuscation

_LATIN = dict(zip("абвгдезийклмнопрстуфыэіґўё", "abvgdeziyklmnoprstufyeigue", strict=True))
_LATIN |= dict(zip("жхцчшщюяїє", ("zh", "kh", "ts", "ch", "sh", "shch", "yu", "ya", "yi", "ye"), strict=True))
_LATIN |= dict.fromkeys("ъь'’ʼ`", "")
_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)
_LONGEST = 15  # characters of a tunnel's name: IFNAMSIZ - 1, which all apps respect


@dataclass(frozen=True)
class Tunnel:
    """The client's own end: base64 keys, and addresses without prefix lengths, IPv4 first."""

    private_key: str = field(repr=False)
    preshared_key: str = field(repr=False)
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Server:
    """The server's end: base64 key, `host:port`, and its interface's obfuscation parameters, which may hold a key."""

    public_key: str
    endpoint: str
    parameters: Mapping[str, str] = field(repr=False)


def render(
    tunnel: Tunnel,
    server: Server,
    *,
    dns: Sequence[str],
    allowed_ips: Sequence[str],
    mtu: int,
    keepalive: tuple[int, int],
) -> str:
    """Write the .conf in the order of AmneziaVPN, `Key = value` on each line; unset and empty values have no line.

    `mtu` is in bytes, `keepalive` in seconds, the least and the most; 0 leaves the line out. Obfuscation is written
    completely (see `obfuscation.complete`) or, on a plain WireGuard server, not at all.
    """
    interface = {
        "Address": ", ".join(f"{address}/{ip_address(address).max_prefixlen}" for address in tunnel.addresses),
        "DNS": ", ".join(dns),
        "PrivateKey": tunnel.private_key,
        "MTU": str(mtu or ""),
        **obfuscation.complete(server.parameters),
    }
    peer = {
        "PublicKey": server.public_key,
        "PresharedKey": tunnel.preshared_key,
        "AllowedIPs": ", ".join(allowed_ips),
        "Endpoint": server.endpoint,
        "PersistentKeepalive": _seconds(keepalive, server),
    }
    return _section("Interface", interface) + _section("Peer", peer)


def _seconds(keepalive: tuple[int, int], server: Server) -> str:
    """Return a range for 3.x, where the apps know it, and its minimum for earlier versions."""
    least, most = keepalive
    ranged = least < most and obfuscation.version(server.parameters) in ("3.0", "3.1")
    return f"{least}-{most}" if ranged else str(least or "")


def _section(title: str, lines: Mapping[str, str]) -> str:
    """Write one section without its empty values, because `I2 = ` breaks an import."""
    return "".join([f"[{title}]\n", *(f"{key} = {value}\n" for key, value in lines.items() if value)])


def join_endpoint(host: str, port: int) -> str:
    """Join host and port, with brackets around IPv6; a host with a port of its own keeps it."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return f"[{bare}]:{port}" if isinstance(ip_address(bare), IPv6Address) else f"{bare}:{port}"
    except ValueError:
        has_port = re.fullmatch(r"(\[[^\]]+\]|[^:]+):\d{1,5}", host)
        return host if has_port else f"{host}:{port}"


def tunnel_name(owner: str, device: str, taken: Collection[str] = ()) -> str:
    """Name a tunnel after a friend and their device, such as `anna-phone`, unlike those `taken`; see plain_name."""
    whose, what = plain_name(owner.partition(" ")[0], "").lower(), plain_name(device, "").lower()
    room = max(_LONGEST - 1 - len(what), _LONGEST // 3)
    name = plain_name("-".join(filter(None, (whose[:room], what))))
    number = 1
    while name in taken:
        number += 1
        name = f"{name[: _LONGEST - 1 - len(str(number))].rstrip('-')}-{number}"
    return name


def numbered(name: str, number: int) -> str:
    """Return the tunnel's name in the `number`th file: `anna-phone`, `anna-phone2`, …"""
    if number == 1:
        return name
    ending = f"_{number}" if name[-1].isdigit() else str(number)
    return f"{name[: _LONGEST - len(ending)].rstrip('-_')}{ending}"


def plain_name(words: str, fallback: str = "vpn") -> str:
    """Convert text in any alphabet to a tunnel's name, which is also its file's name: up to 15 of `[A-Za-z0-9_-]`.

    Russian is transliterated and accents are dropped; `fallback` is used if nothing is left. The name never starts
    with a hyphen, is never one that Windows reserves, and never contains `backup`, which AmneziaVPN would restore.
    """
    latin = "".join(map(_to_latin, unicodedata.normalize("NFC", words)))
    name = re.sub(r"[^A-Za-z0-9_]+", "-", latin).lstrip("-")
    name = re.sub(r"(?i)(ba)c(kup)", r"\1\2", name)
    name = name[:_LONGEST].rstrip("-") or fallback
    return f"_{name}"[:_LONGEST] if _RESERVED.fullmatch(name) else name


def _to_latin(letter: str) -> str:
    """Spell a letter in ASCII: Cyrillic and signs by the table, others without accents, anything else as a space."""
    if letter.lower() in _LATIN:
        latin = _LATIN[letter.lower()]
        return latin.capitalize() if letter.isupper() else latin
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or " "
