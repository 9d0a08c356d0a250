"""Who there is, and what was said: people, messages, files, and the one lock around them. Knows no HTTP."""

from __future__ import annotations

import queue
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lib.demo.limits import Pace
from lib.demo.refusal import Refused, bad
from lib.demo.updates import UpdateQueue

Json = dict[str, Any]


@dataclass
class Person:
    """Somebody with a private chat with the bot; `chat_id` differs from `id` only after a migration."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    chat_id: int = 0

    def user(self) -> Json:
        """Show as a User."""
        return {"id": self.id, "is_bot": False, **self._names(), **_present(language_code=self.language_code)}

    def chat(self) -> Json:
        """Show as a Chat."""
        return {"id": self.chat_id, "type": "private", **self._names()}

    def _names(self) -> Json:
        return {"first_name": self.first_name, **_present(last_name=self.last_name, username=self.username)}


@dataclass
class Message:
    """A message and everything that happened to it. `content` is the part that an edit replaces."""

    id: int
    person: Person
    outgoing: bool  # sent by the bot
    date: int
    content: Json
    markup: Json | None = None
    extra: Json = field(default_factory=dict)
    edit_date: int | None = None
    deleted: bool = False
    update_id: int | None = None  # of the update that brought it to the bot
    history: list[Json] = field(default_factory=list)


@dataclass(frozen=True)
class File:
    """A file that Telegram holds; several ids may lead to the same content."""

    id: str
    unique_id: str
    kind: str  # photo | document | thumbnail
    name: str
    mime: str
    content: bytes
    path: str


@dataclass(frozen=True)
class Query:
    """A press of a button that waits for its answer."""

    person: Person
    asked_at: float


class World:
    """The state of this Telegram. `changed` guards everything; callers hold it."""

    def __init__(self, token: str, clock: Callable[[], float], limits: bool, cast: list[Json]) -> None:
        self.token, self.limits, self.cast = token, limits, cast
        self._clock, self.offset = clock, 0.0
        self.changed = threading.Condition(threading.RLock())
        self.updates = UpdateQueue(self.changed, self.now, lambda offset: self.publish("confirmed", offset=offset))
        self.pace = Pace()
        self.listeners: list[queue.Queue[Json]] = []
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Person] = {}
        self.migrated: dict[int, int] = {}  # chat -> the chat it became
        self.messages: dict[int, Message] = {}  # ids are unique over all private chats of a bot
        self.files: dict[str, File] = {}
        self.queries: dict[str, Query] = {}
        self.profile: Json = {}  # what setMy... and the menu button were given
        self.commands: dict[tuple[str, str], list[Json]] = {}  # (scope, language)
        self.answers: list[Json] = []
        self.violations: list[Json] = []
        self.requests: deque[Json] = deque(maxlen=50_000)
        self._last_message = 0
        for person in cast:
            self.add_person(**{name: value for name, value in person.items() if name != "role"})

    def now(self) -> float:
        """Tell the time, with the offset that the control API may have set."""
        return self._clock() + self.offset

    def bot(self) -> Json:
        """Show the bot as a User."""
        own = int(self.token.partition(":")[0])
        name = self.profile.get("name:") or "AndreyVPN"
        return {"id": own, "is_bot": True, "first_name": name, "username": "andreyvpn_bot"}

    def publish(self, event: str, **content: Any) -> None:
        """Tell those who watch."""
        for listener in self.listeners:
            listener.put({"event": event, **content})

    def violate(self, method: str, what: str) -> None:
        """Note something that Telegram silently ignores, and that surely is a mistake."""
        self.violations.append({"time": self.now(), "method": method, "what": what})

    def add_person(
        self, id: int, first_name: str, last_name: str = "", username: str = "", language_code: str = ""
    ) -> Person:
        """Introduce somebody; again with the same id: change the names, keep the chat."""
        person = self.people.setdefault(id, Person(id, first_name, chat_id=id))
        self.chats[person.chat_id] = person
        person.first_name, person.last_name = first_name, last_name
        person.username, person.language_code = username, language_code
        self.publish("person", user=person.user())
        return person

    def add_message(self, person: Person, outgoing: bool, content: Json, markup: Json | None, **extra: Any) -> Message:
        """Write a message into a chat; a person's own becomes an update."""
        self._last_message += 1
        message = Message(self._last_message, person, outgoing, int(self.now()), content, markup, _present(**extra))
        self.messages[message.id] = message
        if not outgoing:
            message.update_id = self.updates.add("message", self.show(message))
        self.publish("message", user_id=person.id, message=self.record(message))
        return message

    def edit_message(self, message: Message, content: Json, markup: Json | None) -> None:
        """Replace what a message says, and remember what it said."""
        message.history.append({**message.content, **_present(reply_markup=message.markup)})
        message.content, message.markup, message.edit_date = content, markup, int(self.now())
        self.publish("edited", user_id=message.person.id, message=self.record(message))

    def delete_message(self, message: Message) -> None:
        """Take a message out of the chat; the transcript keeps it."""
        message.deleted = True
        self.publish("deleted", user_id=message.person.id, message_id=message.id)

    def show(self, message: Message, with_reply: bool = True) -> Json:
        """Show a message as the Bot API does: a keyboard only if it is an inline one."""
        inline = message.markup if message.markup and "inline_keyboard" in message.markup else None
        replied = self.messages.get(message.extra.get("reply_to", 0)) if with_reply else None
        return {
            "message_id": message.id,
            "from": self.bot() if message.outgoing else message.person.user(),
            "chat": message.person.chat(),
            "date": message.date,
            **_present(edit_date=message.edit_date, reply_markup=inline),
            **({"reply_to_message": self.show(replied, with_reply=False)} if replied else {}),
            **{name: value for name, value in message.extra.items() if name != "reply_to"},
            **message.content,
        }

    def record(self, message: Message) -> Json:
        """Show a message as the transcript does."""
        return {
            **self.show(message),
            "outgoing": message.outgoing,
            "keyboard": message.markup,
            "edited": message.edit_date is not None,
            "deleted": message.deleted,
            "update_id": message.update_id,
            "history": message.history,
        }

    def transcript(self, person: Person) -> list[Json]:
        """Give a chat from its beginning, deleted messages included."""
        return [self.record(message) for message in self.messages.values() if message.person is person]

    def reach(self, chat_id: int | None) -> Person:
        """Find whom a message goes to; raises Refused as Telegram does."""
        if chat_id in self.migrated:
            moved = self.migrated[chat_id]
            raise Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=moved)
        person = self.chats.get(chat_id or 0)
        if person is None or not person.started:
            raise bad("chat not found")
        if person.deactivated:
            raise Refused(403, "Forbidden: user is deactivated")
        if person.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return person

    def find_message(self, person: Person, message_id: int | None, refusal: str) -> Message:
        """Find a message that is still in the chat, or refuse with these words."""
        message = self.messages.get(message_id or 0)
        if message is None or message.person is not person or message.deleted:
            raise bad(refusal)
        return message

    def add_file(self, kind: str, name: str, mime: str, content: bytes, unique_id: str = "") -> File:
        """Keep a file under a new id."""
        prefix = {"photo": "AgACAgIAAxkD", "document": "BQACAgIAAxkD", "thumbnail": "AAMCAgADGQMA"}[kind]
        folder = "photos" if kind == "photo" else f"{kind}s"
        ending = ".jpg" if kind == "photo" else name[name.rfind(".") :] if "." in name else ""
        path = f"{folder}/file_{len(self.files)}{ending}"
        file = File(prefix + secrets.token_urlsafe(36), unique_id or f"AQAD{secrets.token_urlsafe(8)}",
                    kind, name, mime, content, path)  # fmt: skip
        self.files[file.id] = file
        return file


def _present(**values: Any) -> Json:
    """Leave out what is empty."""
    return {name: value for name, value in values.items() if value not in (None, "")}
