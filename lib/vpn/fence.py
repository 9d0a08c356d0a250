"""The fence's projection: speeds and paths to Telegram are compared with what is wanted, and put right each round."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from lib.days import month_of
from lib.errors import AwgError
from lib.settings import Settings
from lib.store import telegram_only
from lib.store.configs import WantedPeer
from lib.store.database import transaction
from lib.store.fence import limited
from lib.store.views.telegram_path import reaching_telegram
from lib.vpn.addresses import outside_of
from lib.vpn.awg import Awg
from lib.vpn.interface import Interface

log = logging.getLogger(__name__)

MOST_RESOLVERS = 32  # that the node takes


@dataclass(frozen=True)
class Wanted:
    """The wanted fence; `speeds` are [down, up, addresses] in kbit/s, with addresses as networks: '10.8.0.2/32'."""

    speeds: Sequence[tuple[int, int, list[str]]] = ()
    only: Sequence[str] = ()  # these reach Telegram alone
    resolvers: Sequence[str] = ()  # and these, on port 53


NOTHING = Wanted()


class Projection:
    """Remembers what was put up, and how it looked then: what looks the same needs no change.

    While `holds` is False, nothing keeps anybody to Telegram: who should reach that alone must not be let in.
    """

    def __init__(self, db: sqlite3.Connection, awg: Awg) -> None:
        self._db, self._awg = db, awg
        self._done: tuple[Wanted | None, str] = NOTHING, ""  # None: it failed, and may be anything
        self._trouble: str | None = None
        self.holds = False

    def put_right(
        self, settings: Settings, seen: Interface, only: Sequence[str], leaving: Iterable[str] = (),
        others: Set[str] = frozenset(),
    ) -> str | None:  # fmt: skip
        """Update the fence, before any peer is added or removed; return an error message, None on success.

        `only` are the addresses that reach Telegram only. Those of peers about to be removed (`leaving`) are added: an
        earlier run may have left them in the fence, and they must not get full access in between, or if a later step
        fails. `others` belong to peers that the bot did not make; we don't limit their speed. If there is no fence and
        none is wanted, nothing is touched.
        """
        now = wanted(self._db, settings, seen, only, others)
        if now == NOTHING and self._done == (NOTHING, "") and not is_there(settings, seen):
            return None
        now = with_only(now, settings, seen, leaving)
        trouble = self._put(now)
        if trouble and trouble != self._trouble:
            log.error("The fence can't be put right: %s", trouble)
        self._trouble = trouble
        return trouble

    def admit(
        self, settings: Settings, seen: Interface, wanted: Sequence[WantedPeer], asking: Mapping[int, WantedPeer],
        ours: Set[str],
    ) -> tuple[Mapping[int, WantedPeer], str | None]:  # fmt: skip
        """Put the fence right for those who ask for Telegram alone; return who of them gets in, and what went wrong.

        `asking` comes from asking(), `ours` from peers.ours_among. If nothing holds them back, nobody gets in.
        """
        others = held_by_others(seen, ours | {peer.public_key for peer in wanted})
        asking = holdable(seen, asking, others)
        going = ours - {peer.public_key for peer in asking.values()}
        only = [network for peer in asking.values() for network in peer.networks]
        fault = self.put_right(settings, seen, only, leaving(seen, going, wanted), others)
        admitted = asking if self.holds else {}
        if admitted.keys() != telegram_only.ids(self._db):
            with transaction(self._db):
                telegram_only.keep(self._db, admitted)
        return admitted, fault

    def _put(self, now: Wanted) -> str | None:
        before, digest = self._done
        try:
            digest, trouble = self._awg.fence(now.speeds, now.only, now.resolvers, digest if now == before else "")
        except AwgError as exc:
            self.holds, self._done = False, (None, "")
            return str(exc)
        self.holds, self._done = True, (None, "") if trouble else (now, digest)
        return trouble


def asking(db: sqlite3.Connection, settings: Settings, now: int) -> dict[int, WantedPeer]:
    """Return the peers of those who may reach Telegram alone, by config, if the owner wants that at all."""
    if not settings.telegram_when_off:
        return {}
    month = month_of(now, settings.timezone)
    return reaching_telegram(db, now, month, settings.quota_bytes, telegram_only.MONTHLY_BYTES)


def wanted(
    db: sqlite3.Connection, settings: Settings, seen: Interface, only: Sequence[str], others: Set[str] = frozenset()
) -> Wanted:
    """Return the wanted fence, without addresses that don't fit the interface or belong to peers made by others."""
    people = limited(db, settings.speed_kbit)
    outside = outside_of(seen.addresses, (address for _, addresses in people for address in addresses))
    left_out = {*others, *outside}
    fitting = ((kbit, [address for address in addresses if address not in left_out]) for kbit, addresses in people)
    speeds = tuple((kbit, kbit, addresses) for kbit, addresses in fitting if addresses)
    return with_only(Wanted(speeds), settings, seen, only)


def with_only(fence: Wanted, settings: Settings, seen: Interface, more: Iterable[str]) -> Wanted:
    """Return a fence that keeps some more addresses to Telegram, where they are those of devices here."""
    devices = [address for address in more if address.endswith("/128" if ":" in address else "/32")]
    outside = outside_of(seen.addresses, devices)
    found = dict.fromkeys([*fence.only, *(address for address in devices if address not in outside)])
    if not found:
        return fence
    named = [*settings.client_dns, *(one for choice in settings.client_dns_choices for one in choice.values)]
    return replace(fence, only=tuple(found), resolvers=tuple(dict.fromkeys(named))[:MOST_RESOLVERS])


def held_by_others(seen: Interface, ours: Set[str]) -> set[str]:
    """Return the addresses and networks of live peers that the bot did not make; `ours` are the keys of its own."""
    return {network for key, peer in seen.by_key.items() if key not in ours for network in peer.networks}


def holdable(seen: Interface, asking: Mapping[int, WantedPeer], others: Set[str]) -> dict[int, WantedPeer]:
    """Return the peers that may reach Telegram only, with the addresses that the fence can hold.

    Peers without such addresses are left out, and so are those that share one with `others`: we must not fence that in.
    """
    if not asking:
        return {}
    outside = outside_of(seen.addresses, (network for peer in asking.values() for network in peer.networks))
    found = {}
    for config_id, peer in asking.items():
        networks = [network for network in peer.networks if network not in outside]
        if networks and others.isdisjoint(peer.networks):
            found[config_id] = peer._replace(allowed_ips=",".join(networks))
    return found


def leaving(seen: Interface, going: Set[str], wanted: Sequence[WantedPeer]) -> list[str]:
    """Return the addresses of live peers that are about to be removed, without those that new keys take over."""
    gone = [peer for key, peer in seen.by_key.items() if key in going]
    staying = {network for peer in wanted for network in peer.networks} if gone else set[str]()
    return [network for peer in gone for network in peer.networks if network not in staying]


def is_there(settings: Settings, seen: Interface) -> bool:
    """Return True if the firewall shows a fence, perhaps of an earlier run; it is not looked at in each round."""
    firewall = seen.surroundings.firewall if seen.surroundings else None
    return f'"{table_of(settings.awg_interface)}"' in (firewall or "")


def table_of(interface: str) -> str:
    """Return the name of the fence's tables in the firewall."""
    return f"andreyvpn_fence_{interface}"
