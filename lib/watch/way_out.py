"""Find what blocks friends' way to the internet: routes, forwarding, NAT and firewalls, no matter who made them.

Each finding names the place and what to type. What can't be proven is "unknown": no false alarm, and no false green.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple

from lib.vpn import fence
from lib.vpn.interface import Interface, Surroundings
from lib.watch import mending
from lib.watch.firewall import Answer, Network, Packet, Table, is_translated, judge
from lib.watch.iptables import read_tables
from lib.watch.nft import read_ruleset

OK, UNKNOWN, WRONG = "ok", "unknown", "wrong"
OLD_IPTABLES = tuple(Path(f"/sys/module/{name}") for name in ("iptable_filter", "iptable_nat", "iptable_mangle"))
"""What the kernel loads when the rules of iptables-legacy are used; nft does not see them."""
NAT_FILE = "/etc/andreyvpn/nat-{}.nft"  # of an interface that the installer made
FORWARDED = ("ingress", "prerouting", "forward", "postrouting")
ARRIVING, LEAVING = ("ingress", "prerouting", "input"), ("output", "postrouting")


class Finding(NamedTuple):
    """A level, the key of a text in chat/texts, and that text's values."""

    level: str
    key: str
    values: dict[str, str]


@dataclass(frozen=True)
class Way:
    """The interface, the device that leads to the internet, the tunnel's networks, and this server's addresses outside.

    All of them are of one IP version.
    """

    interface: str
    uplink: str
    family: int
    networks: tuple[Network, ...]
    here: tuple[Network, ...]

    @property
    def name(self) -> str:
        return f"IPv{self.family}"

    @property
    def anywhere(self) -> Network:
        """An address of which nothing is known."""
        return ip_network("0.0.0.0/0" if self.family == 4 else "::/0")

    def traffic(self) -> Iterator[tuple[Packet, Packet, Packet]]:
        """Yield, for each network, what opens a friend's connection to a web server, the answer, and what follows."""
        for network in self.networks or (self.anywhere,):
            syn, ack = frozenset(("syn",)), frozenset(("ack",))
            out = Packet(self.family, "tcp", self.interface, self.uplink, network, None, (50000, 443), "new", syn)
            back = turned(out, syn | ack)
            yield out, back, turned(back, ack)

    def handshakes(self, port: int) -> Iterator[tuple[Packet, Packet, Packet]]:
        """Yield, for each address of the server, a device's first packet from outside, the answer, and what follows."""
        for here in [address for address in self.here if not address.is_link_local] or [self.anywhere]:
            asked = Packet(self.family, "udp", self.uplink, "", None, here, (50000, port), "new", local=True)
            yield asked, turned(asked), replace(asked, state="established")


def turned(packet: Packet, flags: frozenset[str] = frozenset()) -> Packet:
    """Return the packet that goes the other way on the same connection."""
    return Packet(
        packet.family, packet.protocol, packet.oif, packet.iif, packet.target, packet.source,
        (packet.ports[1], packet.ports[0]), "established", flags,
    )  # fmt: skip


def find(name: str, seen: Interface) -> list[Finding]:
    """Return what can be said about the way out of an interface, if its surroundings were looked at."""
    around = seen.surroundings
    if around is None:
        return []
    routes = read_routes(around.routes, name)
    if routes is None:
        return [Finding(UNKNOWN, "way_no_tools", {})]
    found: list[Finding] = []
    ways: list[list[Way]] = []
    for family in (4, 6):
        own = [address for address in seen.addresses if address.version == family]
        networks = tuple(address.network for address in own if address.network.num_addresses > 1)
        if own and routes[family]:
            ways.append([Way(name, device, family, networks, here) for device, here in routes[family]])
        elif own:
            found.append(Finding(UNKNOWN, "way_no_route" if family == 4 else "way_no_route6", {}))
        if own:
            found += _forwarding(around, family, name, *(device for device, _ in routes[family][:1]))
    tables = read_firewall(around)
    if tables is None:
        return [*found, Finding(UNKNOWN, "way_no_nft", {})]
    tables = [one for one in tables if one.name != fence.table_of(name)]  # whom that keeps from the internet, we know
    hidden = any(path.exists() for path in OLD_IPTABLES)
    gone = Path(NAT_FILE.format(name)).exists() and not any(one.name == f"andreyvpn_{name}" for one in tables)
    if gone:
        found.append(Finding(WRONG, "way_table_gone", {"interface": name}))
    return [*found, *_firewall(tables, ways, seen.port, hidden, gone)]


def lasting(findings: Iterable[Finding]) -> list[tuple[str, dict[str, str]]]:
    """Return what to report to the admins: certain problems, on a server that has a way to the internet at all."""
    found = list(findings)
    cut_off = any(one.key == "way_no_route" for one in found)
    return [(one.key, one.values) for one in found if one.level == WRONG and not cut_off]


def read_routes(text: str | None, tunnel: str) -> dict[int, list[tuple[str, tuple[Network, ...]]]] | None:
    """Return the devices of default routes, and this server's addresses on each, by IP version; None if unreadable.

    The best one of the main table comes first; those of other tables may be friends' way out as well.
    """
    defaults: dict[int, list[tuple[bool, int, str]]] = {4: [], 6: []}
    local: list[tuple[str, Network]] = []
    try:
        for route in json.loads(text or ""):
            kind, target = route.get("type", "unicast"), route["dst"]
            if kind == "local" and route.get("table") == "local":
                local.append((route["dev"], ip_network(target)))
            if kind != "unicast" or target not in ("default", "0.0.0.0/1", "::/1"):
                continue
            family = 6 if "pref" in route or ":" in route.get("gateway", "") or target == "::/1" else 4
            halves = target != "default"  # of everything, which is how VPN clients outdo a default route
            rank = route.get("table", "main") != "main", -1 if halves else int(route.get("metric", 0))
            hops = route.get("nexthops") or [route]
            defaults[family] += [(*rank, hop["dev"]) for hop in hops if hop.get("dev", tunnel) != tunnel]
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    found: dict[int, list[tuple[str, tuple[Network, ...]]]] = {4: [], 6: []}
    for family, ranked in defaults.items():
        ranked.sort(key=lambda one: one[:2])
        devices = [device for *rank, device in ranked if rank[0] or rank == [*ranked[0][:2]]]
        for device in dict.fromkeys(devices):
            here = tuple(address for name, address in local if name == device and address.version == family)
            found[family].append((device, here))
    return found


