"""The simulated interfaces, stored in a file, and the invented traffic of their peers.

The counters of an online peer are not stored: they are a function of its key and of how long it has been online.
This is loaded at each call of the tool, and what it imports would take longer than all that it does: hence plain
classes, and `marshal` in place of JSON.
"""

from __future__ import annotations

import fcntl
import marshal
import math
import os
import time
from itertools import combinations

from lib.demo.awg import x25519

TYPE_CHECKING = False
if TYPE_CHECKING:
    from random import SystemRandom

SETTINGS = ("jc", "jmin", "jmax", "s1", "s2", "s3", "s4", "h1", "h2", "h3", "h4", "i1", "i2", "i3", "i4", "i5")
"""The parameters of a 2.0 interface, named as in `awg set`, in the order of `show dump`."""

_CONNECTS_AFTER = 4.0  # seconds between adding a peer and its first handshake
_REKEYS_AFTER = 120  # seconds between the handshakes of an active peer, WireGuard's REKEY_AFTER_TIME
_HANDSHAKE_SIZES = {"s1": 148, "s2": 92, "s3": 64}  # bytes of the messages that S1, S2 and S3 pad


class StoredPeer:
    """A peer; `online_since` is None while it is offline. `received` and `sent` count bytes of earlier sessions."""

    def __init__(self, online_since: float | None = None, received: int = 0, sent: int = 0) -> None:
        self.allowed_ips: list[str] = []
        self.preshared_key = self.endpoint = "(none)"
        self.keepalive = "off"
        self.online_since = online_since
        self.handshake_at = 0
        self.received, self.sent = received, sent


class StoredInterface:
    """An interface, up or down; `settings` are its parameters, by the names in SETTINGS."""

    def __init__(self, private_key: str, public_key: str, addresses: list[str], settings: dict[str, str]) -> None:
        self.private_key, self.public_key, self.port = private_key, public_key, 51820
        self.addresses, self.settings = addresses, settings
        self.up = False
        self.index = 1  # as in the kernel: a new one each time the interface is created
        self.clock_offset = 0.0  # seconds that its clock is ahead of the machine's
        self.all_offline = False  # all peers were disconnected, and new ones do not connect on their own
        self.peers: dict[str, StoredPeer] = {}
        self.fence: dict[str, str] = {}  # the tables of speed limits, by their families

    def now(self) -> float:
        """Return the current time on this interface's clock."""
        return time.time() + self.clock_offset

    def set_clock(self, offset: float) -> None:
        """Set the clock this many seconds ahead. Peers cause no traffic in the skipped time."""
        before, skipped = self.now(), offset - self.clock_offset
        for key, peer in self.peers.items():
            since = peer.online_since
            if since is not None:
                disconnect(key, peer, before)
                peer.online_since = max(since, before) + skipped
        self.clock_offset = offset


State = dict[str, StoredInterface]


def load() -> State:
    """Return the stored state; without a file there are no interfaces."""
    try:
        with open(_path(), "rb") as file:
            raw = marshal.load(file)
    except FileNotFoundError:
        return {}
    state = {}
    for name, values in raw.items():
        state[name] = interface = StoredInterface("", "", [], {})
        vars(interface).update(values)
        interface.peers = {key: StoredPeer() for key in values["peers"]}
        for key, peer in interface.peers.items():
            vars(peer).update(values["peers"][key])
    return state


