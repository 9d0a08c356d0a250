"""Say what is in the way between friends and the internet: routes, forwarding, NAT and firewalls, the owner's included.

Each finding names the place and what to type. What can't be proven is said as "unknown": no false alarm, no false green.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import NamedTuple

from lib.vpn.interface import Interface, Surroundings
from lib.watch import mending
from lib.watch.firewall import Answer, Network, Packet, Table, is_translated, judge
from lib.watch.iptables import read_tables
from lib.watch.nft import read_ruleset

OK, UNKNOWN, WRONG = "ok", "unknown", "wrong"
FORWARDED = ("ingress", "prerouting", "forward", "postrouting")
ARRIVING, LEAVING = ("ingress", "prerouting", "input"), ("output", "postrouting")


class Finding(NamedTuple):
    """A level, the key of a text in chat/texts, and that text's values."""

    level: str
    key: str
    values: dict[str, str]


@dataclass(frozen=True)
class Way:
    """The interface, the device that leads to the internet, and the tunnel's networks, all of one IP version."""

    interface: str
    uplink: str
    family: int
    networks: tuple[Network, ...]

    @property
    def name(self) -> str:
        return f"IPv{self.family}"

    @property
    def anywhere(self) -> Network:
        """An address of which nothing is known."""
        return ip_network("0.0.0.0/0" if self.family == 4 else "::/0")

    def packets(self) -> Iterator[tuple[Packet, Packet]]:
        """Yield, for each network, what opens a friend's connection to a web server, and the answer."""
        for network in self.networks or (self.anywhere,):
            opened = frozenset(("syn",))
            out = Packet(self.family, "tcp", self.interface, self.uplink, network, None, (50000, 443), "new", opened)
            answered = frozenset(("syn", "ack"))
            back = Packet(
                self.family, "tcp", self.uplink, self.interface, None, network, (443, 50000), "established", answered
            )
            yield out, back

    def handshake(self, port: int) -> Iterator[tuple[tuple[str, ...], Packet]]:
        """Yield what a friend's device sends to the server from outside, and the answer, each with its hooks."""
        family, here = self.family, self.anywhere
        yield ARRIVING, Packet(family, "udp", self.uplink, "", None, here, (50000, port), "new", local=True)
        yield LEAVING, Packet(family, "udp", "", self.uplink, here, None, (port, 50000), "established")


def find(name: str, seen: Interface, made_here: bool) -> list[Finding]:
    """Return what can be said about the way out of an interface; `made_here`: the installer made it, with NAT."""
    around = seen.surroundings
    if around is None:
        return []
    routes = uplinks(around.routes)
    if routes is None:
        return [Finding(UNKNOWN, "way_no_tools", {})]
    found: list[Finding] = []
    ways: list[list[Way]] = []
    for family in (4, 6):
        own = [address for address in seen.addresses if address.version == family]
        devices = [device for device in routes[family] if device != name]
        if own and not devices:
            found.append(Finding(WRONG, "way_no_route", {}) if family == 4 else Finding(UNKNOWN, "way_no_route6", {}))
        elif own:
            networks = tuple(address.network for address in own if address.network.num_addresses > 1)
            ways.append([Way(name, device, family, networks) for device in devices])
            found += _forwarding(around, ways[-1])
    tables = read_firewall(around)
    if tables is None:
        return [*found, Finding(UNKNOWN, "way_no_nft", {})]
    hidden = bool(around.legacy) and not _is_legacy(around.iptables)
    return [*found, *_firewall(tables, ways, seen.port, made_here, hidden)]


def uplinks(routes: str | None) -> dict[int, list[str]] | None:
    """Return the devices of default routes by IP version, the best one of the main table first; None if unreadable."""
    try:
        listed = [route for route in json.loads(routes or "") if route["dst"] in ("default", "0.0.0.0/1", "::/1")]
        found: dict[int, list[tuple[bool, int, str]]] = {4: [], 6: []}
        for route in listed:
            if route.get("type", "unicast") != "unicast":
                continue
            family = 6 if "pref" in route or ":" in route.get("gateway", "") or route["dst"] == "::/1" else 4
            hops = route.get("nexthops") or [route]
            key = route.get("table", "main") != "main", int(route.get("metric", 0))
            found[family] += [(*key, hop["dev"]) for hop in hops if "dev" in hop]
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    best = {family: sorted(routes, key=lambda one: one[:2]) for family, routes in found.items()}
    return {
        family: list(dict.fromkeys(dev for number, (other, _, dev) in enumerate(routes) if other or not number))
        for family, routes in best.items()
    }


def _forwarding(around: Surroundings, ways: Sequence[Way]) -> Iterator[Finding]:
    """Report what keeps the kernel from passing packets on: each device of IPv4 has a switch, IPv6 has one for all."""
    family = ways[0].family
    try:
        listed = json.loads(around.forwarding or "")
        on = {one["interface"]: one["forwarding"] for one in listed if one["family"] == ("inet", "inet6")[family == 6]}
    except (ValueError, LookupError, TypeError):
        yield Finding(UNKNOWN, "way_no_tools", {})
        return
    names = ("all",) if family == 6 else (ways[0].interface, ways[0].uplink)
    off = [name for name in names if on.get(name) is False]
    if off and family == 6:
        yield Finding(WRONG, "way_forwarding6", {})
    elif off and on.get("all") is False:
        yield Finding(WRONG, "way_forwarding", {})
    elif off:
        command = " ".join(f"net.ipv4.conf.{name.replace('.', '/')}.forwarding=1" for name in off)
        yield Finding(WRONG, "way_forwarding_off", {"names": ", ".join(off), "command": f"sysctl -w {command}"})


