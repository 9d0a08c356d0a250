"""Change the demo's interface as `awg set` and `awg addconf` change a real one: all is read before any counts."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.demo import x25519
from lib.demo.awg_state import SETTINGS, Interface, Peer, wake_soon

_NO_KEY = x25519.encode(bytes(32))
_WORDS = {  # line of a .conf -> word of `set`
    "presharedkey": "preshared-key",
    "allowedips": "allowed-ips",
    "endpoint": "endpoint",
    "persistentkeepalive": "persistent-keepalive",
}


class Failed(Exception):
    """The command fails, with this text on stderr and exit code 1."""


class PeerChange:
    """What a command wants of one peer: its removal, or new values by the field names of `Peer`."""

    def __init__(self, key: str) -> None:
        """Start with no wishes for the peer of this public key."""
        self.key = key
        self.remove = False
        self.values: dict[str, str | list[str]] = {}

    def take(self, word: str, value: str) -> None:
        """Take a word of `set` with its value; a preshared key is itself given, not its file."""
        if word == "preshared-key":
            key = x25519.encode(parse_key(value)) if value else _NO_KEY
            self.values["preshared_key"] = "(none)" if key == _NO_KEY else key
        elif word == "allowed-ips":
            self.values["allowed_ips"] = [_parse_network(part) for part in value.split(",") if part]
        elif word == "endpoint":
            self.values["endpoint"] = value
        elif word == "persistent-keepalive":
            self.values["keepalive"] = "off" if value in ("0", "off") else value
        else:
            raise Failed(f"Invalid argument: {word}")

    def apply(self, interface: Interface) -> None:
        """Change, add or remove the peer; its addresses are silently taken from whoever has them."""
        if self.remove:
            interface.peers.pop(self.key, None)
            return
        if self.key not in interface.peers:
            interface.peers[self.key] = Peer()
            wake_soon(interface, self.key)
        taken = self.values.get("allowed_ips", ())
        for other in interface.peers.values():
            other.allowed_ips = [network for network in other.allowed_ips if network not in taken]
        for name, value in self.values.items():
            setattr(interface.peers[self.key], name, value)


def read_set(words: Sequence[str]) -> tuple[dict[str, str], list[PeerChange]]:
    """Read the words of `set` behind the interface's name: (its own settings, changes of peers)."""
    settings: dict[str, str] = {}
    changes: list[PeerChange] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "remove" and changes:
            changes[-1].remove = True
            continue
        if not rest:
            raise Failed(f"Invalid argument: {word}")
        value = rest.pop(0)
        if word == "peer":
            changes.append(PeerChange(x25519.encode(parse_key(value))))
        elif changes:
            changes[-1].take(word, read(value).strip() if word == "preshared-key" else value)
        elif word in (*SETTINGS, "listen-port", "private-key"):
            settings[word] = x25519.encode(parse_key(read(value).strip())) if word == "private-key" else value
        else:
            raise Failed(f"Invalid argument: {word}")
    return settings, changes


def read_conf(text: str) -> list[PeerChange]:
    """Read the [Peer] blocks of a file for `addconf`; as there, a peer that is named loses its addresses first."""
    changes: list[PeerChange] = []
    for line in text.splitlines():
        clean = "".join(line.partition("#")[0].split())
        if clean.lower() == "[peer]":
            changes.append(PeerChange(""))
            changes[-1].values["allowed_ips"] = []
        elif clean:
            _take_line(changes, clean)
    if not all(change.key for change in changes):
        raise Failed("A peer is missing a public key\nInvalid configuration")
    return changes


def _take_line(changes: list[PeerChange], line: str) -> None:
    """Take one `Key=value` into the block that is open."""
    name, _, value = line.partition("=")
    try:
        if not changes or name.lower() not in ("publickey", *_WORDS):
            raise Failed(f"Line unrecognized: `{line}'")
        if name.lower() == "publickey":
            changes[-1].key = x25519.encode(parse_key(value))
        else:
            changes[-1].take(_WORDS[name.lower()], value)
    except Failed as exc:
        raise Failed(f"{exc}\nConfiguration parsing error") from None


def parse_key(text: str) -> bytes:
    """Read a key, or fail in the tool's words."""
    try:
        return x25519.decode(text)
    except ValueError:
        raise Failed(f"Key is not the correct length or format: `{text}'") from None


def _parse_network(text: str) -> str:
    """Read one of the allowed ips, with the host bits cut off as the tool does, or fail in its words."""
    address, _, prefix = text.partition("/")
    try:
        whole = ipaddress.ip_address(address).max_prefixlen
    except ValueError:
        raise Failed(f"Unable to parse IP address: `{address}'") from None
    if prefix and not (prefix.isdigit() and int(prefix) <= whole):
        raise Failed(f"AllowedIP is not in the correct format: `{text}'")
    return str(ipaddress.ip_network(f"{address}/{prefix or whole}", strict=False))


def read(path: str) -> str:
    """Read a file or /dev/stdin, or fail in the tool's words."""
    try:
        return sys.stdin.read() if path == "/dev/stdin" else Path(path).read_text(encoding="utf-8")
    except OSError as exc:
        raise Failed(f"fopen: {exc.strerror}") from None
