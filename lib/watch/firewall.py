"""What a firewall does with a packet: a walk through the chains of its hooks, in the kernel's order.

A test that can't be decided counts both ways, so an answer is certain or says that it is not. `nft` and `iptables` read
the rules of the two tools into what is walked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

Network = IPv4Network | IPv6Network
MOST_STEPS = 20_000  # rules of a walk; chains that jump to each other a lot could take for ever
Choice = tuple[Callable[["Packet"], bool | None], str, str]
"""A test; what becomes of a packet that passes it ("accept", "drop", "nat", "unknown", "jump", "goto", "return", or
"change": a field of it becomes unknown); and the chain to jump to, or that field."""


@dataclass(frozen=True)
class Packet:
    """A packet at a hook, `local` if it is meant for this machine.

    An address of None is one of the internet's, which no rule names. A mark or state of None may be any.
    """

    family: int
    protocol: str
    iif: str
    oif: str
    source: Network | None
    target: Network | None
    ports: tuple[int, int]
    state: str | None
    flags: frozenset[str] = frozenset()
    local: bool = False
    mark: int | None = 0


Test = Callable[[Packet], bool | None]  # whether a packet matches; None: it can't be decided
Rules = list["Rule"]


@dataclass(frozen=True)
class Rule:
    """What is done with packets that pass all tests: the first of the choices whose own test they pass as well."""

    tests: tuple[Test, ...]
    choices: tuple[Choice, ...]

    def match(self, packet: Packet) -> bool | None:
        """Return True, False, or None if that can't be decided."""
        return all_of(test(packet) for test in self.tests)


class Base(NamedTuple):
    """A chain where packets come in."""

    hook: str
    priority: int
    policy: str
    chain: str
    device: str | None = None


@dataclass
class Table:
    """A table of one family, with its chains by name, and the sets whose elements programs add for a while."""

    family: str
    name: str
    chains: dict[str, Rules] = field(default_factory=dict)
    bases: list[Base] = field(default_factory=list)
    bans: set[str] = field(default_factory=set)

    def sees(self, family: int) -> bool:
        """Return True if packets of IPv4 or IPv6 come here."""
        return self.family in ("inet", "netdev", "ip" if family == 4 else "ip6")


class Place(NamedTuple):
    """A chain that decides about packets, its table, and the base chain through which they came."""

    table: Table
    base: Base
    chain: str


class Answer(NamedTuple):
    """What becomes of a packet, and where that is decided; "unknown" if it depends on what can't be seen."""

    verdict: str
    place: Place | None = None


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Return False if one is False, else None if one is None, else True."""
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Return True if one is True, else None if one is None, else False."""
    return invert(all_of(invert(answer) for answer in answers))


def invert(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def in_internet(prefixlen: int) -> bool | None:
    """Return whether an ordinary internet address lies in a network: True for all of them, False for a small range."""
    return True if prefixlen == 0 else False if prefixlen > 3 else None


def judge(tables: Sequence[Table], hooks: Sequence[str], packet: Packet) -> Answer:
    """Return what becomes of a packet at these hooks, in their order: "accept", "drop" or "unknown".

    A drop in one chain is final, whatever the others do; an accept leads to the next chain.
    """
    walk, unknown = _Walk(packet), None
    for table, base in in_order(tables, hooks, packet):
        ends = walk.pass_base(table, base)
        if ends.keys() == {"drop"}:
            return Answer("drop", ends["drop"])
        if not ends.keys() <= {"accept", "nat"}:
            unknown = unknown or Answer("unknown", ends.get("unknown") or ends["drop"])
    return unknown or Answer("accept")


def is_translated(tables: Sequence[Table], packet: Packet) -> bool | None:
    """Return True if a packet leaves under another address than its own; None if that can't be seen."""
    walk, found = _Walk(packet), set[str]()
    for table, base in in_order(tables, ("postrouting",), packet):
        ends = walk.pass_base(table, base).keys() - {"drop"}
        if ends == {"nat"}:
            return True
        found |= ends
    return None if found & {"nat", "unknown"} else False


def in_order(tables: Sequence[Table], hooks: Sequence[str], packet: Packet) -> list[tuple[Table, Base]]:
    """Return the base chains that a packet passes."""
    found = [
        (hooks.index(base.hook), base.priority, number, table, base)
        for number, (table, base) in enumerate((table, base) for table in tables for base in table.bases)
        if base.hook in hooks and table.sees(packet.family) and base.device in (None, packet.iif)
    ]
    return [(table, base) for *_, table, base in sorted(found, key=lambda item: item[:3])]


class _Walk:
    """One packet on its way; what marks it on the way makes its mark unknown."""

    def __init__(self, packet: Packet) -> None:
        self._packet = packet
        self._steps = 0

    def pass_base(self, table: Table, base: Base) -> dict[str, Place]:
        """Return how the packet may leave a base chain, and where that is decided."""
        ends: dict[str, Place] = {}
        here = Place(table, base, base.chain)
        if self._pass_chain(here, ends, ()):
            ends.setdefault(base.policy, here)
        return ends

    def _pass_chain(self, here: Place, ends: dict[str, Place], above: tuple[str, ...]) -> bool:
        """Record a packet's possible verdicts in a chain; return True if it may pass the chain's last rule."""
        if here.chain in above:
            ends.setdefault("unknown", here)
            return False
        comes_out = False
        for rule in here.table.chains.get(here.chain, ()):
            self._steps += 1
            if self._steps > MOST_STEPS:
                ends.setdefault("unknown", here)
                return False
            matches = rule.match(self._packet)
            for test, verdict, chain in rule.choices if matches is not False else ():
                chosen = all_of((matches, test(self._packet)))
                if chosen is False:
                    continue
                goes_on, returns = self._do(verdict, chain, here, ends, above)
                comes_out |= returns
                if chosen and not goes_on:
                    return comes_out
                if chosen and verdict != "change":
                    break
        return True

    def _do(
        self, verdict: str, chain: str, here: Place, ends: dict[str, Place], above: tuple[str, ...]
    ) -> tuple[bool, bool]:
        """Apply a rule; return whether the packet may go on to the next rule, and whether it may leave the chain."""
        if verdict in ("jump", "goto"):
            comes_out = self._pass_chain(here._replace(chain=chain), ends, (*above, here.chain))
            return (comes_out, False) if verdict == "jump" else (False, comes_out)
        if verdict == "return":
            return False, True
        if verdict == "change":
            self._packet = replace(self._packet, **{chain: None})  # type: ignore[arg-type]
            return True, False
        ends.setdefault(verdict, here)
        return False, False
