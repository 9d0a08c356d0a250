"""The arguments of one call, read the way the real server does: numbers and objects may come as strings."""

from __future__ import annotations

import json
from typing import Any

from lib.demo.telegram.api_error import ApiError, bad_request
from lib.demo.telegram.formatting import Entity, parse_text
from lib.demo.telegram.limits import UPLOAD_BYTES
from lib.demo.telegram.models import Person
from lib.demo.telegram.reply_markup import check_reply_markup
from lib.demo.telegram.request_body import Body, Upload
from lib.demo.telegram.state import TelegramState


class Arguments:
    """Reads arguments by type, and collects violations of the Bot API that the real server would silently ignore."""

    def __init__(self, method: str, body: Body) -> None:
        self.method, self.values, self.files = method, body.values, body.files
        self.violations: list[str] = []

    def text(self, name: str) -> str:
        """Return a string; other values are converted to JSON, as by the real server."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def flag(self, name: str) -> bool:
        """Return a boolean."""
        return self.text(name).lower() in ("true", "yes", "1")

    def number(self, name: str) -> int:
        """Return an integer; 0 if there is none."""
        return _integer(self.values.get(name)) or 0

    def item(self, name: str, what: str) -> Any:
        """Return an object or array, None if absent. If it is not JSON, raise ApiError: can't parse `what`."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {what}") from None

    def person(self, state: TelegramState, name: str = "chat_id") -> Person:
        """Return the person in this chat; raise ApiError if the bot can't write to them."""
        if self.values.get(name, "") == "":
            raise bad_request(f"{name} is empty")
        return state.find_recipient(_integer(self.values[name]))

    def formatted(self, name: str, entities: str) -> tuple[str, list[Entity]]:
        """Return a text or caption with its entities."""
        return parse_text(self.text(name), self.text("parse_mode"), self.item(entities, "entities JSON object"))

    def markup(self, inline_only: bool = False) -> dict[str, Any] | None:
        """Return the keyboard, None if there is none."""
        markup = self.item("reply_markup", "reply keyboard markup JSON object")
        if markup in (None, {}):
            return None
        self.violations += check_reply_markup(markup, inline_only)
        return dict(markup)

    def upload(self, value: Any) -> Upload | None:
        """Return the file that a value such as `attach://field` refers to, None for any other value."""
        if not isinstance(value, str) or not value.startswith("attach://"):
            return None
        upload = self.files.get(value[len("attach://") :])
        return _checked(upload) if upload else None

    def file(self, name: str) -> Upload | str:
        """Return a file: an upload, or the id or URL of one."""
        if name in self.files:
            return _checked(self.files[name])
        return self.upload(self.text(name)) or self.text(name)


def _checked(upload: Upload) -> Upload:
    if len(upload.content) > UPLOAD_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    if not upload.content:
        raise bad_request("file must be non-empty")
    return upload


def _integer(value: Any) -> int | None:
    try:
        return None if isinstance(value, bool) else int(str(value))
    except ValueError:
        return None
