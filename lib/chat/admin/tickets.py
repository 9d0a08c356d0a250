"""Admins' actions on a friend's message, complaint or wish: answer, grant or close it once, and view its author."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from lib import days
from lib.chat import keyboards
from lib.chat.admin import person, person_config, person_configs, waiting
from lib.chat.input import ask, take_lines
from lib.chat.notify.decisions_shown import tell_friend
from lib.chat.notify.tickets_shown import concerned, configs_to_send, quoted, ticket_notice, update_ticket
from lib.chat.phrases import size
from lib.chat.rules import NEARLY, STEPS, is_over, quota_of, this_month
from lib.chat.screens import Actor, done, say_to, show
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.store import audit, tickets
from lib.store.configs import find_config, get_config
from lib.store.outbox import Outgoing, message_of
from lib.store.tickets import Ticket, get_open, get_sent
from lib.store.told import forget_told, tell_once
from lib.store.users import User, get_user, set_quota
from lib.values import GIGABYTE

ANSWER_LENGTH = 2500  # UTF-16 units: beside the question, and with names, this fits into one message
MORE_DAYS = 30
GRANTS = ("more", "never")  # so much more, or no limit and no end
AMOUNTS = ("0", *map(str, STEPS))  # gigabytes more; 0 for whatever is not counted in them


def show_ticket(db: sqlite3.Connection, actor: Actor, ticket_id: int, origin: str, now: int) -> list[Outgoing]:
    """Show a ticket as it is now, as a page of the list or as the original card."""
    ticket = get_sent(db, ticket_id)
    text, keyboard = ticket_notice(db, actor.settings, ticket)(actor.language)
    if origin == keyboards.NOTICE or ticket.closed_at is not None:
        return show(actor, text, keyboard, subject=waiting.card_subject(ticket.subject, origin))
    return waiting.show_pending(db, actor, text, ticket.sent_at or ticket.created_at, keyboard, now)


def show_person(db: sqlite3.Connection, actor: Actor, ticket_id: int, now: int) -> list[Outgoing]:
    """Show the ticket's author, below the card."""
    return person.show_person(db, replace(actor, on_text=False), get_sent(db, ticket_id).user_id, now)


def send_file(db: sqlite3.Connection, actor: Actor, ticket_id: int, now: int) -> list[Outgoing]:
    """Send the friend their file again; if they have several, show the list below the card."""
    ticket = get_sent(db, ticket_id)
    configs = configs_to_send(db, ticket)
    if len(configs) > 1:
        return person_configs.list_configs(db, replace(actor, on_text=False), ticket.user_id, 0, now)
    if not configs:
        raise Refused("held_without_file" if concerned(db, ticket) else "gone")
    return person_config.send_again(db, actor, configs[0].id, now)


def ask_answer(db: sqlite3.Connection, actor: Actor, ticket_id: int) -> list[Outgoing]:
    """Ask for the answer, in place of the card or of the page of the list."""
    ticket, user = _answerable(db, ticket_id)
    origin = keyboards.NOTICE if _is_card(db, actor, ticket) else keyboards.LIST
    subject = waiting.card_subject(ticket.subject, origin)
    question = actor.say("ticket_type", name=user.full_name, question=_question(db, actor.language, ticket))
    back = actor.back("ticket", ticket.id, origin)
    return ask(db, actor, f"answer:{ticket.id}", question, [[back]], subject=subject)


def take_answer(db: sqlite3.Connection, actor: Actor, typed: str, ticket_id: int, now: int) -> list[Outgoing]:
    """Send the answer to the friend as a reply, unless another admin was faster."""
    (ticket, user), text = _answerable(db, ticket_id), take_lines(typed, ANSWER_LENGTH, "bad_answer")
    question = _question(db, user.language, ticket)
    closed = tickets.close(db, ticket, "answer", actor.id, now)
    audit.note(db, now, actor.id, "answer", f"user:{user.id}")
    to_friend = tell_friend(user, "answer", who=actor.name, question=question, text=text)
    sent = say_to(actor.id, actor.say("answer_sent"), [*keyboards.to_waiting(actor.language), [actor.to_menu()]])
    return [sent, *update_ticket(db, actor.settings, closed), to_friend]


def _question(db: sqlite3.Connection, language: str, ticket: Ticket) -> Markup:
    """Return the quote above the answer: the friend's words, or the device that does not work."""
    if ticket.kind == "message":
        return quoted(ticket.text)
    config = find_config(db, ticket.config_id or 0)
    return quoted(say(language, "answer_complaint", device=config.name if config else "—"))


