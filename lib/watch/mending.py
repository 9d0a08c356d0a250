"""The commands to fix a blocking firewall, using the tool that made its rules, or a missing address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from lib.vpn.interface import Addresses
from lib.watch.firewall import Network, Place
from lib.watch.iptables import HOOKS


def maker(place: Place) -> str:
    """Return what made the rules of a table: ufw, docker, firewalld, iptables or nft."""
    table = place.table
    if table.name == "firewalld":
        return "firewalld"
    if table.family not in ("ip", "ip6") or place.base.chain not in HOOKS:
        return "nft"
    if table.chains.get("ufw-before-forward") or table.chains.get("ufw6-before-forward"):
        return "ufw"
    return "docker" if "DOCKER-USER" in table.chains and place.base.hook == "forward" else "iptables"


def describe(place: Place) -> str:
    """Return a chain's name, with the program that made it if it is a well-known one."""
    name = f"{place.table.family} {place.table.name} {place.chain}"
    return f"{name} ({maker(place)})" if maker(place) in ("ufw", "docker", "firewalld") else name


def show(place: Place) -> str:
    """Return the command that shows a chain."""
    return f"nft list chain {place.table.family} {place.table.name} {place.chain}"


def let_through(place: Place, interface: str, uplink: str) -> tuple[str, bool] | None:
    """Return the commands that let friends' traffic through, and whether they last; None if none is known."""
    made_by = maker(place)
    if made_by == "ufw":
        return f"ufw route allow in on {interface} out on {uplink}", True
    if made_by == "firewalld":
        return f"firewall-cmd --permanent --zone trusted --add-interface {interface}\nfirewall-cmd --reload", True
    if made_by == "nft":
        rule = f"nft insert rule {place.table.family} {place.table.name} {place.base.chain}"
        if place.base.hook != "forward":
            return None
        answers = f"iifname {uplink} oifname {interface} ct state established,related accept"
        return f"{rule} iifname {interface} oifname {uplink} accept\n{rule} {answers}", False
    if place.base.hook != "forward":
        return None
    rule = _insert(place, "DOCKER-USER" if made_by == "docker" else place.base.chain)
    answers = f"-i {uplink} -o {interface} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
    return f"{rule} -i {interface} -o {uplink} -j ACCEPT\n{rule} {answers}", False


def let_in(place: Place, port: int) -> tuple[str, bool] | None:
    """Return the commands that let friends' devices reach the port, and whether they last; None if none is known."""
    made_by = maker(place)
    if made_by == "ufw":
        return f"ufw allow {port}/udp", True
    if made_by == "firewalld":
        return f"firewall-cmd --permanent --add-port {port}/udp\nfirewall-cmd --reload", True
    if place.base.hook != "input":
        return None
    if made_by == "nft":
        rule = f"nft insert rule {place.table.family} {place.table.name} {place.base.chain}"
        return f"{rule} udp dport {port} accept", False
    return f"{_insert(place, place.base.chain)} -p udp --dport {port} -j ACCEPT", False


def _insert(place: Place, chain: str) -> str:
    tool = "iptables" if place.table.family == "ip" else "ip6tables"
    return f"{tool} {'' if place.table.name == 'filter' else f'-t {place.table.name} '}-I {chain}"


def translate(interface: str, uplink: str, networks: Sequence[Network]) -> str:
    """Return the command that gives packets of the tunnel the server's address."""
    rules = "".join(
        f"{'ip' if network.version == 4 else 'ip6'} saddr {network} oifname {uplink} masquerade; "
        for network in networks
    )
    return f"nft 'table inet {interface}_nat {{ chain post {{ type nat hook postrouting priority 100; {rules}}}; }}'"


def describe_outside(interface: str, own: Addresses, outside: Sequence[str]) -> dict[str, str]:
    """Return the text values about devices outside the interface's networks."""
    networks = ", ".join(str(address.network) for address in own)
    return {"addresses": ", ".join(outside), "networks": networks, "command": _to_include(interface, own, outside)}


def _to_include(interface: str, own: Addresses, outside: Iterable[str]) -> str:
    """Return at most three commands that give the interface an address in these devices' networks."""
    hosts = [ipaddress.ip_address(device.partition("/")[0]) for device in outside]
    strangers = [host for host in hosts if not any(host in one.network for one in own)]
    networks = dict.fromkeys(
        ipaddress.ip_network(f"{host}/{24 if host.version == 4 else 64}", strict=False) for host in strangers
    )
    added = [
        f"{next(one for one in network.hosts() if one not in strangers)}/{network.prefixlen}" for network in networks
    ]
    return "; ".join(f"ip address add {one} dev {interface}" for one in added[:3]) or f"ip address show dev {interface}"
