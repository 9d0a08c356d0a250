"""Stand in for the commands `awg`, `ip` and `awg-quick` on a machine without root: same words, errors and exit codes.

AWG_COMMAND="env AWG_TOOL_STATE=/tmp/state.json python3 lib/demo/awg_tool.py awg"; the interface comes up by the same
words with `awg-quick up awg0` in place of `awg`. At `up`, peers come from the file that AWG_TOOL_PEERS names, as PostUp
would add them. What no real tool can do begins with the word `demo`. Texts follow amneziawg-tools.
"""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run by path, Python looks beside this file only

from lib.demo import awg_changes, awg_state, x25519
from lib.demo.awg_changes import Failed

_USAGE = "Usage: awg <cmd> [<args>]\n\nAvailable subcommands: show, set, addconf, genkey, genpsk, pubkey"


def main(words: Sequence[str]) -> int:
    """Be the command that the first word names; give its exit code."""
    commands: dict[str, Callable[[Sequence[str]], str]] = {
        "awg": run_awg, "ip": run_ip, "awg-quick": run_quick, "demo": run_demo
    }  # fmt: skip
    command = commands.get(words[0] if words else "")
    try:
        if command is None:
            raise Failed(f"Usage: awg_tool.py {{ {' | '.join(commands)} }} [<args>]")
        sys.stdout.write(command(words[1:]))
    except Failed as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


def run_awg(words: Sequence[str]) -> str:
    """Answer as `awg` does."""
    match words:
        case ["--version"]:
            return "amneziawg-tools v1.0.20260618 - https://amnezia.org\n"
        case ["genkey"]:
            return f"{x25519.encode(x25519.clamp(secrets.token_bytes(32)))}\n"
        case ["genpsk"]:
            return f"{x25519.encode(secrets.token_bytes(32))}\n"
        case ["pubkey"]:
            return f"{_public_key(sys.stdin.read().strip())}\n"
        case ["show", "interfaces"]:
            up = [name for name, interface in awg_state.load().items() if interface.up]
            return f"{' '.join(up)}\n" if up else ""
        case ["show", name, "dump"]:
            return _dump(_find(awg_state.load(), name, "Unable to access interface"))
        case ["set", name, _, *_]:
            return _set(name, words[2:])
        case ["addconf", name, path]:
            return _add(name, path)
    raise Failed(_USAGE)


def run_ip(words: Sequence[str]) -> str:
    """Answer `ip [-d] -j address show dev IF`."""
    *question, name = [word for word in words if word != "-d"] or [""]
    if question != ["-j", "address", "show", "dev"]:
        raise Failed("Usage: ip [-d] -j address show dev <interface>")
    interface = awg_state.load().get(name)
    if interface is None or not interface.up:
        raise Failed(f'Device "{name}" does not exist.')
    shown = [
        {"family": "inet6" if a.version == 6 else "inet", "local": str(a.ip), "prefixlen": a.network.prefixlen,
         "scope": "link" if a.is_link_local else "global"}
        for a in map(ipaddress.ip_interface, [*interface.addresses, "fe80::1/64"])
    ]  # fmt: skip
    link = {"ifindex": interface.index, "ifname": name, "flags": ["UP", "LOWER_UP"], "mtu": 1420, "addr_info": shown}
    return json.dumps([link]) + "\n"


def run_quick(words: Sequence[str]) -> str:
    """Bring an interface up, with the keys that it had or new, or down; peers and counters do not outlive it."""
    if len(words) != 2 or words[0] not in ("up", "down"):
        raise Failed("Usage: awg-quick [ up | down ] <interface>")
    going_up, name = words[0] == "up", words[1]
    with awg_state.changing() as state:
        interface = state.setdefault(name, awg_state.new_interface())
        if interface.up == going_up:
            raise Failed(f"awg-quick: `{name}' {'already exists' if going_up else 'is not a WireGuard interface'}")
        interface.up, interface.peers, interface.index = going_up, {}, interface.index + going_up
        saved = Path(os.environ.get("AWG_TOOL_PEERS", ""))
        if going_up and saved.is_file():
            for change in awg_changes.read_conf(saved.read_text(encoding="utf-8")):
                change.apply(interface)
    return ""


def run_demo(words: Sequence[str]) -> str:
    """Do what no tool can: let peers come and go, let those that are there download, move the clock."""
    with awg_state.changing() as state:
        match words:
            case ["online" | "offline", key]:
                _come_or_go(state, words[0] == "online", key)
            case ["download", amount] if amount.isdigit():
                _download(state, int(amount))
            case ["clock", seconds]:
                for interface in state.values():
                    interface.set_clock(float(seconds))
            case _:
                raise Failed("Usage: demo { online | offline } { <base64 public key> | all }\n"
                             "       demo download <bytes>\n       demo clock <seconds>")  # fmt: skip
    return ""


def _come_or_go(state: awg_state.State, online: bool, chosen: str) -> None:
    found = False
    for interface in state.values():
        interface.quiet = not online and chosen == "all"
        for key, peer in interface.peers.items():
            if chosen in (key, "all"):
                found = True
                awg_state.sleep(key, peer, interface.now())
                peer.online_since = interface.now() if online else None
    if chosen != "all" and not found:
        raise Failed("No such peer")


def _download(state: awg_state.State, amount: int) -> None:
    """Let everybody come online and fetch this much; every twentieth byte goes the other way."""
    _come_or_go(state, True, "all")
    for interface in state.values():
        for peer in interface.peers.values():
            peer.sent += amount
            peer.received += amount // 20


def _find(state: awg_state.State, name: str, attempt: str) -> awg_state.Interface:
    """Give an interface that is up, or fail as the tool does."""
    interface = state.get(name)
    if interface is None or not interface.up:
        raise Failed(f"{attempt}: No such device")
    return interface


def _set(name: str, words: Sequence[str]) -> str:
    """Change an interface's own values and its peers."""
    settings, changes = awg_changes.read_set(words)
    with awg_state.changing() as state:
        interface = _find(state, name, "Unable to modify interface")
        interface.port = int(settings.pop("listen-port", interface.port))
        interface.private_key = settings.pop("private-key", interface.private_key)
        interface.settings.update(settings)
        for change in changes:
            change.apply(interface)
    return ""


def _add(name: str, path: str) -> str:
    """Add the peers of a file."""
    changes = awg_changes.read_conf(awg_changes.read(path))
    with awg_state.changing() as state:
        interface = _find(state, name, "Unable to modify interface")
        for change in changes:
            change.apply(interface)
    return ""


def _dump(interface: awg_state.Interface) -> str:
    """Print `show dump` in the 20 columns of 2.0, which is the set that most clients understand."""
    now = interface.now()
    settings = [interface.settings[key] for key in awg_state.SETTINGS]
    lines: list[list[object]] = [
        [interface.private_key, _public_key(interface.private_key), interface.port, *settings, "off"]
    ]
    for key, peer in interface.peers.items():
        handshake_at, received, sent, endpoint = awg_state.observe(key, peer, now)
        allowed = ",".join(peer.allowed_ips) or "(none)"
        lines.append([key, peer.preshared_key, endpoint, allowed, handshake_at, received, sent, peer.keepalive])
    return "".join("\t".join(map(str, line)) + "\n" for line in lines)


def _public_key(private_key: str) -> str:
    """Derive the public key of a private one, or fail as `pubkey` does, which quotes nothing."""
    try:
        return x25519.encode(x25519.multiply(x25519.decode(private_key)))
    except ValueError:
        raise Failed("awg: Key is not the correct length or format") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