def _answerable(db: sqlite3.Connection, ticket_id: int) -> tuple[Ticket, User]:
    ticket = get_open(db, ticket_id)
    if ticket.kind not in ("message", "complaint"):
        raise Refused("old_button")
    user = get_user(db, ticket.user_id)
    if not user.reachable:
        raise Refused("person_unreachable_now")
    return ticket, user


def finish(db: sqlite3.Connection, actor: Actor, ticket_id: int, now: int) -> list[Outgoing]:
    """Close a ticket without an answer: the admin wrote elsewhere, or there is nothing to say."""
    ticket = get_open(db, ticket_id)
    audit.note(db, now, actor.id, "close", f"user:{ticket.user_id}")
    return [*done(actor, "done_ticket"), *_close(db, actor, ticket, "done", now)]


def _close(db: sqlite3.Connection, actor: Actor, ticket: Ticket, outcome: str, now: int) -> list[Outgoing]:
    """Close a ticket, and a wish with all others for the same; show that on every card and in the tapped message."""
    alike = tickets.same_wishes(db, ticket) if ticket.kind in ("traffic", "time") else [ticket]
    here = not _is_card(db, actor, ticket)
    messages = []
    for closed in (tickets.close(db, one, outcome, actor.id, now) for one in alike):
        messages += update_ticket(db, actor.settings, closed)
        if here and closed.id == ticket.id:
            messages += show(actor, *ticket_notice(db, actor.settings, closed)(actor.language))
    return messages


def _is_card(db: sqlite3.Connection, actor: Actor, ticket: Ticket) -> bool:
    """Return True if the tapped message is the actor's own card, which is edited anyway."""
    return message_of(db, ticket.subject, actor.id) == actor.message_id


def grant(db: sqlite3.Connection, actor: Actor, ticket_id: int, word: str, gigabytes: str, now: int) -> list[Outgoing]:
    """Grant a wish, once: more traffic or time than when the friend asked, or no limit at all."""
    ticket = get_open(db, ticket_id)
    if ticket.kind not in ("traffic", "time") or (ticket.kind, word, gigabytes) == ("traffic", "more", "0"):
        raise Refused("old_button")
    user = get_user(db, ticket.user_id)
    if user.state != "approved":
        raise Refused("person_outside")
    outcome, limit = f"{ticket.kind}_{word}", 0
    if ticket.kind == "time":
        told = _grant_time(db, actor, ticket, user, word, now)
    else:
        limit = (ticket.present or 0) + int(gigabytes) * GIGABYTE if word == "more" else 0
        told = _grant_traffic(db, actor, ticket, user, limit, now)
    shown = _close(db, actor, ticket, f"{outcome}:{limit}" if limit else outcome, now)
    return [*done(actor, f"done_{outcome}", quota=size(actor.language, limit)), *shown, *told]


def _grant_traffic(
    db: sqlite3.Connection, actor: Actor, ticket: Ticket, user: User, limit: int, now: int
) -> list[Outgoing]:
    """Raise a friend's monthly limit permanently; 0 removes it."""
    if quota_of(actor.settings, user.quota_bytes) != ticket.present:
        raise Refused("ticket_changed")
    set_quota(db, user.id, limit)
    forget_told(db, f"user:{user.id}", "quota:%")
    audit.note(db, now, actor.id, "quota", f"user:{user.id}", str(limit))
    used = this_month(db, actor, user.id, now).used.total
    if NEARLY * limit <= used < limit:  # what is left is said now: a reminder would only repeat it
        tell_once(db, f"user:{user.id}", f"quota:80:{days.month_of(now, actor.zone)}:{limit}", now)
    key = "you_limitless" if not limit else "you_more_still_over" if is_over(used, limit) else "you_more"
    left = size(user.language, max(0, limit - used))
    return [tell_friend(user, key, quota=size(user.language, limit), left=left)]


def _grant_time(
    db: sqlite3.Connection, actor: Actor, ticket: Ticket, user: User, word: str, now: int
) -> list[Outgoing]:
    """Extend a config from its expiry date, or from today if it has expired."""
    config = get_config(db, ticket.config_id or 0, user.id)
    if config.expires_at != ticket.present:
        raise Refused("ticket_changed")
    last = datetime.fromtimestamp(max(now, (config.expires_at or 0) - 1), actor.zone).date() + timedelta(MORE_DAYS)
    expires_at = person_config.end_of(last if word == "more" else None, actor.zone)
    return person_config.change_expiry(db, actor, config, user, expires_at, now)
