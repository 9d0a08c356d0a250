"""Peers that the bot did not make: an admin gives them to a friend, or has them removed."""

from __future__ import annotations

import sqlite3

from lib.chat.admin import way_back
from lib.chat.devices import numbered
from lib.chat.input import NAME_LENGTH, clean_name
from lib.chat.notify import decisions_shown
from lib.chat.notify.claims_shown import free_peers, title_of
from lib.chat.paging import page_of
from lib.chat.phrases import down_and_up, end_date, labelled, last_seen, shorten, span
from lib.chat.rules import has_used_up
from lib.chat.screens import Actor, Button, button, confirm, done, show, username_of
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.store import audit, counters
from lib.store.configs import (
    add_config,
    configs_of,
    is_taken,
    mark_connected,
    mark_live,
    set_expiry,
    set_paused,
)
from lib.store.foreign import (
    ForeignPeer,
    count_evicted,
    count_foreign,
    forget_foreign,
    get_foreign,
    list_foreign,
    set_end,
    set_evicted,
)
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.traffic import Usage
from lib.store.users import User, count_users, get_user, list_users

ON_A_PAGE = 6
MOST_ADDRESSES = 500  # UTF-16 units: a site-to-site peer can have hundreds of networks


def overview(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List the foreign peers, a page of them."""
    total = count_foreign(db)
    here = page_of(page, total, ON_A_PAGE)
    way_back.remember_place(db, actor, "foreign", here.number)
    peers = list_foreign(db, ON_A_PAGE, here.offset)
    rows = [[button(labelled(_sign(peer, now), title_of(peer)), "peer", peer.id)] for peer in peers]
    keyboard = [_ways_to_owners(db, actor), *rows, *here.buttons("foreign"), [actor.back("status")]]
    return show(actor, _describe_all(db, actor, total), keyboard)


def _ways_to_owners(db: sqlite3.Connection, actor: Actor) -> list[Button]:
    """Return the buttons for handling many peers at once; the claims setting is shown as long as claims are allowed."""
    setting = actor.button("claims_setting_button", "claims_setting")
    if any(free_peers(db)):
        return [actor.button("by_name_button", "by_name", 0), setting]
    return [setting] if actor.settings.claims else []


def _sign(peer: ForeignPeer, now: int) -> str:
    """Return a peer's state at a glance: being removed, removed, online, or away."""
    if peer.evicted_at:
        return "⏳" if peer.live else "🗑"
    return "🟢" if counters.is_online(peer.handshake_at, now) else "⚪️"


def _describe_all(db: sqlite3.Connection, actor: Actor, total: int) -> Markup:
    """Return how many peers the bot leaves alone, and how many it removes, in words."""
    if not total:
        return actor.say("foreign_none")
    leaving, gone = count_evicted(db)
    counts = {"foreign_left": total - leaving - gone, "foreign_leaving": leaving, "foreign_gone": gone}
    lines = [actor.say(key, count=count) for key, count in counts.items() if count]
    lines += [actor.say("foreign_claims")] if actor.settings.claims else []
    return Markup(actor.say("foreign", count=total) + "\n\n" + "\n".join(lines))


def show_peer(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> list[Outgoing]:
    """Show one foreign peer and what can be done with it."""
    peer = get_foreign(db, peer_id)
    state = _state_of(peer)
    text = actor.say(
        "foreign_peer",
        title=title_of(peer),
        addresses=shorten(", ".join(peer.allowed_ips), MOST_ADDRESSES) or "—",
        public_key=peer.public_key,
        seen=last_seen(actor.language, peer.handshake_at, now, "evicted" if peer.evicted_at else ""),
        ends=actor.say("peer_ends", until=end_date(actor.language, peer.expires_at, actor.zone))
        if peer.expires_at
        else "",
        note=actor.plain(f"peer_{state}", span=span(actor.language, now - (peer.evicted_at or now))),
        **down_and_up(actor.language, Usage(peer.received, peer.sent)),
    )
    away = actor.button("give_away", "heirs", peer.id, 0)
    remove = actor.button("evict", "confirm_evict", peer.id, style="danger")
    pardon = actor.button("pardon", "pardon", peer.id)
    actions = {"leaving": [pardon], "evicted": [pardon], "kept": [away], "free": [away, remove], "network": [remove]}
    back = actor.back("foreign", way_back.page_of(db, actor, "foreign"))
    return show(actor, text, [*([action] for action in actions[state]), [back]])


def _state_of(peer: ForeignPeer) -> str:
    """Return the key of what can be done with a peer."""
    if peer.can_come_back and peer.addresses:
        return "kept"
    if peer.evicted_at:
        return "leaving" if peer.live else "evicted"
    return "free" if peer.addresses else "network"


def choose_owner(db: sqlite3.Connection, actor: Actor, peer_id: int, page: int) -> list[Outgoing]:
    """Ask which friend's device it is."""
    peer, total = adoptable(db, peer_id), count_users(db, "approved")
    here = page_of(page, total, ON_A_PAGE)
    friends = list_users(db, "approved", ON_A_PAGE, here.offset)
    rows = [[button(_label(friend), "heir", peer.id, friend.id)] for friend in friends]
    ways = [*here.buttons("heirs", peer.id), [actor.back("peer", peer.id)]]
    return show(actor, actor.say("choose_heir", title=title_of(peer)), [*rows, *ways])


def _label(friend: User) -> str:
    return labelled("👤" if friend.in_telegram else "📵", friend.full_name)


def confirm_owner(db: sqlite3.Connection, actor: Actor, peer_id: int, user_id: int, now: int) -> list[Outgoing]:
    """Ask whether it really is that friend's."""
    peer, owner = adoptable(db, peer_id), new_owner(db, user_id)
    words = {"name": owner.full_name, "username": username_of(actor.language, owner)}
    text = actor.say("confirm_heir" if owner.in_telegram else "confirm_heir_offline", title=title_of(peer), **words)
    if has_used_up(db, actor.settings, owner, now):
        text = Markup(text + actor.say("heir_over"))
    yes = actor.button("give_away_now", "adopt", peer.id, owner.id, style="success")
    return confirm(actor, text, yes, "heirs", peer.id, 0)


def adopt(db: sqlite3.Connection, actor: Actor, peer_id: int, user_id: int, now: int) -> list[Outgoing]:
    """Make a foreign peer a friend's config."""
    owner = new_owner(db, user_id)
    name = give(db, actor, adoptable(db, peer_id), owner, now)
    told = tell_owner(db, actor, owner, "you_were_given", now, name=name)
    return [*done(actor, "done_adopted"), *overview(db, actor, way_back.page_of(db, actor, "foreign"), now), told]


def give(db: sqlite3.Connection, actor: Actor, peer: ForeignPeer, owner: User, now: int) -> str:
    """Turn a foreign peer into a friend's config and return its name.

    From now on its traffic counts, and blocking the friend cuts it off. A peer that was disabled before the bot was
    installed is paused.
    """
    addresses, server = peer.addresses, present_generation(db)
    assert addresses, "adoptable() checks that"
    if server is None or is_taken(db, filter(None, addresses)):
        raise Refused("address_held")
    name = numbered(_name_for(peer, owner, addresses[0]), [one.name for one in configs_of(db, owner.id)])
    keys, generation = (peer.public_key, peer.private_key, peer.preshared_key), server.number
    config_id = add_config(
        db,
        user_id=owner.id,
        request_id=None,
        name=name,
        addresses=addresses,
        keys=keys,
        generation=generation,
        now=now,
        given=True,
    )
    mark_live(db, [config_id], now)
    mark_connected(db, config_id, now)
    set_expiry(db, config_id, peer.expires_at)
    if peer.evicted_at and (peer.expires_at is None or peer.expires_at > now):
        set_paused(db, config_id, now)
    reading = counters.Reading(config_id, peer.received, peer.sent, peer.handshake_at)
    counters.keep_readings(db, [reading], peer.interface_id)
    forget_foreign(db, peer.id)
    audit.note(db, now, actor.id, "adopt", f"config:{config_id}", f"user:{owner.id}")
    return name


def tell_owner(db: sqlite3.Connection, actor: Actor, owner: User, key: str, now: int, **values: object) -> Outgoing:
    """Tell a friend what they were given, and why if it doesn't work yet."""
    off = say(owner.language, "given_over") if has_used_up(db, actor.settings, owner, now) else Markup("")
    return decisions_shown.tell_friend(owner, key, off=off, **values)


def _name_for(peer: ForeignPeer, owner: User, address: str) -> str:
    """Return the peer's own name if a config may have it, else one made from its address."""
    try:
        return clean_name(peer.name[:NAME_LENGTH])
    except Refused:
        return plain(owner.language, "name_adopted", address=address)


def confirm_removal(db: sqlite3.Connection, actor: Actor, peer_id: int) -> list[Outgoing]:
    """Ask for confirmation before a foreign peer is removed."""
    peer = _not_removed(db, peer_id)
    yes = actor.button("evict", "evict", peer.id, style="danger")
    return confirm(actor, actor.say("confirm_evict", title=title_of(peer)), yes, "peer", peer.id)


def remove(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> list[Outgoing]:
    """Mark a foreign peer for removal by the keeper, now and whenever it comes back."""
    peer = _not_removed(db, peer_id)
    set_evicted(db, peer.id, now)
    audit.note(db, now, actor.id, "evict", f"peer:{peer.public_key}")
    return [*done(actor, "done_evicted"), *overview(db, actor, 0, now)]


def allow_again(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> list[Outgoing]:
    """Leave a removed peer alone from now on, in case it comes back."""
    peer = get_foreign(db, peer_id)
    if peer.evicted_at is None:
        raise Refused("old_button")
    set_evicted(db, peer.id, None)
    set_end(db, peer.id, None)
    audit.note(db, now, actor.id, "pardon", f"peer:{peer.public_key}")
    return [*done(actor, "done_pardoned"), *overview(db, actor, 0, now)]


def _not_removed(db: sqlite3.Connection, peer_id: int) -> ForeignPeer:
    peer = get_foreign(db, peer_id)
    if peer.evicted_at is not None:
        raise Refused("already_evicted")
    return peer


def adoptable(db: sqlite3.Connection, peer_id: int) -> ForeignPeer:
    """Read a peer that can become a friend's config."""
    peer = get_foreign(db, peer_id)
    if not peer.can_come_back:
        peer = _not_removed(db, peer_id)
    if peer.addresses is None:
        raise Refused("not_adoptable")
    return peer


def new_owner(db: sqlite3.Connection, user_id: int) -> User:
    """Return a person who is allowed to have a config."""
    user = get_user(db, user_id)
    if user.state != "approved":
        raise Refused("not_inside")
    return user
