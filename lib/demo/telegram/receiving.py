"""The methods by which a bot gets updates, files and chats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.demo.telegram.api_error import bad_request
from lib.demo.telegram.arguments import Arguments
from lib.demo.telegram.media import describe_file
from lib.demo.telegram.models import Json
from lib.demo.telegram.state import TelegramState

_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
)


def get_updates(state: TelegramState, args: Arguments) -> list[Json]:
    """Return new updates; wait for them up to the timeout."""
    state.updates.allow(args.item("allowed_updates", "allowed updates JSON object"))
    limit = args.number("limit") if "limit" in args.values else 100
    return state.updates.poll(args.number("offset"), max(1, limit), args.number("timeout"))


def set_webhook(state: TelegramState, args: Arguments) -> bool:
    """Set a webhook. It is never called, but getUpdates fails as long as it is set."""
    url = args.text("url")
    if url and not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    state.updates.allow(args.item("allowed_updates", "allowed updates JSON object"))
    return _change_webhook(state, args, url)


def delete_webhook(state: TelegramState, args: Arguments) -> bool:
    """Remove the webhook."""
    return _change_webhook(state, args, "")


def _change_webhook(state: TelegramState, args: Arguments, url: str) -> bool:
    state.updates.webhook = url
    if args.flag("drop_pending_updates"):
        state.updates.drop()
    state.changed.notify_all()
    return True


def get_webhook_info(state: TelegramState, args: Arguments) -> Json:
    """Return the status of the webhook."""
    info = {"has_custom_certificate": False, "pending_update_count": state.updates.pending()}
    return {"url": state.updates.webhook, **info, "allowed_updates": sorted(state.updates.allowed)}


def get_file(state: TelegramState, args: Arguments) -> Json:
    """Return where a file can be downloaded."""
    return describe_file(state, args.text("file_id"))


def get_chat(state: TelegramState, args: Arguments) -> Json:
    """Describe a private chat."""
    person = args.person(state)
    return {**person.chat(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}


RECEIVING: dict[str, Callable[[TelegramState, Arguments], Any]] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
    "getChat": get_chat,
}
