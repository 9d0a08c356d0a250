"""Claims of friends that were proven: an admin gives the peer to the friend, or says that it isn't theirs."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.admin import waiting, way_back
from lib.chat.admin.foreign_peers import adoptable, give, new_owner, tell_owner
from lib.chat.notify.claims_shown import claim_notice, update_claim
from lib.chat.notify.decisions_shown import tell_friend
from lib.chat.screens import Actor, done, show
from lib.errors import Refused
from lib.store import audit
from lib.store.claims import Claim, get_claim, move_claim
from lib.store.foreign import find_foreign
from lib.store.outbox import Outgoing, message_of
from lib.store.users import User, get_user

DECISIONS = ("approved", "rejected")


def show_claim(db: sqlite3.Connection, actor: Actor, claim_id: int, origin: str, now: int) -> list[Outgoing]:
    """Show a claim with the available decisions, as a page of the list or as the original card."""
    claim = _announced(db, claim_id)
    text, keyboard = claim_notice(db, actor.settings, claim, origin)(actor.language)
    if origin == keyboards.NOTICE or claim.state != "proven":
        return show(actor, text, keyboard, subject=waiting.card_subject(claim.subject, origin))
    person = [actor.button("person_button", "person", claim.user_id)]
    return waiting.show_pending(db, actor, text, claim.proven_at or claim.created_at, [*keyboard, person], now)


def judge(db: sqlite3.Connection, actor: Actor, claim_id: int, after: str, origin: str, now: int) -> list[Outgoing]:
    """Decide on a claim, once. Approved, it becomes the friend's config, even above their limit."""
    claim = _announced(db, claim_id)
    decided = move_claim(db, claim.id, "proven", after, now, actor.id)
    owner = get_user(db, claim.user_id)
    told = _approve(db, actor, claim, owner, now) if after == "approved" else _decline(db, actor, claim, owner, now)
    edits = update_claim(db, actor.settings, decided)
    return [*done(actor, f"done_{after}"), *told, *edits, *_show_next(db, actor, decided, origin, now)]


def _announced(db: sqlite3.Connection, claim_id: int) -> Claim:
    """Return a claim that the admins were told of; raise Refused('gone') for one that was not proven."""
    claim = get_claim(db, claim_id)
    if claim.proven_at is None:
        raise Refused("gone")
    return claim


def _approve(db: sqlite3.Connection, actor: Actor, claim: Claim, owner: User, now: int) -> list[Outgoing]:
    peer = find_foreign(db, claim.peer_id)
    if peer and not peer.live:
        raise Refused("claim_away")
    name = give(db, actor, adoptable(db, claim.peer_id or 0), new_owner(db, owner.id), now)
    return [tell_owner(db, actor, owner, "claim_given", now, name=name)]


def _decline(db: sqlite3.Connection, actor: Actor, claim: Claim, owner: User, now: int) -> list[Outgoing]:
    audit.note(db, now, actor.id, "claim_declined", f"user:{owner.id}", claim.name)
    return [tell_friend(owner, "claim_declined", name=claim.name)] if owner.state == "approved" else []


def _show_next(db: sqlite3.Connection, actor: Actor, claim: Claim, origin: str, now: int) -> list[Outgoing]:
    """Show the list again, or the decision in the tapped message, unless that is the actor's own card."""
    if origin == keyboards.LIST:
        return waiting.overview(db, actor, way_back.page_of(db, actor, "requests"), now)
    if message_of(db, claim.subject, actor.id) == actor.message_id:
        return []
    return show(actor, *claim_notice(db, actor.settings, claim)(actor.language))
