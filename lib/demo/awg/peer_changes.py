"""Parse and apply the changes of `awg set` and `awg addconf`. A command is parsed whole before anything changes."""

from __future__ import annotations

import sys

from lib.demo.awg import x25519
from lib.demo.awg.simulation import SETTINGS, StoredInterface, StoredPeer, connect_soon

_NO_KEY = x25519.encode(bytes(32))
_CONF_KEYS = {  # key in a .conf -> argument of `set`
    "presharedkey": "preshared-key",
    "allowedips": "allowed-ips",
    "endpoint": "endpoint",
    "persistentkeepalive": "persistent-keepalive",
}


class CommandError(Exception):
    """The command fails with this message on stderr and exit code 1."""


class PeerChange:
    """The changes to one peer: its removal, or new values by the field names of `StoredPeer`."""

    def __init__(self, key: str) -> None:
        """Start with no changes to the peer with this public key."""
        self.key = key
        self.remove = False
        self.values: dict[str, str | list[str]] = {}

    def add_value(self, name: str, value: str) -> None:
        """Add an argument of `set` with its value; for a preshared key that is the key, not a file."""
        if name == "preshared-key":
            key = x25519.encode(parse_key(value)) if value else _NO_KEY
            self.values["preshared_key"] = "(none)" if key == _NO_KEY else key
        elif name == "allowed-ips":
            self.values["allowed_ips"] = [_parse_network(part) for part in value.split(",") if part]
        elif name == "endpoint":
            self.values["endpoint"] = value
        elif name == "persistent-keepalive":
            self.values["keepalive"] = "off" if value in ("0", "off") else value
        else:
            raise CommandError(f"Invalid argument: {name}")

    def apply(self, interface: StoredInterface) -> None:
        """Add, change or remove the peer. Its addresses are silently taken away from any other peer that has them."""
        if self.remove:
            interface.peers.pop(self.key, None)
            return
        if self.key not in interface.peers:
            interface.peers[self.key] = StoredPeer()
            connect_soon(interface, self.key)
        taken = self.values.get("allowed_ips", ())
        for other in interface.peers.values():
            other.allowed_ips = [network for network in other.allowed_ips if network not in taken]
        for name, value in self.values.items():
            setattr(interface.peers[self.key], name, value)


def parse_set(words: list[str]) -> tuple[dict[str, str], list[PeerChange]]:
    """Parse the arguments of `set` after the interface name; return (interface settings, peer changes)."""
    settings: dict[str, str] = {}
    changes: list[PeerChange] = []
    rest = list(words)
    while rest:
        name = rest.pop(0)
        if name == "remove" and changes:
            changes[-1].remove = True
            continue
        if not rest:
            raise CommandError(f"Invalid argument: {name}")
        value = rest.pop(0)
        if name == "peer":
            changes.append(PeerChange(x25519.encode(parse_key(value))))
        elif changes:
            changes[-1].add_value(name, read_file(value).strip() if name == "preshared-key" else value)
        elif name in (*SETTINGS, "listen-port", "private-key"):
            settings[name] = x25519.encode(parse_key(read_file(value).strip())) if name == "private-key" else value
        else:
            raise CommandError(f"Invalid argument: {name}")
    return settings, changes


def parse_conf(text: str) -> list[PeerChange]:
    """Parse the [Peer] blocks of a file for `addconf`, which replaces the addresses of a peer that already exists."""
    changes: list[PeerChange] = []
    for line in text.splitlines():
        clean = "".join(line.partition("#")[0].split())
        if clean.lower() == "[peer]":
            changes.append(PeerChange(""))
            changes[-1].values["allowed_ips"] = []
        elif clean:
            _parse_line(changes, clean)
    if not all(change.key for change in changes):
        raise CommandError("A peer is missing a public key\nInvalid configuration")
    return changes


def _parse_line(changes: list[PeerChange], line: str) -> None:
    """Parse a line such as `Key=value` into the latest block."""
    name, _, value = line.partition("=")
    try:
        if not changes or name.lower() not in ("publickey", *_CONF_KEYS):
            raise CommandError(f"Line unrecognized: `{line}'")
        if name.lower() == "publickey":
            changes[-1].key = x25519.encode(parse_key(value))
        else:
            changes[-1].add_value(_CONF_KEYS[name.lower()], value)
    except CommandError as exc:
        raise CommandError(f"{exc}\nConfiguration parsing error") from None


def parse_key(text: str) -> bytes:
    """Return the bytes of a key; raise CommandError with the tool's message."""
    try:
        return x25519.decode(text)
    except ValueError:
        raise CommandError(f"Key is not the correct length or format: `{text}'") from None


def _parse_network(text: str) -> str:
    """Return an allowed IP with its host bits cleared, as the tool does; raise CommandError with the tool's message."""
    import ipaddress  # which few calls need

    address, _, prefix = text.partition("/")
    try:
        longest = ipaddress.ip_address(address).max_prefixlen
    except ValueError:
        raise CommandError(f"Unable to parse IP address: `{address}'") from None
    if prefix and not (prefix.isdigit() and int(prefix) <= longest):
        raise CommandError(f"AllowedIP is not in the correct format: `{text}'")
    return str(ipaddress.ip_network(f"{address}/{prefix or longest}", strict=False))


def read_file(path: str) -> str:
    """Return the text of a file or of /dev/stdin; raise CommandError with the tool's message."""
    try:
        if path == "/dev/stdin":
            return sys.stdin.read()
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as exc:
        raise CommandError(f"fopen: {exc.strerror}") from None
