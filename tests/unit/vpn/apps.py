"""How the apps read a .conf, written from their sources and independent of the project's own code; each raises Refused.

AmneziaVPN of 2024: importController.cpp of amnezia-client. AmneziaWG: Config.java, Interface.java and Peer.java of
amneziawg-android, and TunnelConfiguration+WgQuickConfig.swift of its Apple sibling, which refuses a key given twice.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping

NEEDED_BY_VPN = ("Jc", "Jmin", "Jmax", "S1", "S2", "H1", "H2", "H3", "H4")
INTERFACE = [
    "address",
    "dns",
    "listenport",
    "mtu",
    "privatekey",
    "jc",
    "jmin",
    "jmax",
    "s1",
    "s2",
    "s3",
    "s4",
    "h1",
    "h2",
    "h3",
    "h4",
    "i1",
    "i2",
    "i3",
    "i4",
    "i5",
    "headerprotectionkey",
    "contentpaddingaddition",
    "rekeyaftertime",
    "rekeytimeout",
    "rejectaftertime",
    "keepalivetimeout",
    "maxhandshakeattempts",
    "randomtrailers",
    "disablecookies",
]
PEER = ["allowedips", "endpoint", "persistentkeepalive", "presharedkey", "publickey"]
KNOWN_SINCE = {
    **dict.fromkeys(["s3", "s4", "i1", "i2", "i3", "i4", "i5"], "2.0"),
    **dict.fromkeys(INTERFACE[INTERFACE.index("headerprotectionkey") : INTERFACE.index("randomtrailers")], "3.0"),
    **dict.fromkeys(("randomtrailers", "disablecookies"), "3.1"),
}
NUMBERS = {"jc", "jmin", "jmax", "s1", "s2", "s3", "s4", "mtu", "listenport", "persistentkeepalive"}


class Refused(Exception):
    """The app shows an error instead of a tunnel."""


def amneziavpn_of_2024(text: str) -> dict[str, str]:
    """Import as AmneziaVPN 4.8.2 does: exactly one ' = ' a line, keys by their very letters, the rest is overlooked.

    Gives what it stores; without each of NEEDED_BY_VPN it takes the tunnel for plain WireGuard and drops them all.
    """
    found: dict[str, str] = {}
    for line in map(str.strip, text.split("\n")):
        parts = line.split(" = ")
        if not (line.startswith("[") and line.endswith("]")) and len(parts) == 2:
            found[parts[0].strip()] = parts[1].strip()
    if not all(found.get(key) for key in ("Endpoint", "PrivateKey", "Address", "PublicKey")):
        raise Refused("a key parameter is missing")
    obfuscated = all(found.get(key) for key in NEEDED_BY_VPN)
    servers = re.search(r"DNS = (\b\d{1,3}(?:\.\d{1,3}){3}\b).*(\b\d{1,3}(?:\.\d{1,3}){3}\b)", text)
    kept = {key: value for key, value in found.items() if obfuscated or key not in NEEDED_BY_VPN}
    return {
        **kept,
        "protocol": "awg" if obfuscated else "wireguard",
        "dns": ", ".join(servers.groups() if servers else ()),
    }


def amneziawg(text: str, version: str = "3.1") -> dict[str, str]:
    """Import as AmneziaWG of a version does: each line a known key with a value, none twice, of the right kind."""
    sections: dict[str, dict[str, str]] = {"interface": {}, "peer": {}}
    section = ""
    for line in filter(None, (line.partition("#")[0].strip() for line in text.split("\n"))):
        if line.startswith("["):
            section = line.lower().strip("[]")
            if section not in sections:
                raise Refused(f"unknown section {line}")
            continue
        match = re.fullmatch(r"(\w+)\s*=\s*(.*?)\s*", line)
        if not match or not match[2] or not section:
            raise Refused(f"syntax: {line.partition('=')[0]}")
        key = match[1].lower()
        if key not in (INTERFACE if section == "interface" else PEER) or KNOWN_SINCE.get(key, "1.0") > version:
            raise Refused(f"unknown attribute {key}")
        if key in sections[section]:
            raise Refused(f"{key} twice")
        _check(key, match[2], version)
        sections[section][key] = match[2]
    whole = {**sections["interface"], **sections["peer"]}
    if not {"privatekey", "address", "publickey", "allowedips", "endpoint"} <= whole.keys():
        raise Refused("an attribute is missing")
    return whole


def setconf(text: str) -> Mapping[str, str]:
    """Read as `awg setconf` reads what awg-quick strips: any case of keys, blanks around and within values dropped."""
    lines = (re.sub(r"\s+", "", line.partition("#")[0]) for line in text.split("\n"))
    pairs = [line.split("=", 1) for line in lines if "=" in line]
    kept = {key.lower(): value for key, value in pairs if key.lower() not in ("address", "dns", "mtu")}
    if not all(kept.values()) or not kept.keys() <= {*INTERFACE, *PEER}:
        raise Refused("Unable to parse the line")
    return kept


def _check(key: str, value: str, version: str) -> None:
    """Hold a value against its kind."""
    try:
        if key in NUMBERS:
            int(value)
        elif re.fullmatch("h[1-4]", key):
            ends = [int(end) for end in value.split("-")]
            if len(ends) > (1 if version == "1.0" else 2) or ends != sorted(ends):
                raise Refused(f"{key} is no header of {version}")
        elif key.endswith("key") and len(base64.b64decode(value, validate=True)) != 32:
            raise Refused(f"{key} is no key")
        elif key in ("address", "allowedips"):
            for item in re.split(r"\s*,\s*", value):
                ipaddress.ip_interface(item)
        elif key == "dns":
            for item in re.split(r"\s*,\s*", value):
                ipaddress.ip_address(item)
        elif key == "endpoint" and not re.fullmatch(r"(\[[0-9a-f:.]+\]|[^\s:\[\]]+):\d{1,5}", value):
            raise Refused("no endpoint")
    except ValueError:
        raise Refused(f"{key} has a value of the wrong kind") from None
