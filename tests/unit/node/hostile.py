"""What a node must refuse: addresses, keys and requests."""

from __future__ import annotations

from typing import Any

from tests.unit.node.child import LOOK, change, fence, key, peer

A, B = peer(2), peer(3)
HOSTILE_ADDRESSES: list[Any] = [
    "0.0.0.0/0", "::/0", "10.8.0.0/24", "10.8.0.2/31", "fd10:8::/64",  # more than one
    "10.9.0.2/32", "192.0.2.1/32", "fd11::2/128", "fe80::2/128",  # elsewhere
    "10.8.0.1/32", "fd10:8::1/128",  # the interface's own
    "10.8.0.2", "10.8.0.2/", "10.8.0.2/032", "10.8.0.2/255.255.255.255", "010.8.0.2/32", "10.8.2/32", " 10.8.0.2/32",
    "10.8.0.2/32\n", "10.8.0.2/32,10.8.0.3/32", "10.8.0.2/32\nEndpoint = 192.0.2.1:1", "10.8.0.２/32", "",
    "FD10:8::2/128", "fd10:8:0::2/128", "fd10:8::2%eth0/128", "::ffff:10.8.0.2/128",  # not as it is written
    None, True, 5, ["10.8.0.2/32"], {}, {"10.8.0.2/32": 1},
]  # fmt: skip
HOSTILE_KEYS: list[Any] = [
    "", key(2)[:-1], key(2) + "=", key(2) + "\n", " " + key(2), "A" * 44, "B" * 43 + "=", "/" * 43 + "=",
    "-" * 43 + "=", "Ａ" * 43 + "=", "(none)", "off", "/etc/shadow", None, True, 7, [key(2)], {},
]  # fmt: skip
HOSTILE_REQUESTS: list[Any] = [
    change([A, peer(2, "10.8.0.9/32")]),  # a key twice
    change([A], [key(2)]),
    change(remove=[key(2), key(2)]),
    change([A, peer(3, "10.8.0.2/32")]),  # an address twice
    change([peer(2, "10.8.0.2/32", "10.8.0.2/32")]),
    change([[key(2), None, []]]),
    change([[key(2), None, [f"10.8.0.{n}/32" for n in range(2, 11)]]]),
    change([[key(2), None, "10.8.0.2/32"]]),
    change([[key(2), None]]),
    change([[*A, 25]]),
    change([dict(enumerate(A))]),
    change([None]),
    change([[]]),
    {**change([A]), "do": "sync"},
    {**change([A]), "do": None},
    {**change([A]), "interface": "eth0"},
    {**change([A]), "way_out": True},
    {"do": "change", "add": [A]},
    {"do": "change", "remove": [key(2)]},
    {"do": "change", "add": {}, "remove": []},
    {"do": "change", "add": [A], "remove": None},
    {"do": "change", "add": [A], "remove": key(2)},
    {"do": "change", "add": "", "remove": []},
    {"do": "look"},
    {"do": "look", "way_out": 1},
    {"do": "look", "way_out": None},
    {"do": "look", "way_out": "true"},
    {"do": "look", "way_out": False, "add": []},
    fence(speed=[[1000, 1000, []]]),
    fence(speed=[[1000, 1000, ["10.8.0.1/32"]]]),
    fence(speed=[[1000, 1000, ["10.8.0.0/24"]]]),
    fence(speed=[[1000, 1000, ["10.8.0.2/32"]], [1000, 1000, ["10.8.0.2/32"]]]),
    fence(speed=[[63, 0, ["10.8.0.2/32"]]]),
    fence(speed=[[-1, 0, ["10.8.0.2/32"]]]),
    fence(speed=[[0, 10_000_001, ["10.8.0.2/32"]]]),
    fence(speed=[["1mbit", 0, ["10.8.0.2/32"]]]),
    fence(speed=[[1000.5, 0, ["10.8.0.2/32"]]]),
    fence(speed=[[False, 0, ["10.8.0.2/32"]]]),
    fence(speed=[[float("nan"), 0, ["10.8.0.2/32"]]]),
    fence(speed=[[float("inf"), 0, ["10.8.0.2/32"]]]),
    fence(unless=None), fence(unless=["12345678"]),
    fence(speed=[[1000, ["10.8.0.2/32"]]]),
    fence(speed=[[1000, 1000, "10.8.0.2/32"]]),
    fence(telegram=["192.0.2.1/32"]),
    fence(telegram=["10.8.0.2/32", "10.8.0.2/32"]),
    fence(telegram=["10.8.0.2 }; }"]),
    fence(resolvers=["1.1.1.1/24"]), fence(resolvers=["fe80::1%eth0"]), fence(resolvers=["1.1.1.1; }"]),
    fence(resolvers=[1]), fence(resolvers=["9.9.9.9"] * 33),
    {"do": "fence"},
    {**fence(), "ports": [443]},
    {**fence(), "speed": {}},
    {**fence(), "table": "filter"},
    {"way_out": False},
    {},
    [LOOK],
    list(LOOK.items()),
    "look",
    None,
    0,
]
