"""What people do: write, press, block. Each deed becomes the update that Telegram would send."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from lib.demo.html_text import find_commands, utf16_length
from lib.demo.limits import TEXT
from lib.demo.media import document_content, photo_content
from lib.demo.refusal import Refused
from lib.demo.request_body import Upload
from lib.demo.world import Json, Message, Person, Query, World


class NotPossible(Exception):
    """Something that nobody could do with a real Telegram either."""


def find_person(world: World, user_id: int) -> Person:
    """Find somebody who was introduced."""
    if user_id not in world.people:
        raise NotPossible(f"nobody has the id {user_id}")
    return world.people[user_id]


def send(world: World, user_id: int, text: str = "", reply_to: int | None = None, file: Json | None = None) -> Json:
    """Write to the bot; `file` is {name, mime, base64, photo: bool} and takes the text for its caption."""
    person = find_person(world, user_id)
    if person.blocked or person.deactivated:
        raise NotPossible("this person has blocked the bot or left Telegram")
    person.started = True
    if not text and not file:
        raise NotPossible("there is nothing to send")
    if utf16_length(text) > TEXT:
        raise NotPossible("Telegram's apps cut such a text into several")
    content: Json = {"text": text, **_commands(text)} if not file else _attached(world, file, text)
    message = world.add_message(person, False, content, None, reply_to=reply_to)
    return {"message_id": message.id, "update_id": message.update_id}


def _commands(text: str) -> Json:
    entities = find_commands(text)
    return {"entities": entities} if entities else {}


def _attached(world: World, file: Json, caption: str) -> Json:
    upload = Upload(file["name"], file.get("mime", "application/octet-stream"), base64.b64decode(file["base64"]))
    try:
        content = photo_content(world, upload) if file.get("photo") else document_content(world, upload)
    except Refused as exc:
        raise NotPossible(exc.description) from exc
    return {**content, **({"caption": caption} if caption else {})}


def press(
    world: World, user_id: int, message_id: int | None = None, data: str | None = None,
    text: str | None = None, forge: bool = False,
) -> Json:  # fmt: skip
    """Press an inline button, found by its data or its text; without a message: on the newest that has it.

    Forged presses need no button and no message: one that is gone comes as an InaccessibleMessage.
    """
    person = find_person(world, user_id)
    message, data = _aim(world, person, message_id, data, text, forge)
    person.started = True
    query_id = str(secrets.randbits(62))
    world.queries[query_id] = Query(person, world.now())
    gone = {"chat": person.chat(), "message_id": message_id or 0, "date": 0}
    query = {
        "id": query_id, "from": person.user(), "data": data, "chat_instance": str(person.id),
        "message": world.show(message) if message and not message.deleted else gone,
    }  # fmt: skip
    return {"callback_query_id": query_id, "update_id": world.updates.add("callback_query", query)}


def _aim(
    world: World, person: Person, message_id: int | None, data: str | None, text: str | None, forge: bool
) -> tuple[Message | None, str]:
    """Find the button that is meant."""
    own = [m for m in world.messages.values() if m.person is person and message_id in (None, m.id)]
    for message in reversed(own):
        for button in [] if message.deleted else buttons(message):
            if "callback_data" in button and (button["callback_data"] == data or button["text"] == text):
                return message, button["callback_data"]
    if forge and data is not None:
        return (own[-1] if own and message_id is not None else None), data
    raise NotPossible(f"there is no button {text or data!r} on {message_id or 'any message'}")


def buttons(message: Message) -> list[Any]:
    """Give the inline buttons of a message, in reading order."""
    return [button for row in (message.markup or {}).get("inline_keyboard", []) for button in row]


def block(world: World, user_id: int) -> Json:
    """Block the bot."""
    return _become(world, user_id, blocked=True)


def unblock(world: World, user_id: int) -> Json:
    """Let the bot write again."""
    return _become(world, user_id, blocked=False)


def deactivate(world: World, user_id: int) -> Json:
    """Leave Telegram; no update tells the bot so."""
    find_person(world, user_id).deactivated = True
    return {}


def _become(world: World, user_id: int, blocked: bool) -> Json:
    person = find_person(world, user_id)
    if person.blocked == blocked:
        return {}
    person.blocked = blocked
    person.started = True
    world.publish("person", user={**person.user(), "blocked": blocked})
    states: list[Json] = [{"user": world.bot(), "status": "member"},
                          {"user": world.bot(), "status": "kicked", "until_date": 0}]  # fmt: skip
    update = {
        "chat": person.chat(), "from": person.user(), "date": int(world.now()),
        "old_chat_member": states[not blocked], "new_chat_member": states[blocked],
    }  # fmt: skip
    return {"update_id": world.updates.add("my_chat_member", update)}


def migrate(world: World, chat_id: int, to: int) -> Json:
    """Give a chat another id: the old one only tells of the new one."""
    person = world.chats.pop(chat_id, None)
    if person is None:
        raise NotPossible(f"there is no chat {chat_id}")
    world.migrated[chat_id] = to
    world.chats[to] = person
    person.chat_id = to
    return {}
