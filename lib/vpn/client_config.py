"""Write what a friend's device imports: the text of a .conf, its endpoint, and a file name that every app accepts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from lib.vpn import obfuscation

_LATIN = dict(zip("абвгдезийклмнопрстуфыэіґўё", "abvgdeziyklmnoprstufyeigue", strict=True))
_LATIN |= {
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "ї": "yi",
    "є": "ye",
}
_LATIN |= dict.fromkeys("ъь'’ʼ`", "")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_LONGEST = 15  # characters of a tunnel's name: IFNAMSIZ - 1, which all apps keep


@dataclass(frozen=True)
class Tunnel:
    """The client's own end: base64 keys and bare addresses of the tunnel, IPv4 first."""

    private_key: str = field(repr=False)
    preshared_key: str = field(repr=False)
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Server:
    """The server's end: base64 key, `host:port`, and the obfuscation parameters of its interface (may hold a key)."""

    public_key: str
    endpoint: str
    parameters: Mapping[str, str] = field(repr=False)


def render(
    tunnel: Tunnel, server: Server, *, dns: Sequence[str], allowed_ips: Sequence[str], mtu: int, keepalive: int
) -> str:
    """Give the .conf in the order AmneziaVPN writes it, `Key = value` a line; what is unset or empty has no line.

    `mtu` is in bytes, `keepalive` in seconds; 0 leaves either line out. Obfuscation is written whole (see
    `obfuscation.complete`) or, on a plain WireGuard server, not at all.
    """
    interface = {
        "Address": ", ".join(_with_prefix(address) for address in tunnel.addresses),
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
        "PersistentKeepalive": str(keepalive or ""),
    }
    return _section("Interface", interface) + _section("Peer", peer)


def _section(title: str, lines: Mapping[str, str]) -> str:
    """Give one section; a key without a value has no line, because `I2 = ` breaks an import."""
    return "".join([f"[{title}]\n", *(f"{key} = {value}\n" for key, value in lines.items() if value)])


def _with_prefix(address: str) -> str:
    """Give a bare address the prefix length of a single host."""
    return f"{address}/{ip_address(address).max_prefixlen}"


def join_endpoint(host: str, port: int) -> str:
    """Join host and port, with brackets around IPv6; a host that names its own port keeps it."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        is_v6 = isinstance(ip_address(bare), IPv6Address)
    except ValueError:
        has_port = re.fullmatch(r"(\[[^\]]+\]|[^:]+):\d{1,5}", host)
        return host if has_port else f"{host}:{port}"
    return f"[{bare}]:{port}" if is_v6 else f"{bare}:{port}"


def tunnel_name(owner: str, device: str, taken: Collection[str] = ()) -> str:
    """Name a tunnel after a friend and their device, `anna-phone`, other than those `taken`; see plain_name."""
    whose, what = plain_name(owner.partition(" ")[0], "").lower(), plain_name(device, "").lower()
    room = max(_LONGEST - 1 - len(what), _LONGEST // 3)
    name = plain_name("-".join(filter(None, (whose[:room], what))))
    number = 1
    while name in taken:
        number += 1
        name = f"{name[: _LONGEST - 1 - len(str(number))].rstrip('.-')}-{number}"
    return name


def plain_name(words: str, fallback: str = "vpn") -> str:
    """Make `words` of any alphabet a tunnel's name, which is its file's name too: at most 15 of `[A-Za-z0-9_=+.-]`.

    Russian is transliterated and accents are dropped; where nothing is left the name is `fallback`, which is plain
    already. Never starts with a dot or a hyphen, never is a name that Windows reserves.
    """
    latin = "".join(_to_latin(letter) for letter in unicodedata.normalize("NFC", words))
    name = re.sub(r"[^A-Za-z0-9_=+.]+", "-", latin).lstrip(".-")
    name = name[:_LONGEST].rstrip(".-") or fallback
    if _RESERVED.fullmatch(name):
        name = f"_{name}"[:_LONGEST]
    return name


def _to_latin(letter: str) -> str:
    """Spell one letter in ASCII: Cyrillic and signs by the table, others without accents, the rest as a space."""
    if letter.lower() in _LATIN:
        latin = _LATIN[letter.lower()]
        return latin.capitalize() if letter.isupper() else latin
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or " "
