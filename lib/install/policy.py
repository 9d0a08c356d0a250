"""Print the nft table of an interface: the internet for friends, nothing else of the server's, and NAT.

`python3 -m lib.install.policy INTERFACE CONF` reads the interface's own networks and port from its .conf, the server's
addresses and default routes from stdin (JSON of `ip`, a list a line), and the owner's settings from the environment.
Every value is read as if it had just been typed, and nothing but names, numbers and addresses that were read gets into
the table.

A public network that the server merely has a route to, or shares with other customers of its provider, is not closed:
it is a part of the internet.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from lib import values
from lib.install.free_network import SHORTEST, Network, networks_of

CLOSED = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
    "168.63.129.16/32",  # Azure's: it trusts whoever asks from the server
    *("::/3", "4000::/2", "8000::/1"),  # the internet is 2000::/3
]


TABLE = """\
# Written by install.sh of AndreyVPN_bot, and rewritten when it runs again.
# What friends may reach: FRIENDS_SEE_EACH_OTHER and FRIENDS_MAY_REACH in /etc/andreyvpn/andreyvpn.env.
table inet andreyvpn_$interface
delete table inet andreyvpn_$interface
table inet andreyvpn_$interface {
    $closed
    $open
    $resolvers
    set ports {
        type inet_service
        $ports
    }

    # At once, so no app waits.
    chain refuse {
        meta l4proto tcp reject with tcp reset
        reject with icmpx admin-prohibited
    }

    # Before any rule of the server's leads a packet elsewhere, so what counts is the address that the friend asked for.
    chain from_friends {
        type filter hook prerouting priority dstnat - 10;
        iifname != "$interface" accept
        ct state established,related accept
        fib daddr . iif type local icmp type echo-request accept
        fib daddr . iif type local icmpv6 type echo-request accept
        fib daddr . iif type local meta l4proto { tcp, udp } th dport 53 accept
        ip daddr @resolvers4 meta l4proto { tcp, udp } th dport 53 accept
        ip6 daddr @resolvers6 meta l4proto { tcp, udp } th dport 53 accept
        $tunnel_port
        fib daddr type local meta l4proto { tcp, udp } th dport @ports accept
        fib daddr type local goto refuse
        ip daddr @open4 accept
        ip6 daddr @open6 accept
        ip daddr @closed4 goto refuse
        ip6 daddr @closed6 goto refuse
    }

    # Nobody opens a connection into the tunnel, except where the owner's own rule leads a port to a device.
    chain to_friends {
        type filter hook forward priority filter;
        iifname "$interface" accept
        oifname != "$interface" accept
        ct state established,related accept
        ct status dnat accept
        drop
    }

    $came
    # A file may name one of these ports instead of the interface's own.
    chain second_ports {
        type nat hook prerouting priority dstnat;
        $second_ports
    }

    # Friends' files from before a take-over name a resolver that is no longer there.
    chain old_resolver {
        type nat hook prerouting priority dstnat;
        $old_resolver
    }

    chain mss {
        type filter hook forward priority mangle;
        oifname "$interface" tcp flags syn / syn,rst tcp option maxseg size set rt mtu
        iifname "$interface" tcp flags syn / syn,rst tcp option maxseg size set rt mtu
    }

    chain postrouting {
        type nat hook postrouting priority srcnat;
        $masquerade
    }
}
"""

# About 0.3 µs a packet, where one takes 10 µs through two namespaces without any encryption (2 busy cores). Only what
# the tunnel answers is kept: a stranger gets no answer, so a flood adds nothing, and a full set lets nobody out.
CAME = """\
# From where devices came to which port in the last minutes, so that the admins see who still uses which.
    set came4 {
        type ipv4_addr . inet_service . inet_service
        size 8192
        flags dynamic,timeout
        timeout 3m
    }
    set came6 {
        type ipv6_addr . inet_service . inet_service
        size 8192
        flags dynamic,timeout
        timeout 3m
    }

    # Behind all address translation, so that the source is the one that the tunnel knows.
    chain came {
        type filter hook input priority 110;
        udp dport $port ct status seen-reply jump note_port
    }

    chain note_port {
        update @came4 { ip saddr . udp sport . ct original proto-dst }
        update @came6 { ip6 saddr . udp sport . ct original proto-dst }
    }
