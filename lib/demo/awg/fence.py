"""Of `nft`, `tc` and `ip link`, what the node needs for its fence: the tables are kept, and nobody is slowed down."""

from __future__ import annotations

import sys

from lib.demo.awg import simulation
from lib.demo.awg.peer_changes import CommandError

_TABLE = "andreyvpn_fence_"


def run_nft(words: list[str]) -> str:
    """Return the output of `nft`, which knows no other tables than the fence's."""
    match words:
        case ["-f", "-"]:
            text = sys.stdin.read()
            _, family, name, *_ = text.split()
            with simulation.change() as state:
                _fence(state, name)[family] = text
            return ""
        case ["-s", "list", "table", family, name]:
            return _found(_fence(simulation.load(), name), family)
        case ["delete", "table", family, name]:
            with simulation.change() as state:
                _found(_fence(state, name), family)
                del _fence(state, name)[family]
            return ""
    raise CommandError("Error: Operation not permitted")


def run_tc(words: list[str]) -> str:
    """Return the output of `tc`, which has no queues and takes all."""
    if words == ["-batch", "-"]:
        sys.stdin.read()
    return "[]\n" if words[:1] == ["-j"] else ""


def run_link(words: list[str]) -> str:
    """Return the output of `ip link`: no device is there, and each can be made."""
    if "show" in words:
        raise CommandError(f'Device "{words[-1]}" does not exist.')
    return ""


def _fence(state: simulation.State, table: str) -> dict[str, str]:
    """Return the tables of an interface's fence by their families."""
    interface = state.get(table.removeprefix(_TABLE)) if table.startswith(_TABLE) else None
    if interface is None:
        raise CommandError("Error: No such file or directory")
    return interface.fence


def _found(tables: dict[str, str], family: str) -> str:
    if family not in tables:
        raise CommandError("Error: No such file or directory")
    return tables[family]
