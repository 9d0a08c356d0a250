"""Disguises: what a client alone may choose of what the network sees of it: Jc, Jmin, Jmax, I1 to I5, and the port.

Networks judge the first packets of a connection by their shape, each in its own way and not for long. So a disguise is
drawn anew for each config, and none is taken for the best for ever.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from lib.errors import ParametersError
from lib.own_disguises import OwnDisguise
from lib.settings import Settings
from lib.vpn import obfuscation, ports

Parameters = dict[str, str]
"""By .conf names; `off` leaves out what the server has."""

SERVER = "server"  # the name of no disguise: a file with the server's own values
_NO_PACKETS: Mapping[str, str] = dict.fromkeys(("I1", "I2", "I3", "I4", "I5"), "off")
_SYLLABLES = ("ba", "co", "de", "fi", "ga", "lo", "mi", "na", "or", "pe", "ri", "so", "ta", "un", "ve", "zo")
_ZONES = ("com", "net", "org", "info")
_HOSTS = ("www", "cdn", "api", "img", "static", "mail")
_PRIVATE = (0, 10, 100, 127, 169, 172, 192, 198, 203)  # first bytes of addresses that no answer from outside has
_INITIAL = 1200  # bytes: what the first datagram of QUIC has at least (RFC 9000, 14.1)
_RANDOM = 1000  # bytes of one <r> at most
_QUIC_PORT = 443  # where the web's own QUIC goes


@dataclass(frozen=True)
class Disguise:
    """A disguise as drawn for one config: its name, its parameters, and the port, None for the server's usual one."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None

    @property
    def key(self) -> str:
        """What it is counted under: its name, and its port if it has one: `dns`, `dns/443`."""
        return self.name if self.port is None else f"{self.name}/{self.port}"


PLAIN = Disguise(SERVER)


def load(text: str | None) -> Disguise:
    """Return a stored disguise; None is no disguise."""
    return PLAIN if text is None else Disguise(*json.loads(text))


def store(disguise: Disguise) -> str | None:
    """Return a disguise as it is stored; None if it is none."""
    return None if disguise == PLAIN else json.dumps([disguise.name, dict(disguise.parameters), disguise.port])


def ways(
    server: Mapping[str, str], further: Sequence[int], own: Sequence[OwnDisguise], usual_port: int = 0
) -> list[str]:
    """List the keys of all disguises that a server's clients can use, in the order in which to try them.

    `server` are its parameters as clients have them, `further` the ports that lead to it besides the usual one. Apps
    that know only 1.0 know no packets of one's own (I1 to I5), and plain WireGuard has nothing to choose but the port.
    """
    version = obfuscation.version(server)
    if version == "plain":
        return [SERVER, *(f"{SERVER}/{port}" for port in further)]
    rich = version != "1.0"
    best = "dns" if rich else "quiet"
    quic = [f"quic/{_QUIC_PORT}" if _QUIC_PORT in further else "quic"] if rich else []
    mine = [one.key for one in own if one.port in (None, usual_port, *further) and not faults_of(one, server)]
    other_ports = [f"{best}/{port}" for port in further]
    return [*(["dns"] if rich else []), *mine, *quic, "quiet", *other_ports, SERVER, "none"]


def known(settings: Settings, server: Mapping[str, str], own_port: int) -> list[str]:
    """List the keys of the disguises that friends' files can have, in the order in which to try them.

    `own_port` is the interface's, 0 if it was never seen.
    """
    clients = obfuscation.for_client(server, settings.client_parameters)
    further, usual_port = ports.others(settings, own_port), ports.usual(settings, own_port)
    return ways(clients, further, settings.client_disguises, usual_port)


def wished(settings: Settings, own_port: int) -> str:
    """Return the key of the disguise for new files, '' for the best one. The usual port is left out of it."""
    name, _, port = settings.client_disguise.partition("/")
    return name if name in _SHAPES and port == str(ports.usual(settings, own_port)) else settings.client_disguise


