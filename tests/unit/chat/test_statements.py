"""What is done most asks the database little: each update has its number of statements, and none of them twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from lib.chat.notify.delivery import deliver
from lib.store.configs import configs_of
from lib.store.keeper_notes import Health, write_fact
from lib.store.users import get_user, set_app, set_config_limit
from lib.vpn import client_config
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk

FRIEND, ASKER, NEWCOMER = 100, 101, 102


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A friend with three configs, another who asks for one, and a person waiting for approval."""
    desk.is_let_in(FRIEND)
    set_config_limit(desk.db, FRIEND, 9)
    write_fact(desk.db, Health(up=True, since=desk.now - 9000))
    for name in ("Phone", "Laptop", "Tablet"):
        hold_config(desk.db, FRIEND, desk.now, name)
    desk.is_let_in(ASKER)
    desk.taps(ASKER, "device:iphone")
    desk.passes_captcha(NEWCOMER)
    desk.deliver()
    return desk


def asked(db: sqlite3.Connection, act: Callable[[], object]) -> list[str]:
    """Return the statements of what is done, without what triggers do."""
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    try:
        act()
    finally:
        db.set_trace_callback(None)
    return [" ".join(statement.split()) for statement in statements if not statement.startswith("--")]


def within_transaction(statements: list[str]) -> list[str]:
    begin = statements.index("BEGIN IMMEDIATE")
    return statements[begin + 1 : statements.index("COMMIT", begin)]


def listed(statements: list[str]) -> str:
    return "\n".join(f"{number:4}  {statement[:150]}" for number, statement in enumerate(statements, 1))


UPDATES: list[tuple[str, Callable[[Desk], object], int]] = [
    ("a config's page", lambda desk: desk.taps(FRIEND, "config:2"), 12),
    ("the menu", lambda desk: desk.taps(FRIEND, "menu"), 10),
    ("/start of a friend", lambda desk: desk.says(FRIEND, "/start"), 9),
    ("the list of configs", lambda desk: desk.taps(FRIEND, "configs"), 10),
    ("the diagnosis", lambda desk: desk.taps(FRIEND, "trouble:2"), 14),
    ("the month's traffic", lambda desk: desk.taps(FRIEND, "stats"), 10),
    ("the QR code", lambda desk: desk.taps(FRIEND, "qr:2"), 11),
    ("a request", lambda desk: desk.taps(FRIEND, "device:iphone"), 21),
    ("a tap that is refused", lambda desk: desk.taps(FRIEND, "config:999"), 9),
    ("a tap on a button that nobody offers", lambda desk: desk.taps(FRIEND, "nonsense:1"), 8),
    ("a tap of somebody who may not", lambda desk: desk.taps(FRIEND, "settings"), 7),
    ("a tap of somebody outside", lambda desk: desk.taps(NEWCOMER, "configs"), 8),
    ("a config's page of an admin", lambda desk: desk.taps(1, "held:2"), 12),
    ("an approval of a person", lambda desk: desk.taps(1, f"decide:{NEWCOMER}:pending:approved"), 24),
    ("an approval of a request", lambda desk: desk.taps(1, "judge:4:approved"), 27),
]


@pytest.mark.parametrize(("act", "most"), [one[1:] for one in UPDATES], ids=[one[0] for one in UPDATES])
def test_an_update_has_its_number_of_statements(desk: Desk, act: Callable[[Desk], object], most: int) -> None:
    statements = within_transaction(asked(desk.db, lambda: act(desk)))
    assert len(statements) <= most, f"{len(statements)} statements instead of {most}:\n{listed(statements)}"


def test_a_repeated_update_is_one_statement(desk: Desk) -> None:
    update = {"update_id": 1, "message": {}}
    statements = within_transaction(asked(desk.db, lambda: desk.update(update)))
    assert len(statements) == 1, listed(statements)


FRIENDS_PAGES = [one for one in UPDATES if not one[0].startswith(("an approval", "a request"))]


@pytest.mark.parametrize("act", [one[1] for one in FRIENDS_PAGES], ids=[one[0] for one in FRIENDS_PAGES])
def test_a_friends_page_reads_nothing_twice(desk: Desk, act: Callable[[Desk], object]) -> None:
    statements = within_transaction(asked(desk.db, lambda: act(desk)))
    reads = [statement for statement in statements if statement.startswith(("SELECT", "WITH"))]
    assert sorted(reads) == sorted(set(reads)), listed(reads)


@pytest.mark.parametrize("app", ["amneziawg", "amneziavpn"])
def test_a_delivery_reads_at_most_four_times_and_renders_the_file_once(
    desk: Desk, app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_app(desk.db, FRIEND, app)
    rendered: list[str] = []
    render = client_config.render

    def count(*ends: object, **options: object) -> str:
        rendered.append(render(*ends, **options))  # type: ignore[arg-type]
        return rendered[-1]

    monkeypatch.setattr(client_config, "render", count)
    (*_, config), owner = configs_of(desk.db, FRIEND), get_user(desk.db, FRIEND)
    messages: list[str] = []
    statements = asked(
        desk.db, lambda: messages.extend(one.method for one in deliver(desk.db, desk.settings, config, owner))
    )
    assert messages == ["sendDocument"]
    assert len(statements) <= 5, listed(statements)
    assert len(rendered) == 1
