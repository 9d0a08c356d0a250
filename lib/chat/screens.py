"""The messages that handlers return. A screen is edited in place, a notice once what it asks for is decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from lib import days
from lib.chat.phrases import shorten
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.outbox import TAP, Outgoing, recipients
from lib.store.users import User, find_user, helper_ids, languages_of

Button = dict[str, Any]
Keyboard = list[list[Button]]
Compose = Callable[[str], tuple[str, Keyboard | None]]
"""Writes a notice in a language: its text and its keyboard."""
TOAST_LENGTH = 200  # UTF-16 units, as Telegram counts
TOAST_LASTS = 60  # seconds; Telegram forgets a tap soon after


@dataclass(frozen=True)
class Actor:
    """Who acts, in which role and language, and on which message. `user` is None for a stranger.

    `message_id` is the tapped message, None for a command or a text; `on_text` means that it can be edited as text.
    """

    id: int
    role: str
    language: str
    settings: Settings
    user: User | None
    message_id: int | None = None
    on_text: bool = False
    query_id: str | None = None

    @property
    def name(self) -> str:
        """The person's own name, unescaped; empty for a stranger."""
        return self.user.full_name if self.user else ""

    @property
    def zone(self) -> tzinfo:
        """The time zone in which all dates are written."""
        return self.settings.timezone

    @property
    def person(self) -> User:
        """The actor's row, as of the start of their update; None for a stranger."""
        assert self.user is not None, "the gate lets no stranger in here"
        return self.user

    def say(self, key: str, **values: object) -> Markup:
        """Return a text in the actor's language, as markup."""
        return say(self.language, key, **values)

    def plain(self, key: str, **values: object) -> str:
        """Return a text in the actor's language, without markup: for buttons, toasts and pictures."""
        return plain(self.language, key, **values)

    def button(self, key: str, verb: str, *args: object, style: str | None = None) -> Button:
        """Build a button in the actor's language."""
        return text_button(self.language, key, verb, *args, style=style)

    def back(self, verb: str, *args: object) -> Button:
        """Build the button that leads back."""
        return self.button("back", verb, *args)

    def to_menu(self) -> Button:
        """Build the button that leads to the menu."""
        return self.button("to_menu", "menu")


def text_button(language: str, key: str, verb: str, *args: object, style: str | None = None) -> Button:
    """Build an inline button whose label is a text of the dictionary."""
    return button(plain(language, key), verb, *args, style=style)


def button(text: str, verb: str, *args: object, style: str | None = None) -> Button:
    """Build an inline button that calls a verb of the dispatch table with arguments."""
    made = {"text": text, "callback_data": ":".join([verb, *map(str, args)])}
    return {**made, "style": style} if style else made


def say_to(
    chat_id: int, text: str, keyboard: Keyboard | None = None, *, subject: str | None = None, lasts: int | None = None
) -> Outgoing:
    """Send a new message."""
    return Outgoing(chat_id, "sendMessage", _text(text, keyboard), subject=subject, lasts=lasts)


def show(actor: Actor, text: str, keyboard: Keyboard | None = None, *, subject: str | None = None) -> list[Outgoing]:
    """Show a screen in place of the tapped one, or as a new message after a command or below a picture."""
    if actor.on_text and actor.message_id:
        params = {"message_id": actor.message_id, **_text(text, keyboard)}
        return [Outgoing(actor.id, "editMessageText", params, subject=subject)]
    return [say_to(actor.id, text, keyboard, subject=subject)]


def confirm(actor: Actor, text: str, yes: Button, back: str, *args: object) -> list[Outgoing]:
    """Ask for confirmation: the button that goes ahead is above Back."""
    return show(actor, text, [[yes], [actor.back(back, *args)]])


def rewrite(chat_id: int, message_id: int, text: str) -> Outgoing:
    """Replace the text of a message that no subject refers to any more, and drop its buttons."""
    return Outgoing(chat_id, "editMessageText", {"message_id": message_id, **_text(text, None)})


def delete(actor: Actor) -> Outgoing:
    """Delete the tapped message."""
    return Outgoing(actor.id, "deleteMessage", {"message_id": actor.message_id})


def toast(actor: Actor, text: str, alert: bool = False) -> Outgoing:
    """Answer the tap with a few words over the chat, or with an alert that has to be closed."""
    params = {"callback_query_id": actor.query_id, "text": shorten(text, TOAST_LENGTH), "show_alert": alert}
    return Outgoing(actor.id, "answerCallbackQuery", params, priority=TAP, lasts=TOAST_LASTS)


def done(actor: Actor, key: str, **values: object) -> list[Outgoing]:
    """Answer the tap with a few words; there is nothing to answer if the actor typed a text."""
    return [toast(actor, actor.plain(key, **values))] if actor.query_id is not None else []


