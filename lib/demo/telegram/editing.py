"""The methods that edit or delete messages, and the one that answers a button press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.demo.telegram.api_error import bad_request
from lib.demo.telegram.arguments import Arguments
from lib.demo.telegram.formatting import utf16_length
from lib.demo.telegram.limits import CALLBACK_ANSWER, CALLBACK_SECONDS, DELETE_SECONDS, check_text
from lib.demo.telegram.models import Json, Message
from lib.demo.telegram.sending import read_caption, read_media, text_content, without_caption
from lib.demo.telegram.state import TelegramState

_QUERY_EXPIRED = "query is too old and response timeout expired or query ID is invalid"
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def edit_text(state: TelegramState, args: Arguments) -> Json:
    """Edit the text of a message."""
    if not args.text("text"):
        raise bad_request("message text is empty")
    text, entities = args.formatted("text", "entities")
    markup = args.markup(inline_only=True)
    message = _own_message(state, args)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    check_text(text, "MESSAGE_TOO_LONG")
    return _edit(state, message, text_content(text, entities), markup)


def edit_caption(state: TelegramState, args: Arguments) -> Json:
    """Edit the caption of a message."""
    caption = read_caption(args)
    markup = args.markup(inline_only=True)
    message = _own_message(state, args)
    if "text" in message.content:
        raise bad_request("there is no caption in the message to edit")
    return _edit(state, message, {**without_caption(message.content), **caption}, markup)


def edit_media(state: TelegramState, args: Arguments) -> Json:
    """Replace the photo or document of a message, or turn a text into one."""
    item = args.item("media", "input media JSON object")
    if not item:
        raise bad_request("input media is not specified")
    markup = args.markup(inline_only=True)
    message = _own_message(state, args)
    if "media_group_id" in message.extra and item.get("type") not in message.content:
        raise bad_request("message can't be edited")
    return _edit(state, message, read_media(state, args, item), markup)


def edit_markup(state: TelegramState, args: Arguments) -> Json:
    """Replace the inline keyboard of a message."""
    markup = args.markup(inline_only=True)
    message = _own_message(state, args)
    return _edit(state, message, message.content, markup)


def delete_message(state: TelegramState, args: Arguments) -> bool:
    """Delete a message."""
    person = args.person(state)
    if not args.number("message_id"):
        raise bad_request("message identifier is not specified")
    message = state.find_message(person, args.number("message_id"), "message to delete not found")
    if state.now() - message.date > DELETE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    state.delete_message(message)
    return True


def delete_messages(state: TelegramState, args: Arguments) -> bool:
    """Delete several messages; those that can't be deleted are skipped."""
    person = args.person(state)
    ids = args.item("message_ids", "message identifiers JSON object")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request(
            "message identifiers are not specified" if not ids else "too many message identifiers specified"
        )
    for message in [state.messages[int(id)] for id in ids if int(id) in state.messages]:
        if message.person is person and not message.deleted and state.now() - message.date <= DELETE_SECONDS:
            state.delete_message(message)
    return True


def answer_callback_query(state: TelegramState, args: Arguments) -> bool:
    """Answer a button press: only once, and only while Telegram still remembers it."""
    if utf16_length(args.text("text")) > CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = args.text("callback_query_id")
    query = state.callback_queries.get(query_id)
    if query is None or state.now() - query.pressed_at > CALLBACK_SECONDS:
        raise bad_request(_QUERY_EXPIRED)
    del state.callback_queries[query_id]
    answer = {
        "time": state.now(), "user_id": query.person.id, "callback_query_id": query_id,
        "text": args.text("text"), "alert": args.flag("show_alert"), "url": args.text("url"),
    }  # fmt: skip
    state.answers.append(answer)
    state.publish("answer", **answer)
    return True


def _own_message(state: TelegramState, args: Arguments) -> Message:
    """Return the message to edit; raise ApiError unless the bot sent it."""
    if "chat_id" not in args.values and args.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    person = args.person(state)
    if not args.number("message_id"):
        raise bad_request("message identifier is not specified")
    message = state.find_message(person, args.number("message_id"), "message to edit not found")
    if not message.outgoing or "forward_origin" in message.extra:
        raise bad_request("message can't be edited")
    return message


def _edit(state: TelegramState, message: Message, content: Json, markup: Json | None) -> Json:
    if content == message.content and markup == message.markup:
        raise bad_request(_NOT_MODIFIED)
    if message.markup and "inline_keyboard" not in message.markup:
        raise bad_request("message can't be edited")
    if state.limits:
        state.rate_limiter.take(message.person.id, state.now())
    state.edit_message(message, content, markup)
    return state.message_json(message)


EDITING: dict[str, Callable[[TelegramState, Arguments], Any]] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
}
