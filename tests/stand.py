"""A client of the local Telegram for tests: people who write and press buttons, and a view of what the bot did."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from lib.demo.backstage import control_api
from lib.demo.backstage.people import NotPossible
from lib.demo.server import TelegramServer

Json = dict[str, Any]
TOKEN = "100001:AAStand-not-a-secret-0123456789abcdef"
SOON = 30  # seconds: the work takes one or two, but the machine may be busy with other tests
_PAUSE, _LONGEST_PAUSE = 0.02, 0.2  # seconds between two looks, at first and after a while


class Stand:
    """A running local Telegram, in this process unless `url` points to one in another process.

    Rate limits are on, as in reality. `limits=False` is for tests that send faster than people can read. The control
    API of a server in this process is called directly, since tests look at it all the time; `direct=False` uses HTTP.
    """

    def __init__(
        self, token: str = TOKEN, limits: bool = True, url: str | None = None, direct: bool = True, **options: Any
    ) -> None:
        self.token, self._direct = token, direct
        self.patience = 1  # the factor of every timeout: larger where the bot runs on a slow machine
        self.server = None if url else TelegramServer(token, limits=limits, **options).start()
        self.url = url or (self.server.url if self.server else "")
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """Stop the server."""
        self._session.close()
        if self.server:
            self.server.stop()

    def __enter__(self) -> Stand:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Refuse connections for the length of the `with` block; nothing is forgotten."""
        assert self.server, "only a server in this process can go down"
        self.server.stop()
        try:
            yield
        finally:
            self.server.start()

    def do(self, command: str, **args: Any) -> Any:
        """Run a command of the control API; raise AssertionError with its message if it fails."""
        given = {name: value for name, value in args.items() if value is not None}
        if self.server and self._direct:
            return _direct(control_api.run_command, self.server, command, given)
        return _answer(self._session.post(f"{self.url}/control/{command}", json=given, timeout=30))

    def see(self, view: str, **args: Any) -> Any:
        """Return a view of the control API."""
        if self.server and self._direct:
            return _direct(control_api.read_view, self.server, view, {name: str(value) for name, value in args.items()})
        return _answer(self._session.get(f"{self.url}/control/{view}", params=args, timeout=30))

    def call(self, method: str, **params: Any) -> Json:
        """Call the Bot API as a bot does; return the whole response."""
        answer: Json = self._session.post(f"{self.url}/bot{self.token}/{method}", json=params, timeout=70).json()
        return answer

    def user(self, id: int, first_name: str = "Аня", language_code: str = "ru", **names: str) -> Person:
        """Add a person; the bot gets to know them when they write."""
        self.do("users", id=id, first_name=first_name, language_code=language_code, **names)
        return Person(self, id)

    def requests(self, method: str | None = None, since: int = 0) -> list[Json]:
        """Return the log of calls: id, time, method, params, files, status, answer, fault."""
        found: list[Json] = self.see("requests", since=since, **({"method": method} if method else {}))
        return found

    def violations(self) -> list[Json]:
        """Return the mistakes in calls that Telegram would silently ignore: time, method, what."""
        found: list[Json] = self.see("violations")
        return found

    def fault(self, kind: str, **rule: Any) -> None:
        """Add a fault: method, chat_id, count (None: always), status, body, retry_after, seconds, after_effect."""
        _answer(self._session.post(f"{self.url}/control/faults", json={"add": {"kind": kind, **rule}}, timeout=30))

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.do("faults", rules=[])

    def update(self, update: Mapping[str, Any]) -> int:
        """Inject an update unchanged; return its id."""
        return int(self.do("update", update=dict(update))["update_id"])

    def set_clock(self, offset: float) -> None:
        """Set the server's clock this many seconds ahead."""
        self.do("clock", offset=offset)

    def pending(self) -> int:
        """Return the number of updates that the bot has not confirmed."""
        return int(self.see("pending")["count"])

    def wait(self, check: Callable[[], Any], timeout: float = SOON, what: str = "the expected change") -> Any:
        """Call `check` until it returns something true, and return that."""
        timeout, pause = timeout * self.patience, _PAUSE * self.patience
        end = time.monotonic() + timeout
        while True:
            found = check()
            if found:
                return found
            assert time.monotonic() < end, f"{what} did not happen within {timeout} s"
            time.sleep(pause)
            pause = min(pause * 1.2, _LONGEST_PAUSE * self.patience)

    def settle(self, timeout: float = SOON) -> None:
        """Wait until the bot has confirmed every update."""
        self.wait(lambda: self.pending() == 0, timeout, "the confirmation of all updates")


