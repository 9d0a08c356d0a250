"""Read what `nft -j list ruleset` prints into tables whose rules can be walked. What is not understood stays undecided.

The JSON names the matches of iptables-nft (`xt`) without what they look for, and `-t` leaves out the elements of sets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from ipaddress import ip_network
from typing import Any

from lib.watch.firewall import Base, Choice, Packet, Rule, Table, Test, all_of, any_of, in_internet, invert

ABSENT = object()  # a field that such a packet does not have: no comparison with it matches
UNSEEN = object()  # a value that can't be known
INTERNET = object()  # an address that no rule names
SILENT = (
    "counter", "log", "comment", "ct helper", "ct timeout", "ct expectation", "set", "map", "flow", "last", "mangle",
    "continue", "secmark",
)  # fmt: skip
OUTCOMES = {
    **{name: name for name in ("accept", "drop", "return", "jump", "goto")},
    "reject": "drop", "masquerade": "nat", "snat": "nat",
}  # fmt: skip
XT_SILENT = ("LOG", "NFLOG", "TCPMSS", "CHECKSUM", "TRACE", "SET", "TOS", "DSCP", "CLASSIFY", "TTL", "HL", "CT")
XT_OUTCOMES = {"MASQUERADE": "nat", "SNAT": "nat", "NETMAP": "nat", "REJECT": "drop"}


def read_ruleset(text: str) -> list[Table]:
    """Read a ruleset; raise ValueError if it is not one."""
    tables: dict[tuple[str, str], Table] = {}
    try:
        for item in json.loads(text)["nftables"]:
            ((kind, its),) = item.items()
            if kind == "table":
                tables[its["family"], its["name"]] = Table(its["family"], its["name"])
            elif kind == "chain":
                table = tables[its["family"], its["table"]]
                table.chains[its["name"]] = []
                if "hook" in its:
                    policy, device = its.get("policy", "accept"), its.get("dev")
                    table.bases.append(Base(its["hook"], its["prio"], policy, its["name"], device))
            elif kind == "set" and "timeout" in its.get("flags", ()):
                tables[its["family"], its["table"]].bans.add(f"@{its['name']}")
            elif kind == "rule":
                table = tables[its["family"], its["table"]]
                table.chains[its["chain"]].append(_rule(its["expr"], table))
    except (LookupError, TypeError, AttributeError) as exc:
        raise ValueError(f"not a ruleset: {exc!r}") from None
    return list(tables.values())


def _rule(statements: list[dict[str, Any]], table: Table) -> Rule:
    tests: list[Test] = []
    choices: list[Choice] = []
    about_ports = '"dport"' in json.dumps(statements)
    for statement in statements:
        ((name, its),) = statement.items() if isinstance(statement, dict) else (("xt", None),)
        if name == "match":
            drops = partial(_drops, choices, table)
            tests.append(_comparison(its["left"], its["op"], its["right"], drops, about_ports, table.bans))
        elif name == "xt":
            _read_xt(its, tests, choices)
        elif name in ("limit", "ct count"):
            tests.append(_always(False if isinstance(its, dict) and its.get("inv") else None))
        elif name == "vmap":
            choices += _choices(its)
        elif name in OUTCOMES:
            choices.append((_always(True), OUTCOMES[name], its["target"] if name in ("jump", "goto") else ""))
        elif name == "notrack":
            choices.append((_always(True), "change", "state"))
        elif name == "mangle" and '"mark"' in json.dumps(its["key"]):
            choices.append((_always(True), "change", "mark"))
        elif name not in SILENT:
            choices.append((_always(True), "unknown", ""))
    return Rule(tuple(tests), tuple(choices))


def _drops(choices: Iterable[Choice], table: Table) -> bool:
    """Return True if a rule exists to drop what it matches, directly or in the chain that it leads to."""
    ends = {verdict for _, verdict, chain in choices if verdict not in ("jump", "goto")}
    leads_to = [chain for _, verdict, chain in choices if verdict in ("jump", "goto")]
    ends |= {verdict for chain in leads_to for rule in table.chains.get(chain, ()) for _, verdict, _ in rule.choices}
    return "drop" in ends and ends <= {"drop", "change"}


def _always(answer: bool | None) -> Test:
    return lambda packet: answer


def _read_xt(its: Mapping[str, str] | None, tests: list[Test], choices: list[Choice]) -> None:
    """Read a match or target of iptables, of which only the name is known; older versions of nft have none."""
    kind, name = (its.get("type"), its.get("name", "")) if its else ("match", "")
    if kind == "match":
        tests.append(_always(True if name == "comment" else None))
    elif name in ("MARK", "CONNMARK"):
        choices.append((_always(True), "change", "mark"))
    elif name not in XT_SILENT:
        choices.append((_always(True), XT_OUTCOMES.get(name, "unknown"), ""))
    if not its:  # it may as well have been a target
        choices.append((_always(None), "unknown", ""))


def _choices(vmap: Mapping[str, Any]) -> Iterator[Choice]:
    """Read a verdict map; one with a name has its elements elsewhere."""
    data = vmap["data"]
    if not isinstance(data, dict):
        yield _always(None), "unknown", ""
        return
    for key, verdict in data["set"]:
        ((name, its),) = verdict.items()
        if name != "continue":
            outcome = OUTCOMES.get(name, "unknown")
            yield _comparison(vmap["key"], "==", key), outcome, its["target"] if its else ""


def _comparison(
    left: Any, op: str, right: Any, drops: Callable[[], bool] = lambda: False, about_ports: bool = False,
    bans: Collection[str] = (),
) -> Test:  # fmt: skip
    """Return the test that compares a packet's field; `drops` tells whether its rule is there to drop what matches.

    A rule about ports that lets some addresses in may mean those of friends. A list of the banned has no ordinary
    address of the internet in it, and one of `bans` has none of the tunnel either.
    """
    read = _field(left)

    def test(packet: Packet) -> bool | None:
        value = read(packet)
        if value is ABSENT:
            return False
        if value is UNSEEN:
            return None
        if isinstance(right, str) and right.startswith("@"):
            return False if op == "==" and (value is INTERNET or right in bans) and drops() else None
        if value is INTERNET and about_ports and _equal(value, right) is False and not drops():
            return None
        if op in ("<", ">", "<=", ">="):
            return _ordered(value, op, right)
        if isinstance(value, frozenset) and isinstance(right, list) and op != "==":
            found = any_of(_equal(value, one, part=True) for one in right)
        else:
            found = _equal(value, right, part=op == "in")
        return invert(found) if op == "!=" else found

    return test


def _ordered(value: Any, op: str, right: Any) -> bool | None:
    if not (isinstance(value, int) and isinstance(right, int)):
        return None
    return {"<": value < right, ">": value > right, "<=": value <= right, ">=": value >= right}[op]


def _equal(value: Any, right: Any, part: bool = False) -> bool | None:
    """Compare a value with a literal, a range, a prefix, or one of a set; for flags, `part` asks for one of them."""
    if isinstance(value, tuple) and isinstance(right, dict) and "concat" in right:
        return all_of(map(_equal, value, right["concat"]))
    if isinstance(right, dict):
        if "set" in right:
            elements = right["set"] if isinstance(right["set"], list) else [right["set"]]
            return any_of(_equal(value, element) for element in elements)
        if "elem" in right:
            return _equal(value, right["elem"]["val"])
    if value is INTERNET or hasattr(value, "network_address"):
        return _covers(value, right)
    if isinstance(value, frozenset):
        return _flags(value, right, part)
    if isinstance(right, dict) and "range" in right:
        first, last = right["range"]
        return first <= value <= last if all(isinstance(one, int) for one in (value, first, last)) else None
    if isinstance(right, list):
        return any_of(_equal(value, one) for one in right)
    if isinstance(value, str) and isinstance(right, str):
        return value.startswith(right[:-1]) if right.endswith("*") else value == right
    return value == right if type(value) is type(right) else None


def _covers(value: Any, right: Any) -> bool | None:
    """Compare an address with a network: inside it, outside, or only in part."""
    try:
        if isinstance(right, dict) and "prefix" in right:
            network = ip_network(f"{right['prefix']['addr']}/{right['prefix']['len']}", strict=False)
        elif isinstance(right, dict):
            return None if value is not INTERNET else _spans(right)
        else:
            network = ip_network(right)
    except (ValueError, KeyError, TypeError):
        return None
    if value is INTERNET:
        return in_internet(network.prefixlen)
    if value.version != network.version or not value.overlaps(network):
        return False
    return True if value.subnet_of(network) else None


def _spans(right: Mapping[str, Any]) -> bool | None:
    """A range of addresses is a short piece of the internet, unless it begins where the internet does."""
    first = str(right.get("range", ("0",))[0])
    return None if first in ("0.0.0.0", "::", "0") else False  # noqa: S104 - an address to compare with


def _flags(value: frozenset[str], right: Any, part: bool) -> bool | None:
    if isinstance(right, int):
        return not value if right == 0 else None
    names = _names(right)
    return None if names is None else bool(value & names) if part else value == names


def _names(right: Any) -> frozenset[str] | None:
    """Return the names of flags, however they are joined."""
    if isinstance(right, str):
        return frozenset((right,))
    parts = next(iter(right.values())) if isinstance(right, dict) and "|" in right else right
    names = [_names(part) for part in parts] if isinstance(parts, list) else [None]
    return None if None in names else frozenset(name for found in names for name in found or ())


def _field(left: Any) -> Callable[[Packet], Any]:
    """Return what reads a field of a packet."""
    if not isinstance(left, dict):
        return lambda packet: UNSEEN
    ((kind, its),) = left.items()
    if kind == "concat":
        parts = [_field(part) for part in its]
        return lambda packet: _joined([part(packet) for part in parts])
    if kind == "&":
        part, mask = _field(its[0]), its[1]
        return lambda packet: _masked(part(packet), mask)
    readers: Mapping[str, Callable[[Packet, Any], Any]] = {"meta": _meta, "payload": _payload, "ct": _ct, "fib": _fib}
    read = readers.get(kind)
    return (lambda packet: read(packet, its)) if read else lambda packet: UNSEEN


def _joined(values: list[Any]) -> Any:
    for special in (ABSENT, UNSEEN):
        if special in values:
            return special
    return tuple(values)


def _masked(value: Any, mask: Any) -> Any:
    if isinstance(value, frozenset) and (names := _names(mask)) is not None:
        return value & names
    return value & mask if isinstance(value, int) and isinstance(mask, int) else value if value is ABSENT else UNSEEN


def _meta(packet: Packet, its: Mapping[str, str]) -> Any:
    """Read what the kernel knows about a packet."""
    values: dict[str, Any] = {
        "iifname": packet.iif, "iif": packet.iif, "oifname": packet.oif, "oif": packet.oif,
        "nfproto": f"ipv{packet.family}", "protocol": "ip" if packet.family == 4 else "ip6",
        "l4proto": packet.protocol, "mark": UNSEEN if packet.mark is None else packet.mark, "pkttype": "host",
        "skuid": ABSENT, "skgid": ABSENT, "ibrname": ABSENT, "obrname": ABSENT,
    }  # fmt: skip
    return values.get(its["key"], UNSEEN)


def _payload(packet: Packet, its: Mapping[str, Any]) -> Any:
    """Read a header's field."""
    protocol, name = its.get("protocol"), its.get("field")
    if protocol in ("ip", "ip6"):
        if protocol != ("ip" if packet.family == 4 else "ip6"):
            return ABSENT
        addresses = {"saddr": packet.source, "daddr": packet.target}
        if name in addresses:
            return addresses[name] or INTERNET
        return {"protocol": packet.protocol, "nexthdr": packet.protocol, "frag-off": 0}.get(str(name), UNSEEN)
    if protocol not in (packet.protocol, "th"):
        return UNSEEN if protocol is None else ABSENT
    return {"sport": packet.ports[0], "dport": packet.ports[1], "flags": packet.flags}.get(str(name), UNSEEN)


def _ct(packet: Packet, its: Mapping[str, str]) -> Any:
    """Read what conntrack knows about a connection; no traffic is treated as DNATed."""
    key = its["key"]
    if key == "state":
        return UNSEEN if packet.state is None else frozenset((packet.state,))
    if key == "direction":
        return "reply" if packet.state == "established" else "original"
    if key == "status":
        return frozenset(("seen-reply", "assured", "confirmed", "snat") if packet.state == "established" else ())
    return UNSEEN if key != "mark" or packet.mark is None else packet.mark


def _fib(packet: Packet, its: Mapping[str, Any]) -> Any:
    """Read what the routing tables say: where an address lies, and that each packet came by the way back."""
    flags = its.get("flags", [])
    if its["result"] == "type" and "daddr" in flags:
        return "local" if packet.local else "unicast"
    if its["result"] == "type" and "saddr" in flags:
        return "unicast"
    return True if its["result"] in ("oif", "check") and "saddr" in flags else UNSEEN
