"""The methods that change or answer what is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.demo.arguments import Arguments
from lib.demo.html_text import utf16_length
from lib.demo.limits import CALLBACK_ANSWER, CALLBACK_SECONDS, DELETE_SECONDS, check_text
from lib.demo.refusal import bad
from lib.demo.sending import read_caption, read_media, with_entities, without_caption
from lib.demo.world import Json, Message, World

_STALE = "query is too old and response timeout expired or query ID is invalid"
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def edit_text(world: World, args: Arguments) -> Json:
    """Replace a text."""
    if not args.text("text"):
        raise bad("message text is empty")
    text, entities = args.formatted("text", "entities")
    markup = args.markup(inline_only=True)
    message = _own_message(world, args)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    check_text(text, "MESSAGE_TOO_LONG")
    return _edit(world, message, with_entities(text, entities), markup)


def edit_caption(world: World, args: Arguments) -> Json:
    """Replace a caption."""
    caption = read_caption(args)
    markup = args.markup(inline_only=True)
    message = _own_message(world, args)
    if "text" in message.content:
        raise bad("there is no caption in the message to edit")
    return _edit(world, message, {**without_caption(message.content), **caption}, markup)


def edit_media(world: World, args: Arguments) -> Json:
    """Replace a photo or document, or turn a text into one."""
    item = args.item("media", "input media JSON object")
    if not item:
        raise bad("input media is not specified")
    markup = args.markup(inline_only=True)
    message = _own_message(world, args)
    if "media_group_id" in message.extra and item.get("type") not in message.content:
        raise bad("message can't be edited")
    return _edit(world, message, read_media(world, args, item), markup)


def edit_markup(world: World, args: Arguments) -> Json:
    """Replace the buttons."""
    markup = args.markup(inline_only=True)
    message = _own_message(world, args)
    return _edit(world, message, message.content, markup)


def delete_message(world: World, args: Arguments) -> bool:
    """Take a message out of the chat."""
    person = args.person(world)
    if not args.number("message_id"):
        raise bad("message identifier is not specified")
    message = world.find_message(person, args.number("message_id"), "message to delete not found")
    if world.now() - message.date > DELETE_SECONDS:
        raise bad("message can't be deleted for everyone")
    world.delete_message(message)
    return True


def delete_messages(world: World, args: Arguments) -> bool:
    """Take several messages out; those that are not there are passed over."""
    person = args.person(world)
    ids = args.item("message_ids", "message identifiers JSON object")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad("message identifiers are not specified" if not ids else "too many message identifiers specified")
    for message in [world.messages[int(id)] for id in ids if int(id) in world.messages]:
        if message.person is person and not message.deleted and world.now() - message.date <= DELETE_SECONDS:
            world.delete_message(message)
    return True


def answer_callback_query(world: World, args: Arguments) -> bool:
    """Let a pressed button rest; once, and within the time that Telegram keeps the press."""
    if utf16_length(args.text("text")) > CALLBACK_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    query_id = args.text("callback_query_id")
    query = world.queries.get(query_id)
    if query is None or world.now() - query.asked_at > CALLBACK_SECONDS:
        raise bad(_STALE)
    del world.queries[query_id]
    answer = {
        "time": world.now(), "user_id": query.person.id, "callback_query_id": query_id,
        "text": args.text("text"), "alert": args.flag("show_alert"), "url": args.text("url"),
    }  # fmt: skip
    world.answers.append(answer)
    world.publish("answer", **answer)
    return True


def _own_message(world: World, args: Arguments) -> Message:
    """Find the bot's message that shall change."""
    if "chat_id" not in args.values and args.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    person = args.person(world)
    if not args.number("message_id"):
        raise bad("message identifier is not specified")
    message = world.find_message(person, args.number("message_id"), "message to edit not found")
    if not message.outgoing or "forward_origin" in message.extra:
        raise bad("message can't be edited")
    return message


def _edit(world: World, message: Message, content: Json, markup: Json | None) -> Json:
    if content == message.content and markup == message.markup:
        raise bad(_SAME)
    if message.markup and "inline_keyboard" not in message.markup:
        raise bad("message can't be edited")
    if world.limits:
        world.pace.take(message.person.chat_id, world.now())
    world.edit_message(message, content, markup)
    return world.show(message)


EDITING: dict[str, Callable[[World, Arguments], Any]] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
}
