"""The fence: how fast each friend's devices are, and which of them reach Telegram alone.

    {"do": "fence", "speed": [[down, up, ["10.8.0.2/32", ...]], ...], "telegram": ["10.8.0.3/32", ...],
     "resolvers": ["1.1.1.1", ...], "unless": digest}

Speeds are in kbit/s, 0 for no limit; a person's addresses share them. The answer is {"fence": a digest of what is there
now, "speed": why the speeds could not be put right, or null}; if what is there has the digest `unless`, nothing is
changed. All of it stands in two nft tables and two trees of queues of our own. What others made there is refused.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address, ip_interface
from typing import Any

from lib.node.queues import HANDLE, NUMBERS, Device, Queues, burst

MOST, MOST_RESOLVERS = 20_000, 32  # people, and devices with Telegram alone
LEAST_SPEED, MOST_SPEED = 64, 10_000_000  # kbit/s
MOST_BYTES = 1 << 20  # of a table: what nft can be handed at once, 10,000 devices
# As https://core.telegram.org/resources/cidr.txt lists them, neighbours joined: IPv4, IPv6.
TELEGRAM = ("91.105.192.0/23, 91.108.4.0/22, 91.108.8.0/21, 91.108.16.0/21, 91.108.56.0/22, 149.154.160.0/20, "
            "185.76.151.0/24", "2001:67c:4e8::/48, 2001:b28:f23c::/46, 2a0a:f280::/32")  # fmt: skip
Person = tuple[int, int, list[str]]  # down and up in kbit/s, 0 for no limit, and their addresses
TABLE = """
    set only4 {{ type ipv4_addr; {only4} }}
    set only6 {{ type ipv6_addr; {only6} }}
    set telegram4 {{ type ipv4_addr; flags interval; elements = {{ {telegram4} }}; }}
    set telegram6 {{ type ipv6_addr; flags interval; elements = {{ {telegram6} }}; }}
    set resolvers4 {{ type ipv4_addr; {resolvers4} }}
    set resolvers6 {{ type ipv6_addr; {resolvers6} }}
    map down4 {{ type ipv4_addr : classid; {down4} }}
    map down6 {{ type ipv6_addr : classid; {down6} }}
    chain asked {{
        ip daddr @telegram4 accept
        ip6 daddr @telegram6 accept
        ip daddr @resolvers4 meta l4proto {{ tcp, udp }} th dport 53 accept
        ip6 daddr @resolvers6 meta l4proto {{ tcp, udp }} th dport 53 accept
        fib daddr . iif type local meta l4proto {{ tcp, udp }} th dport 53 accept
        drop
    }}
    chain from_friends {{
        type filter hook prerouting priority dstnat - 20;
        iifname "{interface}" ip saddr @only4 goto asked
        iifname "{interface}" ip6 saddr @only6 goto asked
    }}
    chain answers {{
        ct original ip daddr @telegram4 accept
        ct original ip6 daddr @telegram6 accept
        ct original ip daddr @resolvers4 accept
        ct original ip6 daddr @resolvers6 accept
        drop
    }}
    chain to_friends {{
        type filter hook forward priority filter - 1;
        oifname "{interface}" ip daddr @only4 goto answers
        oifname "{interface}" ip6 daddr @only6 goto answers
    }}
    chain speed {{
        type filter hook postrouting priority mangle;
        oifname "{interface}" meta priority set ip daddr map @down4
        oifname "{interface}" meta priority set ip6 daddr map @down6
    }}
"""
UPWARD = """
    {limits}
    map up4 {{ type ipv4_addr : {kind}; {up4} }}
    map up6 {{ type ipv6_addr : {kind}; {up6} }}
    chain up {{
        type filter hook ingress device "{interface}" priority filter;
        {rule4}
        {rule6}
    }}
