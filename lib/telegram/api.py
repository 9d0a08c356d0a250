"""The only HTTP of the bot: one call to Telegram, and the one table that says what each failure means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import requests

from lib import errors
from lib.errors import AlreadyDone, MessageGone, RetryLater, TelegramError, Unreachable

CONNECT_SECONDS = 10
READ_SECONDS = 30
NETWORK_PAUSE = 2.0  # seconds before the first retry if nothing or nonsense came back
MOST_BYTES = 16 << 20  # of an answer, decompressed: a hundred of the largest updates take 3 MB
CHUNK_BYTES = 8192  # read at once; compressed ones may become a thousand times as many
LONGEST_WAIT = 86400.0  # seconds, whatever Telegram asks for

# What 400 and 403 mean, by the words of their description (facts of the Bot API server); the first match counts.
MEANINGS: tuple[tuple[str, type[TelegramError]], ...] = (
    ("message is not modified", AlreadyDone),
    ("query is too old", AlreadyDone),
    ("query id is invalid", AlreadyDone),
    ("message to delete not found", AlreadyDone),
    ("message can't be deleted", AlreadyDone),
    ("message to edit not found", MessageGone),
    ("message can't be edited", MessageGone),
    ("there is no text in the message to edit", MessageGone),
    ("there is no caption in the message to edit", MessageGone),
    ("bot was blocked by the user", Unreachable),
    ("user is deactivated", Unreachable),
    ("bot was kicked", Unreachable),
    ("can't initiate conversation", Unreachable),
    ("chat not found", Unreachable),
)

Files = Mapping[str, tuple[str, bytes, str]]  # by the parameter that takes it: name, content, type


class Telegram:
    """A keep-alive session with the Bot API; one per thread."""

    def __init__(self, token: str, base: str, proxy: str | None = None) -> None:
        self._prefix = f"{base}/bot{token}/"
        self._session = requests.Session()
        self._session.trust_env = proxy is None
        if proxy:
            self._session.proxies = {"http": proxy, "https": proxy}

    def call(
        self, method: str, params: Mapping[str, Any], files: Files | None = None, read_seconds: float = READ_SECONDS
    ) -> Any:
        """Call a method and return its result. A TelegramError never contains the URL, which has the token in it."""
        fields = {name: value for name, value in params.items() if value is not None}
        body: dict[str, Any] = {"data": _form(fields), "files": files} if files else {"json": fields}
        options: dict[str, Any] = {"stream": True, "allow_redirects": False, "timeout": (CONNECT_SECONDS, read_seconds)}
        try:
            with self._session.post(self._prefix + method, **options, **body) as answer:
                content = _read_content(method, answer)
        except requests.RequestException as exc:
            raise RetryLater(f"{method}: {type(exc).__name__}", NETWORK_PAUSE) from None
        return read_answer(method, answer.status_code, content)


def _read_content(method: str, answer: requests.Response) -> bytes:
    """Read an answer, whose size is bounded: a small compressed one may grow without end."""
    content = bytearray()
    for chunk in answer.iter_content(CHUNK_BYTES):
        content += chunk
        if len(content) > MOST_BYTES:
            raise RetryLater(
                f"{method}: {answer.status_code} with an answer of more than {MOST_BYTES} bytes", NETWORK_PAUSE
            )
    return bytes(content)


def _form(fields: Mapping[str, Any]) -> dict[str, str]:
    """Encode compound values as JSON, as multipart wants them."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}


def read_answer(method: str, status: int, content: bytes) -> Any:
    """Return the result in Telegram's answer, or raise the error that it means."""
    try:
        answer = json.loads(content)
        if answer["ok"]:
            return answer["result"]
        failure = _meaning(method, int(answer.get("error_code") or status), answer)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise RetryLater(f"{method}: {status} with an unreadable answer", NETWORK_PAUSE) from None
    raise failure


def _meaning(method: str, code: int, answer: Mapping[str, Any]) -> TelegramError:
    """Return the error that a refusal means; only this function knows Telegram's words."""
    description = str(answer.get("description"))
    text = f"{method}: {code} {description}"
    parameters = answer.get("parameters") or {}
    if code == 429:
        return RetryLater(text, min(max(float(parameters.get("retry_after", 1)), 0.0), LONGEST_WAIT), of_chat=True)
    if code in (401, 404):
        return errors.WrongToken(text)
    if code == 409:
        return errors.AnotherPoller(text)
    if parameters.get("migrate_to_chat_id"):
        return errors.ChatMoved(text, int(parameters["migrate_to_chat_id"]))
    if code >= 500:
        return RetryLater(text, NETWORK_PAUSE)
    kind = next((kind for words, kind in MEANINGS if words in description.lower()), errors.BadRequest)
    return kind(text)
