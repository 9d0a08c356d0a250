"""What `nft` and `tc` do and print for the fence of a simulated interface: they keep it, and that is all.

Only what the node asks for is known; everything else fails as with a kernel that can't do it.
"""

from __future__ import annotations

import re
import sys

from lib.demo.awg import simulation
from lib.demo.awg.peer_changes import CommandError
from lib.demo.awg.simulation import StoredInterface

_PREFIX = "andreyvpn_fence_"


def run_nft(words: list[str]) -> str:
    """Keep, show or delete a table of the fence, as `nft` does."""
    match words:
        case ["-f", "-"]:
            text = sys.stdin.read()
            found = re.search(rf"(?ms)^table (inet|netdev) {_PREFIX}(\S+) \{{(.*)\}}$", text)
            if found is None:
                raise CommandError("Error: syntax error, unexpected string")
            with simulation.change() as state:
                _find(state, found[2]).tables[found[1]] = found[3]
            return ""
        case ["delete", "table", family, name]:
            with simulation.change() as state:
                if _find(state, name.removeprefix(_PREFIX)).tables.pop(family, None) is None:
                    raise CommandError("Error: No such file or directory")
            return ""
        case ["-s", "list", "table", family, name]:
            body = _find(simulation.load(), name.removeprefix(_PREFIX)).tables.get(family)
        case ["list", "set", family, name, which]:
            table = _find(simulation.load(), name.removeprefix(_PREFIX)).tables.get(family, "")
            found = re.search(rf"set {which} \{{(.*?)\}}\s*$", table, re.MULTILINE)
            body = found and f"set {which} {{{found[1]}}}"
        case _:
            raise CommandError("Error: Operation not supported")
    if body is None:
        raise CommandError("Error: No such file or directory")
    return f"table {words[-2]} {words[-1]} {{{body}}}\n"


def run_tc(words: list[str]) -> str:
    """Keep or show the queues of an interface, as `tc` does."""
    match words:
        case ["-j", "qdisc", "show", "dev", name]:
            kept = _find(simulation.load(), name).queues
            return '[{"kind": "htb", "handle": "af1:", "root": true}]\n' if kept is not None else "[]\n"
        case ["qdisc", "show", "dev", name]:
            return "qdisc htb af1: root\n" if _find(simulation.load(), name).queues is not None else ""
        case ["class", "show", "dev", name]:
            kept = _find(simulation.load(), name).queues or {}
            return "".join(f"class htb {one} root {rest}\n" for one, rest in kept.items())
    with simulation.change() as state:
        match words:
            case ["-batch", "-"]:
                for line in sys.stdin.read().splitlines():
                    _change(state, line.split())
            case _:
                _change(state, words)
    return ""


def _change(state: simulation.State, words: list[str]) -> None:
    match words:
        case ["qdisc", "add", "dev", name, "root", *_]:
            _find(state, name).queues = {}
        case ["qdisc", "delete", "dev", name, "root"]:
            _find(state, name).queues = None
        case ["qdisc", "add", "dev", name, "parent", *_]:
            _find(state, name)
        case ["class", "replace", "dev", name, "parent", _, "classid", one, "htb", *rest]:
            _queues(state, name)[one] = " ".join(rest)
        case ["class", "del", "dev", name, "classid", one]:
            _queues(state, name).pop(one, None)
        case _:
            raise CommandError("Error: Operation not supported")


def _queues(state: simulation.State, name: str) -> dict[str, str]:
    if (queues := _find(state, name).queues) is None:
        raise CommandError("RTNETLINK answers: No such file or directory")
    return queues


def _find(state: simulation.State, name: str) -> StoredInterface:
    interface = state.get(name)
    if interface is None or not interface.up:
        raise CommandError(f'Cannot find device "{name}"')
    return interface
