"""What surrounds an interface, as the node would tell: one uplink, forwarding on, and the rules that a test gives."""

from __future__ import annotations

import json
from ipaddress import ip_interface
from typing import Any

from lib.vpn.interface import Interface, Surroundings

ROUTES = [
    {"dst": "default", "gateway": "192.0.2.1", "dev": "eth0", "flags": []},
    {"dst": "10.8.0.0/16", "dev": "awg0", "protocol": "kernel", "flags": []},
    {"type": "local", "dst": "192.0.2.2", "dev": "eth0", "table": "local", "flags": []},
    {"dst": "default", "gateway": "fe80::1", "dev": "eth0", "metric": 1024, "flags": [], "pref": "medium"},
    {"type": "local", "dst": "2001:db8::2", "dev": "eth0", "table": "local", "flags": [], "pref": "medium"},
]
MASQUERADE = [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
                         "right": {"prefix": {"addr": "10.8.0.0", "len": 16}}}}, {"masquerade": None}]  # fmt: skip


def forwarding(**off: bool) -> str:
    """Return what `ip netconf` prints, with forwarding on everywhere but where it is said to be off."""
    names = ("all", "default", "lo", "eth0", "awg0")
    rows = [{"family": family, "interface": name, "forwarding": off.get(name, off.get(family, True))}
            for family in ("inet", "inet6") for name in names]  # fmt: skip
    return json.dumps(rows)


def table(name: str, *chains: dict[str, Any], family: str = "inet") -> list[dict[str, Any]]:
    """Return a table with chains, as nft lists it."""
    heads = [{"chain": {"family": family, "table": name, **{k: v for k, v in one.items() if k != "rules"}}}
             for one in chains]  # fmt: skip
    rules = [{"rule": {"family": family, "table": name, "chain": one["name"], "expr": expr}}
             for one in chains for expr in one["rules"]]  # fmt: skip
    return [{"table": {"family": family, "name": name}}, *heads, *rules]


def chain(name: str, *rules: list[Any], **base: Any) -> dict[str, Any]:
    """Return a chain; `hook`, `prio`, `policy` and `type` make it a base chain."""
    return {"name": name, "rules": list(rules), **base}


def base(hook: str, *rules: list[Any], policy: str = "accept", prio: int = 0) -> dict[str, Any]:
    """Return a base chain, named like its hook."""
    kind = "nat" if hook == "postrouting" else "filter"
    return chain(hook, *rules, type=kind, hook=hook, prio=prio, policy=policy)


OWN = table("andreyvpn_awg0", base("postrouting", MASQUERADE, prio=100))


def listing(*items: list[dict[str, Any]]) -> str:
    """Return what `nft -j list ruleset` prints."""
    return json.dumps({"nftables": [{"metainfo": {"version": "1.0.6"}}, *(row for one in items for row in one)]})


def around(*tables: list[dict[str, Any]], routes: Any = ROUTES, **more: str | None) -> Surroundings:
    """Return the surroundings of an interface with these tables."""
    return Surroundings(
        **{
            "tool": "amneziawg-tools v3.1.20260812", "forwarding": forwarding(), "routes": json.dumps(routes),
            "firewall": listing(*tables), **more,
        }
    )  # fmt: skip


def seen(surroundings: Surroundings | None, *addresses: str) -> Interface:
    """Return an interface on port 51820 with these addresses, by default an IPv4 one."""
    own = tuple(map(ip_interface, addresses or ("10.8.0.1/16",)))
    return Interface("KEY", 51820, {}, (), addresses=own, surroundings=surroundings)