"""


@dataclass(frozen=True)
class Policy:
    """What the table of an interface needs to know."""

    interface: str
    port: int | None
    own: tuple[Network, ...]  # the networks inside the tunnel
    open: tuple[Network, ...]  # friends may reach these, although they are closed
    closed: tuple[Network, ...]
    resolvers: tuple[Network, ...]  # port 53 of these is open
    ports: tuple[int, ...]  # of the server itself
    second_ports: tuple[int, ...]  # they lead to the tunnel's
    moved_resolver: tuple[Network, Network] | None  # queries to the first are redirected to the second


def make_policy(interface: str, conf: str, networks: Iterable[Network], settings: Mapping[str, str]) -> Policy:
    """Read what the table depends on. Raise ValueError for a value that can't be read."""
    lines = dict[str, str]()
    for name, text in re.findall(r"(?im)^[ \t]*(Address|ListenPort)[ \t]*=([^#\n]*)", conf):
        lines[name.lower()] = f"{lines.get(name.lower(), '')},{text}".strip(",")
    own = [ipaddress.ip_interface(word.strip()).network for word in lines.get("address", "").split(",") if word.strip()]
    reach = values.reachable(settings.get("FRIENDS_MAY_REACH", ""))
    together = values.yes_or_no(settings.get("FRIENDS_SEE_EACH_OTHER") or "no")
    dns, choices = settings.get("CLIENT_DNS", ""), values.choices(values.addresses)
    resolvers = [*(values.addresses(dns) if dns else ())]
    resolvers += [address for choice in choices(settings.get("CLIENT_DNS_CHOICES", "")) for address in choice.values]
    taken, moved = (_single(settings.get(name, "")) for name in ("TAKEN_RESOLVER", "MOVED_TO"))
    return Policy(
        interface=values.interface(interface),
        port=values.number(1, 65535)(lines["listenport"].strip()) if "listenport" in lines else None,
        own=tuple(own),
        open=(*map(ipaddress.ip_network, reach.networks), *(own if together else ())),
        closed=(*map(ipaddress.ip_network, CLOSED), *own, *(n for n in networks if n.prefixlen >= SHORTEST)),
        resolvers=(*map(ipaddress.ip_network, resolvers), *taken),
        ports=reach.ports,
        second_ports=values.ports(settings.get("SECOND_PORTS", "")),
        moved_resolver=(taken[0], moved[0]) if taken and moved else None,
    )


def _single(text: str) -> list[Network]:
    return [*map(ipaddress.ip_network, values.addresses(text))] if text else []


def render(policy: Policy) -> str:
    """Return the table as a file for `nft -f`, which replaces it as a whole and cuts no connection."""
    families = [("ip" if network.version == 4 else "ip6", network) for network in policy.own]
    nat = [f'{family} saddr {_text(own)} oifname != "{policy.interface}" masquerade' for family, own in families]
    text = Template(TABLE).substitute(
        interface=policy.interface,
        closed=_set("closed", policy.closed),
        open=_set("open", policy.open),
        resolvers=_set("resolvers", policy.resolvers),
        ports=_elements(map(str, sorted(set(policy.ports)))),
        tunnel_port=f"fib daddr type local udp dport {policy.port} accept" if policy.port else "",
        came=Template(CAME).substitute(port=policy.port) if _further(policy) else "",
        second_ports=_redirect(policy),
        old_resolver=_translate(policy),
        masquerade="\n        ".join(nat),
    )
    return re.sub("\n +(?=\n)", "", text)


def _redirect(policy: Policy) -> str:
    """Return the rule by which further ports lead to the tunnel's, from everywhere but the tunnel."""
    ports = ", ".join(map(str, _further(policy)))
    if not ports:
        return ""
    return f'iifname != "{policy.interface}" fib daddr type local udp dport {{ {ports} }} redirect to :{policy.port}'


def _further(policy: Policy) -> list[int]:
    """List the ports that lead to the tunnel's; none if that is not known."""
    return [port for port in policy.second_ports if port != policy.port] if policy.port else []


def _translate(policy: Policy) -> str:
    """Return the rule that redirects DNS queries from a resolver that is gone to its replacement."""
    if policy.moved_resolver is None:
        return ""
    old, new = (network.network_address for network in policy.moved_resolver)
    return f'iifname "{policy.interface}" ip daddr {old} meta l4proto {{ tcp, udp }} th dport 53 dnat ip to {new}'


def _set(name: str, networks: Iterable[Network]) -> str:
    """Return a set of networks for each family."""
    found = list(networks)
    four = ipaddress.collapse_addresses(n for n in found if isinstance(n, ipaddress.IPv4Network))
    six = ipaddress.collapse_addresses(n for n in found if isinstance(n, ipaddress.IPv6Network))
    return "\n    ".join(
        f"set {name}{family} {{\n        type ipv{family}_addr\n        flags interval\n        {elements}\n    }}"
        for family, elements in (("4", _elements(map(_text, four))), ("6", _elements(map(_text, six))))
    )


def _elements(words: Iterable[str]) -> str:
    listed = ",\n            ".join(words)
    return f"elements = {{\n            {listed}\n        }}" if listed else ""


def _text(network: Network) -> str:
    """Return a network as nft reads it: its number and prefix, without an IPv6 scope, which may hold anything."""
    return f"{ipaddress.ip_address(network.network_address.packed)}/{network.prefixlen}"


def near(lines: Iterable[str]) -> Iterator[Network]:
    """Yield the networks that the server has addresses in, except public ones on its way to the internet."""
    entries = [entry for line in lines if line.strip() for entry in json.loads(line)]
    uplinks = {entry.get("dev") for entry in entries if entry.get("dst") == "default"}
    for entry in (entry for entry in entries if "addr_info" in entry):
        for network in networks_of(entry):
            if not (entry.get("ifname") in uplinks and network.is_global):
                yield network


def main(interface: str, conf: str) -> None:
    policy = make_policy(interface, Path(conf).read_text(encoding="utf-8"), near(sys.stdin), os.environ)
    sys.stdout.write(render(policy))


if __name__ == "__main__":
    main(*sys.argv[1:])
