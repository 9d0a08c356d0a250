"""Put together what is known of one server: from its file, from what runs, and from its maker's own list."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lib.install.found import checked
from lib.install.found.conf import Conf, leads_elsewhere
from lib.install.found.dump import Live
from lib.install.found.model import NOT_FOR_FRIENDS, FoundPeer, FoundServer
from lib.install.found.run import Run
from lib.vpn import obfuscation


@dataclass(frozen=True)
class Maker:
    """What a kind of server knows besides its file: all of it is optional."""

    name: str
    kind: str
    interface: str
    running: bool
    made_with: str
    peers: Sequence[FoundPeer] | None = None  # the maker's own list, which counts more than the file's
    names: Mapping[str, str] | None = None  # by public key
    noted: Mapping[str, int] | None = None  # the latest handshakes, by public key
    private_key: str = ""
    public_key: str = ""
    addresses: Sequence[str] = ()
    port: int | None = None
    ports: Mapping[int, int] | None = None  # port in the container -> port on the host
    dns: Sequence[str] = ()
    counts_since: int | None = None
    faults: Sequence[str] = ()


def assemble(run: Run, maker: Maker, conf: Conf | None, live: Live | None) -> FoundServer:
    """Return a server. What runs counts more than what its file says, and that more than what its maker's list says."""
    private_key = (live and live.private_key) or (conf and conf.private_key) or maker.private_key
    in_force = live.parameters if live else conf.parameters if conf else {}
    packets = conf.for_friends_files if conf else {}
    server = FoundServer(
        name=maker.name,
        kind=maker.kind,
        interface=maker.interface,
        port=(live and live.port) or (conf and conf.port) or maker.port,
        private_key=private_key,
        public_key=(live and live.public_key) or maker.public_key or derive_public_key(run, private_key),
        parameters={key: value for key in obfuscation.KEYS if (value := in_force.get(key) or packets.get(key))},
        version=obfuscation.version(in_force),
        addresses=tuple(maker.addresses) or (conf.addresses if conf else ()),
        peers=tuple(_merge(maker, conf.peers if conf else (), live.peers if live else ())),
        running=maker.running,
        dns=tuple(maker.dns),
        faults=(),
        made_with=maker.made_with,
        counts_since=maker.counts_since if live else None,
    )
    published = (maker.ports or {}).get(server.port or 0)
    leads = leads_elsewhere(server.addresses) or any(source and source.leads_elsewhere for source in (conf, live))
    said = [*maker.faults, *(conf.faults if conf else ()), *(live.faults if live else ()), *_missing(server)]
    faults = tuple(dict.fromkeys([*([NOT_FOR_FRIENDS] if leads else []), *said]))
    return replace(server, published=published, faults=faults)


def derive_public_key(run: Run, private_key: str) -> str:
    """Return the public key of a private one, if one of the host's tools can tell it, else ''."""
    for tool in ("awg", "wg") if private_key else ():
        try:
            if found := checked.key(run((tool, "pubkey"), private_key + "\n").strip()):
                return found
        except OSError:
            continue
    return ""


def _merge(maker: Maker, written: Sequence[FoundPeer], live: Sequence[FoundPeer]) -> list[FoundPeer]:
    """Return the peers that are known from anywhere, each once, in the order of the lists."""
    running = {peer.public_key: peer for peer in live}
    known = {peer.public_key: peer for peer in (written if maker.peers is None else maker.peers)}
    names = {peer.public_key: peer.name for peer in (*written, *known.values()) if peer.name} | dict(maker.names or {})
    noted = maker.noted or {}
    merged = []
    for key in dict.fromkeys((*known, *running)):
        peer = replace(known.get(key) or running[key], name=names.get(key, ""), noted_at=noted.get(key, 0))
        if seen := running.get(key):
            addresses = seen.addresses or peer.addresses
            peer = replace(peer, preshared_key=seen.preshared_key, addresses=addresses, seen_at=seen.seen_at)
        merged.append(peer)
    return merged


def _missing(server: FoundServer) -> list[str]:
    """Return the faults of what would be needed to take a server over."""
    used = Counter(address for peer in server.peers if peer.enabled for address in peer.addresses if _is_one(address))
    missing = {
        "no_key": not server.private_key,
        "no_port": server.port is None,
        "no_address": not server.addresses,
        "shared_address": any(count > 1 for count in used.values()),
        "bare_peers": any(not peer.addresses for peer in server.peers),
    }
    return [fault for fault, is_there in missing.items() if is_there]


def _is_one(network: str) -> bool:
    return ipaddress.ip_network(network).num_addresses == 1
