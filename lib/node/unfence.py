"""Remove the fence when the bot is uninstalled: `python3 -m lib.node.unfence INTERFACE`, with AWG_COMMAND.

First go the peers that the fence keeps to Telegram, so that nobody is let in.
"""

from __future__ import annotations

import os
import re
import sys

from lib.node.fence import Fence, hosts
from lib.node.node import Failure, Node


def allowed_ips(node: Node) -> str:
    """Return the peers and their addresses; nothing only if there is no interface any more."""
    try:
        return node.run(node.awg, "show", node.interface, "allowed-ips")
    except Failure as exc:
        if exc.kind != "no_interface":
            raise
        return ""


def main(interface: str) -> None:
    node = Node(interface, os.environ.get("AWG_COMMAND") or "awg")
    fence = Fence(node)
    sets = (node.ask("nft", "list", "set", "inet", fence.table, f"only{digit}") or "" for digit in "46")
    held = set(re.findall("[0-9a-f:.]+", " ".join(sets)))
    lines = (line.split() for line in allowed_ips(node).splitlines())
    node.apply([key for key, *addresses in lines if held & {*hosts(addresses)}], [])
    fence.close()
    fence.shape()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Failure as exc:
        raise SystemExit(str(exc)) from None
