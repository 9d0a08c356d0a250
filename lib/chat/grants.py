"""What an admin grants one friend: a config without a request, a limit of the month, a number of configs."""

from __future__ import annotations

import re
import sqlite3

from lib.chat import notices
from lib.chat.asking import clean_name
from lib.chat.person import is_admin, limit_in_words, quota_in_words, show_person
from lib.chat.screens import Actor, Button, button, show, toast
from lib.chat.texts import plain, say, size
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import add_request, move_request, open_request
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_awaiting, set_config_limit, set_quota
from lib.values import GIGABYTE, quota

DEVICES = ("phone", "laptop")
QUOTAS = ("10", "50", "100", "500")  # gigabytes
LIMITS = tuple(map(str, range(1, 11)))
AS_EVERYBODY, NONE = "default", "0"


def choose_device(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Ask what the config is for."""
    user = _may_get_one(db, args[0])
    text = say(actor.language, "issue", name=user.full_name)
    keyboard = [
        [button(plain(actor.language, f"device_{kind}"), "issue_as", user.id, kind) for kind in DEVICES],
        [button(plain(actor.language, "device_own"), "issue_own", user.id)],
        [_back(actor, user)],
    ]
    return show(actor, text, keyboard)


def issue_for_known_device(db: sqlite3.Connection, actor: Actor, args: tuple[int, str], now: int) -> list[Outgoing]:
    """Issue a config with one of the offered names, in the friend's language."""
    if args[1] not in DEVICES:
        raise Refused("old_button")
    return _issue(db, actor, args[0], plain(get_user(db, args[0]).language, f"name_{args[1]}"), now)


def ask_device_name(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Let the next message be the device's name."""
    user = _may_get_one(db, args[0])
    set_awaiting(db, actor.id, f"issue_name:{user.id}")
    return show(actor, say(actor.language, "issue_type", name=user.full_name), [[_back(actor, user)]])


def take_device_name(db: sqlite3.Connection, actor: Actor, args: tuple[str, int], now: int) -> list[Outgoing]:
    """Issue a config with the name that was typed."""
    return _issue(db, actor, args[1], clean_name(args[0]), now)


def _may_get_one(db: sqlite3.Connection, user_id: int) -> User:
    """Read somebody inside for whom no config is being decided or made; an admin may go above their limit."""
    user = get_user(db, user_id)
    if user.state != "approved":
        raise Refused("person_outside")
    if open_request(db, user_id):
        raise Refused("person_asks")
    return user


def _issue(db: sqlite3.Connection, actor: Actor, user_id: int, name: str, now: int) -> list[Outgoing]:
    """Ask in the friend's place and approve at once; the keeper makes and delivers it."""
    user = _may_get_one(db, user_id)
    set_awaiting(db, actor.id, None)
    request_id = add_request(db, user.id, name, now)
    move_request(db, request_id, "pending", "approved", now, actor.id)
    audit.note(db, now, actor.id, "issue", f"user:{user.id}", f"request:{request_id}")
    told = [notices.tell_friend(db, user.id, "you_were_issued", name=name)] if user.id != actor.id else []
    return [*_done(actor, "done_issue"), *show_person(db, actor, (user.id,), now), *told]


def choose_quota(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Offer the limits of a month."""
    user = get_user(db, args[0])
    present = AS_EVERYBODY if user.quota_bytes is None else f"{user.quota_bytes / GIGABYTE:g}"
    sizes = [
        _choice(size(actor.language, int(word) * GIGABYTE), present, "person_quota", user, word) for word in QUOTAS
    ]
    keyboard = [
        [_choice(plain(actor.language, "grant_as_everybody"), present, "person_quota", user, AS_EVERYBODY)],
        [_choice(plain(actor.language, "quota_none"), present, "person_quota", user, NONE)],
        sizes,
        [button(plain(actor.language, "quota_own"), "person_own_quota", user.id)],
        [_back(actor, user)],
    ]
    words = quota_in_words(actor, user)
    return show(actor, say(actor.language, "person_quotas", name=user.full_name, quota=words), keyboard)


def take_quota(db: sqlite3.Connection, actor: Actor, args: tuple[int, str], now: int) -> list[Outgoing]:
    """Set one of the offered limits."""
    user_id, word = args
    if word not in (AS_EVERYBODY, NONE, *QUOTAS):
        raise Refused("old_button")
    return _set_quota(db, actor, user_id, None if word == AS_EVERYBODY else int(word) * GIGABYTE, now)


def ask_quota(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Let the next message be the number of gigabytes."""
    user = get_user(db, args[0])
    set_awaiting(db, actor.id, f"person_gb:{user.id}")
    return show(actor, say(actor.language, "quota_type", name=user.full_name), [[_back(actor, user)]])


def take_typed_quota(db: sqlite3.Connection, actor: Actor, args: tuple[str, int], now: int) -> list[Outgoing]:
    """Set the limit that was typed, such as 25, 2.5 or 30 GB."""
    match = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*(?:gb|гб)?\s*", args[0].lower())
    try:
        amount = quota(match[1].replace(",", ".") if match else "")
    except ValueError:
        raise Refused("bad_quota") from None
    return _set_quota(db, actor, args[1], amount, now)


def _set_quota(db: sqlite3.Connection, actor: Actor, user_id: int, amount: int | None, now: int) -> list[Outgoing]:
    user = get_user(db, user_id)
    set_awaiting(db, actor.id, None)
    if user.quota_bytes != amount:
        set_quota(db, user.id, amount)
        audit.note(db, now, actor.id, "quota", f"user:{user.id}", AS_EVERYBODY if amount is None else str(amount))
    return [*_done(actor, "done_granted"), *show_person(db, actor, (user.id,), now)]


def choose_limit(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Offer the numbers of configs."""
    user = _limited(db, actor, args[0])
    present = AS_EVERYBODY if user.config_limit is None else str(user.config_limit)
    numbers = [_choice(word, present, "person_limit", user, word) for word in LIMITS]
    keyboard = [
        [_choice(plain(actor.language, "grant_as_everybody"), present, "person_limit", user, AS_EVERYBODY)],
        numbers[:5],
        numbers[5:],
        [_back(actor, user)],
    ]
    words = limit_in_words(actor, user)
    return show(actor, say(actor.language, "person_limits", name=user.full_name, limit=words), keyboard)


def take_limit(db: sqlite3.Connection, actor: Actor, args: tuple[int, str], now: int) -> list[Outgoing]:
    """Set how many configs a friend may hold; what they hold already they keep."""
    if args[1] not in (AS_EVERYBODY, *LIMITS):
        raise Refused("old_button")
    user, limit = _limited(db, actor, args[0]), None if args[1] == AS_EVERYBODY else int(args[1])
    if user.config_limit != limit:
        set_config_limit(db, user.id, limit)
        audit.note(db, now, actor.id, "limit", f"user:{user.id}", args[1])
    return [*_done(actor, "done_granted"), *show_person(db, actor, (user.id,), now)]


def _limited(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Read somebody whose configs are counted; admins take as many as they like."""
    user = get_user(db, user_id)
    if is_admin(actor, user):
        raise Refused("is_admin")
    return user


def _choice(label: str, present: str, verb: str, user: User, word: str) -> Button:
    return button(f"✅ {label}" if word == present else label, verb, user.id, word)


def _back(actor: Actor, user: User) -> Button:
    return button(plain(actor.language, "back"), "person", user.id)


def _done(actor: Actor, key: str) -> list[Outgoing]:
    """Answer the tap, where it was one."""
    return [toast(actor, plain(actor.language, key))] if actor.query_id else []
