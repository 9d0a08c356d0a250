"""What the bot says of a firewall is what the kernel does: published rulesets, and rulesets that hypothesis draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.router import Router, Verdict, need_router

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("way_out")]
RULESETS = Path(__file__).with_name("rulesets")
NAT = """table inet andreyvpn_awg0 {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        ip saddr 10.8.0.0/16 oifname != "awg0" masquerade
        ip6 saddr fd10:8::/64 oifname != "awg0" masquerade
    }
}
"""


@pytest.fixture(scope="module")
def router() -> Iterator[Router]:
    need_router()
    with Router() as router:
        yield router


def load(router: Router, nft: str = "", iptables: str = "", ip6tables: str = "") -> None:
    """Load rules, given or by the name of a file."""
    router.load(nft, *((RULESETS / name).read_text() if name.endswith("tables") else name for name in (iptables, ip6tables)))


def test_it_works(router: Router) -> None:
    router.load(NAT)
    assert router.judged() == router.tried() == Verdict(True, True, True)
    assert router.judged(6) == router.tried(6) == Verdict(True, True, True)
