"""What keeps the bot from running is said in one line, in the reader's language."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from lib.console.guidance import explain_failure
from lib.errors import AnotherPoller, BotError, DatabaseBusy, DatabaseError, WrongToken
from lib.store.backup import make_backup
from lib.store.database import prepare_database

PATH = Path("/srv/bot_data.db")
FAILURES = [
    WrongToken("401"),
    AnotherPoller("409"),
    *(DatabaseError("english", key, path=PATH, detail="…") for key in ("damaged", "unsound", "replaced", "owned")),
    DatabaseBusy("english", "busy", path=PATH, detail="…"),
    *(DatabaseError("english", key, path=PATH, reason=OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
      for key in ("not_copied", "not_put")),
]  # fmt: skip


def test_it_works() -> None:
    assert explain_failure(WrongToken("401"), "en").startswith("Telegram doesn't know this BOT_TOKEN. Copy it again")
    assert "same token" in explain_failure(AnotherPoller("409"), "en")


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: getattr(failure, "key", type(failure).__name__))
def test_every_failure_is_one_line_in_either_language(failure: BotError) -> None:
    russian, english = (explain_failure(failure, language) for language in ("ru", "en"))
    assert re.search("[а-яё]", russian)
    assert not re.search(r"\b(is|the|space|english)\b", russian)
    assert not re.search("[а-яё]", english)
    assert "\n" not in russian + english


def test_only_a_busy_database_gives_hope() -> None:
    assert "try again" in explain_failure(DatabaseBusy("", "busy", path=PATH, detail="…"), "en")
    assert "try again" not in explain_failure(DatabaseError("", "damaged", path=PATH, detail="…"), "en")


def test_a_file_that_was_never_a_database_is_not_called_a_damaged_one(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"milk " * 1000)
    with pytest.raises(DatabaseError) as caught:
        prepare_database(file)
    assert "is not a sound database" in explain_failure(caught.value, "en")
    assert "estore" not in explain_failure(caught.value, "en"), "that would replace the photo"
    with pytest.raises(DatabaseError) as caught:
        make_backup(file, tmp_path / "copy.db")
    assert "the copy failed" in explain_failure(caught.value, "en")
