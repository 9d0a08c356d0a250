"""Rulesets as ufw, docker and firewalld write them, and small ones that hypothesis draws."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

FOLDER = Path(__file__).with_name("firewalls")
NAT = """table inet andreyvpn_awg0 {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        ip saddr 10.8.0.0/16 oifname != "awg0" masquerade
        ip6 saddr fd10:8::/64 oifname != "awg0" masquerade
    }
}
"""


class Rules(NamedTuple):
    """What is loaded: text for nft, iptables-restore and ip6tables-restore."""

    nft: str = ""
    iptables: str = ""
    ip6tables: str = ""


def published(name: str) -> Rules:
    """Return the rules of a firewall, as it wrote them when it was tried (docker's as published)."""
    return Rules(*(path.read_text() if (path := FOLDER / f"{name}.{kind}").exists() else "" for kind in Rules._fields))


MATCHES = [
    'iifname "awg0"', 'iifname "eth0"', 'iifname != "awg0"', 'iifname { "awg0", "lo" }', 'iifname "awg*"', "iif awg0",
    "ip saddr 10.8.0.0/16", "ip saddr 10.8.0.0/24", "ip saddr 10.0.0.0/8", "ip saddr != 10.8.0.0/16",
    "ip saddr { 10.8.0.0/16, 192.168.0.0/16 }", "ip saddr 172.17.0.0/16", "ip saddr 0.0.0.0/0",
    "ip daddr 10.8.0.0/16", "ip daddr 203.0.113.1", "ip daddr != 203.0.113.1",
    "ip daddr { 10.0.0.0/8, 192.168.0.0/16 }", "ip daddr 10.0.0.1-10.255.255.255", "ip protocol tcp",
    "meta l4proto { tcp, udp }", "meta l4proto udp",
    "meta nfproto ipv4", "meta nfproto ipv6", "ip6 saddr ::/0", "ip6 daddr fd10:8::/64",
    "tcp dport 443", "tcp dport { 80, 443 }", "tcp dport 1-1023", "tcp dport != 25", "tcp sport 443", "tcp dport > 400",
    "udp dport 51820", "udp dport { 53, 51820 }", "udp dport != 51820", "udp sport 51820", "th dport 443",
    "ct state new", "ct state established,related", "ct state { established, related }", "ct state invalid",
    "ct state != established", "ct direction reply", "ct status dnat", "ct mark 0", "ct mark 1", "meta mark 0",
    "meta mark 7", "meta mark & 0xff == 0", "tcp flags syn / fin,syn,rst,ack", "tcp flags & (fin|syn) == (fin|syn)",
    "tcp flags != syn", "tcp flags syn", "fib daddr type local", "fib saddr . iif oif missing", "meta pkttype host",
    "ip frag-off & 0x1fff != 0", "ip saddr @banned", "ip saddr != @banned",
    'iifname . ip saddr { "awg0" . 10.8.0.0/16 }',
    "limit rate 100/second", "limit rate over 1000/second", "icmp type echo-request", "ip ttl > 3", "ip length < 1000",
]  # fmt: skip
OUT_MATCHES = ['oifname "eth0"', 'oifname "awg0"', 'oifname != "awg0"', 'oifname { "eth0", "lo" }', "oif eth0"]
VERDICTS = ["accept", "drop", "accept", "drop", "reject", "return", "continue", "jump other", "goto other", "counter",
            "log", "meta mark set 7", "ct mark set 1", "meta mark set 7 accept"]  # fmt: skip
MAPS = ["ct state vmap { new : accept, established : jump other, invalid : drop }",
        "ip protocol vmap { tcp : goto other }",
        'iifname vmap { "awg0" : drop, "lo" : accept }', "iifname vmap @places", "tcp dport vmap { 443 : return }",
        "meta l4proto vmap { tcp : accept, udp : continue }"]  # fmt: skip
HOOKS = {"prerouting": False, "input": False, "forward": True, "output": True, "postrouting": True}


def lines(hook: str) -> st.SearchStrategy[str]:
    """Draw a rule that may stand in a chain of a hook."""
    matches = st.lists(st.sampled_from(MATCHES + OUT_MATCHES * HOOKS[hook] * 3), max_size=3, unique=True)
    verdicts = VERDICTS if hook in ("input", "forward", "output") else [word for word in VERDICTS if word != "reject"]
    plain = st.builds(lambda found, verdict: " ".join((*found, verdict)), matches, st.sampled_from(verdicts))
    return plain | plain | plain | st.sampled_from(MAPS)


def _chain(hook: str, priority: int, policy: str, rules: list[str]) -> str:
    head = f"type filter hook {hook} priority {priority}; policy {policy};"
    return "\n".join((f"chain {hook}_{priority} {{", head, *rules, "}"))


@st.composite
def nft_rules(draw: st.DrawFn) -> Rules:
    """Draw a table with some chains at hooks, one that they may jump to, a set and a map."""
    family = draw(st.sampled_from(["ip", "inet"]))
    wanted = draw(st.lists(st.sampled_from([*HOOKS]), min_size=1, max_size=3))
    chains = [
        _chain(hook, number, draw(st.sampled_from(["accept", "drop"])), draw(st.lists(lines(hook), max_size=5)))
        for number, hook in enumerate(wanted)
    ]
    other = draw(st.lists(lines("prerouting"), max_size=3))
    free = [line for line in other if "other" not in line and "output" not in line]
    nat = draw(st.sampled_from(NATS))
    text = "\n".join((
        f"table {family} drawn {{",
        "set banned { type ipv4_addr; flags interval; elements = { 10.8.0.0/24, 192.0.2.0/24 } }",
        'map places { type ifname : verdict; elements = { "awg0" : accept, "eth1" : drop } }',
        "chain other {", *free, "}", *chains, "}", nat,
    ))  # fmt: skip
    return Rules(text)


NATS = ["", NAT, *(
    "table ip drawn_nat {\nchain post {\ntype nat hook postrouting priority 100;\n" + rule + "\n}\n}\n"
    for rule in (
        "ip saddr 172.17.0.0/16 masquerade", "oifname eth0 masquerade", "oifname docker0 masquerade", "masquerade",
        "ip saddr 10.8.0.0/24 masquerade", "ip saddr 10.0.0.0/8 oifname eth0 snat to 203.0.113.1",
        "ip daddr 10.0.0.0/8 return\nmasquerade", "ip saddr 10.8.0.0/16 return\nmasquerade",
        "meta mark 0 oifname eth0 masquerade", "ip saddr { 10.8.0.0/16, 10.9.0.0/16 } oif eth0 masquerade",
    )
)]  # fmt: skip

SAVED_MATCHES = [
    "-i awg0", "! -i awg0", "-i awg+", "-i eth0", "-s 10.8.0.0/16", "! -s 10.8.0.0/16", "-s 10.0.0.0/8",
    "-d 10.8.0.0/16", "-s 10.8.0.0/24", "-p tcp", "-p udp", "! -p udp",
    "-p tcp -m tcp --dport 443", "-p udp -m udp --dport 51820",
    "-p tcp -m multiport --dports 80,443", "-p udp -m multiport --dports 53,50000:52000",
    "-p udp -m udp ! --dport 51820",
    "-p tcp -m tcp --sport 443", "-m conntrack --ctstate NEW", "-m conntrack --ctstate RELATED,ESTABLISHED",
    "-m conntrack ! --ctstate NEW", "-m state --state NEW", "-m conntrack --ctstate INVALID", "-m mark --mark 0x0",
    "-m mark --mark 0x7/0xff", "-m mark ! --mark 0x7", "-m addrtype --dst-type LOCAL", "-m addrtype ! --dst-type LOCAL",
    "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN",
    "-m limit --limit 100/sec", '-m comment --comment "a -j DROP of mine"', "-m pkttype --pkt-type unicast",
    "-m iprange --src-range 192.0.2.1-192.0.2.9", "-d 203.0.113.1/32", "-p icmp -m icmp --icmp-type 8", "-f",
    "-m hashlimit --hashlimit-above 1000/sec --hashlimit-mode srcip --hashlimit-name x",
]  # fmt: skip


def _has_one_protocol(matches: list[str]) -> bool:
    """Return True if iptables takes these together."""
    return sum("-p " in match for match in matches) < 2


SAVED_TARGETS = ["-j ACCEPT", "-j DROP", "-j REJECT", "-j RETURN", "-j other", "-g other", "-j LOG", ""]


@st.composite
def iptables_rules(draw: st.DrawFn) -> Rules:
    """Draw a filter table, and marks, as iptables-restore reads them."""

    def rules(chain: str, extra: list[str], targets: list[str]) -> list[str]:
        found = st.lists(st.sampled_from(SAVED_MATCHES + extra), max_size=2).filter(_has_one_protocol)
        drawn = draw(st.lists(st.tuples(found, st.sampled_from(targets)), max_size=5))
        return [" ".join(("-A", chain, *dict.fromkeys(found), target)).strip() for found, target in drawn]

    out = ["-o eth0", "-o awg0", "! -o awg0"]
    policies = [draw(st.sampled_from(["ACCEPT", "DROP"])) for _ in range(2)]
    text = "\n".join((
        "*mangle", ":PREROUTING ACCEPT [0:0]",
        *rules("PREROUTING", [], ["-j MARK --set-xmark 0x7/0xff", "-j RETURN", "-j DROP"])[:2],
        "COMMIT", "*filter", f":INPUT {policies[0]} [0:0]", f":FORWARD {policies[1]} [0:0]", ":OUTPUT ACCEPT [0:0]",
        ":other - [0:0]", *rules("INPUT", [], SAVED_TARGETS), *rules("FORWARD", out * 3, SAVED_TARGETS),
        *rules("other", [], [target for target in SAVED_TARGETS if "other" not in target]), "COMMIT", "",
    ))  # fmt: skip
    return Rules(draw(st.sampled_from(["", NAT])), text)
