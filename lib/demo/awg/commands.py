"""The commands of the stand-in: what `awg`, `ip`, `nft`, `tc`, `awg-quick` and `demo` do and print."""

from __future__ import annotations

import os
import sys

from lib.demo.awg import fence, peer_changes, simulation, x25519
from lib.demo.awg.peer_changes import CommandError

_USAGE = "Usage: awg <cmd> [<args>]\n\nAvailable subcommands: show, set, addconf, genkey, genpsk, pubkey"
_INITIATION, _RESPONSE = 148, 92  # bytes of the messages of a handshake
_DEMO_USAGE = """Usage: demo { online | offline } { <base64 public key> | all }
       demo download <bytes> [<base64 public key>]
       demo call <base64 public key>
       demo clock <seconds>"""


def main(words: list[str]) -> int:
    """Run the command named by the first argument and return its exit code."""
    commands = {"awg": run_awg, "ip": run_ip, "awg-quick": run_quick, "demo": run_demo}
    commands |= {"nft": fence.run_nft, "tc": fence.run_tc}
    command = commands.get(words[0] if words else "")
    try:
        if command is None:
            raise CommandError(f"Usage: tool.py {{ {' | '.join(commands)} }} [<args>]")
        sys.stdout.write(command(words[1:]))
    except CommandError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


def run_awg(words: list[str]) -> str:
    """Return the output of `awg`."""
    match words:
        case ["--version"]:
            return "amneziawg-tools v1.0.20260618 - https://amnezia.org\n"
        case ["genkey"]:
            return f"{x25519.encode(x25519.clamp(os.urandom(32)))}\n"
        case ["genpsk"]:
            return f"{x25519.encode(os.urandom(32))}\n"
        case ["pubkey"]:
            return f"{_public_key(sys.stdin.read().strip())}\n"
        case ["show", "interfaces"]:
            up = [name for name, interface in simulation.load().items() if interface.up]
            return f"{' '.join(up)}\n" if up else ""
        case ["show", name, "dump"]:
            return _dump(_find(simulation.load(), name, "Unable to access interface"))
        case ["set", name, _, *_]:
            return _set(name, words[2:])
        case ["addconf", name, path]:
            return _add(name, path)
    raise CommandError(_USAGE)


def run_ip(words: list[str]) -> str:
    """Return the output of `ip [-d] -j address show dev IF`, or of `ip link`."""
    if "link" in words[:3] and len(words) > 2:
        return fence.run_link(words)
    *command, name = [word for word in words if word != "-d"] or [""]
    if command != ["-j", "address", "show", "dev"]:
        raise CommandError("Usage: ip [-d] -j address show dev <interface>")
    interface = simulation.load().get(name)
    if interface is None or not interface.up:
        raise CommandError(f'Device "{name}" does not exist.')
    infos = ", ".join(map(_address_info, (*interface.addresses, "fe80::1/64")))
    return (
        f'[{{"ifindex": {interface.index}, "ifname": "{name}", "flags": ["UP", "LOWER_UP"], "mtu": 1420, '
        f'"addr_info": [{infos}]}}]\n'
    )


def _address_info(address: str) -> str:
    """Return an address as `ip -j` writes it."""
    (local, _, length), family = address.partition("/"), "inet6" if ":" in address else "inet"
    scope = "link" if local.startswith("fe80:") else "global"
    return f'{{"family": "{family}", "local": "{local}", "prefixlen": {length}, "scope": "{scope}"}}'


def run_quick(words: list[str]) -> str:
    """Bring an interface up or down. Its keys stay the same; its peers and their counters are lost."""
    if len(words) != 2 or words[0] not in ("up", "down"):
        raise CommandError("Usage: awg-quick [ up | down ] <interface>")
    going_up, name = words[0] == "up", words[1]
    with simulation.change() as state:
        interface = state.setdefault(name, simulation.new_interface())
        if interface.up == going_up:
            raise CommandError(
                f"awg-quick: `{name}' {'already exists' if going_up else 'is not a WireGuard interface'}"
            )
        interface.up, interface.peers, interface.index = going_up, {}, interface.index + going_up
        peers_file = os.environ.get("AWG_TOOL_PEERS", "")
        if going_up and os.path.isfile(peers_file):
            for change in peer_changes.parse_conf(peer_changes.read_file(peers_file)):
                change.apply(interface)
    return ""


