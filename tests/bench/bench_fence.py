"""Measure speed limits on a real interface: what a limited friend gets, and what 200 of them cost everybody else.

Run as root: .venv/bin/python tests/bench/bench_fence.py [--runs N] [--json FILE]; it needs nft, tc and wireguard-go.
The line is held at 50 Mbit/s, so that it, and not the machine, is what friends share; the last figures are without.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.bench_peers import timed
from tests.bench.figures import Figure, command, figure
from tests.system.beyond import ANN, ANN6, ELSEWHERE, Beyond, connect, devices
from tests.system.network import SERVER_ADDRESS
from tests.system.nodes import ask_child
from tests.unit.node.child import fence

MB, LINE = 10**6, "50mbit"
BLAST = Path(__file__).parents[1] / "system" / "blast.py"
CROWD = [f"10.8.0.{n}" for n in range(10, 210)]
LIMITS = [[100, 100, devices(address)] for address in CROWD]
MANY = [[10_000, 10_000, devices(f"10.8.{n // 250 + 1}.{n % 250 + 1}")] for n in range(2000)]


def put(beyond: Beyond, speeds: list[list[object]], unless: str = "") -> str:
    """Put the fence right; return its digest."""
    (answer,) = ask_child(beyond.network.interface, fence(speeds, unless=unless))
    assert answer["ok"]["speed"] is None, answer
    return str(answer["ok"]["fence"])


def of_one(beyond: Beyond, runs: int) -> list[Figure]:
    """Transfer as much as 10 Mbit/s allow in four seconds, by a friend with this limit."""
    put(beyond, [[10_000, 10_000, devices(ANN, ANN6)]])
    ways = {
        "down": lambda: beyond.ann.download(5 * MB, ELSEWHERE),
        "up": lambda: beyond.ann.upload(5 * MB, ELSEWHERE),
    }
    times = {way: [deed() for _ in range(runs)] for way, deed in ways.items()}
    return [figure(f"5 MB {way} at 10 Mbit/s", "s", times[way], "10 Mbit/s, exactly", [4.0], 1.11) for way in times]


def beside(beyond: Beyond, runs: int) -> Figure:
    """Download without a limit while 200 friends are sent more than theirs, against the same without them."""
    connect(beyond.network, beyond.ann, SERVER_ADDRESS, ANN, ANN6, *CROWD)
    hold_line(beyond)
    ours, alone = [], []
    for _ in range(runs):
        put(beyond, [])
        alone.append(beyond.ben.download(15 * MB, ELSEWHERE))
        put(beyond, LIMITS)
        sending = beyond.server.start(sys.executable, str(BLAST), "send", "25", "60", CROWD[0], "200")
        time.sleep(1)
        ours.append(beyond.ben.download(15 * MB, ELSEWHERE))
        sending.kill()
        sending.wait()
    hold_line(beyond, "del")
    return figure("15 MB without a limit, beside 200 with one", "s", ours, "the same without them", alone, 1.05)


def hold_line(beyond: Beyond, how: str = "add") -> None:
    """Hold the cables to friends at the speed of the line, or let go of them."""
    speed = ("tbf", "rate", LINE, "burst", "64k", "limit", "200k") if how == "add" else ()
    for end in ("sv", "b0"):
        beyond.server.run("tc", "qdisc", how, "dev", f"{beyond.server.name[:-1]}{end}", "root", *speed)


def idle(beyond: Beyond, runs: int) -> Figure:
    """Download as fast as the machine can, with 200 limits of others, against the same without any."""
    ours, bare = [], []
    for _ in range(runs):
        for times, speeds in ((bare, []), (ours, LIMITS)):
            put(beyond, speeds)
            times.append(beyond.ben.download(60 * MB, ELSEWHERE))
    return figure("60 MB without a limit, where others have one", "s", ours, "the same without a fence", bare, 1.1)


def changes(beyond: Beyond, runs: int) -> list[Figure]:
    """Change one of 200 limits, and look at 200 that are right."""
    changed, looked = [], []
    for run in range(runs):
        LIMITS[7][0] = LIMITS[7][1] = 200 + run
        seen = ""
        begin = time.perf_counter()
        seen = put(beyond, LIMITS)
        changed.append(1000 * (time.perf_counter() - begin))
        looked.append(timed(lambda seen=seen: put(beyond, LIMITS, seen)))  # type: ignore[misc]
    beyond.server.run("ip", "address", "add", "10.8.0.1/16", "dev", beyond.network.interface.name)
    put_up = [timed(lambda: put(beyond, MANY))]
    return [
        figure("one limit of 200 changed", "ms", changed, "limit", [2000], 1),
        figure("200 limits looked at", "ms", looked, "limit", [1000], 1),
        figure("2,000 limits put up", "ms", put_up, "limit", [20_000], 1),
    ]


def figures(runs: int) -> list[Figure]:
    with Beyond() as beyond:
        return [*of_one(beyond, runs), beside(beyond, runs), idle(beyond, runs), *changes(beyond, runs)]


if __name__ == "__main__":
    command(__doc__, figures, 5)
