"""Claims as people see them: the way in for friends, and the admins' cards about what was proven."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from lib.chat import keyboards
from lib.chat.input import NAME_LENGTH, readable
from lib.chat.notify.decisions_shown import Notice
from lib.chat.phrases import shorten
from lib.chat.rules import config_limit
from lib.chat.screens import Keyboard, about, edit_notices, tell_admins, text_button
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.claims import Claim
from lib.store.configs import configs_of, is_taken
from lib.store.foreign import ForeignPeer, find_foreign, list_unclaimed
from lib.store.outbox import Outgoing
from lib.store.users import get_user, name_of

ADDRESS = 15  # the longest address in a title: an IPv4 address always fits


def offer(db: sqlite3.Connection, settings: Settings, language: str) -> Keyboard:
    """The button for a friend with a VPN from before the bot; none if the admins don't want it, or nothing is free."""
    if not settings.claims or not any(free_peers(db)):
        return []
    return [[text_button(language, "claim_button", "claims", 0)]]


def free_peers(db: sqlite3.Connection) -> Iterator[ForeignPeer]:
    """Yield the peers that have a name and can become a friend's config, in the order of their names."""
    for peer in list_unclaimed(db):
        if peer.addresses and readable(peer.name) and not is_taken(db, filter(None, peer.addresses)):
            yield peer


def title_of(peer: ForeignPeer) -> str:
    """Return a title for a peer: its address, preferably IPv4, and its name or the start of its key.

    A long address is cut at the start, because peers of one network differ at the end; so the name fits on a button.
    """
    addresses = sorted((network.partition("/")[0] for network in peer.allowed_ips), key=lambda one: ":" in one)
    address = next(iter(addresses), "—")
    address = address if len(address) <= ADDRESS else f"…{address[1 - ADDRESS :]}"
    return f"{address} · {shorten(readable(peer.name), NAME_LENGTH) or f'{peer.public_key[:6]}…'}"


def announce_claim(db: sqlite3.Connection, settings: Settings, claim: Claim) -> list[Outgoing]:
    """Ask every admin to decide on a claim that was proven."""
    return tell_admins(db, settings, claim_notice(db, settings, claim), claim.subject)


def update_claim(db: sqlite3.Connection, settings: Settings, claim: Claim) -> list[Outgoing]:
    """Show in every card what became of a claim."""
    return edit_notices(db, settings, claim.subject, claim_notice(db, settings, claim))


def claim_notice(db: sqlite3.Connection, settings: Settings, claim: Claim, origin: str = keyboards.NOTICE) -> Notice:
    """Describe a proven claim with the two decisions, or with the one that was made."""
    user, who = get_user(db, claim.user_id), name_of(db, claim.decided_by)
    held, limit = len(configs_of(db, user.id)), config_limit(settings, user)
    peer = find_foreign(db, claim.peer_id)
    device = title_of(peer) if peer else claim.name

    def notice(language: str) -> tuple[Markup, Keyboard]:
        values = {"device": device, "proof": _proof(language, claim), "count": held, "limit": limit}
        text = say(language, "claim_card", **about(language, user), **values)
        if claim.state == "proven":
            return text, _decisions(language, claim, origin)
        became = "claim_became_lost" if claim.state == "lost" else f"decided_{claim.state}"
        return Markup(text + say(language, became, who=who)), keyboards.to_waiting(language)

    return notice


def _proof(language: str, claim: Claim) -> str:
    """Explain what was seen and what it proves: an app that was switched on has a new port, unlike one that woke up."""
    seen = plain(language, "claim_proof_on" if claim.heard_at is None else "claim_proof_cycle")
    if claim.moved is None:
        return seen + (plain(language, "claim_maybe_awake") if claim.heard_at is None else "")
    return seen + plain(language, "claim_new_port" if claim.moved else "claim_same_port")


def _decisions(language: str, claim: Claim, origin: str) -> Keyboard:
    here = () if origin == keyboards.NOTICE else (origin,)
    return [
        [
            text_button(language, "approve", "claim_judge", claim.id, "approved", *here, style="success"),
            text_button(language, "reject", "claim_judge", claim.id, "rejected", *here, style="danger"),
        ]
    ]
