"""The queues of the fence: a class for each person's speed, on the interface for what goes to them, and on a device of
our own (an ifb) for what comes from them. Others' queues and devices are refused, never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

HANDLE = "7fff:"  # of our root: others' have another one, the kernel's own 0:
NUMBERS = 0x7FFE  # of classes; each number is the handle of a queue as well, and the kernel deals out 8000 to ffff
LINES_A_CALL = 2000  # of tc
TICKS = 15.625  # of the kernel's in a microsecond, always; tc reads it in /proc/net, and believes in 1 if it can't
SPLIT = "tbf rate 100gbit burst 2000 limit 1000000"  # slows nothing; it cuts what the kernel has joined to 64 kB
CODEL = "fq_codel limit 1000 target {target}us interval {interval}us"
LEAVES = (f"{CODEL} flows 128", "sfq perturb 10", "pfifo limit 100")  # the first that the kernel has


class Queues:
    """Our queues on one device."""

    def __init__(self, node: Any, device: str) -> None:
        self.node, self.device = node, device

    def classes(self) -> dict[str, str]:
        """Return what tc says of our classes, by their names."""
        shown = self.node.ask("tc", "class", "show", "dev", self.device) or ""
        lines = (line.strip() for line in shown.splitlines() if line.startswith(f"class htb {HANDLE}"))
        return {line.split()[2]: line for line in lines}

    def make(self, wanted: Mapping[str, int]) -> None:
        """Make or change classes, by their speeds; a new one gets the fairest queue that the kernel has."""
        self.take_root()
        there = {name: line for name, line in self.classes().items() if " leaf " in line}  # the others broke off
        ticks = 1 if self.node.ask("cat", "/proc/net/psched") else TICKS
        size = {kbit: round(burst(kbit) * ticks) for kbit in wanted.values()}
        changed = {n: kbit for n, kbit in wanted.items() if f" rate {as_shown(kbit)} " not in there.get(n, "")}
        self.batch(
            f"class replace dev {self.device} parent {HANDLE} classid {name} htb rate {kbit}kbit ceil {kbit}kbit "
            f"burst {size[kbit]} cburst {size[kbit]} quantum 3000"
            for name, kbit in changed.items()
        )
        new = {name: kbit for name, kbit in changed.items() if name not in there}
        split = self.put("add", (SPLIT,), {f"{name} handle {number(name)}:": kbit for name, kbit in new.items()})
        self.put("add", LEAVES, {f"{number(name)}:1" if split else name: kbit for name, kbit in new.items()})
        old = {name: kbit for name, kbit in changed.items() if name in there}
        places = {n: f"{number(n)}:1" if f" leaf {number(n)}: " in there[n] else n for n in old}
        self.put("replace", (CODEL,), {places[name]: kbit for name, kbit in old.items()})

    def put(self, how: str, kinds: Iterable[str], places: Mapping[str, int]) -> bool:
        """Put the first kind of queue that the kernel has to all places; return False if there is none."""
        if not places:
            return False
        for kind in kinds:
            first, *others = [f"qdisc {how} dev {self.device} parent {place} {kind.format(**delays(kbit))}"
                              for place, kbit in places.items()]  # fmt: skip
            if self.node.ask("tc", *first.split()) is not None:
                self.batch(others)
                return True
        return False

    def keep(self, wanted: Iterable[str]) -> None:
        """Remove all classes but these."""
        gone = self.classes().keys() - set(wanted)
        self.batch(f"class del dev {self.device} classid {name}" for name in sorted(gone))

    def take_root(self) -> None:
        """Put our queue on the device, unless somebody else's is there."""
        found = json.loads(self.node.run("tc", "-j", "qdisc", "show", "dev", self.device))
        kinds = {one.get("handle"): one.get("kind") for one in found if one.get("root")}
        if others := kinds.keys() - {"0:", HANDLE}:
            raise ValueError(f"{self.device} has a queue that is not ours: {kinds[min(others)]}")
        if HANDLE not in kinds:
            self.node.run("tc", "qdisc", "add", "dev", self.device, "root", "handle", HANDLE, "htb")

    def remove(self) -> None:
        """Remove our queue with all that is in it."""
        if f" {HANDLE} root" in (self.node.ask("tc", "qdisc", "show", "dev", self.device) or ""):
            self.node.run("tc", "qdisc", "delete", "dev", self.device, "root")

    def batch(self, lines: Iterable[str]) -> None:
        """Run many tc commands in batches."""
        words = list(lines)
        for start in range(0, len(words), LINES_A_CALL):
            self.node.run("tc", "-batch", "-", stdin="\n".join(words[start : start + LINES_A_CALL]) + "\n")


class Device(Queues):
    """A device of our own, through which what friends send is led."""

    def is_there(self) -> bool:
        """Return True if there is such a device; refuse one that we did not make."""
        shown = self.node.ask("ip", "-d", "-j", "link", "show", "dev", self.device) or ""
        if shown and '"info_kind":"ifb"' not in shown.replace(" ", ""):
            raise ValueError(f"{self.device} is a device of somebody else's")
        return bool(shown)

    def add(self) -> bool:
        """Add the device, if it is not there; return False if the kernel has none of this kind."""
        if self.is_there():
            return True
        if self.node.ask("ip", "link", "add", self.device, "type", "ifb") is None:
            return False
        self.node.run("ip", "link", "set", self.device, "up")
        return True

    def remove(self) -> None:
        """Remove the device with its queues."""
        if self.is_there():
            self.node.run("ip", "link", "delete", self.device)


def burst(kbit: int) -> int:
    """Return the bytes that may pass at once: 20 ms of a speed, as a busy machine needs, at least three packets."""
    return max(4500, kbit * 125 // 50)


def delays(kbit: int) -> dict[str, int]:
    """Return CoDel's target and interval in microseconds: two packets' time at least, or slow speeds lose too much."""
    target = max(5000, 24_000_000 // kbit)
    return {"target": target, "interval": 95_000 + target}


def number(name: str) -> str:
    """Return the number of a class."""
    return name.partition(":")[2]


def as_shown(kbit: int) -> str:
    """Return a speed as tc shows it; where tc does otherwise, the class is merely set once more."""
    units = iter("KMG")
    unit = next(units)
    while kbit % 1000 == 0 and unit != "G":
        kbit, unit = kbit // 1000, next(units)
    return f"{kbit}{unit}bit"
