"""The arguments of one call, read as the real server reads them: numbers and objects may come as strings."""

from __future__ import annotations

import json
from typing import Any

from lib.demo.html_text import Entity
from lib.demo.limits import UPLOAD_BYTES, read_text
from lib.demo.markup import check_markup
from lib.demo.refusal import Refused, bad
from lib.demo.request_body import Body, Upload
from lib.demo.world import Person, World


class Arguments:
    """Typed views of what came, and the complaints that reading it gave rise to."""

    def __init__(self, method: str, body: Body) -> None:
        self.method, self.values, self.files = method, body.values, body.files
        self.complaints: list[str] = []

    def text(self, name: str) -> str:
        """Read a string; anything else is shown as JSON, like the real server does."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def flag(self, name: str) -> bool:
        """Read a boolean."""
        return self.text(name).lower() in ("true", "yes", "1")

    def number(self, name: str) -> int:
        """Read a whole number; 0 when there is none."""
        return int(_whole(self.values.get(name)) or 0)

    def item(self, name: str, words: str) -> Any:
        """Read a compound value; None when absent; raises Refused with these words when it is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad(f"can't parse {words}") from None

    def person(self, world: World, name: str = "chat_id") -> Person:
        """Read whom this concerns; raises Refused when the bot can't reach them."""
        if self.values.get(name, "") == "":
            raise bad(f"{name} is empty")
        return world.reach(_whole(self.values[name]))

    def formatted(self, name: str, entities: str) -> tuple[str, list[Entity]]:
        """Read a text or caption with its formatting."""
        return read_text(self.text(name), self.text("parse_mode"), self.item(entities, "entities JSON object"))

    def markup(self, inline_only: bool = False) -> dict[str, Any] | None:
        """Read the keyboard."""
        markup = self.item("reply_markup", "reply keyboard markup JSON object")
        if markup in (None, {}):
            return None
        self.complaints += check_markup(markup, inline_only)
        return dict(markup)

    def upload(self, value: Any) -> Upload | None:
        """Find the file that a value refers to: `attach://field`, or nothing."""
        if not isinstance(value, str) or not value.startswith("attach://"):
            return None
        found = self.files.get(value[len("attach://") :])
        return _checked(found) if found else None

    def file(self, name: str) -> Upload | str:
        """Read a file parameter: an upload, or the id or address of one."""
        if name in self.files:
            return _checked(self.files[name])
        return self.upload(self.text(name)) or self.text(name)


def _checked(upload: Upload) -> Upload:
    if len(upload.content) > UPLOAD_BYTES:
        raise Refused(413, "Request Entity Too Large")
    if not upload.content:
        raise bad("file must be non-empty")
    return upload


def _whole(value: Any) -> int | None:
    try:
        return None if isinstance(value, bool) else int(str(value))
    except ValueError:
        return None
