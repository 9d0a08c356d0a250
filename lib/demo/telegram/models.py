"""What Telegram keeps: people, messages, files and button presses, and how the Bot API presents them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Person:
    """A person, and their private chat with the bot, which has the same id."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    role: str = "friend"  # for the page: friend | admin
    names: Json = field(default_factory=dict)  # for the page: the first name in each language
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def user(self) -> Json:
        """Return the person as a User object."""
        return {"id": self.id, "is_bot": False, **self._names(), **non_empty(language_code=self.language_code)}

    def chat(self) -> Json:
        """Return the private chat as a Chat object."""
        return {"id": self.id, "type": "private", **self._names()}

    def _names(self) -> Json:
        return {"first_name": self.first_name, **non_empty(last_name=self.last_name, username=self.username)}


@dataclass
class Message:
    """A message and its history; `content` is the part that an edit replaces."""

    id: int
    person: Person
    outgoing: bool  # sent by the bot
    date: int
    content: Json
    markup: Json | None = None
    extra: Json = field(default_factory=dict)
    edit_date: int | None = None
    deleted: bool = False
    update_id: int | None = None  # of the update that delivered it to the bot
    history: list[Json] = field(default_factory=list)


@dataclass(frozen=True)
class File:
    """A stored file; several ids may refer to the same content."""

    id: str
    unique_id: str
    kind: str  # photo | document
    name: str
    mime: str
    content: bytes
    path: str


@dataclass(frozen=True)
class CallbackQuery:
    """A button press that has not been answered yet."""

    person: Person
    pressed_at: float


def non_empty(**values: Any) -> Json:
    """Return the values that are neither None nor ''."""
    return {name: value for name, value in values.items() if value not in (None, "")}
