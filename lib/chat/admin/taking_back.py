"""Take back a peer that was given to the wrong friend: it has no owner again, and its device stays connected."""

from __future__ import annotations

import sqlite3

from lib.chat.admin import way_back
from lib.chat.admin.foreign_peers import overview
from lib.chat.notify.decisions_shown import tell_friend
from lib.chat.phrases import shorten
from lib.chat.rules import this_month, why_off
from lib.chat.screens import Actor, Button, confirm, done, show
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.configs import Config, find_config, given_at, release
from lib.store.foreign import add_released
from lib.store.keeper_notes import Health, read_fact
from lib.store.outbox import Outgoing
from lib.store.told import forget_told
from lib.store.users import User, get_user


def was_given(settings: Settings, config: Config) -> bool:
    """Return True if a config was a peer added by hand that an admin gave to a friend, and can be taken back.

    In a container it can't: the .conf there now has it as one of the bot's peers, and would lose it with the config.
    """
    return bool(config.given) and not settings.container


def way_back_of(db: sqlite3.Connection, actor: Actor, config: Config, off: str) -> list[Button]:
    """Return the button that takes a config's peer back, if that is possible; `off` is the result of why_off."""
    if off or not was_given(actor.settings, config) or not is_up(db):
        return []
    return [actor.button("not_theirs", "confirm_take_back", config.id)]


def is_up(db: sqlite3.Connection) -> bool:
    """Return True if the interface is up. A peer that isn't on it would be lost."""
    health = read_fact(db, Health)
    return health is not None and health.up


def confirm_one(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Explain what it means to take a peer back."""
    config, owner = _takeable(db, actor, config_id, now)
    text = actor.say("confirm_take_back", device=config.name, owner=owner.full_name)
    return confirm(actor, text, actor.button("take_back_now", "take_back", config.id), "held", config.id)


def take_one(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Take back one peer."""
    config, owner = _takeable(db, actor, config_id, now)
    _release(db, actor, config, now)
    told = tell_friend(owner, "you_gave_back", names=config.name)
    return [
        *done(actor, "done_given_back", count=1),
        *overview(db, actor, way_back.page_of(db, actor, "foreign"), now),
        told,
    ]


def offer_all(actor: Actor, count: int, moment: int) -> list[Outgoing]:
    """Confirm that all peers were given, with a button to undo that; `moment` identifies them."""
    undo = actor.button("take_all_back", "confirm_take_all_back", moment)
    return show(actor, actor.say("given_by_name", count=count), [[undo], [actor.back("foreign", 0)]])


def confirm_all(db: sqlite3.Connection, actor: Actor, moment: int, now: int) -> list[Outgoing]:
    """Explain what it means to take back all peers that were given at `moment`."""
    found, left = _takeable_at(db, actor, moment, now)
    staying = actor.say("not_taken_back", count=left) if left else ""
    text = actor.say("confirm_take_all_back", count=len(found), left=staying)
    return confirm(actor, text, actor.button("take_all_back_now", "take_all_back", moment), "foreign", 0)


def take_all(db: sqlite3.Connection, actor: Actor, moment: int, now: int) -> list[Outgoing]:
    """Take back all peers that were given at `moment` and are still on; send each friend one message."""
    found, _ = _takeable_at(db, actor, moment, now)
    names: dict[User, list[str]] = {}
    for config, owner in found:
        _release(db, actor, config, now)
        names.setdefault(owner, []).append(config.name)
    told = [tell_friend(owner, "you_gave_back", names=shorten(", ".join(gone), 1000)) for owner, gone in names.items()]
    return [*done(actor, "done_given_back", count=len(found)), *overview(db, actor, 0, now), *told]


def _takeable_at(db: sqlite3.Connection, actor: Actor, moment: int, now: int) -> tuple[list[tuple[Config, User]], int]:
    """Return what was given at `moment` and can be taken back, and how many can't. Raise Refused if none can."""
    given = [config for config in given_at(db, moment) if was_given(actor.settings, config)]
    pairs = [(config, get_user(db, config.user_id)) for config in given]
    refusals = [_why_not(db, actor, config, owner, now) for config, owner in pairs]
    if all(refusals):
        raise Refused(refusals[0] if refusals else "gone")
    found = [pair for pair, refusal in zip(pairs, refusals, strict=True) if not refusal]
    return found, len(given) - len(found)


def _takeable(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> tuple[Config, User]:
    config = find_config(db, config_id)
    if config is None:
        raise Refused("gone")
    if not was_given(actor.settings, config):
        raise Refused("take_back_inside" if config.given else "not_given")
    owner = get_user(db, config.user_id)
    if refusal := _why_not(db, actor, config, owner, now):
        raise Refused(refusal)
    return config, owner


def _why_not(db: sqlite3.Connection, actor: Actor, config: Config, owner: User, now: int) -> str:
    """Return why a peer can't be taken back now, or ''. One that is off would stay off: the bot adds only its own."""
    if not is_up(db):
        return "take_back_down"
    used = this_month(db, actor, owner.id, now).used.total
    return "take_back_off" if why_off(actor.settings, config, owner, used, now) else ""


def _release(db: sqlite3.Connection, actor: Actor, config: Config, now: int) -> None:
    """Turn a config's peer back into a foreign one; its traffic so far stays with its owner."""
    release(db, config.id, now)
    add_released(db, config, now)
    forget_told(db, f"config:{config.id}")
    audit.note(db, now, actor.id, "take_back", f"config:{config.id}")
