"""Every answer of Telegram means one thing, and none of them shows the token."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lib import errors
from lib.telegram.api import MOST_BYTES, Telegram, read_answer
from tests.unit.bot_settings import TOKEN


def refusal(code: int, description: str, **parameters: Any) -> bytes:
    return json.dumps({"ok": False, "error_code": code, "description": description, "parameters": parameters}).encode()


def test_it_works() -> None:
    assert read_answer("getMe", 200, b'{"ok": true, "result": {"id": 7}}') == {"id": 7}


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        (400, "Bad Request: message is not modified: specified new message content…", errors.AlreadyDone),
        (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", errors.AlreadyDone),
        (400, "Bad Request: message to delete not found", errors.AlreadyDone),
        (400, "Bad Request: message to edit not found", errors.MessageGone),
        (400, "Bad Request: message can't be edited", errors.MessageGone),
        (400, "Bad Request: can't parse entities: Unsupported start tag", errors.BadRequest),
        (400, "Bad Request: chat not found", errors.Unreachable),
        (403, "Forbidden: bot was blocked by the user", errors.Unreachable),
        (403, "Forbidden: user is deactivated", errors.Unreachable),
        (401, "Unauthorized", errors.WrongToken),
        (404, "Not Found", errors.WrongToken),
        (409, "Conflict: terminated by other getUpdates request", errors.AnotherPoller),
        (500, "Internal Server Error: restart", errors.RetryLater),
    ],
)
def test_each_refusal_has_its_meaning(code: int, description: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        read_answer("sendMessage", code, refusal(code, description))


def test_a_429_tells_exactly_how_long() -> None:
    with pytest.raises(errors.RetryLater) as wait:
        read_answer("sendMessage", 429, refusal(429, "Too Many Requests: retry after 17", retry_after=17))
    assert (wait.value.seconds, wait.value.of_chat) == (17, True)


def test_a_moved_chat_tells_where_to() -> None:
    with pytest.raises(errors.ChatMoved) as moved:
        read_answer("sendMessage", 400, refusal(400, "group chat was upgraded", migrate_to_chat_id=-100))
    assert moved.value.chat_id == -100


@pytest.mark.parametrize("body", [b"", b"<html>502 Bad Gateway</html>", b'{"ok": tr', b"[]", b"null", b'"ok"'])
def test_nonsense_means_later(body: bytes) -> None:
    with pytest.raises(errors.RetryLater):
        read_answer("sendMessage", 502, body)


def test_a_network_error_does_not_show_the_token() -> None:
    telegram = Telegram(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(errors.RetryLater) as failure:
        telegram.call("getMe", {})
    seen = f"{failure.value!s} {failure.value!r} {failure.value.__cause__} {failure.value.__suppress_context__}"
    assert TOKEN not in seen
    assert failure.value.__suppress_context__


@pytest.mark.parametrize(
    "answer",
    [
        {"ok": False, "error_code": 429, "parameters": {"retry_after": "soon"}},
        {"ok": False, "error_code": 429, "parameters": [1]},
        {"ok": False, "error_code": "many"},
        {"ok": False, "error_code": 400, "parameters": {"migrate_to_chat_id": "there"}},
        {"ok": False, "error_code": 1e400},
    ],
)
def test_a_refusal_of_another_shape_means_later(answer: dict[str, Any]) -> None:
    with pytest.raises(errors.RetryLater):
        read_answer("sendMessage", 400, json.dumps(answer).encode())


@pytest.mark.parametrize(("asked", "waits"), [(10**9, 86400.0), (-5, 0.0)])
def test_no_wait_lasts_longer_than_a_day(asked: int, waits: float) -> None:
    with pytest.raises(errors.RetryLater) as wait:
        read_answer("sendMessage", 429, refusal(429, "Too Many Requests", retry_after=asked))
    assert wait.value.seconds == waits


@contextmanager
def server(status: int, body: bytes, **headers: str) -> Iterator[tuple[str, list[str]]]:
    """Serve one answer to every request; yield the address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - as http.server names it

        def log_message(self, *_: object) -> None:
            pass

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{found.server_port}", asked
    finally:
        found.shutdown()
        found.server_close()


def test_an_answer_that_grows_when_it_is_decompressed_is_given_up() -> None:
    bomb = gzip.compress(b'{"ok": true, "result": "' + bytes(20 * MOST_BYTES) + b'"}')
    assert len(bomb) < MOST_BYTES / 30
    with server(200, bomb, Content_Encoding="gzip") as (address, _), pytest.raises(errors.RetryLater, match="than"):
        Telegram(TOKEN, address).call("getUpdates", {})


def test_a_compressed_answer_is_read() -> None:
    with server(200, gzip.compress(b'{"ok": true, "result": [1, 2]}'), Content_Encoding="gzip") as (address, _):
        assert Telegram(TOKEN, address).call("getUpdates", {}) == [1, 2]


def test_files_are_not_taken_to_where_a_redirect_leads() -> None:
    file = {"document": ("a.conf", b"secret", "text/plain")}
    with (
        server(200, b'{"ok": true, "result": {}}') as (elsewhere, asked),
        server(307, b"", Location=f"{elsewhere}/bot{TOKEN}/sendDocument") as (address, _),
    ):
        with pytest.raises(errors.RetryLater):
            Telegram(TOKEN, address).call("sendDocument", {}, file)
        assert asked == []
