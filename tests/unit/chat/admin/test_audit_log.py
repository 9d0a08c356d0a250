"""The audit log in words, with names: the whole log and one person's, on pages and as a file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from lib.chat.admin.audit_log import LINES
from lib.chat.attachments import render
from lib.chat.files import table
from lib.chat.texts import LANGUAGES
from lib.demo.telegram.formatting import parse_html
from lib.store import audit
from lib.store.audit import list_entries, note
from lib.store.foreign import Sighting, note_foreign
from lib.store.server import note_generation
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.hostile import HOSTILE
from tests.unit.chat.screens import buttons

LIB = Path(__file__).parents[4] / "lib"


def page(desk: Desk, data: str = "history:0:0") -> list[str]:
    """Return the lines of a page as people read them."""
    (_, shown) = desk.taps(1, data)
    assert complaints(shown) == []
    return parse_html(text_of(shown))[0].split("\n\n", 1)[1].splitlines()


def test_it_works(desk: Desk) -> None:
    desk.is_let_in(100)
    desk.taps(100, "device:iphone")
    desk.taps(2, "judge:1:approved")
    assert page(desk) == [
        "28 May 2026 23:26 · Person 2: approved “iPhone” for Person 100",
        "28 May 2026 23:26 · Person 100: asked for a config, “iPhone”",
        "28 May 2026 23:26 · Person 1: approved Person 100",
    ]
    (_, shown) = desk.taps(2, "history:0:0")
    assert "Person 1</b> → Person 100: доступ открыт" in text_of(shown)


def test_an_empty_log_says_so(desk: Desk) -> None:
    assert page(desk) == ["Nothing has happened yet."]
    (refusal,) = desk.taps(1, "history_file:0")
    assert "still empty" in text_of(refusal)


def test_a_persons_log_holds_what_they_did_and_what_concerns_them(desk: Desk) -> None:
    for who in (100, 101):
        desk.is_let_in(who)
        desk.taps(who, "device:iphone")
    desk.taps(1, "judge:1:rejected")
    assert [line.partition(" · ")[2] for line in page(desk, "history:100:0")] == [
        "Person 1: declined “iPhone” of Person 100",
        "Person 100: asked for a config, “iPhone”",
        "Person 1: approved Person 100",
    ]
    assert len(page(desk, "history:1:0")) == 3


def test_a_line_says_the_value(desk: Desk) -> None:
    desk.is_let_in(100)
    config = hold_config(desk.db, 100, desk.now)
    for data in ("person_quota:100:50", "person_quota:100:0", "person_quota:100:default", "person_limit:100:5",
                 "person_speed:100:10", "person_speed:100:0", "person_speed:100:default",
                 f"held_until:{config}:30", f"held_until:{config}:never", "set:QUOTA_GB:2"):  # fmt: skip
        desk.taps(1, data)
    assert [line.partition(" · Person 1: ")[2] for line in [*page(desk), *page(desk, "history:0:1")][:10]] == [
        "set QUOTA_GB: as in the file on the server → 100",
        "“Phone” (Person 100) expires: never",
        "“Phone” (Person 100) expires: 27 Jun 2026",
        "set the speed limit of Person 100: Like everyone",
        "set the speed limit of Person 100: none",
        "set the speed limit of Person 100: 10 Mbit/s",
        "set the number of configs of Person 100: 5",
        "set the traffic limit of Person 100: Like everyone",
        "set the traffic limit of Person 100: none",
        "set the traffic limit of Person 100: 50.0 GB",
    ]


def test_a_rename_says_both_names_so_that_older_lines_can_be_followed(desk: Desk) -> None:
    desk.is_let_in(100)
    config = hold_config(desk.db, 100, desk.now)
    for name in ("Laptop", "A > B"):
        desk.taps(100, f"rename:{config}")
        desk.says(100, name)
    assert [line.partition(" · ")[2] for line in page(desk)[:2]] == [
        "Person 100: renamed a config: Laptop → A > B",
        "Person 100: renamed a config: Phone → Laptop",
    ]
    desk.db.execute("UPDATE audit SET detail = '' WHERE action = 'rename'")  # as an earlier version recorded it
    assert page(desk)[0].endswith("Person 100: renamed a config, now “A > B”")


def test_the_names_of_a_renamed_config_go_with_its_owner(desk: Desk) -> None:
    desk.is_let_in(100)
    desk.taps(100, f"rename:{hold_config(desk.db, 100, desk.now)}")
    desk.says(100, "Zinaida's laptop")
    desk.taps(100, "goodbye")
    assert "Zinaida" not in str(desk.dump())


def test_pages_can_be_turned_and_a_page_that_is_gone_shows_the_first(desk: Desk) -> None:
    for number in range(2 * LINES + 1):
        note(desk.db, desk.now, 1, "set", "setting:QUOTA_GB", f"{number} > {number + 1}")
    assert [len(page(desk, f"history:0:{number}")) for number in range(3)] == [LINES, LINES, 1]
    assert f"{2 * LINES} → {2 * LINES + 1}" in page(desk, "history:0:99")[0]
    (_, shown) = desk.taps(1, "history:0:1")
    assert [data for _, data in buttons(shown)][:2] == ["history:0:0", "history:0:2"]


def test_the_longest_lines_fit(desk: Desk) -> None:
    desk.says(1, "/start", first_name="<&>" * 21, last_name="💥" * 64)
    for _ in range(LINES):
        note(desk.db, desk.now, 1, "rejected", "user:1", "<&>" * 100)
    page(desk)


@pytest.mark.parametrize("subject", ["user:999", "request:999", "config:999", "config:", "database", "", "peer:abc"])
def test_entries_about_deleted_things_are_still_shown(desk: Desk, subject: str) -> None:
    for action in ("approved", "ask", "something new"):
        note(desk.db, desk.now, 999, action, subject)
    assert len(page(desk)) == 3


def test_every_action_has_a_text() -> None:
    """Every audit.note() in the source is found by its action and kind of subject; dynamic ones are listed here."""
    source = "".join(path.read_text(encoding="utf-8") for path in LIB.rglob("*.py"))
    noted = re.findall(r'(?:audit\.note\(\s*db,\s*now,\s*[^,]+|ring\(db, actor),\s*"(\w+)",\s*f?"(\w+)', source)
    subjects = {("broadcast", "broadcast"), ("stop", "broadcast"), ("sent", "broadcast"), ("complain", "config"),
                ("pause", "config"), ("resume", "config"), ("resend", "config"), ("appoint", "user"),
                ("dismiss", "user"), ("more", "limit")}  # fmt: skip
    decided = {(after, "user") for after in ("approved", "rejected", "blocked")}
    tables = {("export", kind) for kind in ("friends", "configs", "months")}
    pairs = {*noted, *subjects, *decided, *tables, ("approved", "request"), ("rejected", "request")}
    assert len(noted) > 8
    for language, module in LANGUAGES.items():
        missing = {f"did_{kind}_{action}" for action, kind in pairs} - set(module.TEXTS)
        assert not missing, language
    special = {"did_other", "did_user_unblocked", "did_user_rejected_why", "did_request_rejected_why", "did_user_left",
               "did_config_renamed"}  # fmt: skip
    told = {key for key in LANGUAGES["en"].TEXTS if key.startswith("did_")} - special
    assert told == {f"did_{kind}_{action}" for action, kind in pairs}, "no text for what is never logged"


def test_the_file_holds_the_whole_log(desk: Desk) -> None:
    desk.is_let_in(100, first_name="=1+1")
    (_, message) = desk.taps(1, "history_file:0")
    assert message["attachment"] == "history:en:0"
    file = render(desk.db, desk.settings, message["attachment"], desk.now)
    assert file is not None
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["When", "Who", "What", "Details"]
    assert len(rows) == 1 + len(list_entries(desk.db, 0, 100))
    assert rows[-1] == ["2026-05-28 23:26:40", "Person 1", "approved =1+1", "was pending"]


def test_a_persons_log_does_not_scan_the_table(desk: Desk) -> None:
    query = "EXPLAIN QUERY PLAN " + audit._LINES.format(where=audit._ABOUT)
    plan = [row["detail"] for row in desk.db.execute(query, {"person": 1, "limit": 1, "offset": 0})]
    assert not any(step.startswith("SCAN audit") for step in plan), plan


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_no_name_becomes_a_formula_or_breaks_a_row(name: str) -> None:
    name = name.encode("utf-8", "ignore").decode()
    text = table("ru", "names", ["A", "B"], [[name, f"={name}"]]).content.decode("utf-8-sig")
    (head, row) = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert head == ["A", "B"]
    for cell in row:
        for part in re.split(r"[;,|\t\r\n]", cell):
            assert part.lstrip(" \"'")[:1] not in {*"=+-@＝＋－＠"} or part.startswith("'"), cell
    assert row[1].startswith("'=")


def test_a_foreign_peer_is_named_by_the_beginning_of_its_key(desk: Desk) -> None:
    note_generation(desk.db, "server key", {}, "host:1", desk.now)
    note_foreign(desk.db, [Sighting("K" * 43 + "=", None, ("10.8.0.9/32",), 0, 0, 0)], "life", desk.now)
    desk.taps(1, "evict:1")
    assert page(desk)[0].endswith("removed a peer added by hand: KKKKKKKKKKKKKKK…")


def test_the_log_ends_after_a_year_or_many_lines(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.db.execute("DELETE FROM audit")
    for day in reversed(range(400)):
        note(desk.db, desk.now - day * 86400, 1, "ask", f"request:{day}")
    audit.forget_old(desk.db, desk.now)
    ages = [row[0] for row in desk.db.execute("SELECT (? - at) / 86400 FROM audit ORDER BY at", (desk.now,))]
    assert (max(ages), len(ages)) == (366, 367)
    monkeypatch.setattr(audit, "KEPT_LINES", 10)
    audit.forget_old(desk.db, desk.now)
    ages = [row[0] for row in desk.db.execute("SELECT (? - at) / 86400 FROM audit ORDER BY at", (desk.now,))]
    assert ages == list(range(9, -1, -1))
