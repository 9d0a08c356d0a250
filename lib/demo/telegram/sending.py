"""The methods that send something to a chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.demo.telegram.api_error import bad_request
from lib.demo.telegram.arguments import Arguments
from lib.demo.telegram.formatting import Entity, parse_text
from lib.demo.telegram.limits import check_caption, check_text
from lib.demo.telegram.media import document_content, photo_content
from lib.demo.telegram.models import Json, Message, Person
from lib.demo.telegram.state import TelegramState

_ACTIONS = frozenset((
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
))  # fmt: skip


def send_message(state: TelegramState, args: Arguments) -> Json:
    """Send a text."""
    if not args.text("text"):
        raise bad_request("message text is empty")
    text, entities = args.formatted("text", "entities")
    markup = args.markup()
    person = args.person(state)
    check_text(text)
    return _send(state, args, person, text_content(text, entities), markup)


def send_photo(state: TelegramState, args: Arguments) -> Json:
    """Send a photo."""
    return _send_file(state, args, "photo", photo_content)


def send_document(state: TelegramState, args: Arguments) -> Json:
    """Send a document."""
    return _send_file(state, args, "document", document_content)


def _send_file(state: TelegramState, args: Arguments, kind: str, store: Callable[..., Json]) -> Json:
    if kind not in args.files and not args.text(kind):
        raise bad_request(f"there is no {kind} in the request")
    file = args.file(kind)
    caption = read_caption(args)
    markup = args.markup()
    person = args.person(state)
    return _send(state, args, person, {**store(state, file), **caption}, markup)


def send_media_group(state: TelegramState, args: Arguments) -> list[Json]:
    """Send an album of photos or of documents."""
    items = args.item("media", "media JSON object")
    if not isinstance(items, list) or not 2 <= len(items) <= 10:
        raise bad_request("group send failed: an album has 2 to 10 items")
    if len({item.get("type") for item in items}) > 1:
        raise bad_request("document can't be mixed with other media types")
    person = args.person(state)
    contents = [read_media(state, args, item) for item in items]
    group = str(1_0000_0000_0000 + len(state.messages))
    reply = _read_reply(state, args, person)
    _limit_rate(state, person, len(items))
    messages = [
        state.add_message(person, True, content, None, media_group_id=group, reply_to=reply) for content in contents
    ]
    return [state.message_json(message) for message in messages]


def copy_message(state: TelegramState, args: Arguments) -> Json:
    """Send a copy of a message, as if it were a new one."""
    source = state.find_message(
        args.person(state, "from_chat_id"), args.number("message_id"), "message to copy not found"
    )
    content = dict(source.content)
    if "caption" in args.values and "text" not in content:
        content = {**without_caption(content), **read_caption(args)}
    markup = args.markup()
    return {"message_id": _send(state, args, args.person(state), content, markup)["message_id"]}


def forward_message(state: TelegramState, args: Arguments) -> Json:
    """Forward a message."""
    source = state.find_message(
        args.person(state, "from_chat_id"), args.number("message_id"), "message to forward not found"
    )
    sender = state.bot() if source.outgoing else source.person.user()
    origin = {"type": "user", "sender_user": sender, "date": source.date}
    return _send(state, args, args.person(state), dict(source.content), None, forward_origin=origin)


def send_chat_action(state: TelegramState, args: Arguments) -> bool:
    """Show what the bot is doing, such as typing."""
    person = args.person(state)
    if args.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    state.publish("action", user_id=person.id, action=args.text("action"))
    return True


def text_content(text: str, entities: list[Entity]) -> Json:
    """Return the content of a text message."""
    return {"text": text, **({"entities": entities} if entities else {})}


def read_caption(args: Arguments) -> Json:
    """Return the fields of a caption; none if there is no caption."""
    caption, entities = args.formatted("caption", "caption_entities")
    return _caption_fields(caption, entities, args.flag("show_caption_above_media"))


def read_media(state: TelegramState, args: Arguments, item: Any) -> Json:
    """Return the content of a message from an InputMedia: a photo or a document with its caption."""
    if not isinstance(item, dict) or item.get("type") not in ("photo", "document"):
        raise bad_request("can't parse media: only photos and documents are supported")
    file = args.upload(item.get("media")) or str(item.get("media", ""))
    stored = photo_content(state, file) if item["type"] == "photo" else document_content(state, file)
    caption, entities = parse_text(
        str(item.get("caption") or ""), str(item.get("parse_mode") or ""), item.get("caption_entities")
    )
    return {**stored, **_caption_fields(caption, entities, bool(item.get("show_caption_above_media")))}


def without_caption(content: Json) -> Json:
    """Return the content of a message without the caption and its settings."""
    return {name: value for name, value in content.items() if "caption" not in name}


def _read_reply(state: TelegramState, args: Arguments, person: Person) -> int | None:
    """Return the id of the message to reply to; raise ApiError if it does not exist, unless the call allows that."""
    reply = args.item("reply_parameters", "reply parameters JSON object") or {}
    message_id = int(reply.get("message_id") or args.number("reply_to_message_id"))
    if not message_id:
        return None
    message = state.messages.get(message_id)
    if message and message.person is person and not message.deleted:
        return message_id
    if reply.get("allow_sending_without_reply") or args.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _caption_fields(caption: str, entities: list[Entity], above: bool) -> Json:
    check_caption(caption)
    if not caption:
        return {}
    content: Json = {"caption": caption, **({"caption_entities": entities} if entities else {})}
    return {**content, "show_caption_above_media": True} if above else content


def _send(
    state: TelegramState,
    args: Arguments,
    person: Person,
    content: Json,
    markup: Json | None,
    forward_origin: Json | None = None,
) -> Json:
    reply = _read_reply(state, args, person)
    _limit_rate(state, person)
    message: Message = state.add_message(
        person, True, content, markup, reply_to=reply, forward_origin=forward_origin,
        has_protected_content=args.flag("protect_content") or None,
    )  # fmt: skip
    return state.message_json(message)


def _limit_rate(state: TelegramState, person: Person, count: int = 1) -> None:
    if state.limits:
        state.rate_limiter.take(person.id, state.now(), count)


SENDING: dict[str, Callable[[TelegramState, Arguments], Any]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendChatAction": send_chat_action,
}