class change:  # noqa: N801 - used as a function, in a `with` statement
    """Lock the state, yield it for changes, and save it; an exception discards the changes."""

    def __enter__(self) -> State:
        self._lock = open(f"{_path()}.lock", "w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._state = load()
        return self._state

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._lock:
            if kind is None:
                _save(self._state)


def _save(state: State) -> None:
    """Replace the old file with a new one."""
    raw = {name: {**vars(interface), "peers": {key: vars(peer) for key, peer in interface.peers.items()}}
           for name, interface in state.items()}  # fmt: skip
    fresh = f"{_path()}.new"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        marshal.dump(raw, file)
    os.replace(fresh, _path())


def _path() -> str:
    """Return the path of the state file; exit with instructions if it is not set."""
    name = os.environ.get("AWG_TOOL_STATE")
    if not name:
        raise SystemExit("AWG_TOOL_STATE is not set. Set it to the file that stores the simulated interfaces.")
    return name


def new_interface() -> StoredInterface:
    """Return an interface with random, valid 2.0 parameters, as Amnezia's own client would choose them."""
    import secrets  # which only this needs, and it takes longer than most calls of the tool

    random = secrets.SystemRandom()
    prefix = secrets.token_hex(5)
    private_key = x25519.clamp(secrets.token_bytes(32))
    return StoredInterface(
        private_key=x25519.encode(private_key),
        public_key=x25519.encode(x25519.multiply(private_key)),
        addresses=["10.8.0.1/24", f"fd{prefix[:2]}:{prefix[2:6]}:{prefix[6:]}::1/64"],
        settings={
            "jc": str(random.randint(4, 6)), "jmin": "10", "jmax": "50",
            **_paddings(random), **_headers(random), **dict.fromkeys(SETTINGS[11:], "(null)"),
        },
    )  # fmt: skip


def _paddings(random: SystemRandom) -> dict[str, str]:
    """Choose S1 to S4 so that no two padded messages have the same size."""
    while True:
        chosen = {"s1": random.randint(15, 149), "s2": random.randint(15, 149), "s3": random.randint(1, 63)}
        sizes = [chosen[key] + size for key, size in _HANDSHAKE_SIZES.items()]
        if all(one != other for one, other in combinations(sizes, 2)):
            return {**{key: str(value) for key, value in chosen.items()}, "s4": str(random.randint(1, 19))}


def _headers(random: SystemRandom) -> dict[str, str]:
    """Choose four ascending ranges, one in each quarter of 5..2^31-1, so that they can't overlap."""
    quarter = 2**29
    starts = [random.randrange(max(5, quarter * place), quarter * place + quarter // 2) for place in range(4)]
    return {f"h{at}": f"{start}-{start + random.randrange(1, quarter // 2)}" for at, start in enumerate(starts, 1)}


def connect_soon(interface: StoredInterface, key: str) -> None:
    """Schedule a new peer's connection in a few seconds, like a friend who has just scanned the QR code."""
    if not interface.all_offline:
        interface.peers[key].online_since = interface.now() + _CONNECTS_AFTER


def disconnect(key: str, peer: StoredPeer, now: float) -> None:
    """Take a peer offline and store its counters."""
    peer.handshake_at, peer.received, peer.sent, peer.endpoint = observe(key, peer, now)
    peer.online_since = None


def observe(key: str, peer: StoredPeer, now: float) -> tuple[int, int, int, str]:
    """Return (handshake_at, received, sent, endpoint) of a peer. The counters never decrease.

    Each time it goes online, its port changes, as with a real app that is switched on.
    """
    elapsed = now - (now if peer.online_since is None else peer.online_since)
    if peer.online_since is None or elapsed < 0:
        return peer.handshake_at, peer.received, peer.sent, peer.endpoint
    seed = x25519.decode(key)  # as good as drawn
    sent = 92 + int((20_000 + seed[0] * 2_000) * _activity(elapsed, seed[1]))
    received = 148 + int((1_000 + seed[2] * 150) * _activity(elapsed, seed[3]))
    handshake_at = int(peer.online_since + elapsed // _REKEYS_AFTER * _REKEYS_AFTER)
    port = 20_000 + (seed[5] * 128 + seed[6] + int(peer.online_since) * 7919) % 2**15
    endpoint = f"198.51.100.{seed[4] % 254 + 1}:{port}"
    return handshake_at, peer.received + received, peer.sent + sent, endpoint


def _activity(elapsed: float, phase: int) -> float:
    """Integrate a rate that swings between 0.2 and 1.8 over `elapsed` seconds, so that the traffic varies."""
    return elapsed + 0.8 * 37 * (math.cos(phase) - math.cos(elapsed / 37 + phase))
