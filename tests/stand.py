"""A small client of the local Telegram for story tests: people who write and press, and eyes on what the bot did."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from lib.demo import control
from lib.demo.people import NotPossible
from lib.demo.telegram_server import TOKEN, TelegramServer

Json = dict[str, Any]
_STEP, _LONGEST_STEP = 0.02, 0.2  # seconds between two looks, at first and after a while


class Stand:
    """A running local Telegram. In the same process by default; `url` points to one that runs elsewhere.

    Rate limits are on, as in life; `limits=False` for tests that send faster than people read. The control API of a
    server in this process is called directly, for tests look at it all the time; `direct=False` goes over HTTP.
    """

    def __init__(
        self, token: str = TOKEN, limits: bool = True, url: str | None = None, direct: bool = True, **options: Any
    ) -> None:
        self.token, self._direct = token, direct
        self.server = None if url else TelegramServer(token, limits=limits, **options).start()
        self.url = url or (self.server.url if self.server else "")
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """Stop."""
        self._session.close()
        if self.server:
            self.server.stop()

    def __enter__(self) -> Stand:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Be out of reach for a while: connections are refused, nothing is forgotten."""
        assert self.server, "only a stand of this process can go down"
        self.server.stop()
        try:
            yield
        finally:
            self.server.start()

    def do(self, deed: str, **args: Any) -> Any:
        """Do a deed of the control API; raises AssertionError with its words when it is not possible."""
        given = {name: value for name, value in args.items() if value is not None}
        if self.server and self._direct:
            return _direct(control.change, self.server, deed, given)
        return _answer(self._session.post(f"{self.url}/control/{deed}", json=given, timeout=30))

    def see(self, what: str, **args: Any) -> Any:
        """Look at a view of the control API."""
        if self.server and self._direct:
            return _direct(control.look, self.server, what, {name: str(value) for name, value in args.items()})
        return _answer(self._session.get(f"{self.url}/control/{what}", params=args, timeout=30))

    def call(self, method: str, **params: Any) -> Json:
        """Call the Bot API, as a bot does; gives the whole answer."""
        answer: Json = self._session.post(f"{self.url}/bot{self.token}/{method}", json=params, timeout=70).json()
        return answer

    def user(self, id: int, first_name: str = "Аня", language_code: str = "ru", **names: str) -> Person:
        """Introduce somebody; the bot knows them once they wrote."""
        self.do("users", id=id, first_name=first_name, language_code=language_code, **names)
        return Person(self, id)

    def requests(self, method: str | None = None, since: int = 0) -> list[Json]:
        """Give the log of calls: id, time, method, params, files, status, answer, fault."""
        found: list[Json] = self.see("requests", since=since, **({"method": method} if method else {}))
        return found

    def violations(self) -> list[Json]:
        """Give what Telegram would silently ignore and is surely a mistake: time, method, what."""
        found: list[Json] = self.see("violations")
        return found

    def fault(self, kind: str, **rule: Any) -> None:
        """Add a rule: method, chat_id, count (None: for ever), status, body, retry_after, seconds, after_effect."""
        _answer(self._session.post(f"{self.url}/control/faults", json={"add": {"kind": kind, **rule}}, timeout=30))

    def clear_faults(self) -> None:
        """Take all rules away."""
        self.do("faults", rules=[])

    def update(self, update: Mapping[str, Any]) -> int:
        """Inject an update as it is; gives its id."""
        return int(self.do("update", update=dict(update))["update_id"])

    def set_clock(self, offset: float) -> None:
        """Set the server's clock this many seconds ahead."""
        self.do("clock", offset=offset)

    def pending(self) -> int:
        """Count the updates that the bot has not confirmed."""
        return int(self.see("pending")["count"])

    def wait(self, check: Callable[[], Any], timeout: float = 10, what: str = "what was waited for") -> Any:
        """Look again and again until `check` gives something true, and give that."""
        end, step = time.monotonic() + timeout, _STEP
        while True:
            found = check()
            if found:
                return found
            assert time.monotonic() < end, f"{what} did not happen within {timeout} s"
            time.sleep(step)
            step = min(step * 1.2, _LONGEST_STEP)

    def settle(self, timeout: float = 10) -> None:
        """Wait until the bot has confirmed every update."""
        self.wait(lambda: self.pending() == 0, timeout, "the confirmation of all updates")


