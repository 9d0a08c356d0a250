"""Tables for a spreadsheet: everything that an owner counts, in both languages, without a key."""

from __future__ import annotations

import csv
import io

import pytest

from lib.chat.admin.export import TABLES
from lib.chat.attachments import render
from lib.chat.files import table
from lib.chat.texts import LANGUAGES
from lib.store.configs import revoke
from lib.store.users import set_speed
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk


def read(desk: Desk, kind: str, language: str = "en") -> list[dict[str, str]]:
    """Return a table as a spreadsheet reads it."""
    file = render(desk.db, desk.settings, f"export:{language}:{kind}", desk.now)
    assert file is not None
    assert file.content.startswith(b"\xef\xbb\xbf")
    text = file.content.decode("utf-8-sig")
    assert "PRIVATE" not in text
    assert "PRESHARED" not in text
    assert "public" not in text
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=LANGUAGES[language].SEPARATOR))


def test_it_works(desk: Desk) -> None:
    desk.is_let_in(100, first_name="Анна", username="anna")
    config = hold_config(desk.db, 100, desk.now)
    set_speed(desk.db, 100, 10_000)
    for day, received, sent in (("2026-04-30", 1, 2), ("2026-05-01", 10, 20), ("2026-05-28", 100, 200)):
        desk.db.execute("INSERT INTO stats VALUES (?, ?, ?, ?)", (config, day, received, sent))
    (friend,) = (row for row in read(desk, "friends") if row["ID"] == "100")
    assert (friend["Name"], friend["Username"], friend["State"], friend["Configs"]) == ("Анна", "anna", "approved", "1")
    assert friend["Own speed limit, kbit/s"] == "10000"
    (held,) = read(desk, "configs")
    assert (held["Name"], held["Device"], held["Since"]) == ("Анна", "Phone", "2026-05-28 23:26")
    assert [(row["Month"], row["Download, bytes"], row["Upload, bytes"]) for row in read(desk, "months")] == [
        ("2026-04", "2", "1"), ("2026-05", "220", "110"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_can_be_exported_even_an_empty_one(desk: Desk, kind: str, language: str) -> None:
    (toast, message) = desk.taps(1, f"export_file:{kind}")
    assert (toast["method"], message["attachment"]) == ("answerCallbackQuery", f"export:en:{kind}")
    read(desk, kind, language)


def test_a_name_that_looks_like_a_formula_stays_a_name(desk: Desk) -> None:
    desk.is_let_in(100, first_name='=HYPERLINK("http://evil")', last_name="\t@x")
    (friend,) = (row for row in read(desk, "friends") if row["ID"] == "100")
    assert friend["Name"] == "'=HYPERLINK(\"http://evil\") @x"


NAMES = {  # as people call themselves, and as they are written
    "Anna;=cmd|'/C calc'!A1": "Anna;'=cmd|'/C calc'!A1",
    "Anna, +1": "Anna,' +1",
    "a\t@x": "a\t'@x",
    "a|-1": "a|'-1",
    "ok; fine": "ok; fine",
    "＝1": "'＝1",
    'x;"=1"': "x;'\"=1\"",
    "  =1": "'  =1",
    "1 - 2 + 3 = 2": "1 - 2 + 3 = 2",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_part_of_a_name_becomes_a_formula_whatever_separates_cells(language: str) -> None:
    text = table(language, "names", ["Name"], [[name] for name in NAMES]).content.decode("utf-8-sig")
    (_, *rows) = csv.reader(io.StringIO(text, newline=""), delimiter=LANGUAGES[language].SEPARATOR)
    assert [row[0] for row in rows] == [*NAMES.values()]


def test_deleted_configs_and_those_of_people_who_left_are_still_counted(desk: Desk) -> None:
    desk.is_let_in(100)
    config = hold_config(desk.db, 100, desk.now)
    desk.db.execute("INSERT INTO stats VALUES (?, '2026-05-01', 1, 2)", (config,))
    revoke(desk.db, config, desk.now)
    desk.db.execute("UPDATE configs SET user_id = NULL WHERE id = ?", (config,))
    assert [row["Deleted"] for row in read(desk, "configs")] == ["2026-05-28 23:26"]
    assert [(row["Name"], row["Download, bytes"]) for row in read(desk, "months")] == [("", "2")]
