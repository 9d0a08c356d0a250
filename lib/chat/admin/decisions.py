"""Decisions on people, requests and helpers: the rows that change, the messages sent, and the next screen."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from lib.chat import keyboards, rules
from lib.chat.admin import waiting, way_back
from lib.chat.admin.person import get_non_admin, show_user
from lib.chat.commands import helper_commands
from lib.chat.friend.door import ASK_AGAIN_SECONDS
from lib.chat.notify import claims_shown, decisions_shown
from lib.chat.notify.passing_on import tell_other_keeper
from lib.chat.notify.removed_helpers import end_help
from lib.chat.phrases import span
from lib.chat.screens import Actor, Compose, Keyboard, about, confirm, done, show
from lib.chat.texts import plain, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import ConfigRequest, get_request, move_request, open_request
from lib.store.configs import configs_of
from lib.store.outbox import Outgoing, message_of
from lib.store.users import User, get_user, move_user, name_of, set_granted_by, set_helper


@dataclass(frozen=True)
class Step:
    """A decision: the states before and after, the reason (predefined or typed), and whether a config is included."""

    before: str
    after: str
    reason: str = ""
    with_config: bool = False


def decide(
    db: sqlite3.Connection, actor: Actor, user_id: int, before: str, after: str, origin: str, now: int
) -> list[Outgoing]:
    """Decide about a person; `origin` is where the button stands."""
    return show_decided(db, actor, *settle_person(db, actor, user_id, Step(before, after), now), origin, now)


def admit(db: sqlite3.Connection, actor: Actor, user_id: int, origin: str, now: int) -> list[Outgoing]:
    """Approve a person together with their first config."""
    settled = settle_person(db, actor, user_id, Step("pending", "approved", with_config=True), now)
    return show_decided(db, actor, *settled, origin, now)


def show_decided(
    db: sqlite3.Connection, actor: Actor, user: User, messages: list[Outgoing], origin: str, now: int
) -> list[Outgoing]:
    """Show a person after a decision, in place of the buttons; notices to others come first."""
    if origin == keyboards.LIST:
        return messages + waiting.overview(db, actor, way_back.page_of(db, actor, "requests"), now)
    if origin == keyboards.PAGE:
        return messages + show_user(db, actor, user, now)
    return messages + _show_here(db, actor, f"user:{user.id}", decisions_shown.user_notice(db, user))


def judge(db: sqlite3.Connection, actor: Actor, request_id: int, after: str, origin: str, now: int) -> list[Outgoing]:
    """Decide about a request; `origin` is where the button stands."""
    return show_judged(db, actor, *settle_request(db, actor, request_id, Step("pending", after), now), origin, now)


def show_judged(
    db: sqlite3.Connection, actor: Actor, request: ConfigRequest, messages: list[Outgoing], origin: str, now: int
) -> list[Outgoing]:
    """Show a request after a decision, in place of the buttons; notices to others come first."""
    if origin == keyboards.LIST:
        return messages + waiting.overview(db, actor, way_back.page_of(db, actor, "requests"), now)
    return messages + _show_here(db, actor, f"request:{request.id}", decisions_shown.request_notice(db, request))


def _show_here(db: sqlite3.Connection, actor: Actor, subject: str, notice: Compose) -> list[Outgoing]:
    """Show a decision in the tapped message, unless that is the actor's own notice, which is edited anyway."""
    return [] if message_of(db, subject, actor.id) == actor.message_id else show(actor, *notice(actor.language))


def confirm_block(db: sqlite3.Connection, actor: Actor, user_id: int, origin: str) -> list[Outgoing]:
    """Explain what blocking a person means."""
    user = get_user(db, user_id)
    if "blocked" not in keyboards.DECISIONS.get(user.state, ()):
        raise Refused(f"already_{user.state}", who=name_of(db, user.decided_by))
    if refusal := rules.why_not_decide(actor, user):
        raise Refused(refusal, who=name_of(db, user.decided_by))
    key = "confirm_block" if user.in_telegram else "confirm_block_offline"
    text = actor.say(key, count=len(configs_of(db, user.id)), **about(actor.language, user))
    yes = actor.button("block_now", "decide", user.id, user.state, "blocked", origin, style="danger")
    subject = waiting.card_subject(f"user:{user.id}", origin)
    return show(actor, text, [[yes], [waiting.back_to_person(actor, user.id, origin)]], subject=subject)


def settle_person(
    db: sqlite3.Connection, actor: Actor, user_id: int, step: Step, now: int
) -> tuple[User, list[Outgoing]]:
    """Apply a decision on a person if the actor's role allows it; return the person and the messages to send."""
    user = get_user(db, user_id)
    refusal = rules.why_not_decide(actor, user)
    if refusal and (refusal != "decided_by_admin" or step.before == user.state):  # otherwise another admin was faster
        raise Refused(refusal, who=name_of(db, user.decided_by))
    rules.check_decisions(db, actor, user, now)
    user, messages = decide_person(db, actor.settings, actor.id, user_id, step, now)
    toast = "admitted" if step.with_config else "unblocked" if step.before == "blocked" else step.after
    return user, [*done(actor, f"done_{toast}"), *messages]


