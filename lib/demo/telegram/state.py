"""Everything this Telegram remembers (people, messages, files, settings of the bot) and the one lock around it."""

from __future__ import annotations

import queue
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from lib.demo.telegram.api_error import ApiError, bad_request
from lib.demo.telegram.faults import Fault
from lib.demo.telegram.models import CallbackQuery, File, Json, Message, Person, non_empty
from lib.demo.telegram.rate_limiter import RateLimiter
from lib.demo.telegram.update_queue import UpdateQueue


class TelegramState:
    """The state of the local Telegram, kept in memory. Callers hold `changed`, a condition with a reentrant lock."""

    def __init__(self, token: str, clock: Callable[[], float], limits: bool, people: Iterable[Json]) -> None:
        self.token, self.limits = token, limits
        self._clock, self._clock_offset = clock, 0.0
        self.changed = threading.Condition(threading.RLock())
        self.updates = UpdateQueue(self.changed, self.now, lambda offset: self.publish("confirmed", offset=offset))
        self.rate_limiter = RateLimiter()
        self.faults: list[Fault] = []
        self.listeners: list[queue.Queue[Json]] = []
        self.people: dict[int, Person] = {}
        self.messages: dict[int, Message] = {}  # message ids are unique across all private chats of a bot
        self.files: dict[str, File] = {}
        self.callback_queries: dict[str, CallbackQuery] = {}
        self.profile: Json = {}  # name, descriptions and menu button of the bot
        self.commands: dict[tuple[str, str], list[Json]] = {}  # (scope, language) -> command menu
        self.answers: list[Json] = []  # to callback queries
        self.violations: list[Json] = []
        self.requests: deque[Json] = deque(maxlen=50_000)
        self.request_count = 0
        for person in people:
            self.add_person(**person)

    def now(self) -> float:
        """Return the current time of this Telegram."""
        return self._clock() + self._clock_offset

    def set_clock(self, offset: float) -> None:
        """Set the clock this many seconds ahead."""
        self._clock_offset = offset
        self.changed.notify_all()

    def bot(self) -> Json:
        """Return the bot as a User object."""
        bot_id = int(self.token.partition(":")[0])
        name = self.profile.get("name:") or "AndreyVPN"
        return {"id": bot_id, "is_bot": True, "first_name": name, "username": "andreyvpn_bot"}

    def publish(self, event: str, **content: Any) -> None:
        """Send an event to every open page."""
        for listener in self.listeners:
            listener.put({"event": event, **content})

    def report_violation(self, method: str, what: str) -> None:
        """Record a call that breaks the Bot API's rules, even if the real Telegram would silently accept it."""
        self.violations.append({"time": self.now(), "method": method, "what": what})

    def add_person(
        self, id: int, first_name: str, last_name: str = "", username: str = "", language_code: str = "",
        role: str = "friend", names: Json | None = None,
    ) -> Person:  # fmt: skip
        """Add a person, or update the names and the language of one who is already there."""
        person = self.people.setdefault(id, Person(id, first_name, role=role))
        person.first_name, person.last_name = first_name, last_name
        person.username, person.language_code = username, language_code
        person.names = names or person.names
        self.publish("person", user=person.user())
        return person

    def add_message(self, person: Person, outgoing: bool, content: Json, markup: Json | None, **extra: Any) -> Message:
        """Add a message to a chat; one that the person wrote becomes an update for the bot."""
        message_id = len(self.messages) + 1
        message = Message(message_id, person, outgoing, int(self.now()), content, markup, non_empty(**extra))
        self.messages[message.id] = message
        if not outgoing:
            message.update_id = self.updates.add("message", self.message_json(message))
        self.publish("message", user_id=person.id, message=self.transcript_entry(message))
        return message

    def edit_message(self, message: Message, content: Json, markup: Json | None) -> None:
        """Replace the content of a message and keep the old one in its history."""
        message.history.append({**message.content, **non_empty(reply_markup=message.markup)})
        message.content, message.markup, message.edit_date = content, markup, int(self.now())
        self.publish("edited", user_id=message.person.id, message=self.transcript_entry(message))

    def delete_message(self, message: Message) -> None:
        """Delete a message from the chat; it stays in the transcript."""
        message.deleted = True
        self.publish("deleted", user_id=message.person.id, message_id=message.id)

    def message_json(self, message: Message, with_reply: bool = True) -> Json:
        """Return a Message object as the Bot API does: of all keyboards, only an inline one is included."""
        inline = message.markup if message.markup and "inline_keyboard" in message.markup else None
        replied = self.messages.get(message.extra.get("reply_to", 0)) if with_reply else None
        return {
            "message_id": message.id,
            "from": self.bot() if message.outgoing else message.person.user(),
            "chat": message.person.chat(),
            "date": message.date,
            **non_empty(edit_date=message.edit_date, reply_markup=inline),
            **({"reply_to_message": self.message_json(replied, with_reply=False)} if replied else {}),
            **{name: value for name, value in message.extra.items() if name != "reply_to"},
            **message.content,
        }

    def transcript_entry(self, message: Message) -> Json:
        """Return a Message object with everything that the page and the tests want to know about it."""
        return {
            **self.message_json(message),
            "outgoing": message.outgoing,
            "keyboard": message.markup,
            "edited": message.edit_date is not None,
            "deleted": message.deleted,
            "update_id": message.update_id,
            "history": message.history,
        }

    def transcript(self, person: Person) -> list[Json]:
        """Return a whole chat, deleted messages included."""
        return [self.transcript_entry(message) for message in self.messages.values() if message.person is person]

    def find_recipient(self, chat_id: int | None) -> Person:
        """Return the person in a chat; raise ApiError if the bot can't write to them."""
        person = self.people.get(chat_id or 0)
        if person is None or not person.started:
            raise bad_request("chat not found")
        if person.deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if person.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return person

    def find_message(self, person: Person, message_id: int | None, error: str) -> Message:
        """Return a message that is still in the chat; raise ApiError with this description otherwise."""
        message = self.messages.get(message_id or 0)
        if message is None or message.person is not person or message.deleted:
            raise bad_request(error)
        return message

    def add_file(self, kind: str, name: str, mime: str, content: bytes) -> File:
        """Store a file under a new id."""
        prefix = {"photo": "AgACAgIAAxkD", "document": "BQACAgIAAxkD"}[kind]
        suffix = ".jpg" if kind == "photo" else name[name.rfind(".") :] if "." in name else ""
        path = f"{kind}s/file_{len(self.files)}{suffix}"
        file = File(prefix + secrets.token_urlsafe(36), f"AQAD{secrets.token_urlsafe(8)}",
                    kind, name, mime, content, path)  # fmt: skip
        self.files[file.id] = file
        return file
