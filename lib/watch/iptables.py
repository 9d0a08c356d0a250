"""Read what `iptables-nft-save` prints, for IPv4 or IPv6. It says what nft's JSON leaves out of the same rules."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_network

from lib.watch.firewall import Base, Choice, Network, Packet, Rule, Table, Test, in_internet, invert

HOOKS = ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING")
PRIORITIES = {"raw": -300, "mangle": -150, "nat": 100, "filter": 0, "security": 50}
SILENT = ("LOG", "NFLOG", "ULOG", "TCPMSS", "CHECKSUM", "TRACE", "SET", "TOS", "DSCP", "CLASSIFY", "TTL", "HL", "CT",
          "AUDIT", "SECMARK", "CONNSECMARK")  # fmt: skip
TARGETS = {
    "ACCEPT": "accept", "DROP": "drop", "REJECT": "drop", "RETURN": "return",
    **dict.fromkeys(("MASQUERADE", "SNAT", "NETMAP"), "nat"),
    **dict.fromkeys(("DNAT", "REDIRECT", "NFQUEUE", "QUEUE", "TPROXY", "SYNPROXY"), "unknown"),
}  # fmt: skip
CHANGES = {"MARK": "mark", "CONNMARK": "mark", "NOTRACK": "state"}
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "ipv6-icmp", "icmpv6": "ipv6-icmp"}
Values = Sequence[str]


def read_tables(text: str, family: str) -> list[Table]:
    """Read the tables of a family, "ip" or "ip6"; raise ValueError if the text can't be understood."""
    tables: list[Table] = []
    try:
        for line in text.splitlines():
            if line.startswith("*"):
                tables.append(Table(family, line[1:].strip()))
            elif line.startswith(":"):
                _open_chain(tables[-1], *line[1:].split()[:2])
            elif line.startswith("-A "):
                _, chain, *words = shlex.split(line)
                tables[-1].chains[chain].append(_rule(words))
    except (LookupError, TypeError) as exc:
        raise ValueError(f"not the output of iptables-save: {exc!r}") from None
    return tables


def _open_chain(table: Table, chain: str, policy: str) -> None:
    table.chains[chain] = []
    if chain in HOOKS:
        priority = -100 if (table.name, chain) == ("nat", "PREROUTING") else PRIORITIES[table.name]
        table.bases.append(Base(chain.lower(), priority, policy.lower(), chain))


def _rule(words: list[str]) -> Rule:
    """Read a rule: options with their values, some of them negated, and what to do."""
    target = next((words[at + 1] for at, word in enumerate(words) if word in ("-j", "-g")), "")
    drops, about_ports = target in ("DROP", "REJECT"), not {"--dport", "--dports"}.isdisjoint(words)
    tests: list[Test] = []
    while words:
        negated = words[0] == "!"
        option, *words = words[negated:]
        if option in ("-j", "-g"):
            return Rule(tuple(tests), _choices(option, target))
        values = [words.pop(0)] if option == "--comment" else []
        while words and words[0] != "!" and not words[0].startswith("-"):
            values.append(words.pop(0))
        if option not in ("-m", "--comment"):
            tests.append(_test(option, values, negated, drops, about_ports))
    return Rule(tuple(tests), ())


def _choices(option: str, target: str) -> tuple[Choice, ...]:
    """Return what a rule does with the packets that it matches."""
    if target in SILENT:
        return ()
    if target in CHANGES:
        return ((lambda packet: True, "change", CHANGES[target]),)
    verdict = TARGETS.get(target) or ("goto" if option == "-g" else "jump")
    return ((lambda packet: True, verdict, "" if target in TARGETS else target),)


def _test(option: str, values: Values, negated: bool, drops: bool, about_ports: bool) -> Test:
    """Return the test of an option; `drops` tells that the rule is there to drop what matches.

    A rule about ports that lets some addresses in may mean those of friends.
    """
    read = OPTIONS.get(option)

    def test(packet: Packet) -> bool | None:
        address = {"-s": packet.source, "-d": packet.target}.get(option, packet)
        if address is None and about_ports and not drops:
            return True if values[0].endswith("/0") else None
        if drops and not negated and option in ("--match-set", "--hashlimit-above", "--connlimit-above"):
            address = packet.target if values[-1] == "dst" else packet.source
            return False if address is None else None  # a list of the banned has no ordinary address in it
        try:
            found = read(packet, values) if read else None
        except (ValueError, LookupError):
            found = None
        return invert(found) if negated else found

    return test


def _interface(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("+") else name == pattern


def _address(address: Network | None, text: str) -> bool | None:
    network = ip_network(text, strict=False)
    if address is None:
        return in_internet(network.prefixlen)
    if address.version != network.version or not address.overlaps(network):
        return False
    return True if network.prefixlen <= address.prefixlen else None


def _range(address: Network | None, text: str) -> bool | None:
    return False if address is None and not text.startswith(("0.0.0.0-", "::-")) else None


def _port(port: int, text: str) -> bool:
    """Compare a port with a list of ports and ranges."""
    ends = (part.partition(":") for part in text.split(","))
    return any(int(first or 0) <= port <= int((last or 65535) if colon else first) for first, colon, last in ends)


def _state(packet: Packet, values: Values) -> bool | None:
    return None if packet.state is None else packet.state.upper() in values[0].split(",")


def _mark(packet: Packet, values: Values) -> bool | None:
    value, _, mask = values[0].partition("/")
    return None if packet.mark is None else packet.mark & int(mask or "0xffffffff", 0) == int(value, 0)


def _flags(packet: Packet, values: Values) -> bool:
    looked_at, wanted = (set(text.lower().split(",")) for text in values)
    return packet.flags & looked_at == wanted - {"none"}


OPTIONS: Mapping[str, Callable[[Packet, Values], bool | None]] = {
    "-i": lambda packet, values: _interface(packet.iif, values[0]),
    "-o": lambda packet, values: _interface(packet.oif, values[0]),
    "-s": lambda packet, values: _address(packet.source, values[0]),
    "-d": lambda packet, values: _address(packet.target, values[0]),
    "--src-range": lambda packet, values: _range(packet.source, values[0]),
    "--dst-range": lambda packet, values: _range(packet.target, values[0]),
    "-p": lambda packet, values: PROTOCOLS.get(values[0], values[0]) in ("all", packet.protocol),
    "--sport": lambda packet, values: _port(packet.ports[0], values[0]),
    "--sports": lambda packet, values: _port(packet.ports[0], values[0]),
    "--dport": lambda packet, values: _port(packet.ports[1], values[0]),
    "--dports": lambda packet, values: _port(packet.ports[1], values[0]),
    "--ports": lambda packet, values: any(_port(port, values[0]) for port in packet.ports),
    "--ctstate": _state,
    "--state": _state,
    "--mark": _mark,
    "--tcp-flags": _flags,
    "--dst-type": lambda packet, values: ("LOCAL" if packet.local else "UNICAST") in values[0].split(","),
    "--src-type": lambda packet, values: "UNICAST" in values[0].split(","),
    "--pkt-type": lambda packet, values: values[0] in ("unicast", "host"),
    "-f": lambda packet, values: False,
    "--icmp-type": lambda packet, values: False,
    "--icmpv6-type": lambda packet, values: False,
    "--rt-type": lambda packet, values: False,
    "--invert": lambda packet, values: False,  # of rpfilter: each packet came by the way back
    "--loose": lambda packet, values: True,
    "--validmark": lambda packet, values: True,
}
"""What reads each option that says which packets are meant; a rule with another one stays undecided."""