class Person:
    """Somebody with a phone in hand."""

    def __init__(self, stand: Stand, id: int) -> None:
        self.stand, self.id = stand, id

    def send(self, text: str, reply_to: Json | int | None = None, **more: Any) -> int:
        """Write to the bot; gives the message's id. `file={name, base64, photo}` attaches one."""
        answer = self.stand.do("send", user_id=self.id, text=text, reply_to=_id(reply_to), **more)
        return int(answer["message_id"])

    def press(
        self, text: str | None = None, data: str | None = None, message: Json | int | None = None, forge: bool = False
    ) -> str:
        """Press a button by part of its text or by its data, on the newest message that has it; gives the query's id.

        With `forge`, anything can be pressed: data of no button, buttons of messages that are gone.
        """
        answer = self.stand.do(
            "press", user_id=self.id, message_id=_id(message), text=text and self._label(text, _id(message)), data=data,
            forge=forge or None,
        )  # fmt: skip
        return str(answer["callback_query_id"])

    def _label(self, part: str, message_id: int | None) -> str:
        """Complete a button's text; an unknown one stays as it is, and the stand refuses it."""
        shown = [m for m in reversed(self.messages()) if message_id in (None, m["message_id"])]
        return next((label for message in shown for label in labels(message) if part in label), part)

    def block(self) -> None:
        """Block the bot."""
        self.stand.do("block", user_id=self.id)

    def unblock(self) -> None:
        """Unblock the bot."""
        self.stand.do("unblock", user_id=self.id)

    def deactivate(self) -> None:
        """Leave Telegram."""
        self.stand.do("deactivate", user_id=self.id)

    def transcript(self) -> list[Json]:
        """Give the chat from its beginning, own and deleted messages included."""
        found: list[Json] = self.stand.see("transcript", user_id=self.id)
        return found

    def messages(self) -> list[Json]:
        """Give what the bot wrote and what is still there."""
        return [message for message in self.transcript() if message["outgoing"] and not message["deleted"]]

    def last(self) -> Json:
        """Give the bot's newest message."""
        messages = self.messages()
        assert messages, f"the bot has not written to {self.id}"
        return messages[-1]

    def wait_for(
        self,
        text: str | None = None,
        predicate: Callable[[Json], Any] | None = None,
        timeout: float = 10,
        after: Json | int | None = None,
    ) -> Json:
        """Wait for a message of the bot that contains the text and fulfils the predicate; gives the newest such.

        `after`: only messages newer than that one.
        """

        def look() -> Json | None:
            for message in reversed(self.messages()):
                fits = text is None or text in words(message)
                if fits and message["message_id"] > (_id(after) or 0) and (predicate is None or predicate(message)):
                    return message
            return None

        try:
            found: Json = self.stand.wait(look, timeout)
        except AssertionError:
            said = "\n".join(f"  {m['message_id']}: {words(m)!r} {labels(m)}" for m in self.messages()[-8:])
            raise AssertionError(f"{self.id} got no message with {text!r} within {timeout} s, but:\n{said}") from None
        return found

    def buttons(self, message: Json | None = None) -> list[str]:
        """Give the texts of the inline buttons of a message, the newest one's if none is named."""
        return labels(message or self.last())

    def download(self, message: Json) -> bytes:
        """Give the content of a message's document, or of its photo at full size."""
        file = message["document"] if "document" in message else message["photo"][-1]
        answer = requests.get(f"{self.stand.url}/control/file", params={"id": file["file_id"]}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.content

    def answers(self) -> list[Json]:
        """Give the answers to presses: callback_query_id, text, alert, time."""
        found: list[Json] = self.stand.see("answers", user_id=self.id)
        return found

    def wait_for_answer(self, query_id: str, timeout: float = 10) -> Json:
        """Wait for the answer to a press."""

        def look() -> Json | None:
            return next((answer for answer in self.answers() if answer["callback_query_id"] == query_id), None)

        found: Json = self.stand.wait(look, timeout, f"the answer to press {query_id}")
        return found


def words(message: Json) -> str:
    """Give a message's text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def labels(message: Json) -> list[str]:
    """Give the texts of a message's inline buttons."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [str(button["text"]) for row in rows for button in row]


def _id(message: Json | int | None) -> int | None:
    return int(message["message_id"]) if isinstance(message, dict) else message


def _direct(call: Callable[..., Any], server: TelegramServer, name: str, args: Json) -> Any:
    """Call the control API without HTTP; what goes in and out is JSON all the same."""
    try:
        return json.loads(json.dumps(call(server.world, server.faults, name, json.loads(json.dumps(args)))))
    except NotPossible as exc:
        raise AssertionError(str(exc)) from exc


def _answer(response: requests.Response) -> Any:
    answer = response.json()
    assert response.status_code == 200, answer.get("error", answer)
    return answer


def validate_requests(stand: Stand) -> list[str]:
    """Check every call in the log against aiogram's models of the Bot API; a line for each finding."""
    from tests import api_models  # a second of import that only those pay who ask

    return api_models.complaints(stand.requests())