class Person:
    """A person who uses Telegram."""

    def __init__(self, stand: Stand, id: int) -> None:
        self.stand, self.id = stand, id

    def send(self, text: str, reply_to: Json | int | None = None, **more: Any) -> int:
        """Send a message to the bot and return its id; `file={name, base64, photo}` attaches a file."""
        answer = self.stand.do("send", user_id=self.id, text=text, reply_to=_id(reply_to), **more)
        return int(answer["message_id"])

    def press(
        self, text: str | None = None, data: str | None = None, message: Json | int | None = None, forge: bool = False
    ) -> str:
        """Press a button, found by part of its text or by its data, on the newest message that has it.

        Return the id of the callback query. With `forge`, buttons that do not exist can be pressed as well.
        """
        answer = self.stand.do(
            "press", user_id=self.id, message_id=_id(message), text=text and self._label(text, _id(message)), data=data,
            forge=forge or None,
        )  # fmt: skip
        return str(answer["callback_query_id"])

    def _label(self, part: str, message_id: int | None) -> str:
        """Return the full text of a button; an unknown text is returned unchanged, and the server rejects it."""
        shown = [m for m in reversed(self.messages()) if message_id in (None, m["message_id"])]
        return next((label for message in shown for label in labels(message) if part in label), part)

    def block(self) -> None:
        """Block the bot."""
        self.stand.do("block", user_id=self.id)

    def unblock(self) -> None:
        """Unblock the bot."""
        self.stand.do("unblock", user_id=self.id)

    def deactivate(self) -> None:
        """Delete the Telegram account."""
        self.stand.do("deactivate", user_id=self.id)

    def transcript(self) -> list[Json]:
        """Return the whole chat, including the person's own and deleted messages."""
        found: list[Json] = self.stand.see("transcript", user_id=self.id)
        return found

    def messages(self) -> list[Json]:
        """Return the bot's messages that have not been deleted."""
        return [message for message in self.transcript() if message["outgoing"] and not message["deleted"]]

    def last(self) -> Json:
        """Return the bot's newest message."""
        messages = self.messages()
        assert messages, f"the bot has not written to {self.id}"
        return messages[-1]

    def wait_for(
        self,
        text: str | None = None,
        predicate: Callable[[Json], Any] | None = None,
        timeout: float = SOON,
        after: Json | int | None = None,
    ) -> Json:
        """Wait for a message from the bot that contains the text and satisfies the predicate; return the newest one.

        With `after`, only newer messages than that one count.
        """

        def find() -> Json | None:
            for message in reversed(self.messages()):
                fits = text is None or text in words(message)
                if fits and message["message_id"] > (_id(after) or 0) and (predicate is None or predicate(message)):
                    return message
            return None

        try:
            found: Json = self.stand.wait(find, timeout)
        except AssertionError:
            said = "\n".join(f"  {m['message_id']}: {words(m)!r} {labels(m)}" for m in self.messages()[-8:])
            raise AssertionError(f"{self.id} got no message with {text!r} within {timeout} s, only:\n{said}") from None
        return found

    def buttons(self, message: Json | None = None) -> list[str]:
        """Return the texts of the inline buttons of a message, by default the newest one."""
        return labels(message or self.last())

    def download(self, message: Json) -> bytes:
        """Return the content of a message's document, or of its photo at full size."""
        file = message["document"] if "document" in message else message["photo"][-1]
        answer = requests.get(f"{self.stand.url}/control/file", params={"id": file["file_id"]}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.content

    def answers(self) -> list[Json]:
        """Return the answers to button presses: callback_query_id, text, alert, time."""
        found: list[Json] = self.stand.see("answers", user_id=self.id)
        return found

    def wait_for_answer(self, query_id: str, timeout: float = SOON) -> Json:
        """Wait for the answer to a button press."""

        def find() -> Json | None:
            return next((answer for answer in self.answers() if answer["callback_query_id"] == query_id), None)

        found: Json = self.stand.wait(find, timeout, f"the answer to query {query_id}")
        return found


def words(message: Json) -> str:
    """Return a message's text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def is_panel(message: Json) -> bool:
    """Return True for an admin's panel, which also lists troubles."""
    return words(message).startswith("🛠")


def labels(message: Json) -> list[str]:
    """Return the texts of a message's inline buttons."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [str(button["text"]) for row in rows for button in row]


def _id(message: Json | int | None) -> int | None:
    return int(message["message_id"]) if isinstance(message, dict) else message


def _direct(call: Callable[..., Any], server: TelegramServer, name: str, args: Json) -> Any:
    """Call the control API without HTTP; what goes in and out is JSON all the same."""
    try:
        return json.loads(json.dumps(call(server.state, name, json.loads(json.dumps(args)))))
    except NotPossible as exc:
        raise AssertionError(str(exc)) from exc


def _answer(response: requests.Response) -> Any:
    answer = response.json()
    assert response.status_code == 200, answer.get("error", answer)
    return answer


def validate_requests(stand: Stand) -> list[str]:
    """Check every call in the log against aiogram's models of the Bot API; return a line for each mistake."""
    from tests import api_models  # takes a second to import

    return api_models.complaints(stand.requests())
