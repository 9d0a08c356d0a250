"""A tool of a stranger's machine may print anything, for any time, and fail in any words."""

from __future__ import annotations

import pytest

from lib.install.found.run import Failed, run


def test_it_works() -> None:
    assert run(["cat"], "text") == "text"
    assert run(["printf", r"\377"], "").encode(errors="surrogateescape") == b"\xff", "archives come this way"


def test_one_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.install.found.run.PATIENCE", 0.1)
    with pytest.raises(TimeoutError, match=r"sleep gave no answer in 0\.1 s"):
        run(["sleep", "9"], "")


def test_one_that_never_stops_talking_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.install.found.run.MOST_BYTES", 100_000)
    with pytest.raises(OSError, match="too much"):
        run(["yes"], "")


def test_its_last_words_have_nothing_in_them_that_a_terminal_obeys() -> None:
    with pytest.raises(Failed) as caught:
        run(["sh", "-c", r"printf 'first\n\033[31mlast\007' >&2; exit 3"], "")
    assert str(caught.value) == "[31mlast"
