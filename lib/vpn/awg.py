"""Ask and change the AmneziaWG interface through the tools `awg` and `ip`, and put their failures into words.

Keys travel by stdin alone; the server's private key, which `show dump` prints first, is dropped where it is read.
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
_ADDRESS = r"(?:[0-9.]+/32|[0-9a-fA-F.:]+/128)"  # of one device: nothing that leads to more may slip in
_BLOCK = re.compile(
    rf"\[Peer\]\nPublicKey = {_KEY.pattern}\nPresharedKey = {_KEY.pattern}\nAllowedIPs = {_ADDRESS}(?:,{_ADDRESS})*\n"
)
_NO_KEY = "A" * 43 + "="  # 32 zero bytes: no preshared key, said aloud so that an older one is cleared
_PEERS_A_CALL = 1000  # "peer KEY remove" is 81 bytes of the 128 KiB that every Linux grants to arguments

_HINTS = (  # (what the answer holds, kind, hint); the first that fits counts
    ("Operation not permitted", "not_permitted", "is the service allowed CAP_NET_ADMIN?"),
    ("Permission denied", "not_permitted", "is the service allowed CAP_NET_ADMIN and CAP_DAC_OVERRIDE?"),
    ("Cannot open network namespace", "no_interface", "does the network namespace of AWG_COMMAND exist?"),
    ("No such device", "no_interface", "is the interface up?"),
    ("Protocol not supported", "no_interface", "is the interface up, and the amneziawg module loaded?"),
    ("does not exist", "no_interface", "is the interface up?"),
)


@dataclass(frozen=True)
class Keys:
    """A fresh identity, base64."""

    private: str = field(repr=False)
    public: str
    preshared: str = field(repr=False)


class LivePeer(NamedTuple):
    """A peer as the interface has it. Its repr shows no secret.

    Its first three fields are those of a WantedPeer; `handshake_at` is in epoch seconds, 0 for never; `received` and
    `sent` are bytes as the server sees them.
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
        """List its addresses and networks, with prefix lengths."""
        return self.allowed_ips.split(",") if self.allowed_ips else []

    def __repr__(self) -> str:
        return f"LivePeer({self.public_key}, {self.allowed_ips}, {self.handshake_at}, {self.received}, {self.sent})"


@dataclass(frozen=True)
class Interface:
    """The live interface; `parameters` as `obfuscation.read` gives them (one of them may be a key), empty if plain.

    `index` is the kernel's number for it, another one when it was made anew; `kind` what `ip` calls it: `amneziawg` or
    `wireguard` in the kernel, `tun` in userspace. Both are '-' where nothing tells them.
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
    """Read `show IF dump`, of any version by its column count (facts, The tool).

    `known` are lines that were read before, and is brought to the present ones: most devices are silent most of the
    time, and their lines stay the same. Raise AwgError, which quotes nothing of the text: `garbage` for the unreadable,
    `no_interface` without a key.
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
    """Read a peer's 8 columns; raise ValueError for anything else."""
    public_key, preshared, endpoint, allowed, handshake, received, sent, _keepalive = line.split("\t")
    if len(public_key) != 44:
        raise ValueError
    return LivePeer(
        public_key,
        None if preshared == "(none)" else preshared,
        "" if allowed == "(none)" else ",".join(sorted(allowed.split(","), key=_is_ipv6)),
        None if endpoint == "(none)" else endpoint,
        int(handshake),
        int(received),
        int(sent),
    )


def _is_ipv6(address: str) -> bool:
    return ":" in address