def run_demo(words: list[str]) -> str:
    """Do what no real tool can: connect and disconnect peers, simulate downloads, set the clock."""
    with simulation.change() as state:
        match words:
            case ["online" | "offline", key]:
                _set_online(state, words[0] == "online", key)
            case ["download", amount, *chosen] if amount.isdigit() and len(chosen) < 2:
                _download(state, int(amount), *chosen)
            case ["call", key]:
                _call(state, key)
            case ["clock", seconds]:
                for interface in state.values():
                    interface.set_clock(float(seconds))
            case _:
                raise CommandError(_DEMO_USAGE)
    return ""


def _set_online(state: simulation.State, online: bool, chosen: str) -> None:
    """Connect or disconnect one peer, or `all`."""
    found = False
    for interface in state.values():
        if chosen == "all":
            interface.all_offline = not online
        for key, peer in interface.peers.items():
            if chosen in (key, "all"):
                found = True
                simulation.disconnect(key, peer, interface.now())
                peer.online_since = interface.now() if online else None
    if chosen != "all" and not found:
        raise CommandError("No such peer")


def _download(state: simulation.State, amount: int, chosen: str = "all") -> None:
    """Connect one peer, or `all`, and simulate a download of this many bytes each; uploads are a twentieth of that."""
    _set_online(state, True, chosen)
    for interface in state.values():
        for key, peer in interface.peers.items():
            if chosen in (key, "all"):
                peer.sent += amount
                peer.received += amount // 20


def _call(state: simulation.State, key: str) -> None:
    """Let a device that gets no answer begin a handshake: both messages are counted, and it never completes."""
    for interface in state.values():
        if key in interface.peers:
            interface.peers[key].received += _INITIATION
            interface.peers[key].sent += _RESPONSE


def _find(state: simulation.State, name: str, attempt: str) -> simulation.StoredInterface:
    """Return an interface that is up; raise CommandError with the tool's message."""
    interface = state.get(name)
    if interface is None or not interface.up:
        raise CommandError(f"{attempt}: No such device")
    return interface


def _set(name: str, words: list[str]) -> str:
    """Change the settings and the peers of an interface."""
    settings, changes = peer_changes.parse_set(words)
    with simulation.change() as state:
        interface = _find(state, name, "Unable to modify interface")
        interface.port = int(settings.pop("listen-port", interface.port))
        if private_key := settings.pop("private-key", ""):
            interface.private_key, interface.public_key = private_key, _public_key(private_key)
        interface.settings.update(settings)
        for change in changes:
            change.apply(interface)
    return ""


def _add(name: str, path: str) -> str:
    """Add the peers in a file to an interface."""
    changes = peer_changes.parse_conf(peer_changes.read_file(path))
    with simulation.change() as state:
        interface = _find(state, name, "Unable to modify interface")
        for change in changes:
            change.apply(interface)
    return ""


def _dump(interface: simulation.StoredInterface) -> str:
    """Return the output of `show dump`, with the 20 columns of version 2.0."""
    now = interface.now()
    settings = [interface.settings[key] for key in simulation.SETTINGS]
    lines: list[list[object]] = [[interface.private_key, interface.public_key, interface.port, *settings, "off"]]
    for key, peer in interface.peers.items():
        handshake_at, received, sent, endpoint = simulation.observe(key, peer, now)
        allowed = ",".join(peer.allowed_ips) or "(none)"
        lines.append([key, peer.preshared_key, endpoint, allowed, handshake_at, received, sent, peer.keepalive])
    return "".join("\t".join(map(str, line)) + "\n" for line in lines)


def _public_key(private_key: str) -> str:
    """Return the public key of a private one; raise CommandError with `pubkey`'s message, which quotes no key."""
    try:
        return x25519.encode(x25519.multiply(x25519.decode(private_key)))
    except ValueError:
        raise CommandError("awg: Key is not the correct length or format") from None
