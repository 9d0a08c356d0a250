"""Packets that matter: what a friend sends, the answer, and a device that knocks at the port."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

from lib.watch.firewall import Packet

SYN = frozenset(("syn",))
OUT = Packet(4, "tcp", "awg0", "eth0", ip_network("10.8.0.0/16"), None, (50000, 443), "new", SYN)
ANSWER = replace(OUT, iif="eth0", oif="awg0", source=None, target=OUT.source, ports=(443, 50000), state="established")
KNOCK = Packet(4, "udp", "eth0", "", None, ip_network("192.0.2.2"), (50000, 51820), "new", local=True)
SIX = replace(OUT, family=6, source=ip_network("fd10:8::/64"))
