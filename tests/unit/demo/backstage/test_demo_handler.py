"""What the page of one demo run may do when another run uses the same port."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests

from lib.demo.server import TelegramServer

TOKEN = "100001:AAHandler-not-a-secret-0123456789abcdef"
VERA = {"id": 7, "first_name": "Вера", "language_code": "ru"}


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    server = TelegramServer(TOKEN, people=[VERA]).start()
    yield server
    server.stop()


def run_of(server: TelegramServer) -> str:
    """Return the run id in a server's page."""
    page = requests.get(server.url, timeout=10).text
    found = re.search(r'<body data-run="(\w+)">', page)
    assert found
    return found[1]


def speaks(server: TelegramServer, run: str | None) -> int:
    """Switch the language to English as a page does, or without a run id as a test does; return the HTTP status."""
    headers = {} if run is None else {"X-Run": run}
    url = f"{server.url}/control/speak"
    return requests.post(url, json={"language_code": "en"}, headers=headers, timeout=10).status_code


def test_it_works(server: TelegramServer) -> None:
    assert speaks(server, run_of(server)) == 200
    assert server.state.people[7].language_code == "en"


def test_a_page_of_an_earlier_run_does_nothing(server: TelegramServer) -> None:
    earlier = run_of(server)
    server.stop()
    later = TelegramServer(TOKEN, port=server.port, people=[VERA]).start()
    try:
        assert speaks(later, earlier) == 409
        assert requests.get(f"{later.url}/control/users", headers={"X-Run": earlier}, timeout=10).status_code == 409
        assert requests.get(f"{later.url}/control/events?run={earlier}", timeout=10).status_code == 409
        assert later.state.people[7].language_code == "ru"
        assert run_of(later) != earlier
    finally:
        later.stop()


def test_the_page_of_a_server_that_was_down_goes_on(server: TelegramServer) -> None:
    run = run_of(server)
    server.stop()
    server.start()
    assert speaks(server, run) == 200


def test_a_client_without_a_page_needs_no_run(server: TelegramServer) -> None:
    assert speaks(server, None) == 200
