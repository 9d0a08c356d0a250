"""One bot runs on a database; a command can tell whether one does, without keeping a bot from starting."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest

from lib.errors import DatabaseError
from lib.store.owner import has_owner, sole_owner


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot_data.db"


def test_it_works(path: Path) -> None:
    assert not has_owner(path)
    assert not list(path.parent.iterdir()), "looking leaves nothing behind"
    with sole_owner(path):
        assert has_owner(path)
    assert not has_owner(path)


def test_a_second_bot_is_kept_off(path: Path) -> None:
    with sole_owner(path), pytest.raises(DatabaseError, match="another copy"), sole_owner(path):
        pass
    with sole_owner(path):
        pass


def test_somebody_who_looks_does_not_keep_a_bot_from_starting(path: Path) -> None:
    with sole_owner(path):
        pass
    with Path(f"{path}.lock").open("rb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        timer = threading.Timer(0.02, fcntl.flock, (looking, fcntl.LOCK_UN))
        timer.start()
        with sole_owner(path):
            assert has_owner(path)
        timer.join()
