"""“I have a VPN here already”: a friend picks a peer by its name, and shows that it is theirs."""

from __future__ import annotations

import sqlite3

from lib.chat.input import readable
from lib.chat.notify.claims_shown import free_peers
from lib.chat.paging import page_of
from lib.chat.phrases import shorten
from lib.chat.screens import Actor, Keyboard, button, confirm, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store import claims
from lib.store.claims import Claim
from lib.store.foreign import ForeignPeer, get_foreign
from lib.store.outbox import Outgoing

ON_A_PAGE = 7
TRIES = 3  # in a day that come to nothing
NAME = 32  # UTF-16 units of a name


def list_names(db: sqlite3.Connection, actor: Actor, page: int) -> list[Outgoing]:
    """List the names that are free, a page of them; while a peer is being watched, show that instead."""
    if claim := claims.watched_of(db, actor.id):
        return _show_watched(actor, claim)
    _check_open(actor)
    peers = list(free_peers(db))
    here = page_of(page, len(peers), ON_A_PAGE)
    rows = [[button(label, "claim", peer_id)] for peer_id, label in here.of(_labels(peers))]
    names = ", ".join(claim.name for claim in claims.proven_of(db, actor.id))
    waiting = actor.say("claims_waiting", names=names) if names else Markup("")
    text = actor.say("claims" if peers else "claims_none", waiting=waiting)
    return show(actor, text, [*rows, *here.buttons("claims"), [actor.to_menu()]])


def _labels(peers: list[ForeignPeer]) -> list[tuple[int, str]]:
    """Return the ids of peers with their names; those of the same name are numbered."""
    seen: dict[str, int] = {}
    labels = []
    for peer in peers:
        name = _name(peer)
        seen[name] = seen.get(name, 0) + 1
        mark = "" if seen[name] == 1 else f" ({seen[name]})"
        labels.append((peer.id, shorten(name, NAME - len(mark)) + mark))
    return labels


def ask_proof(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> list[Outgoing]:
    """Explain how a friend shows that a peer is theirs."""
    peer = _claimable(db, actor, peer_id, now)
    yes = actor.button("claim_now", "claim_begin", peer.id, style="primary")
    return confirm(actor, actor.say("confirm_claim", name=_name(peer)), yes, "claims", 0)


def begin(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> list[Outgoing]:
    """Begin to watch a peer; the keeper says what it sees."""
    peer = _claimable(db, actor, peer_id, now)
    return _show_watched(actor, claims.add_claim(db, actor.id, peer, _name(peer), now))


def stop(db: sqlite3.Connection, actor: Actor, claim_id: int, now: int) -> list[Outgoing]:
    """Stop watching a peer."""
    claim = claims.get_claim(db, claim_id)
    if claim.user_id != actor.id:
        raise Refused("gone")
    claims.move_claim(db, claim.id, "watched", "stopped", now)
    return show(actor, actor.say("claim_stopped", name=claim.name), [[actor.to_menu()]])


def _show_watched(actor: Actor, claim: Claim) -> list[Outgoing]:
    text = actor.say("claim_watching" if claim.off_at is None else "claim_off", name=claim.name)
    ways: Keyboard = [[actor.button("claim_stop_button", "claim_stop", claim.id)], [actor.to_menu()]]
    return show(actor, text, ways)


def _claimable(db: sqlite3.Connection, actor: Actor, peer_id: int, now: int) -> ForeignPeer:
    """Return a peer that this friend may claim now."""
    _check_open(actor)
    peer = get_foreign(db, peer_id)
    if claims.watched_of(db, actor.id):
        raise Refused("claim_running")
    if not any(peer.id == free.id for free in free_peers(db)):
        raise Refused("claim_taken")
    if claims.was_declined(db, actor.id, peer.id):
        raise Refused("claim_not_yours")
    if claims.count_tries(db, actor.id, now) >= TRIES:
        raise Refused("claim_tries", count=TRIES)
    return peer


def _check_open(actor: Actor) -> None:
    if not actor.settings.claims:
        raise Refused("claims_closed")


def _name(peer: ForeignPeer) -> str:
    return shorten(readable(peer.name), NAME)
