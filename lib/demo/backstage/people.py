"""What people do in Telegram: write, press a button, block the bot. Each becomes the update Telegram would send."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.formatting import find_commands, utf16_length
from lib.demo.telegram.limits import TEXT
from lib.demo.telegram.media import document_content, photo_content
from lib.demo.telegram.models import CallbackQuery, Json, Message, Person
from lib.demo.telegram.request_body import Upload
from lib.demo.telegram.state import TelegramState


class NotPossible(Exception):
    """A request to the control API that can't be fulfilled, usually because it is impossible in Telegram too."""


def find_person(state: TelegramState, user_id: int) -> Person:
    """Return a person by their id."""
    if user_id not in state.people:
        raise NotPossible(f"there is no person with the id {user_id}")
    return state.people[user_id]


def speak(state: TelegramState, language_code: str) -> None:
    """Set everyone's Telegram language; people who have not written yet also get their names in it."""
    for person in state.people.values():
        person.language_code = language_code
        if not person.started:
            person.first_name = person.names.get(language_code, person.first_name)
        state.publish("person", user=person.user())


def send(
    state: TelegramState, user_id: int, text: str = "", reply_to: int | None = None, file: Json | None = None
) -> Json:
    """Send a message to the bot. `file` is {name, mime, base64, photo: bool}; the text is then its caption."""
    person = find_person(state, user_id)
    if person.blocked or person.deactivated:
        raise NotPossible("this person has blocked the bot or deleted their account")
    person.started = True
    if not text and not file:
        raise NotPossible("there is nothing to send")
    if utf16_length(text) > TEXT:
        raise NotPossible("Telegram's apps split such a text into several messages")
    content = _file_content(state, file, text) if file else _text_content(text)
    message = state.add_message(person, False, content, None, reply_to=reply_to)
    return {"message_id": message.id, "update_id": message.update_id}


def _text_content(text: str) -> Json:
    entities = find_commands(text)
    return {"text": text, **({"entities": entities} if entities else {})}


def _file_content(state: TelegramState, file: Json, caption: str) -> Json:
    upload = Upload(file["name"], file.get("mime", "application/octet-stream"), base64.b64decode(file["base64"]))
    try:
        content = photo_content(state, upload) if file.get("photo") else document_content(state, upload)
    except ApiError as exc:
        raise NotPossible(exc.description) from exc
    return {**content, **({"caption": caption} if caption else {})}


def press(
    state: TelegramState, user_id: int, message_id: int | None = None, data: str | None = None,
    text: str | None = None, forge: bool = False,
) -> Json:  # fmt: skip
    """Press an inline button, found by its data or its text; without a message id, on the newest message that has it.

    A forged press needs neither a button nor a message; the bot gets a deleted message as an InaccessibleMessage.
    """
    person = find_person(state, user_id)
    message, data = _find_button(state, person, message_id, data, text, forge)
    person.started = True
    query_id = str(secrets.randbits(62))
    state.callback_queries[query_id] = CallbackQuery(person, state.now())
    inaccessible = {"chat": person.chat(), "message_id": message_id or 0, "date": 0}
    query = {
        "id": query_id, "from": person.user(), "data": data, "chat_instance": str(person.id),
        "message": state.message_json(message) if message and not message.deleted else inaccessible,
    }  # fmt: skip
    return {"callback_query_id": query_id, "update_id": state.updates.add("callback_query", query)}


def _find_button(
    state: TelegramState, person: Person, message_id: int | None, data: str | None, text: str | None, forge: bool
) -> tuple[Message | None, str]:
    """Return the message with the button, and the button's data."""
    messages = [m for m in state.messages.values() if m.person is person and message_id in (None, m.id)]
    for message in reversed(messages):
        for button in [] if message.deleted else _inline_buttons(message):
            if "callback_data" in button and (button["callback_data"] == data or button["text"] == text):
                return message, button["callback_data"]
    if forge and data is not None:
        return (messages[-1] if messages and message_id is not None else None), data
    raise NotPossible(f"there is no button {text or data!r} on {message_id or 'any message'}")


def _inline_buttons(message: Message) -> list[Any]:
    """Return the inline buttons of a message, in reading order."""
    return [button for row in (message.markup or {}).get("inline_keyboard", []) for button in row]


def block(state: TelegramState, user_id: int) -> Json:
    """Block the bot."""
    return _set_blocked(state, user_id, blocked=True)


def unblock(state: TelegramState, user_id: int) -> Json:
    """Unblock the bot."""
    return _set_blocked(state, user_id, blocked=False)


def deactivate(state: TelegramState, user_id: int) -> Json:
    """Delete the person's account; the bot gets no update about it."""
    find_person(state, user_id).deactivated = True
    return {}


def _set_blocked(state: TelegramState, user_id: int, blocked: bool) -> Json:
    person = find_person(state, user_id)
    if person.blocked == blocked:
        return {}
    person.blocked = blocked
    person.started = True
    state.publish("person", user={**person.user(), "blocked": blocked})
    members: list[Json] = [{"user": state.bot(), "status": "member"},
                           {"user": state.bot(), "status": "kicked", "until_date": 0}]  # fmt: skip
    update = {
        "chat": person.chat(), "from": person.user(), "date": int(state.now()),
        "old_chat_member": members[not blocked], "new_chat_member": members[blocked],
    }  # fmt: skip
    return {"update_id": state.updates.add("my_chat_member", update)}
