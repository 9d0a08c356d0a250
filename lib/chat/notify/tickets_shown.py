"""The admins' cards for friends' messages, complaints and wishes, and their updates once closed."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat import keyboards
from lib.chat.notify.decisions_shown import Notice
from lib.chat.phrases import end_date, size
from lib.chat.rules import enough_more
from lib.chat.screens import Button, Keyboard, about, button, edit_notices, tell_admins, text_button
from lib.chat.texts import Markup, escaped, plain, say
from lib.settings import Settings
from lib.store.configs import Config, configs_of, find_config
from lib.store.outbox import Outgoing
from lib.store.tickets import Ticket
from lib.store.users import get_user, name_of
from lib.store.views.summaries import summarize_configs


def announce_ticket(db: sqlite3.Connection, settings: Settings, ticket: Ticket) -> list[Outgoing]:
    """Send every admin a card for a ticket."""
    return tell_admins(db, settings, ticket_notice(db, settings, ticket), ticket.subject)


def update_ticket(db: sqlite3.Connection, settings: Settings, ticket: Ticket) -> list[Outgoing]:
    """Update every admin's card with the outcome of a ticket."""
    return edit_notices(db, settings, ticket.subject, ticket_notice(db, settings, ticket))


def ticket_notice(db: sqlite3.Connection, settings: Settings, ticket: Ticket) -> Notice:
    """Describe a ticket, with the available actions or the outcome."""
    user, config = get_user(db, ticket.user_id), find_config(db, ticket.config_id) if ticket.config_id else None
    month = summarize_configs(db, user.id, days.month_of(ticket.created_at, settings.timezone))
    device, who = config.name if config else "—", name_of(db, ticket.closed_by)
    has_files = bool(configs_to_send(db, ticket))

    def notice(language: str) -> tuple[Markup, Keyboard]:
        text = say(
            language,
            f"ticket_{ticket.kind}",
            **about(language, user),
            text=quoted(ticket.text),
            device=device,
            seen=plain(language, f"finding_{ticket.finding}") if ticket.finding else "",
            used=size(language, month.used.total),
            quota=size(language, ticket.present or 0),
            until=end_date(language, ticket.present or 0, settings.timezone),
        )
        if ticket.closed_at is None:
            done = text_button(language, "ticket_done", "ticket_done", ticket.id)
            return text, [*_keyboard(language, ticket, month.used.total, has_files), [done]]
        outcome, _, limit = ticket.outcome.partition(":")
        became = say(language, f"ticket_became_{outcome}", who=who, quota=size(language, int(limit or 0)))
        return Markup(f"{text}\n\n{became}"), [[_to_person(language, ticket)], *keyboards.to_waiting(language)]

    return notice


def quoted(text: str) -> Markup:
    """Return a quote of what the friend wrote; empty once it is deleted."""
    return Markup(f"\n\n<blockquote>{escaped(text)}</blockquote>") if text else Markup("")


def _keyboard(language: str, ticket: Ticket, used: int, has_files: bool) -> Keyboard:
    person = _to_person(language, ticket)
    if ticket.kind == "traffic":
        more = enough_more(ticket.present or 0, used)
        label = plain(language, "ticket_traffic_more", count=more)
        never = text_button(language, "ticket_traffic_never", "grant", ticket.id, "never")
        return [[button(label, "grant", ticket.id, "more", more, style="success"), never], [person]]
    if ticket.kind == "time":
        longer = text_button(language, "ticket_time_more", "grant", ticket.id, "more", style="success")
        return [[longer, text_button(language, "ticket_time_never", "grant", ticket.id, "never")], [person]]
    reply = text_button(language, "ticket_reply", "ticket_reply", ticket.id, style="primary")
    file = [text_button(language, "ticket_file", "ticket_file", ticket.id)] if has_files else []
    return [[reply, person], file]


def _to_person(language: str, ticket: Ticket) -> Button:
    return text_button(language, "ticket_person", "ticket_person", ticket.id)


def configs_to_send(db: sqlite3.Connection, ticket: Ticket) -> list[Config]:
    """List the configs whose file may help: the one complained of, or all that the friend has."""
    return [one for one in concerned(db, ticket) if one.live_since is not None and one.private_key is not None]


def concerned(db: sqlite3.Connection, ticket: Ticket) -> list[Config]:
    """List the configs that a ticket may be about, without deleted ones."""
    return [one for one in configs_of(db, ticket.user_id) if ticket.config_id in (None, one.id)]