def read_firewall(around: Surroundings) -> list[Table] | None:
    """Return all tables, those of iptables as iptables-save has them; None if nft's can't be read."""
    try:
        tables = read_ruleset(around.firewall or "")
    except ValueError:
        return None
    for text, family in ((around.iptables, "ip"), (around.ip6tables, "ip6")):
        try:
            saved = read_tables(text or "", family)
        except ValueError:
            continue
        names = {table.name for table in saved} if not _is_legacy(text) else set()
        tables = [table for table in tables if table.family != family or table.name not in names] + saved
    return tables


def _is_legacy(text: str | None) -> bool:
    """Tell whether iptables-save speaks of the old tables, which nft doesn't see."""
    return bool(text) and "(nf_tables)" not in str(text)


def _firewall(
    tables: Sequence[Table], ways: Sequence[Sequence[Way]], port: int, made_here: bool, hidden: bool
) -> Iterator[Finding]:
    """Report what the firewall does with friends' handshakes and traffic; `hidden`: some of its rules are not seen."""
    if hidden:
        yield Finding(UNKNOWN, "way_legacy", {})
    interface = ways[0][0].interface if ways else ""
    gone = made_here and bool(ways) and not any(table.name == f"andreyvpn_{interface}" for table in tables)
    if gone:
        yield Finding(WRONG, "way_table_gone", {"interface": interface})
    found = [
        *(_traffic(tables, candidates) for candidates in ways),
        *(_nat(tables, candidates, gone, hidden) for candidates in ways),
        *(_handshake(tables, candidates, port) for candidates in ways[:1]),  # over IPv6 only where there is no IPv4
    ]
    good = {one.key: one for one in found if one and one.level == OK}
    bad = [one for one in found if one and one.level != OK]
    yield from bad
    for one in good.values() if not hidden else ():
        if not any(other.key.startswith(one.key.removesuffix("_ok")) for other in bad) and not (
            gone and "nat" in one.key
        ):
            yield one


def _traffic(tables: Sequence[Table], candidates: Sequence[Way]) -> Finding:
    """Report whether friends' traffic and its answers get through."""
    answer = _agreed(
        _worst([judge(tables, FORWARDED, packet) for pair in way.packets() for packet in pair]) for way in candidates
    )
    if answer.place is None:
        return Finding(OK, "way_forward_ok", {})
    mend = mending.let_through(answer.place, candidates[0].interface, candidates[0].uplink)
    return _blocked("way_forward", answer, mend, family=candidates[0].name)


def _nat(tables: Sequence[Table], candidates: Sequence[Way], gone: bool, hidden: bool) -> Finding | None:
    """Report whether friends' private addresses leave under the server's; public ones may leave as they are."""
    way = candidates[0]
    packets = [out for one in candidates for out, _ in one.packets() if out.source and not out.source.is_global]
    verdicts = {is_translated(tables, packet) for packet in packets} or {True}
    if verdicts == {True}:
        return Finding(OK, "way_nat_ok", {})
    if verdicts != {False} or hidden:
        return Finding(UNKNOWN, "way_nat_unknown", {"family": way.name})
    if gone:
        return None
    command = mending.translate(way.interface, way.uplink, way.networks)
    return Finding(WRONG, "way_nat", {"family": way.name, "command": command})


def _handshake(tables: Sequence[Table], candidates: Sequence[Way], port: int) -> Finding:
    """Report whether friends' devices reach the port."""
    answer = _agreed(
        _worst([judge(tables, hooks, packet) for hooks, packet in way.handshake(port)]) for way in candidates
    )
    if answer.place is None:
        return Finding(OK, "way_input_ok", {"port": str(port)})
    return _blocked("way_input", answer, mending.let_in(answer.place, port), port=str(port))


def _worst(answers: Sequence[Answer]) -> Answer:
    return next((answer for kind in ("drop", "unknown") for answer in answers if answer.verdict == kind), answers[0])


def _agreed(answers: Iterable[Answer]) -> Answer:
    """Return the answer of all devices that may be the uplink; "unknown" if they differ."""
    found = list(answers)
    if len({answer.verdict for answer in found}) == 1:
        return found[0]
    return Answer("unknown", next(answer.place for answer in found if answer.place))


def _blocked(key: str, answer: Answer, mend: tuple[str, bool], **values: str) -> Finding:
    """Report a drop with what mends it, or a doubt with the place to look at."""
    assert answer.place
    values["where"] = mending.describe(answer.place)
    if answer.verdict == "unknown":
        return Finding(UNKNOWN, f"{key}_unknown", {**values, "command": mending.show(answer.place)})
    command, lasts = mend
    return Finding(WRONG, key if lasts else f"{key}_once", {**values, "command": command})
