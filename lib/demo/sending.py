"""The methods that write into a chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.demo.arguments import Arguments
from lib.demo.html_text import Entity
from lib.demo.limits import check_caption, check_text, read_text
from lib.demo.media import document_content, photo_content
from lib.demo.refusal import bad
from lib.demo.world import Json, Message, Person, World

_ACTIONS = frozenset((
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
))  # fmt: skip


def send_message(world: World, args: Arguments) -> Json:
    """Send a text."""
    if not args.text("text"):
        raise bad("message text is empty")
    text, entities = args.formatted("text", "entities")
    markup = args.markup()
    person = args.person(world)
    check_text(text)
    return _send(world, args, person, with_entities(text, entities), markup)


def send_photo(world: World, args: Arguments) -> Json:
    """Send a picture."""
    return _send_file(world, args, "photo", photo_content)


def send_document(world: World, args: Arguments) -> Json:
    """Send a file."""
    return _send_file(world, args, "document", document_content)


def _send_file(world: World, args: Arguments, kind: str, store: Callable[..., Json]) -> Json:
    if kind not in args.files and not args.text(kind):
        raise bad(f"there is no {kind} in the request")
    file = args.file(kind)
    caption = read_caption(args)
    markup = args.markup()
    person = args.person(world)
    return _send(world, args, person, {**store(world, file), **caption}, markup)


def send_media_group(world: World, args: Arguments) -> list[Json]:
    """Send an album of photos, or of documents."""
    items = args.item("media", "media JSON object")
    if not isinstance(items, list) or not 2 <= len(items) <= 10:
        raise bad("group send failed: an album has 2 to 10 items")
    if len({item.get("type") for item in items}) > 1:
        raise bad("document can't be mixed with other media types")
    person = args.person(world)
    contents = [read_media(world, args, item) for item in items]
    group = str(1_0000_0000_0000 + len(world.messages))
    reply = read_reply(world, args, person)
    _pace(world, person, len(items))
    messages = [
        world.add_message(person, True, content, None, media_group_id=group, reply_to=reply) for content in contents
    ]
    return [world.show(message) for message in messages]


def copy_message(world: World, args: Arguments) -> Json:
    """Send a message again as if it were new."""
    source = world.find_message(
        args.person(world, "from_chat_id"), args.number("message_id"), "message to copy not found"
    )
    content = dict(source.content)
    if "caption" in args.values and "text" not in content:
        content = {**without_caption(content), **read_caption(args)}
    markup = args.markup()
    return {"message_id": _send(world, args, args.person(world), content, markup)["message_id"]}


def forward_message(world: World, args: Arguments) -> Json:
    """Send a message on."""
    source = world.find_message(
        args.person(world, "from_chat_id"), args.number("message_id"), "message to forward not found"
    )
    sender = world.bot() if source.outgoing else source.person.user()
    origin = {"type": "user", "sender_user": sender, "date": source.date}
    return _send(world, args, args.person(world), dict(source.content), None, forward_origin=origin)


def send_chat_action(world: World, args: Arguments) -> bool:
    """Show that the bot is busy."""
    person = args.person(world)
    if args.text("action") not in _ACTIONS:
        raise bad("wrong parameter action in request")
    world.publish("action", user_id=person.id, action=args.text("action"))
    return True


def with_entities(text: str, entities: list[Entity]) -> Json:
    """Make the content of a text message."""
    return {"text": text, **({"entities": entities} if entities else {})}


def read_caption(args: Arguments) -> Json:
    """Read a caption and its formatting; nothing when there is none."""
    caption, entities = args.formatted("caption", "caption_entities")
    return _captioned(caption, entities, args.flag("show_caption_above_media"))


def read_media(world: World, args: Arguments, item: Any) -> Json:
    """Read an InputMedia: a photo or a document with its caption."""
    if not isinstance(item, dict) or item.get("type") not in ("photo", "document"):
        raise bad("can't parse media: this stand knows photos and documents only")
    file = args.upload(item.get("media")) or str(item.get("media", ""))
    stored = photo_content(world, file) if item["type"] == "photo" else document_content(world, file)
    caption, entities = read_text(
        str(item.get("caption") or ""), str(item.get("parse_mode") or ""), item.get("caption_entities")
    )
    return {**stored, **_captioned(caption, entities, bool(item.get("show_caption_above_media")))}


def without_caption(content: Json) -> Json:
    """Leave only the media of a message."""
    return {name: value for name, value in content.items() if "caption" not in name}


def read_reply(world: World, args: Arguments, person: Person) -> int | None:
    """Read which message is answered; raises Refused when it isn't there, unless the call says never mind."""
    reply = args.item("reply_parameters", "reply parameters JSON object") or {}
    message_id = int(reply.get("message_id") or args.number("reply_to_message_id"))
    if not message_id:
        return None
    message = world.messages.get(message_id)
    if message and message.person is person and not message.deleted:
        return message_id
    if reply.get("allow_sending_without_reply") or args.flag("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _captioned(caption: str, entities: list[Entity], above: bool) -> Json:
    check_caption(caption)
    if not caption:
        return {}
    content: Json = {"caption": caption, **({"caption_entities": entities} if entities else {})}
    return {**content, "show_caption_above_media": True} if above else content


def _send(
    world: World, args: Arguments, person: Person, content: Json, markup: Json | None, forward_origin: Any = None
) -> Json:
    reply = read_reply(world, args, person)
    _pace(world, person)
    message: Message = world.add_message(
        person, True, content, markup, reply_to=reply, forward_origin=forward_origin,
        has_protected_content=args.flag("protect_content") or None,
    )  # fmt: skip
    return world.show(message)


def _pace(world: World, person: Person, count: int = 1) -> None:
    if world.limits:
        world.pace.take(person.chat_id, world.now(), count)


SENDING: dict[str, Callable[[World, Arguments], Any]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendChatAction": send_chat_action,
}
