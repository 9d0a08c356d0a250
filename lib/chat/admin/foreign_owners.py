"""Assign owners to many peers that were added by hand: all at once by name, or through friends' claims."""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import dataclass

from lib.chat.admin.foreign_peers import give, overview, tell_owner
from lib.chat.admin.taking_back import is_up, offer_all
from lib.chat.input import readable
from lib.chat.notify.claims_shown import free_peers
from lib.chat.paging import page_of
from lib.chat.phrases import shorten
from lib.chat.rules import has_used_up
from lib.chat.screens import Actor, done, show, username_of
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store import audit
from lib.store.foreign import ForeignPeer
from lib.store.namesakes import owners_by_name, people_by_name
from lib.store.outbox import Outgoing
from lib.store.preferences import set_preference
from lib.store.users import User, count_users, list_users

ON_A_PAGE = 8  # pairs, each in a line or two of a phone
UNCLEAR = 2  # of those that several people could own are named
LENGTH = 14  # UTF-16 units of a name in a pair


@dataclass(frozen=True)
class _Proposal:
    """Which friend each peer belongs to by its name; `unclear` peers could be several people's, `rest` are nobody's."""

    pairs: list[tuple[ForeignPeer, User]]
    unclear: list[ForeignPeer]
    rest: int

    @property
    def mark(self) -> int:
        """A number by which a button knows the list that it stands below."""
        return zlib.crc32(json.dumps([(peer.id, user.id) for peer, user in self.pairs]).encode())


def _propose(db: sqlite3.Connection) -> _Proposal:
    people = people_by_name(list_users(db, "approved", count_users(db, "approved")))
    found = [(peer, owners_by_name(peer.name, people)) for peer in free_peers(db)]
    pairs = [(peer, owners[0]) for peer, owners in found if len(owners) == 1]
    unclear = [peer for peer, owners in found if len(owners) > 1]
    return _Proposal(pairs, unclear, len(found) - len(pairs) - len(unclear))


def show_pairs(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List which friend gets which peer, a page of it, above the button that gives them all."""
    proposal = _propose(db)
    here = page_of(page, len(proposal.pairs), ON_A_PAGE)
    shown = here.of(proposal.pairs)
    over = {user for _, user in shown if has_used_up(db, actor.settings, user, now)}
    lines = "\n".join(_line(actor, peer, user, user in over) for peer, user in shown)
    yes = actor.button("by_name_now", "give_by_name", proposal.mark, style="success")
    text = actor.say(
        "by_name" if proposal.pairs else "by_name_none",
        count=len(proposal.pairs),
        lines=Markup(lines),
        over=actor.say("by_name_over") if over else "",
        unclear=_describe_unclear(actor, proposal),
        rest=actor.say("by_name_rest", count=proposal.rest) if proposal.rest else "",
    )
    keyboard = [[yes] if proposal.pairs else [], *here.buttons("by_name"), [actor.back("foreign", 0)]]
    return show(actor, text, keyboard)


def _line(actor: Actor, peer: ForeignPeer, user: User, over: bool) -> Markup:
    username = f" ({username_of(actor.language, user)})" if user.username else ""
    return actor.say(
        "by_name_line",
        peer=shorten(readable(peer.name), LENGTH),
        name=shorten(user.full_name, LENGTH),
        username=f"{username} ⚠️" if over else username,
    )


def _describe_unclear(actor: Actor, proposal: _Proposal) -> Markup:
    if not proposal.unclear:
        return Markup("")
    names = ", ".join(shorten(readable(peer.name), LENGTH) for peer in proposal.unclear[:UNCLEAR])
    more = ", …" if len(proposal.unclear) > UNCLEAR else ""
    return actor.say("by_name_unclear", count=len(proposal.unclear), names=f"{names}{more}")


def give_all(db: sqlite3.Connection, actor: Actor, mark: int, now: int) -> list[Outgoing]:
    """Give all the peers of the list to their friends; each friend is told once."""
    proposal = _propose(db)
    if not proposal.pairs or proposal.mark != mark:
        raise Refused("by_name_changed")
    given: dict[User, list[str]] = {}
    for peer, owner in proposal.pairs:
        given.setdefault(owner, []).append(give(db, actor, peer, owner, now))
    told = [_tell(db, actor, owner, names, now) for owner, names in given.items()]
    count, undoable = len(proposal.pairs), is_up(db) and not actor.settings.container
    page = offer_all(actor, count, now) if undoable else overview(db, actor, 0, now)
    return [*done(actor, "done_by_name", count=count), *page, *told]


def _tell(db: sqlite3.Connection, actor: Actor, owner: User, names: list[str], now: int) -> Outgoing:
    if len(names) == 1:
        return tell_owner(db, actor, owner, "you_were_given", now, name=names[0])
    return tell_owner(db, actor, owner, "you_were_given_many", now, names=shorten(", ".join(names), 1000))


def show_claims_setting(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Explain what it means that friends claim their peers, and offer to switch that on or off."""
    return _show_setting(actor, actor.settings.claims)


def set_claims(db: sqlite3.Connection, actor: Actor, word: str, now: int) -> list[Outgoing]:
    """Allow ("on") or forbid ("off") claims by friends; existing claims continue."""
    if actor.settings.claims != (word == "on"):
        in_file = (actor.settings.of_file or actor.settings).claims
        set_preference(db, "CLAIMS", None if in_file == (word == "on") else "yes" if word == "on" else "no")
        audit.note(db, now, actor.id, "set", "setting:CLAIMS", word)
    return [*done(actor, "done_set"), *_show_setting(actor, word == "on")]


def _show_setting(actor: Actor, allowed: bool) -> list[Outgoing]:
    text = actor.say("claims_allowed" if allowed else "claims_forbidden")
    off, on = (actor.button(f"claims_turn_{word}", "claims_set", word) for word in ("off", "on"))
    return show(actor, text, [[off if allowed else on], [actor.back("foreign", 0)]])
