"""Read and change the AmneziaWG interface with the tools `awg` and `ip`, and explain their failures.

Keys are passed on stdin only; the server's private key, which `show dump` prints first, is dropped where it is read.
"""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import NamedTuple

from lib.errors import AwgError
from lib.process import Runner, TimedOut
from lib.store.configs import WantedPeer
from lib.vpn import obfuscation

_KEY = re.compile(r"[A-Za-z0-9+/]{43}=")
_SECRET = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}|(?<=correct length or format: `)[^']*")
_ADDRESS = r"(?:[0-9.]+/32|[0-9a-fA-F.:]+/128)"  # of a single device: nothing wider may slip in
_BLOCK = re.compile(
    rf"\[Peer\]\nPublicKey = {_KEY.pattern}\nPresharedKey = {_KEY.pattern}\nAllowedIPs = {_ADDRESS}(?:,{_ADDRESS})*\n"
)
_NO_KEY = "A" * 43 + "="  # 32 zero bytes: an explicit "no preshared key", which clears an older one
_PEERS_PER_CALL = 1000  # "peer KEY remove" is 81 bytes of the 128 KiB that every Linux allows for arguments

_HINTS = (  # (text in the tool's answer, kind, hint); the first match counts
    ("Operation not permitted", "not_permitted", "is the service allowed CAP_NET_ADMIN?"),
    ("Permission denied", "not_permitted", "is the service allowed CAP_NET_ADMIN and CAP_DAC_OVERRIDE?"),
    ("Cannot open network namespace", "no_interface", "does the network namespace of AWG_COMMAND exist?"),
    ("No such device", "no_interface", "is the interface up?"),
    ("Protocol not supported", "no_interface", "is the interface up, and the amneziawg module loaded?"),
    ("does not exist", "no_interface", "is the interface up?"),
)
Addresses = tuple[IPv4Interface | IPv6Interface, ...]


@dataclass(frozen=True)
class Keys:
    """A new set of keys, base64."""

    private: str = field(repr=False)
    public: str
    preshared: str = field(repr=False)


class LivePeer(NamedTuple):
    """A peer on the interface, whose first three fields are those of a WantedPeer. Its repr shows no secret.

    `handshake_at` is in epoch seconds, 0 for never; `received` and `sent` are bytes as the server sees them.
    """

    public_key: str
    preshared_key: str | None
    allowed_ips: str
    endpoint: str | None
    handshake_at: int
    received: int
    sent: int

    @property
    def networks(self) -> list[str]:
        """Its addresses and networks, with prefix lengths."""
        return self.allowed_ips.split(",") if self.allowed_ips else []

    def __repr__(self) -> str:
        return f"LivePeer({self.public_key}, {self.allowed_ips}, {self.handshake_at}, {self.received}, {self.sent})"


@dataclass(frozen=True)
class Interface:
    """The live interface; `parameters` come from `obfuscation.read` (one may be a key) and are empty for WireGuard.

    `index` is the kernel's number for it, a new one when it is recreated; `kind` is `amneziawg` or `wireguard` in the
    kernel, `tun` in userspace. Either is '-' if unknown.
    """

    public_key: str
    port: int
    parameters: dict[str, str] = field(repr=False)
    peers: tuple[LivePeer, ...]
    index: str = "-"
    kind: str = "-"

    @cached_property
    def by_key(self) -> dict[str, LivePeer]:
        """The peers by their public keys."""
        return {peer.public_key: peer for peer in self.peers}


def parse_dump(text: str, known: dict[str, LivePeer] | None = None) -> Interface:
    """Parse `show IF dump` of any version, told apart by the number of columns (facts, The tool).

    `known` caches the peers of lines parsed before, because most devices are silent most of the time; it is updated.
    Raise AwgError, which quotes nothing of the text: `garbage` if it is unreadable, `no_interface` without a key.
    """
    lines = text.rstrip("\n").split("\n")
    columns = lines[0].split("\t")[1:]
    if len(columns) - 3 not in obfuscation.TABLES:
        raise AwgError(f"awg show dump answered with {len(columns) + 1} columns, as no known version does", "garbage")
    public_key, port, *parameters = columns[:-1]
    if public_key == "(none)":
        raise AwgError("awg show dump: the interface has no private key — is it up?", "no_interface")
    try:
        peers = {line: (known or {}).get(line) or _parse_peer(line) for line in lines[1:]}
        interface = Interface(public_key, int(port), obfuscation.read(parameters), tuple(peers.values()))
    except ValueError:
        raise AwgError("awg show dump answered with a line that is no interface's and no peer's", "garbage") from None
    if known is not None:
        known.clear()
        known.update(peers)
    return interface


def _parse_peer(line: str) -> LivePeer:
    """Parse the 8 columns of a peer; raise ValueError for anything else."""
    public_key, preshared, endpoint, allowed, handshake, received, sent, _keepalive = line.split("\t")
    if len(public_key) != 44:
        raise ValueError
    allowed = "" if allowed == "(none)" else ",".join(sorted(allowed.split(","), key=lambda address: ":" in address))
    preshared_key = None if preshared == "(none)" else preshared
    seen_at = None if endpoint == "(none)" else endpoint
    return LivePeer(public_key, preshared_key, allowed, seen_at, int(handshake), int(received), int(sent))


def parse_addresses(text: str) -> Addresses:
    """Parse `ip -j address show dev IF` into addresses with subnets, without link-local ones, or raise AwgError."""
    try:
        infos = [info for link in json.loads(text) for info in link.get("addr_info", ()) if info["scope"] == "global"]
        return tuple(ip_interface(f"{info['local']}/{info['prefixlen']}") for info in infos)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise AwgError("ip address show answered with something that is no list of addresses", "garbage") from None


def render_peers(peers: Iterable[WantedPeer]) -> str:
    """Write [Peer] blocks for `addconf` and for PostUp, which root runs; AwgError for a field that may hold more."""
    blocks = [
        f"[Peer]\nPublicKey = {peer.public_key}\nPresharedKey = {peer.preshared_key or _NO_KEY}\n"
        f"AllowedIPs = {peer.allowed_ips}\n"
        for peer in peers
    ]
    if not all(map(_BLOCK.fullmatch, blocks)):
        raise AwgError("a peer has a malformed key or address, or no address; it was not written", "garbage")
    return "\n".join(blocks)


class Awg:
    """The tool, used on one interface. Every call may raise an AwgError, whose text never contains a key."""

    def __init__(self, command: Sequence[str], interface: str, timeout: float = 10.0) -> None:
        """Take the tool's command (`AWG_COMMAND`), the interface, and how many seconds a call may take."""
        self._tool = tuple(command)
        self._ip = (*self._tool[:-1], "ip")
        self._interface = interface
        self._timeout = timeout
        self._known: dict[str, LivePeer] = {}
        self._runner = Runner()

    def cut_off(self) -> None:
        """Kill the running call, if any, so that no hanging tool outlives the bot."""
        self._runner.cut_off()

    def generate_keys(self) -> Keys:
        """Generate a private key, its public key and a preshared key."""
        private = self._key("genkey")
        return Keys(private, self._key("pubkey", private + "\n"), self._key("genpsk"))

    def show(self) -> Interface:
        """Read the interface with its parameters, peers and counters."""
        index, kind = self._link()  # before the counters, lest those of an interface that goes now pass for another's
        text = self._run(self._tool, "show", self._interface, "dump")
        return replace(parse_dump(text, self._known), index=index, kind=kind)

    def _link(self) -> tuple[str, str]:
        """Return the interface's number and kind as seen where the tool runs; '-' if unknown."""
        try:
            (link,) = json.loads(self._run(self._ip, "-d", "-j", "address", "show", "dev", self._interface))
            return str(link["ifindex"]), str(link.get("linkinfo", {}).get("info_kind", "-"))
        except (AwgError, ValueError, LookupError, TypeError, AttributeError):
            return "-", "-"

    def addresses(self) -> Addresses:
        """Read the interface's own addresses as seen where the tool runs, perhaps in a network namespace."""
        return parse_addresses(self._run(self._ip, "-j", "address", "show", "dev", self._interface))

    def add_peers(self, peers: Iterable[WantedPeer]) -> None:
        """Add peers in one call, or replace the keys and addresses of existing ones; counters stay."""
        if text := render_peers(peers):
            self._run(self._tool, "addconf", self._interface, "/dev/stdin", stdin=text)

    def remove_peers(self, public_keys: Iterable[str]) -> None:
        """Remove peers, if they are there."""
        keys = tuple(public_keys)
        for start in range(0, len(keys), _PEERS_PER_CALL):
            words = [word for key in keys[start : start + _PEERS_PER_CALL] for word in ("peer", key, "remove")]
            self._run(self._tool, "set", self._interface, *words)

    def version(self) -> str:
        """Return the first line of `--version`: the tool and its version."""
        return self._run(self._tool, "--version").partition("\n")[0].strip()

    def _key(self, command: str, stdin: str = "") -> str:
        key = self._run(self._tool, command, stdin=stdin).strip()
        if not _KEY.fullmatch(key):
            raise AwgError(f"{' '.join(self._tool)} {command} answered with something that is no key", "garbage")
        return key

    def _run(self, prefix: tuple[str, ...], *words: str, stdin: str = "") -> str:
        """Run one command and return its stdout; after the timeout its whole process group is killed."""
        label = " ".join((*prefix, *words[:2]))
        try:
            result = self._runner.run((*prefix, *words), stdin, self._timeout)
        except TimedOut:
            text = f"{label} gave no answer in {self._timeout:g} s — is another awg hanging, or an I-value too long?"
            raise AwgError(text, "timeout") from None
        except OSError as exc:
            raise _not_started(label, prefix, exc) from None
        if result.code:
            raise _failed(label, result.code, result.err)
        return result.out


def _not_started(label: str, prefix: tuple[str, ...], exc: OSError) -> AwgError:
    package = "iproute2" if prefix[-1] == "ip" else "amneziawg-tools"
    if isinstance(exc, FileNotFoundError):
        return AwgError(f"{label}: {prefix[0]} not found — is {package} installed?", "missing")
    if isinstance(exc, PermissionError):
        return AwgError(f"{label}: {prefix[0]} may not be executed — is AWG_COMMAND right?", "not_permitted")
    return AwgError(f"{label} could not be started: {exc.strerror}")


def _failed(label: str, code: int, err: str) -> AwgError:
    """Explain a failed call, with every key in the answer masked."""
    if code < 0:
        return AwgError(f"{label} was killed by {signal.Signals(-code).name}")
    if code == 127 or 'exec of "' in err:
        return AwgError(f"{label}: command not found — is amneziawg-tools installed?", "missing")
    answer = _SECRET.sub("(hidden)", "; ".join(err.split("\n"))).strip("; ") or "gave no reason"
    for sign, kind, hint in _HINTS:
        if sign in answer:
            return AwgError(f"{label} failed ({code}): {answer} — {hint}", kind)
    return AwgError(f"{label} failed ({code}): {answer}")