def faults_of(own: OwnDisguise, server: Mapping[str, str]) -> Sequence[obfuscation.Fault]:
    """Return why no client of a server could use a disguise of the owner's; nothing if it is sound."""
    parameters = obfuscation.for_client(server, own.parameters)
    if obfuscation.version(server) == "1.0" != obfuscation.version(parameters):
        return [("fault_needs_2_0", {})]
    try:
        obfuscation.check(parameters)
    except ParametersError as exc:
        return exc.faults
    return ()


def draw(key: str, own: Sequence[OwnDisguise] = (), random: Random | None = None) -> Disguise:
    """Draw the disguise of a key that ways() lists; raise KeyError for an unknown one."""
    for one in own:
        if one.key == key:
            return Disguise(one.name, one.parameters, one.port)
    name, _, port = key.partition("/")
    parameters = _SHAPES[name](random or secrets.SystemRandom())
    return Disguise(name, parameters, int(port) if port else None)


def usual(settings: Settings, server: Mapping[str, str], own_port: int) -> str:
    """Return the key of the disguise that new files get.

    Without the owner's wish, that is DNS-shaped, unless the packets have a shape already: in the server's own
    parameters, or in those that the owner set for clients.
    """
    choice, wish = known(settings, server, own_port), wished(settings, own_port)
    if wish in choice:
        return wish
    shaped = settings.client_parameters or any(name[0] == "I" for name in server)
    return SERVER if shaped or "dns" not in choice else "dns"


def for_new_file(settings: Settings, server: Mapping[str, str], own_port: int) -> str | None:
    """Draw the usual disguise for a new config, as it is stored."""
    return store(draw(usual(settings, server, own_port), settings.client_disguises))


def _draw_dns(source: Random) -> Parameters:
    """An answer of a DNS server with one A record (RFC 1035), its id new for each connection."""
    labels = [source.choice(_HOSTS), "".join(source.choices(_SYLLABLES, k=source.randint(2, 5))), source.choice(_ZONES)]
    name = b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"
    first = source.choice([byte for byte in range(1, 224) if byte not in _PRIVATE])
    address = bytes([first, *(source.randint(1, 254) for _ in range(3))])
    kind = b"\0\1\0\1"  # A, IN
    life = source.choice((60, 120, 300, 600, 3600)).to_bytes(4, "big")
    answer = b"\x85\x80\0\1\0\1\0\0\0\0" + name + kind + b"\xc0\x0c" + kind + life + b"\0\4" + address
    return {**_NO_PACKETS, "I1": f"<r 2><b 0x{answer.hex()}>"}


def _draw_quic(source: Random) -> Parameters:
    """The first datagram of a QUIC client (RFC 9000, 17.2.2): a long header, then what looks encrypted."""
    first, own = source.randint(0xC0, 0xCF), source.choice((0, 4, 8))
    head = f"<b 0x{first:02x}0000000108><r 8><b 0x{own:02x}>"
    rest = _INITIAL - 18 - own
    length = (0x4000 | rest).to_bytes(2, "big").hex()
    chosen = f"<r {own}>" if own else ""
    return {**_NO_PACKETS, "I1": f"{head}{chosen}<b 0x00{length}><r {_RANDOM}><r {rest - _RANDOM}>"}


def _draw_quiet(source: Random) -> Parameters:
    """A few small packets, for networks that dislike a burst."""
    return {**_NO_PACKETS, "Jc": str(source.randint(2, 3)), "Jmin": "40", "Jmax": str(source.randint(90, 110))}


def _draw_none(source: Random) -> Parameters:
    """As little as apps take: old ones refuse `Jc = 0`."""
    return {**_NO_PACKETS, "Jc": "1", "Jmin": "8", "Jmax": str(source.randint(9, 16))}


_SHAPES: Mapping[str, Callable[[Random], Parameters]] = {
    "dns": _draw_dns,
    "quic": _draw_quic,
    "quiet": _draw_quiet,
    SERVER: lambda _: {},
    "none": _draw_none,
}
NAMES = tuple(_SHAPES)
"""Of the built-in disguises."""