"""


def obey(
    node: Any, request: dict[Any, Any], new_address: Callable[..., str], failure: type[Exception]
) -> dict[str, object]:
    """Make the fence what a request says, unless it is just so. Telegram comes first: it must not wait for speeds."""
    fence, trouble = Fence(node), None
    try:
        unless = fence.read(request, new_address)
        if (seen := fence.look()) and seen == unless:
            return {"fence": seen, "speed": None}
        fence.close()
    except ValueError as exc:
        raise failure(str(exc)) from None
    try:
        fence.shape()
    except (failure, ValueError) as exc:
        trouble = str(exc)
    return {"fence": fence.look(), "speed": trouble}


class Fence:
    """The fence of an interface: what is wanted, nothing until a request was read, and the tools that make it so."""

    def __init__(self, node: Any) -> None:
        self.node, self.name = node, node.interface
        self.table, device = f"andreyvpn_fence_{self.name}", f"av-{self.name}"
        if len(device) > 15:
            device = f"av-{zlib.crc32(self.name.encode()):08x}"
        self.down, self.up = Queues(node, self.name), Device(node, device)
        self.people: dict[int, Person] = {}
        self.only: list[str] = []
        self.resolvers: list[str] = []

    def read(self, request: dict[Any, Any], new_address: Callable[..., str]) -> str:
        """Take what a request wants, and return its `unless`; raise ValueError for one that breaks a rule."""
        match request:
            case {"speed": [*speeds], "telegram": [*only], "resolvers": [*resolvers], "unless": str(unless), **rest}:
                if rest or max(len(speeds), len(only)) > MOST or len(resolvers) > MOST_RESOLVERS:
                    raise ValueError("a fence has more in it than it may")
            case _:
                raise ValueError("a fence is not one that the node knows")
        own, taken = self.node.find()[2], set[str]()
        self.people = people_of(speeds, own, new_address)
        self.only = [new_address(text, own, taken) for text in only]
        self.resolvers = list(map(resolver, resolvers))
        return unless

    def look(self) -> str:
        """Return a digest of what is there now; '' if there is nothing."""
        shown = [self.node.ask("nft", "-s", "list", "table", family, self.table) for family in ("inet", "netdev")]
        found = [line for queues in (self.down, self.up) for line in queues.classes().values()]
        text = "\n".join([*(part or "" for part in shown), *found]).strip()
        return f"{zlib.crc32(text.encode()):08x}" if text else ""

    def close(self) -> None:
        """Replace the table that keeps devices to Telegram and sorts what goes to friends."""
        sets = {f"{name}{digit}": elements(text for text in texts if is_of(text, digit))
                for name, texts in (("only", hosts(self.only)), ("resolvers", self.resolvers))
                for digit in "46"}  # fmt: skip
        maps = {f"down{digit}": self.mapped(digit, 0) for digit in "46"}
        body = TABLE.format(interface=self.name, telegram4=TELEGRAM[0], telegram6=TELEGRAM[1], **sets, **maps)
        self.replace("inet", body if self.only or self.people else "")

    def shape(self) -> None:
        """Make the queues what is wanted, without losing what waits in those that stay."""
        if down := self.wanted(0):
            self.down.make(down)
            self.down.keep(down)
        else:
            self.down.remove()
        up = self.wanted(1)
        queued = bool(up) and self.up.add()
        if queued:
            self.up.make(up)
        self.replace("netdev", self.upward(queued) if up else "")
        if queued:
            self.up.keep(up)
        else:
            self.up.remove()

    def wanted(self, way: int) -> dict[str, int]:
        """Return the speeds of one way by the names of their classes."""
        ways = ((n, up if way else down) for n, (down, up, _) in self.people.items())
        return {f"{HANDLE}{n:x}": kbit for n, kbit in ways if kbit}

    def upward(self, queued: bool) -> str:
        """Return the table for what friends send: into the queues of our device or, without one, cut at their speed."""
        limits, ending, kind = "", f'fwd to "{self.up.device}"', "classid"
        if not queued:
            limits = "\n    ".join(
                f"limit up{n:x} {{ rate over {up * 125} bytes/second burst {burst(up)} bytes; }}"
                for n, (_, up, _) in self.people.items()
                if up
            )
            ending, kind = "drop", "limit"
        rule = "meta priority set {} saddr map @{}" if queued else "limit name {} saddr map @{}"
        rules = {f"rule{digit}": f"{rule.format(family, f'up{digit}')} {ending}"
                 for family, digit in (("ip", "4"), ("ip6", "6"))}  # fmt: skip
        maps = {f"up{digit}": self.mapped(digit, 1, "" if queued else "up") for digit in "46"}
        return UPWARD.format(interface=self.name, limits=limits, kind=kind, **maps, **rules)

    def mapped(self, digit: str, way: int, limit: str = "") -> str:
        """Return the elements of a map from addresses to the classes of one way, or to limits."""
        return elements(
            f'{address} : "{limit}{n:x}"' if limit else f"{address} : {HANDLE}{n:x}"
            for n, person in self.people.items()
            if person[way]
            for address in hosts(person[2])
            if is_of(address, digit)
        )

    def replace(self, family: str, body: str) -> None:
        """Replace a table of ours in one step; '' removes it."""
        name = f"{family} {self.table}"
        text = f"table {name}\ndelete table {name}\ntable {name} {{{body}}}\n"
        if len(text) > MOST_BYTES:
            raise ValueError("the fence is too long")
        if body:
            self.node.run("nft", "-f", "-", stdin=text)
        elif self.node.ask("nft", "-s", "list", "table", family, self.table) is not None:
            self.node.run("nft", "delete", "table", family, self.table)


def people_of(speeds: Sequence[Any], own: Sequence[Any], new_address: Callable[..., str]) -> dict[int, Person]:
    """Return who is limited, by the numbers of their classes: those stay as they are when others come and go."""
    people, taken = dict[int, Person](), set[str]()
    for one in speeds:
        match one:
            case [down, up, [_, *_] as addresses]:
                found = [new_address(text, own, taken) for text in addresses]
            case _:
                raise ValueError("a speed is not [down, up, [addresses]]")
        n = int(ip_interface(found[0])) % NUMBERS or 1
        while n in people:
            n = n % NUMBERS + 1
        people[n] = speed(down), speed(up), found
    return people


def speed(found: object) -> int:
    """Return a speed; all numbers arrive as floats."""
    if isinstance(found, float) and (found == 0 or (found.is_integer() and LEAST_SPEED <= found <= MOST_SPEED)):
        return int(found)
    raise ValueError(f"a speed is not 0 or a number of kbit/s from {LEAST_SPEED} to {MOST_SPEED}")


def resolver(text: object) -> str:
    """Return the address of a resolver."""
    with suppress(ValueError):
        if isinstance(text, str) and "%" not in text and str(ip_address(text)) == text:
            return text
    raise ValueError("a resolver is not an address like 1.1.1.1")


def hosts(networks: Iterable[str]) -> list[str]:
    """Return addresses without the lengths of their prefixes."""
    return [text.partition("/")[0] for text in networks]


def is_of(address: str, digit: str) -> bool:
    """Return True if an address is of a version, '4' or '6'."""
    return (":" in address) == (digit == "6")


def elements(words: Iterable[str]) -> str:
    """Return what is in a set or a map, as nft reads it."""
    return f"elements = {{ {', '.join(found)} }};" if (found := list(words)) else ""