def parse_addresses(text: str) -> tuple[IPv4Interface | IPv6Interface, ...]:
    """Read `ip -j address show dev IF`: the interface's addresses with their subnets, link-local ones left out.

    Raise AwgError of kind `garbage` when the text is something else.
    """
    try:
        return tuple(
            ip_interface(f"{info['local']}/{info['prefixlen']}")
            for link in json.loads(text)
            for info in link.get("addr_info", ())
            if info["scope"] == "global"
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise AwgError("ip address show answered with something that is no list of addresses", "garbage") from None


def render_peers(peers: Iterable[WantedPeer]) -> str:
    """Write [Peer] blocks for `addconf` and for the file that PostUp reads, as root.

    A malformed field, which might say more than it should, is refused: AwgError of kind `garbage`.
    """
    blocks = [
        f"[Peer]\nPublicKey = {peer.public_key}\nPresharedKey = {peer.preshared_key or _NO_KEY}\n"
        f"AllowedIPs = {peer.allowed_ips}\n"
        for peer in peers
    ]
    if not all(map(_BLOCK.fullmatch, blocks)):
        raise AwgError("a peer has a malformed key or address, or no address; it was not written", "garbage")
    return "\n".join(blocks)


class Awg:
    """The tool at work on one interface. Every call may raise AwgError, whose text never holds a key."""

    def __init__(self, command: Sequence[str], interface: str, timeout: float = 10.0) -> None:
        """Take the words that start the tool (`AWG_COMMAND`), the interface's name, and the seconds a call may last."""
        self._tool = tuple(command)
        self._ip = (*self._tool[:-1], "ip")
        self._interface = interface
        self._timeout = timeout
        self._known: dict[str, LivePeer] = {}
        self._runner = Runner()

    def cut_off(self) -> None:
        """Kill the call that runs, if one does: the bot ends, and no hanging tool must stay behind it."""
        self._runner.cut_off()

    def generate_keys(self) -> Keys:
        """Draw a private key and a preshared key, and derive the public key."""
        private = self._key("genkey")
        return Keys(private, self._key("pubkey", private + "\n"), self._key("genpsk"))

    def show(self) -> Interface:
        """Read the interface with its parameters, peers and counters."""
        index, kind = self._link()  # before the counters: those of an interface that goes now are not another's
        text = self._run(self._tool, "show", self._interface, "dump")
        return replace(parse_dump(text, self._known), index=index, kind=kind)

    def _link(self) -> tuple[str, str]:
        """Ask for the interface's number and kind where the tool runs, maybe a network namespace; '-' for no answer."""
        try:
            (link,) = json.loads(self._run(self._ip, "-d", "-j", "address", "show", "dev", self._interface))
            return str(link["ifindex"]), str(link.get("linkinfo", {}).get("info_kind", "-"))
        except (AwgError, ValueError, LookupError, TypeError, AttributeError):
            return "-", "-"

    def addresses(self) -> tuple[IPv4Interface | IPv6Interface, ...]:
        """Read the interface's own addresses, seen from where the tool runs (its network namespace)."""
        return parse_addresses(self._run(self._ip, "-j", "address", "show", "dev", self._interface))

    def add_peers(self, peers: Iterable[WantedPeer]) -> None:
        """Add peers in one call, or replace the keys and addresses of those that exist; counters stay."""
        if text := render_peers(peers):
            self._run(self._tool, "addconf", self._interface, "/dev/stdin", stdin=text)

    def remove_peers(self, public_keys: Iterable[str]) -> None:
        """Remove peers; one that is absent already is fine."""
        keys = tuple(public_keys)
        for start in range(0, len(keys), _PEERS_A_CALL):
            words = [word for key in keys[start : start + _PEERS_A_CALL] for word in ("peer", key, "remove")]
            self._run(self._tool, "set", self._interface, *words)

    def version(self) -> str:
        """Name the tool and its version: the first line of `--version`."""
        return self._run(self._tool, "--version").partition("\n")[0].strip()

    def _key(self, *words: str) -> str:
        """Run one of the key commands (`words`: its name and what goes to its stdin); give the key that it prints."""
        command, stdin = (*words, "")[:2]
        key = self._run(self._tool, command, stdin=stdin).strip()
        if not _KEY.fullmatch(key):
            raise AwgError(f"{' '.join(self._tool)} {command} answered with something that is no key", "garbage")
        return key

    def _run(self, prefix: tuple[str, ...], *words: str, stdin: str = "") -> str:
        """Run one command and give its stdout; on the timeout its whole process group is killed."""
        label = " ".join((*prefix, *words[:2]))
        try:
            done = self._runner.run((*prefix, *words), stdin, self._timeout)
        except TimedOut:
            text = f"{label} gave no answer in {self._timeout:g} s — is another awg hanging, or an I-value too long?"
            raise AwgError(text, "timeout") from None
        except OSError as exc:
            raise _unstartable(label, prefix, exc) from None
        if done.code:
            raise _failure(label, done.code, done.err)
        return done.out


def _unstartable(label: str, prefix: tuple[str, ...], exc: OSError) -> AwgError:
    """Put into words that the command could not even be started."""
    package = "iproute2" if prefix[-1] == "ip" else "amneziawg-tools"
    if isinstance(exc, FileNotFoundError):
        return AwgError(f"{label}: {prefix[0]} not found — is {package} installed?", "missing")
    if isinstance(exc, PermissionError):
        return AwgError(f"{label}: {prefix[0]} may not be executed — is AWG_COMMAND right?", "not_permitted")
    return AwgError(f"{label} could not be started: {exc.strerror}")


def _failure(label: str, code: int, err: str) -> AwgError:
    """Put a failed call into words, with every key in the answer masked."""
    if code < 0:
        return AwgError(f"{label} was killed by {signal.Signals(-code).name}")
    if code == 127 or 'exec of "' in err:
        return AwgError(f"{label}: command not found — is amneziawg-tools installed?", "missing")
    answer = _SECRET.sub("(hidden)", "; ".join(err.split("\n"))).strip("; ") or "gave no reason"
    for sign, kind, hint in _HINTS:
        if sign in answer:
            return AwgError(f"{label} failed ({code}): {answer} — {hint}", kind)
    return AwgError(f"{label} failed ({code}): {answer}")
