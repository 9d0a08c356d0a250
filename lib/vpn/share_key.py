"""Write a .conf as AmneziaVPN shares it: a `vpn://` key to paste, and QR codes for versions that scan no plain ones.

The JSON is what the app makes of an imported .conf (importController.cpp), the frames are those of its own export
(exportController.cpp).
"""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from typing import Any

from lib.vpn import obfuscation

_SLICE = 850  # bytes of the compressed key in one QR code
_MAGIC = 1984  # marks a frame of a series
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def share_key(conf: str, description: str) -> str:
    """Return the key that is pasted or opened as a file; `description` is the name that the app shows."""
    return "vpn://" + _base64(_compressed(conf, description))


def series(conf: str, description: str) -> list[str]:
    """Return the texts of the QR codes that together carry the key, up to 1160 characters each; their order is free."""
    packed = _compressed(conf, description)
    slices = [packed[start : start + _SLICE] for start in range(0, len(packed), _SLICE)]
    heads = [struct.pack(">hBBI", _MAGIC, len(slices), index, len(part)) for index, part in enumerate(slices)]
    return [_base64(head + part) for head, part in zip(heads, slices, strict=True)]


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _compressed(conf: str, description: str) -> bytes:
    """Compress like Qt: the length, then zlib."""
    raw = json.dumps(_described(conf, description), ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack(">I", len(raw)) + zlib.compress(raw, 8)


def _described(conf: str, description: str) -> dict[str, Any]:
    """Describe the connection as the app stores it."""
    lines = dict(line.split(" = ", 1) for line in conf.splitlines() if " = " in line)  # no key is in both sections
    host, _, port = lines["Endpoint"].rpartition(":")
    host = host.strip("[]")
    parameters = {key: lines[key] for key in obfuscation.KEYS if key in lines}
    version = obfuscation.version(parameters)
    container = {"plain": "amnezia-wireguard", "1.0": "amnezia-awg"}.get(version, "amnezia-awg2")
    protocol = "wireguard" if version == "plain" else "awg"
    last_config = {
        "config": conf,
        "hostName": host,
        "port": int(port),
        "client_priv_key": lines["PrivateKey"],
        "client_ip": lines["Address"],
        "server_pub_key": lines["PublicKey"],
        "psk_key": lines.get("PresharedKey", ""),
        "allowed_ips": lines["AllowedIPs"].split(", "),
        "persistent_keep_alive": lines.get("PersistentKeepalive", ""),
        "mtu": lines.get("MTU", ""),
        **parameters,
    }
    inner = {
        "isThirdPartyConfig": True,
        "last_config": json.dumps({key: value for key, value in last_config.items() if value != ""}),
        "port": port,
        "transport_proto": "udp",
    }
    servers = _IPV4.findall(lines.get("DNS", ""))[:2]
    return {
        "containers": [{"container": container, protocol: inner}],
        "defaultContainer": container,
        "description": description,
        **({"dns1": servers[0], "dns2": servers[1]} if len(servers) == 2 else {}),
        "hostName": host,
    }
