"""The proof of a claim: the keeper watches a peer go silent and come back with a new connection, and says so."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat import keyboards
from lib.chat.notify.claims_shown import announce_claim, update_claim
from lib.chat.screens import Keyboard, say_to, text_button
from lib.chat.texts import say
from lib.settings import Settings
from lib.store import audit, claims
from lib.store.claims import Claim
from lib.store.counters import LITTLE, may_be_same
from lib.store.foreign import ForeignPeer, find_foreign
from lib.store.keeper_notes import Health, read_fact
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user

SILENT = 40  # seconds without a byte mean that it is off: a device that is on sends a keepalive every 25 to 35
WINDOW = 120  # seconds to switch it off, and as many to switch it on again
APART = 30  # the most seconds between two looks; after a longer gap (downtime, clock change) the wait restarts
LONGEST = 900  # seconds of a watch, with all its interruptions
SAID = ("claim_off", "claim_again")  # what is said while the watch goes on


def follow(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Return the messages about the claims that are being watched, and about those whose peer is gone."""
    claims.forget_old(db, now)
    return [message for claim in claims.open_claims(db) for message in _follow_one(db, settings, claim, now)]


def _follow_one(db: sqlite3.Connection, settings: Settings, claim: Claim, now: int) -> list[Outgoing]:
    owner, peer = get_user(db, claim.user_id), find_foreign(db, claim.peer_id)
    if owner.state != "approved":
        return _lose(db, settings, claim, now)
    if peer is None or peer.evicted_at is not None or (claim.state == "watched" and not peer.live and _is_up(db)):
        return [*_lose(db, settings, claim, now), _tell(owner, claim, "claim_lost")]
    if claim.state == "proven":
        return []
    if now - claim.created_at > LONGEST:
        return [*_lose(db, settings, claim, now), _tell(owner, claim, "claim_interrupted")]
    seen, verdict = look(claim, peer, now) if _is_up(db) else (interrupted(claim, now), "")
    claims.keep_watch(db, seen)
    return _conclude(db, settings, claim, owner, verdict, now) if verdict else []


def _is_up(db: sqlite3.Connection) -> bool:
    health = read_fact(db, Health)
    return health is not None and health.up


def look(claim: Claim, peer: ForeignPeer, now: int) -> tuple[Claim, str]:
    """Compare a peer with the last look at it; return the watch as it is now, and the key of what there is to say.

    Switched on again, a device has to make a new connection; one that was on all along goes on with its old one.
    """
    if not may_be_same(claim.interface_id, peer.interface_id) or peer.received < claim.received:
        # After a restart of the server, every device connects again.
        again = replace(_compared(claim, peer, now), begun_at=now, heard_at=None, off_at=None)
        return again, "claim_again" if claim.off_at is not None else ""
    if now < claim.looked_at:
        return _compared(interrupted(claim, now), peer, now), ""
    return _wait_for_silence(claim, peer, now) if claim.off_at is None else _wait_for_return(claim, peer, now)


def interrupted(claim: Claim, now: int) -> Claim:
    """Return a watch that resumes as if no time had passed since the last look."""
    heard, off = (None if moment is None else now for moment in (claim.heard_at, claim.off_at))
    begun = min(claim.created_at, now)
    return replace(claim, created_at=begun, begun_at=now, looked_at=now, heard_at=heard, off_at=off)


def _compared(claim: Claim, peer: ForeignPeer, now: int) -> Claim:
    """Return a watch whose next look is compared with this one."""
    return replace(
        claim,
        looked_at=now,
        received=peer.received,
        handshake_at=peer.handshake_at,
        interface_id=peer.interface_id,
        port=peer.port,
    )


def _wait_for_silence(claim: Claim, peer: ForeignPeer, now: int) -> tuple[Claim, str]:
    came = peer.received > claim.received
    seen = replace(_compared(claim, peer, now), heard_at=now if came else claim.heard_at)
    if now - claim.looked_at > APART:
        return replace(seen, begun_at=now), ""
    if now - max(seen.begun_at, seen.heard_at or 0) >= SILENT:
        return replace(seen, off_at=now), "claim_off"
    # If the device is silent now, it may have been switched off late in the window: wait until that is certain.
    return seen, "claim_still_on" if came and now - claim.begun_at > WINDOW else ""


def _wait_for_return(claim: Claim, peer: ForeignPeer, now: int) -> tuple[Claim, str]:
    """Wait for bytes with a new handshake; the counters stay those of the moment when it was found to be off."""
    assert claim.off_at is not None, "look() checks that"
    seen, came = replace(claim, looked_at=now), peer.received - claim.received
    if not came and now - claim.looked_at > APART:
        return replace(seen, off_at=now), ""
    if came and peer.handshake_at > claim.handshake_at and peer.handshake_at - claim.off_at <= WINDOW:
        known = claim.port is not None and peer.port is not None
        return replace(seen, moved=int(claim.port != peer.port) if known else None), "claim_proven"
    if came >= LITTLE and peer.handshake_at == claim.handshake_at:
        return seen, "claim_was_on"
    return seen, "claim_not_back" if now - claim.off_at > WINDOW else ""


def _conclude(
    db: sqlite3.Connection, settings: Settings, claim: Claim, owner: User, verdict: str, now: int
) -> list[Outgoing]:
    """Say what was seen; a proven claim goes to the admins, and what proves nothing is over."""
    if verdict in SAID:
        return [_tell(owner, claim, verdict)]
    if verdict != "claim_proven":
        claims.move_claim(db, claim.id, "watched", "failed", now)
        return [_tell(owner, claim, verdict)]
    proven = claims.move_claim(db, claim.id, "watched", "proven", now)
    audit.note(db, now, owner.id, "claim", f"user:{owner.id}", claim.name)
    return [_tell(owner, claim, verdict), *announce_claim(db, settings, proven)]


def _lose(db: sqlite3.Connection, settings: Settings, claim: Claim, now: int) -> list[Outgoing]:
    """End a claim that nobody has to decide on any more; it counts as no try."""
    return update_claim(db, settings, claims.move_claim(db, claim.id, claim.state, "lost", now))


def _tell(owner: User, claim: Claim, key: str) -> Outgoing:
    return say_to(owner.id, say(owner.language, key, name=claim.name), _ways_on(owner.language, claim, key))


def _ways_on(language: str, claim: Claim, key: str) -> Keyboard:
    if key in SAID:
        return [[text_button(language, "claim_stop_button", "claim_stop", claim.id)]]
    if key in ("claim_proven", "claim_lost"):
        return keyboards.to_menu(language)
    again = text_button(language, "claim_retry", "claim", claim.peer_id)
    return [[again, text_button(language, "claim_other", "claims", 0)], *keyboards.to_menu(language)]
