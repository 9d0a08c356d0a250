"""Peers that were on the interface before the bot: an admin gives them to friends, leaves them, or has them removed."""

from __future__ import annotations

import sqlite3
from ipaddress import ip_network

from lib.chat import keyboards, notices
from lib.chat.screens import Actor, show, tell_admins, toast, username_of
from lib.chat.statistics import ONLINE_SECONDS, last_seen
from lib.chat.texts import plain, say, size, span
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit, counters
from lib.store.configs import add_config, is_taken, mark_live
from lib.store.foreign import ForeignPeer, count_foreign, forget_foreign, get_foreign, list_foreign, set_evicted
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import User, count_users, get_user, list_users

ON_A_PAGE = 8


def announce(db: sqlite3.Connection, settings: Settings, new: int) -> list[Outgoing]:
    """Tell every admin that peers appeared which the bot did not make."""
    return tell_admins(
        db,
        settings,
        lambda language: (say(language, "foreign_seen", count=new), keyboards.to_foreign(language, count_foreign(db))),
        None,
    )


def overview(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """List the foreign peers, a page of them."""
    total = count_foreign(db)
    page = min(args[0], max(total - 1, 0) // ON_A_PAGE)
    buttons = [
        (f"{_sign(peer, now)} {_title(peer)}", peer.id) for peer in list_foreign(db, ON_A_PAGE, page * ON_A_PAGE)
    ]
    text = say(actor.language, "foreign" if total else "foreign_none", count=total)
    return show(actor, text, keyboards.foreign(actor.language, buttons, page, -(-total // ON_A_PAGE)))


def show_peer(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show one foreign peer and what can be done with it."""
    peer = get_foreign(db, args[0])
    state = "evicted" if peer.evicted_at else "free" if _addresses(peer) else "network"
    text = say(
        actor.language,
        "foreign_peer",
        title=_title(peer),
        addresses=", ".join(peer.allowed_ips) or "—",
        public_key=peer.public_key,
        seen=last_seen(actor.language, peer.handshake_at, now),
        download=size(actor.language, peer.sent),
        upload=size(actor.language, peer.received),
        note=plain(actor.language, f"peer_{state}", span=span(actor.language, now - (peer.evicted_at or now))),
    )
    return show(actor, text, keyboards.foreign_peer(actor.language, peer.id, state))


def choose_heir(db: sqlite3.Connection, actor: Actor, args: tuple[int, int], now: int) -> list[Outgoing]:
    """Ask which friend's device it is."""
    peer, total = _adoptable(db, args[0]), count_users(db, "approved")
    page = min(args[1], max(total - 1, 0) // ON_A_PAGE)
    friends = list_users(db, "approved", ON_A_PAGE, page * ON_A_PAGE)
    text = say(actor.language, "choose_heir", title=_title(peer))
    return show(actor, text, keyboards.heirs(actor.language, peer.id, friends, page, -(-total // ON_A_PAGE)))


def confirm_heir(db: sqlite3.Connection, actor: Actor, args: tuple[int, int], now: int) -> list[Outgoing]:
    """Ask whether it really is that friend's."""
    peer, friend = _adoptable(db, args[0]), _friend(db, args[1])
    username = username_of(actor.language, friend)
    text = say(actor.language, "confirm_heir", title=_title(peer), name=friend.full_name, username=username)
    return show(actor, text, keyboards.confirm_heir(actor.language, peer.id, friend.id))


def adopt(db: sqlite3.Connection, actor: Actor, args: tuple[int, int], now: int) -> list[Outgoing]:
    """Make a foreign peer a friend's config: its traffic counts from here on, and blocking the friend cuts it."""
    peer, friend = _adoptable(db, args[0]), _friend(db, args[1])
    addresses, server = _addresses(peer), present_generation(db)
    assert addresses, "seen to be adoptable"
    if server is None or is_taken(db, filter(None, addresses)):
        raise Refused("address_held")
    name = plain(friend.language, "name_adopted", address=addresses[0])
    config_id = add_config(
        db,
        user_id=friend.id,
        request_id=None,
        name=name,
        addresses=addresses,
        keys=(peer.public_key, None, peer.preshared_key),
        generation=server.number,
        now=now,
    )
    mark_live(db, [config_id], now)
    reading = counters.Reading(config_id, peer.received, peer.sent, peer.handshake_at)
    counters.keep_readings(db, [reading], peer.interface_id)
    forget_foreign(db, peer.id)
    audit.note(db, now, actor.id, "adopt", f"config:{config_id}", f"user:{friend.id}")
    return [
        toast(actor, plain(actor.language, "done_adopted")),
        *overview(db, actor, (0,), now),
        notices.tell_friend(db, friend.id, "you_were_given", name=name),
    ]


def confirm_removal(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Ask whether a foreign peer shall really go."""
    peer = _untouched(db, args[0])
    text = say(actor.language, "confirm_evict", title=_title(peer))
    return show(actor, text, keyboards.confirm_evict(actor.language, peer.id))


def evict(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Have a foreign peer removed by the keeper, and again whenever it comes back."""
    peer = _untouched(db, args[0])
    set_evicted(db, peer.id, now)
    audit.note(db, now, actor.id, "evict", f"peer:{peer.public_key}")
    return [toast(actor, plain(actor.language, "done_evicted")), *overview(db, actor, (0,), now)]


def pardon(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Leave a removed peer alone again, should it come back."""
    peer = get_foreign(db, args[0])
    if peer.evicted_at is None:
        raise Refused("old_button")
    set_evicted(db, peer.id, None)
    audit.note(db, now, actor.id, "pardon", f"peer:{peer.public_key}")
    return [toast(actor, plain(actor.language, "done_pardoned")), *overview(db, actor, (0,), now)]


def _untouched(db: sqlite3.Connection, peer_id: int) -> ForeignPeer:
    """Read a peer that was not removed."""
    peer = get_foreign(db, peer_id)
    if peer.evicted_at is not None:
        raise Refused("already_evicted")
    return peer


def _adoptable(db: sqlite3.Connection, peer_id: int) -> ForeignPeer:
    """Read a peer that a friend can hold."""
    peer = _untouched(db, peer_id)
    if _addresses(peer) is None:
        raise Refused("not_adoptable")
    return peer


def _friend(db: sqlite3.Connection, user_id: int) -> User:
    """Read somebody who can hold a config."""
    user = get_user(db, user_id)
    if user.state != "approved":
        raise Refused("not_inside")
    return user


def _addresses(peer: ForeignPeer) -> tuple[str, str | None] | None:
    """Give the addresses of a single device, IPv4 and maybe IPv6; None for a peer that carries anything else."""
    found: dict[int, list[str]] = {4: [], 6: []}
    for network in map(ip_network, peer.allowed_ips):
        if network.prefixlen < network.max_prefixlen:
            return None
        found[network.version].append(str(network.network_address))
    if len(found[4]) != 1 or len(found[6]) > 1:
        return None
    return found[4][0], found[6][0] if found[6] else None


def _title(peer: ForeignPeer) -> str:
    """Name a peer by its first address and the beginning of its key."""
    address = peer.allowed_ips[0].partition("/")[0] if peer.allowed_ips else "—"
    return f"{address} · {peer.public_key[:6]}…"


def _sign(peer: ForeignPeer, now: int) -> str:
    if peer.evicted_at is not None:
        return "🗑"
    return "🟢" if now - peer.handshake_at < ONLINE_SECONDS else "⚪️"