def _forwarding(around: Surroundings, family: int, *names: str) -> Iterator[Finding]:
    """Report what keeps the kernel from passing packets on: each device of IPv4 has a switch, IPv6 has one for all."""
    try:
        listed = json.loads(around.forwarding or "")
        on = {one["interface"]: one["forwarding"] for one in listed if one["family"] == ("inet", "inet6")[family == 6]}
    except (ValueError, LookupError, TypeError):
        yield Finding(UNKNOWN, "way_no_tools", {})
        return
    off = [name for name in (("all",) if family == 6 else names) if on.get(name) is False]
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
        names = {table.name for table in saved}
        tables = [table for table in tables if table.family != family or table.name not in names] + saved
    return tables


def _firewall(
    tables: Sequence[Table], ways: Sequence[Sequence[Way]], port: int, hidden: bool, gone: bool
) -> Iterator[Finding]:
    """Report what the firewall does with friends' handshakes and traffic.

    `hidden`: some of its rules are not seen; `gone`: the table with our own masquerade is not there.
    """
    if hidden:
        yield Finding(UNKNOWN, "way_legacy", {})
    found = [
        *(_traffic(tables, candidates) for candidates in ways),
        *(_nat(tables, candidates, gone, hidden) for candidates in ways),
        *(_handshake(tables, candidates, port) for candidates in ways[:1]),  # over IPv6 only where there is no IPv4
    ]
    bad = [one for one in found if one and one.level != OK]
    yield from bad
    doubtful = {one.key.split("_")[1] for one in bad} | ({"nat"} if gone else set())
    good = {one.key: one for one in found if one and one.level == OK}  # of two IP versions, said once
    yield from (one for one in good.values() if not hidden and one.key.split("_")[1] not in doubtful)


def _traffic(tables: Sequence[Table], candidates: Sequence[Way]) -> Finding:
    """Report whether friends' traffic and its answers get through."""
    answer = _agreed(
        _worst([judge(tables, FORWARDED, packet) for three in way.traffic() for packet in three]) for way in candidates
    )
    if answer.place is None:
        return Finding(OK, "way_forward_ok", {})
    mend = mending.let_through(answer.place, candidates[0].interface, candidates[0].uplink)
    return _blocked("forward", answer, mend, family=candidates[0].name)


def _nat(tables: Sequence[Table], candidates: Sequence[Way], gone: bool, hidden: bool) -> Finding | None:
    """Report whether friends' private addresses leave under the server's; public ones may leave as they are."""
    way = candidates[0]
    packets = [out for one in candidates for out, *_ in one.traffic() if out.source and not out.source.is_global]
    verdicts = {is_translated(tables, packet) for packet in packets} or {True}
    if verdicts == {True}:
        return Finding(OK, "way_nat_ok", {})
    if verdicts != {False} or hidden:
        return Finding(UNKNOWN, "way_nat_unknown", {"family": way.name})
    if gone:
        return None
    command = mending.translate(way.interface, way.uplink, way.networks)
    return Finding(WRONG, "way_nat", {"family": way.name, "command": _for_postup(command)})


def _handshake(tables: Sequence[Table], candidates: Sequence[Way], port: int) -> Finding:
    """Report whether friends' devices reach the port."""
    answer = _agreed(
        _worst([judge(tables, LEAVING if packet.iif == "" else ARRIVING, packet) for packet in three])
        for way in candidates
        for three in way.handshakes(port)
    )
    if answer.place is None:
        return Finding(OK, "way_input_ok", {"port": str(port)})
    return _blocked("input", answer, mending.let_in(answer.place, port), port=str(port))


def _worst(answers: Sequence[Answer]) -> Answer:
    return next((answer for kind in ("drop", "unknown") for answer in answers if answer.verdict == kind), answers[0])


def _agreed(answers: Iterable[Answer]) -> Answer:
    """Return the answer of all devices that may be the uplink; "unknown" if they differ."""
    found = list(answers)
    if len({answer.verdict for answer in found}) == 1:
        return found[0]
    return Answer("unknown", next(answer.place for answer in found if answer.place))


def _blocked(what: str, answer: Answer, mend: tuple[str, bool] | None, **values: str) -> Finding:
    """Report a drop with its fix, or a doubt with the place to look at."""
    assert answer.place
    values["where"] = mending.describe(answer.place)
    if answer.verdict == "unknown":
        return Finding(UNKNOWN, f"way_{what}_unknown", {**values, "command": mending.show(answer.place)})
    if mend is None:
        return Finding(WRONG, f"way_{what}_elsewhere", {**values, "command": mending.show(answer.place)})
    command, lasts = mend
    if lasts:
        return Finding(WRONG, f"way_{what}", {**values, "command": command})
    return Finding(WRONG, f"way_{what}_once", {**values, "command": _for_postup(command)})


def _for_postup(commands: str) -> str:
    """Return commands that don't keep the interface from starting if they fail: the chain may not be there yet."""
    return "\n".join(f"{command} || true" for command in commands.splitlines())
