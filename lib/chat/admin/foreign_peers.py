"""Peers that the bot did not make."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from ipaddress import ip_network

from lib.chat.notify import decisions_shown
from lib.chat.paging import Page, page_of
from lib.chat.phrases import last_seen, shorten, size, span
from lib.chat.screens import Actor, Keyboard, button, done, show, text_button, username_of
from lib.chat.texts import plain
from lib.errors import Refused
from lib.store import audit, counters
from lib.store.configs import add_config, is_taken, mark_live
from lib.store.counters import is_online
from lib.store.foreign import ForeignPeer, count_foreign, forget_foreign, get_foreign, list_foreign, set_evicted
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import User, count_users, get_user, list_users

ON_A_PAGE = 8


def overview(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List the foreign peers, a page of them."""
    total = count_foreign(db)
    here = page_of(page, total, ON_A_PAGE)
    peers = list_foreign(db, ON_A_PAGE, here.offset)
    rows = [[button(f"{_sign(peer, now)} {_title(peer)}", "peer", peer.id)] for peer in peers]
    text = actor.say("foreign" if total else "foreign_none", count=total)
    return show(actor, text, [*rows, *here.buttons("foreign"), [actor.back("status")]])


def show_peer(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> list[Outgoing]:
    """Show one foreign peer and what can be done with it."""
    peer = get_foreign(db, peer_id)
    state = "evicted" if peer.evicted_at else "free" if _addresses(peer) else "network"
    text = actor.say(
        "foreign_peer",
        title=_title(peer),
        addresses=", ".join(peer.allowed_ips) or "—",
        public_key=peer.public_key,
        seen=last_seen(actor.language, peer.handshake_at, now),
        download=size(actor.language, peer.sent),
        upload=size(actor.language, peer.received),
        note=actor.plain(f"peer_{state}", span=span(actor.language, now - (peer.evicted_at or now))),
    )
    return show(actor, text, _peer_keyboard(actor.language, peer.id, state))


def choose_heir(db: sqlite3.Connection, actor: Actor, peer_id: int, page: int) -> list[Outgoing]:
    """Ask which friend's device it is."""
    peer, total = _adoptable(db, peer_id), count_users(db, "approved")
    here = page_of(page, total, ON_A_PAGE)
    friends = list_users(db, "approved", ON_A_PAGE, here.offset)
    text = actor.say("choose_heir", title=_title(peer))
    return show(actor, text, _owners_keyboard(actor.language, peer.id, friends, here))


def confirm_heir(db: sqlite3.Connection, actor: Actor, peer_id: int, user_id: int) -> list[Outgoing]:
    """Ask whether it really is that friend's."""
    peer, friend = _adoptable(db, peer_id), _friend(db, user_id)
    username = username_of(actor.language, friend)
    text = actor.say("confirm_heir", title=_title(peer), name=friend.full_name, username=username)
    return show(actor, text, _confirm_owner_keyboard(actor.language, peer.id, friend.id))


def adopt(db: sqlite3.Connection, actor: Actor, peer_id: int, user_id: int, now: int) -> list[Outgoing]:
    """Make a foreign peer a friend's config: its traffic counts from here on, and blocking the friend cuts it."""
    peer, friend = _adoptable(db, peer_id), _friend(db, user_id)
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
        *done(actor, "done_adopted"),
        *overview(db, actor, 0, now),
        decisions_shown.tell_friend(friend, "you_were_given", name=name),
    ]


def confirm_removal(db: sqlite3.Connection, actor: Actor, peer_id: int) -> list[Outgoing]:
    """Ask whether a foreign peer shall really go."""
    peer = _untouched(db, peer_id)
    text = actor.say("confirm_evict", title=_title(peer))
    return show(actor, text, _confirm_eviction_keyboard(actor.language, peer.id))


def evict(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> list[Outgoing]:
    """Have a foreign peer removed by the keeper, and again whenever it comes back."""
    peer = _untouched(db, peer_id)
    set_evicted(db, peer.id, now)
    audit.note(db, now, actor.id, "evict", f"peer:{peer.public_key}")
    return [*done(actor, "done_evicted"), *overview(db, actor, 0, now)]


def pardon(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> list[Outgoing]:
    """Leave a removed peer alone again, should it come back."""
    peer = get_foreign(db, peer_id)
    if peer.evicted_at is None:
        raise Refused("old_button")
    set_evicted(db, peer.id, None)
    audit.note(db, now, actor.id, "pardon", f"peer:{peer.public_key}")
    return [*done(actor, "done_pardoned"), *overview(db, actor, 0, now)]


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
    return "🟢" if is_online(peer.handshake_at, now) else "⚪️"


def _peer_keyboard(language: str, peer_id: int, state: str) -> Keyboard:
    """What can be done with a foreign peer: `free` to be adopted, `network` that no friend can hold, or `evicted`."""
    ways = [text_button(language, "give_away", "heirs", peer_id, 0)] if state == "free" else []
    if state == "evicted":
        ways.append(text_button(language, "pardon", "pardon", peer_id))
    else:
        ways.append(text_button(language, "evict", "confirm_evict", peer_id, style="danger"))
    return [ways, [text_button(language, "back", "foreign", 0)]]


def _owners_keyboard(language: str, peer_id: int, friends: Sequence[User], page: Page) -> Keyboard:
    """One button per friend who may get a foreign peer."""
    listed = [[button(f"👤 {shorten(friend.full_name, 40)}", "heir", peer_id, friend.id)] for friend in friends]
    return [*listed, *page.buttons("heirs", peer_id), [text_button(language, "back", "peer", peer_id)]]


def _confirm_owner_keyboard(language: str, peer_id: int, user_id: int) -> Keyboard:
    """Give it away, or choose again."""
    yes = text_button(language, "give_away_now", "adopt", peer_id, user_id, style="success")
    return [[yes, text_button(language, "back", "heirs", peer_id, 0)]]


def _confirm_eviction_keyboard(language: str, peer_id: int) -> Keyboard:
    """Remove it, or go back."""
    yes = text_button(language, "evict", "evict", peer_id, style="danger")
    return [[yes, text_button(language, "back", "peer", peer_id)]]