def attach(
    chat_id: int, kind: str, reference: str, caption: str, keyboard: Keyboard | None = None, **more: Any
) -> Outgoing:
    """Send a "Photo" or "Document" whose bytes are made from the rows at the moment of sending."""
    params: dict[str, Any] = {"caption": caption, "parse_mode": "HTML", **_markup(keyboard)}
    return Outgoing(chat_id, f"send{kind}", params, attachment=reference, **more)


def show_picture(actor: Actor, reference: str, caption: str, keyboard: Keyboard) -> list[Outgoing]:
    """Show a picture in place of the tapped one, or as a new message after a command or below a text."""
    if actor.on_text or not actor.message_id:
        return [attach(actor.id, "Photo", reference, caption, keyboard)]
    media = {"type": "photo", "media": "attach://photo", "caption": caption, "parse_mode": "HTML"}
    params = {"message_id": actor.message_id, "media": media, **_markup(keyboard)}
    return [Outgoing(actor.id, "editMessageMedia", params, attachment=reference)]


def edit_caption(actor: Actor, caption: str, keyboard: Keyboard, lasts: int | None = None) -> Outgoing:
    """Replace the words below the tapped picture or file."""
    params = {"message_id": actor.message_id, "caption": caption, "parse_mode": "HTML", **_markup(keyboard)}
    return Outgoing(actor.id, "editMessageCaption", params, lasts=lasts)


def tell_admins(
    db: sqlite3.Connection, settings: Settings, compose: Compose, subject: str | None = None
) -> list[Outgoing]:
    """Send every admin a notice in their language."""
    return _tell(db, settings, settings.admin_ids, compose, subject)


def tell_staff(
    db: sqlite3.Connection, settings: Settings, compose: Compose, subject: str | None, but: int | None = None
) -> list[Outgoing]:
    """Send a notice to every admin and helper, except to `but`, the helper it is about."""
    admins = tell_admins(db, settings, compose, subject)
    return [*admins, *tell_helpers(db, settings, compose, subject, but)]


def tell_helpers(
    db: sqlite3.Connection, settings: Settings, compose: Compose, subject: str | None, but: int | None = None
) -> list[Outgoing]:
    """Send every helper a notice in their language, except `but`."""
    helpers = [who for who in helper_ids(db) if who not in settings.admin_ids and who != but]
    return _tell(db, settings, helpers, compose, subject)


def _tell(
    db: sqlite3.Connection, settings: Settings, chat_ids: Sequence[int], compose: Compose, subject: str | None
) -> list[Outgoing]:
    languages = languages_of(db, chat_ids)
    return [say_to(who, *compose(languages.get(who, settings.language)), subject=subject) for who in chat_ids]


def edit_notices(db: sqlite3.Connection, settings: Settings, subject: str, compose: Compose) -> list[Outgoing]:
    """Edit every message about a subject, in each reader's language, including those still on their way."""
    chat_ids = recipients(db, subject)
    languages = languages_of(db, chat_ids)
    return [edit_notice(who, subject, *compose(languages.get(who, settings.language))) for who in chat_ids]


def edit_notice(chat_id: int, subject: str, text: str, keyboard: Keyboard | None) -> Outgoing:
    """Edit the message about a subject in one chat."""
    return Outgoing(chat_id, "editMessageText", _text(text, keyboard), subject=subject)


def hush(settings: Settings, messages: Sequence[Outgoing], now: int) -> list[Outgoing]:
    """Mute messages that nobody asked for during QUIET_HOURS."""
    if not days.is_quiet(now, settings.timezone, settings.quiet_hours):
        return list(messages)
    return [
        replace(one, params={**one.params, "disable_notification": True}) if one.method.startswith("send") else one
        for one in messages
    ]


def language_of(db: sqlite3.Connection, settings: Settings, user_id: int) -> str:
    """Return a person's language, or the owner's default for a person who never wrote to the bot."""
    user = find_user(db, user_id)
    return user.language if user else settings.language


def about(language: str, user: User, *, alone: bool = False) -> dict[str, object]:
    """Return the values `name`, `username` and `id` of a text about a person.

    With `alone`, the username is on a line of its own, "Username: …", not after the name.
    """
    none = "username_none" if alone else "no_username"
    return {"name": user.full_name, "username": username_of(language, user, none), "id": user.id}


def username_of(language: str, user: User, none: str = "no_username") -> str:
    """Return @username, or the text for people without one."""
    return f"@{user.username}" if user.username else plain(language, none)


def _text(text: str, keyboard: Keyboard | None) -> dict[str, Any]:
    assert isinstance(text, Markup), "texts come from say(), escaped"
    preview = {"is_disabled": True}
    return {"text": text, "parse_mode": "HTML", "link_preview_options": preview, **_markup(keyboard)}


def _markup(keyboard: Keyboard | None) -> dict[str, Any]:
    """Return the parameter for a keyboard, without rows that came out empty."""
    rows = [row for row in keyboard or () if row]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}
