"""Keep what the demo's AmneziaWG would keep: interfaces in a JSON file, and the traffic that their peers invent.

Counters are not stored while a peer is online: they are a function of its key and of the time since it came online.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path

from lib.demo import x25519

SETTINGS = ("jc", "jmin", "jmax", "s1", "s2", "s3", "s4", "h1", "h2", "h3", "h4", "i1", "i2", "i3", "i4", "i5")
"""The parameters of a 2.0 interface by the words of `awg set`, in the order of `show dump`."""

_WAKES_AFTER = 4.0  # seconds from being added to the first handshake
_REKEYS_AFTER = 120  # seconds between handshakes of a busy peer, as WireGuard's REKEY_AFTER_TIME
_SIZES = {"s1": 148, "s2": 92, "s3": 64}  # bytes of the handshake messages that S1, S2 and S3 pad


@dataclass
class Peer:
    """A peer; `online_since` is None offline, `received` and `sent` (bytes) are what earlier stretches online left."""

    allowed_ips: list[str] = field(default_factory=list)
    preshared_key: str = "(none)"
    endpoint: str = "(none)"
    keepalive: str = "off"
    online_since: float | None = None
    handshake_at: int = 0
    received: int = 0
    sent: int = 0


@dataclass
class Interface:
    """One interface, up or down; `settings` are its parameters by the words of SETTINGS."""

    private_key: str
    port: int
    addresses: list[str]
    settings: dict[str, str]
    up: bool = False
    index: int = 1  # the kernel's number, another one each time it is made
    ahead: float = 0.0  # seconds that its clock is ahead of the machine's
    quiet: bool = False  # everybody was sent offline: who is added, or added anew, stays so
    peers: dict[str, Peer] = field(default_factory=dict)

    def now(self) -> float:
        """Tell the time as this interface has it."""
        return time.time() + self.ahead

    def set_clock(self, ahead: float) -> None:
        """Move the clock; what peers would have moved in the time that is skipped is left out."""
        before, skipped = self.now(), ahead - self.ahead
        for key, peer in self.peers.items():
            since = peer.online_since
            if since is not None:
                sleep(key, peer, before)
                peer.online_since = max(since, before) + skipped
        self.ahead = ahead


State = dict[str, Interface]


def load() -> State:
    """Read the state; a file that does not exist yet holds no interfaces."""
    path = _path()
    raw = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        name: Interface(**{**values, "peers": {key: Peer(**peer) for key, peer in values["peers"].items()}})
        for name, values in raw.items()
    }


@contextmanager
def changing() -> Iterator[State]:
    """Lend the state for a change and replace the file whole; other changes wait, and an exception changes nothing."""
    path = _path()
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = load()
        yield state
        fresh = path.with_name(f"{path.name}.new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({name: asdict(interface) for name, interface in state.items()}), encoding="utf-8")
        fresh.replace(path)


def _path() -> Path:
    """Give the state's file, or end with what to do."""
    name = os.environ.get("AWG_TOOL_STATE")
    if not name:
        raise SystemExit("AWG_TOOL_STATE is not set: let it name the file that holds the demo's interface")
    return Path(name)


def new_interface() -> Interface:
    """Draw an interface with a sound 2.0 set, as the makers' own client draws it, and an address of either family."""
    random = secrets.SystemRandom()
    prefix = secrets.token_hex(5)
    return Interface(
        private_key=x25519.encode(x25519.clamp(secrets.token_bytes(32))),
        port=51820,
        addresses=["10.8.0.1/24", f"fd{prefix[:2]}:{prefix[2:6]}:{prefix[6:]}::1/64"],
        settings={
            "jc": str(random.randint(4, 6)), "jmin": "10", "jmax": "50",
            **_paddings(random), **_headers(random), **dict.fromkeys(SETTINGS[11:], "(null)"),
        },
    )  # fmt: skip


def _paddings(random: secrets.SystemRandom) -> dict[str, str]:
    """Draw S1..S4 until no two padded messages have the same size."""
    while True:
        drawn = {"s1": random.randint(15, 149), "s2": random.randint(15, 149), "s3": random.randint(1, 63)}
        sizes = [drawn[key] + size for key, size in _SIZES.items()]
        if all(one != other for one, other in combinations(sizes, 2)):
            return {**{key: str(value) for key, value in drawn.items()}, "s4": str(random.randint(1, 19))}


def _headers(random: secrets.SystemRandom) -> dict[str, str]:
    """Draw four ascending ranges, one in each quarter of 5..2^31-1, so that they cannot meet."""
    quarter = 2**29
    starts = [random.randrange(max(5, quarter * place), quarter * place + quarter // 2) for place in range(4)]
    return {f"h{at}": f"{start}-{start + random.randrange(1, quarter // 2)}" for at, start in enumerate(starts, 1)}


def wake_soon(interface: Interface, key: str) -> None:
    """Let a new peer come online as a friend would who has just scanned the code, unless all are to be offline."""
    if not interface.quiet:
        interface.peers[key].online_since = interface.now() + _WAKES_AFTER


def sleep(key: str, peer: Peer, moment: float) -> None:
    """Take a peer offline; what it has moved so far stays."""
    peer.handshake_at, peer.received, peer.sent, peer.endpoint = observe(key, peer, moment)
    peer.online_since = None


def observe(key: str, peer: Peer, moment: float) -> tuple[int, int, int, str]:
    """Give (handshake_at, received, sent, endpoint) of a peer at a moment; counters never fall while it stays."""
    elapsed = moment - (moment if peer.online_since is None else peer.online_since)
    if peer.online_since is None or elapsed < 0:
        return peer.handshake_at, peer.received, peer.sent, peer.endpoint
    seed = hashlib.sha256(key.encode()).digest()
    sent = 92 + int((20_000 + seed[0] * 2_000) * _activity(elapsed, seed[1]))
    received = 148 + int((1_000 + seed[2] * 150) * _activity(elapsed, seed[3]))
    handshake_at = int(peer.online_since + elapsed // _REKEYS_AFTER * _REKEYS_AFTER)
    endpoint = f"198.51.100.{seed[4] % 254 + 1}:{20_000 + seed[5] * 128 + seed[6]}"
    return handshake_at, peer.received + received, peer.sent + sent, endpoint


def _activity(elapsed: float, phase: int) -> float:
    """Integrate a rate that swings between 0.2 and 1.8 over `elapsed` seconds: it always grows, seldom evenly."""
    return elapsed + 0.8 * 37 * (math.cos(phase) - math.cos(elapsed / 37 + phase))
