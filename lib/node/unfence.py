"""Remove the fence when the bot is uninstalled: `python3 -m lib.node.unfence INTERFACE`, with AWG_COMMAND.

First go the peers that the fence keeps to Telegram, so that nobody is let in.
"""

from __future__ import annotations

import os
import re
import sys

from lib.node.fence import Fence, hosts
from lib.node.node import Node


def main(interface: str) -> None:
    node = Node(interface, os.environ.get("AWG_COMMAND") or "awg")
    fence = Fence(node)
    sets = (node.ask("nft", "list", "set", "inet", fence.table, f"only{digit}") or "" for digit in "46")
    held = set(re.findall("[0-9a-f:.]+", " ".join(sets)))
    lines = (line.split() for line in (node.ask(node.awg, "show", interface, "allowed-ips") or "").splitlines())
    node.apply([key for key, *addresses in lines if held & {*hosts(addresses)}], [])
    fence.close()
    fence.shape()


if __name__ == "__main__":
    main(*sys.argv[1:])