def settle_request(
    db: sqlite3.Connection, actor: Actor, request_id: int, step: Step, now: int
) -> tuple[ConfigRequest, list[Outgoing]]:
    """Decide on a request; a helper can't decide on their own."""
    request = open_request(db, actor.id) if actor.role == "helper" else None
    if request and request.id == request_id and request.state == "pending":
        raise Refused("own_request")
    decided, messages = decide_request(db, actor.settings, actor.id, request_id, step, now)
    return decided, [*done(actor, f"done_{step.after}"), *messages]


def decide_person(
    db: sqlite3.Connection, settings: Settings, by: int, user_id: int, step: Step, now: int
) -> tuple[User, list[Outgoing]]:
    """Move a person to another state on behalf of `by`; return the updated row and the messages to send.

    Raise Refused if the person's state has changed meanwhile, or if this step is never allowed.
    """
    if step.after not in keyboards.DECISIONS.get(step.before, ()):
        raise Refused("old_button")
    if user_id in settings.admin_ids:
        raise Refused("is_admin")
    said = get_user(db, user_id).said  # the cards show it once more
    move_user(db, user_id, step.before, step.after, now, by)
    audit.note(db, now, by, step.after, f"user:{user_id}", step.reason or f"was {step.before}")
    user = replace(get_user(db, user_id), said=said)
    ended = []
    if step.after == "blocked":
        asked = open_request(db, user.id)
        ended = [*_reject_request(db, settings, by, user, now), *end_help(db, settings, by, user, asked)]
    if step.with_config or step.after == "blocked":
        set_granted_by(db, user.id, by if step.with_config else None)
    edits = decisions_shown.update_user_notices(db, settings, user)
    if user.in_telegram:
        here_already = claims_shown.offer(db, settings, user.language) if user.state == "approved" else []
        return user, [*edits, *ended, _tell_person(user, step, here_already)]
    key = "you_blocked_there" if step.after == "blocked" else "you_unblocked_there"
    return user, [*edits, *ended, *tell_other_keeper(db, settings, user, by, key)]


def _tell_person(user: User, step: Step, more: Keyboard) -> Outgoing:
    if user.state == "rejected":
        key = "you_rejected_why" if step.reason else "you_rejected"
        words = _reason_in_words(user.language, step.reason)
        return decisions_shown.tell_friend(user, key, span=span(user.language, ASK_AGAIN_SECONDS), reason=words)
    if user.state == "approved" and step.before != "blocked":
        return decisions_shown.welcome(user, "you_admitted" if step.with_config else "you_approved", more)
    return decisions_shown.tell_friend(user, "you_unblocked" if step.before == "blocked" else f"you_{user.state}")


def _reason_in_words(language: str, reason: str) -> str:
    """Return a reason as the person reads it: common ones start with a colon, all others were typed."""
    return plain(language, f"told_{reason[1:]}") if reason in rules.COMMON_REASONS else reason


def _reject_request(db: sqlite3.Connection, settings: Settings, by: int, user: User, now: int) -> list[Outgoing]:
    """Reject the open request of a person who is being blocked, so that it isn't approved later by mistake."""
    request = open_request(db, user.id)
    if request is None or request.state != "pending":
        return []
    move_request(db, request.id, "pending", "rejected", now, by)
    return decisions_shown.update_request_notices(db, settings, get_request(db, request.id))


def decide_request(
    db: sqlite3.Connection, settings: Settings, by: int, request_id: int, step: Step, now: int
) -> tuple[ConfigRequest, list[Outgoing]]:
    """Approve or reject a pending request in the name of `by`; the keeper makes and delivers what was approved."""
    move_request(db, request_id, step.before, step.after, now, by)
    audit.note(db, now, by, step.after, f"request:{request_id}", step.reason)
    request = get_request(db, request_id)
    owner = get_user(db, request.user_id)
    key = "request_rejected_why" if step.reason else f"request_{step.after}"
    text = say(owner.language, key, name=request.name, reason=_reason_in_words(owner.language, step.reason))
    edits = decisions_shown.update_request_notices(db, settings, request)
    return request, [*edits, *decisions_shown.tell_asker(db, settings, owner, request, text)]


def confirm_appointment(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Explain what a helper can do."""
    user = _candidate(db, actor, user_id)
    yes = actor.button("appoint_now", "helper", user.id, "on", style="primary")
    return confirm(actor, actor.say("confirm_appoint", name=user.full_name), yes, "person_more", user.id)


def set_help(db: sqlite3.Connection, actor: Actor, user_id: int, word: str, now: int) -> list[Outgoing]:
    """Make a friend a helper ("on"), or end their time as one ("off")."""
    user, helper = _candidate(db, actor, user_id), word == "on"
    if user.helper == helper:
        raise Refused("old_button")
    if helper:
        set_helper(db, user.id, True)
    asked = open_request(db, user.id)
    menu = helper_commands(actor.settings, user.id) if helper else end_help(db, actor.settings, actor.id, user, asked)
    audit.note(db, now, actor.id, "appoint" if helper else "dismiss", f"user:{user.id}")
    page = show_user(db, actor, replace(user, helper=int(helper)), now)
    told = decisions_shown.tell_friend(user, f"you_help_{word}")
    return [*done(actor, f"done_helper_{word}"), *page, told, *menu]


def _candidate(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Return an approved person who isn't an admin."""
    user = get_non_admin(db, actor, user_id)
    if not user.in_telegram:
        raise Refused("without_telegram")
    if user.state != "approved":
        raise Refused("person_outside")
    return user
