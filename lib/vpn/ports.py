"""The server's ports that lead to the tunnel: which ones, which one new files use, and which one a device uses.

SECOND_PORTS are redirected to the interface's own by the table that install.sh writes (install/policy.py).
"""

from __future__ import annotations

import json
from typing import Any

from lib.settings import Settings
from lib.vpn.client_config import join_endpoint


def leading(settings: Settings, own: int) -> tuple[int, ...]:
    """List the ports that lead to the tunnel: the interface's own first, if it is known (not 0)."""
    return tuple(dict.fromkeys(filter(None, (own, *settings.second_ports))))


def others(settings: Settings, own: int) -> tuple[int, ...]:
    """List the ports that lead to the tunnel besides the usual one."""
    return tuple(port for port in leading(settings, own) if port != usual(settings, own))


def usual(settings: Settings, own: int) -> int:
    """Return the port that new files use: USUAL_PORT, or the interface's own if that does not lead to the tunnel."""
    wish = settings.usual_port
    return wish if wish in settings.second_ports and wish is not None else own


def usual_endpoint(settings: Settings, own: int) -> str:
    """Return the server's endpoint for new files. A port in SERVER_ENDPOINT stands for the interface's own."""
    endpoint = join_endpoint(settings.server_endpoint, own)
    port = usual(settings, own)
    return endpoint if port == own else with_port(endpoint, port)


def with_port(endpoint: str, port: int) -> str:
    """Return an endpoint with another port."""
    return f"{endpoint.rpartition(':')[0]}:{port}"


def still_leads(settings: Settings, own: int, endpoint: str) -> bool:
    """Return True if the port of an earlier endpoint still leads to the tunnel."""
    return int(endpoint.rpartition(":")[2]) in leading(settings, own)


def asked(table: str | None) -> dict[str, int]:
    """Return the port that each device used lately, by the device's endpoint as `awg show` writes it.

    `table` is what `nft -j list table` prints of install.sh's table; None or an older one says nothing. Where one
    endpoint used two ports within a second, which one is newer is not known.
    """
    newest: dict[str, tuple[int, int]] = {}
    unclear: set[str] = set()
    for (address, source, port), left in _elements(table):
        endpoint = join_endpoint(str(address), int(source))
        before, _ = newest.get(endpoint, (-1, 0))
        if left == before:
            unclear.add(endpoint)
        elif left > before:
            newest[endpoint] = (left, int(port))
            unclear.discard(endpoint)
    return {endpoint: port for endpoint, (_, port) in newest.items() if endpoint not in unclear}


def redirected(table: str | None) -> frozenset[int] | None:
    """Return the further ports that install.sh's table leads to the tunnel; None if it is not there to be read."""
    found: set[int] = set()
    try:
        items = json.loads(table or "")["nftables"]
        rules = [item["rule"]["expr"] for item in items if item.get("rule", {}).get("chain") == "second_ports"]
        matches = [one["match"] for rule in rules for one in rule if "match" in one]
        for right in (one["right"] for one in matches if one["left"].get("payload", {}).get("field") == "dport"):
            found.update(map(int, right["set"] if isinstance(right, dict) else [right]))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return frozenset(found)


def _elements(table: str | None) -> list[tuple[list[Any], int]]:
    """List what the sets hold: address, source port, asked port, and the seconds until it is forgotten."""
    found: list[tuple[list[Any], int]] = []
    try:
        items = json.loads(table or "{}").get("nftables", ())
        sets = [item["set"] for item in items if "set" in item and item["set"]["name"] in ("came4", "came6")]
        for one in (element["elem"] for its in sets for element in its.get("elem", ())):
            address, source, port = one["val"]["concat"]
            found.append(([address, int(source), int(port)], int(one["expires"])))
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
    return found
