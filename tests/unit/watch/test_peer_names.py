"""The names of peers from before the bot are read from the installer's file, whatever has become of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from lib.watch.peer_names import MOST_BYTES, PeerNames

KEY, OTHER = "K" * 43 + "=", "O" * 43 + "="


def test_it_works(tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    names = PeerNames(file)
    assert names.read() == {}, "there is no file yet"
    file.write_text(json.dumps({KEY: "Анна 📱"}), encoding="utf-8")
    assert names.read() == {KEY: "Анна 📱"}
    file.write_text(json.dumps({KEY: "Анна 📱", OTHER: "Bob"}), encoding="utf-8")
    assert names.read() == {KEY: "Анна 📱", OTHER: "Bob"}
    file.unlink()
    assert names.read() == {}


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    file.write_text(json.dumps({KEY: "Bob"}), encoding="utf-8")
    names = PeerNames(file)
    first = names.read()
    assert names.read() is first


@pytest.mark.parametrize(
    "entry",
    [
        {KEY: ""}, {KEY: "a\nb"}, {KEY: "a\u202eb"}, {KEY: "a\x1b[2J"}, {KEY: "a" * 65}, {KEY: " a"}, {KEY: 7},
        {KEY: None}, {KEY: ["a"]}, {"short": "a"}, {KEY + "=": "a"}, {KEY[:-1] + "\n": "a"},
    ],
)  # fmt: skip
def test_what_is_no_key_or_no_name_is_left_out(tmp_path: Path, entry: dict[str, object]) -> None:
    file = tmp_path / "names.json"
    file.write_text(json.dumps({**entry, OTHER: "Bob"}), encoding="utf-8")
    assert PeerNames(file).read() == {OTHER: "Bob"}


@pytest.mark.parametrize("content", ["", "[", "[]", "7", "null", "[" * 100_000, '{"a": ' * 10_000])
def test_a_broken_file_is_no_file(tmp_path: Path, content: str) -> None:
    file = tmp_path / "names.json"
    file.write_text(content, encoding="utf-8")
    assert PeerNames(file).read() == {}


def test_links_pipes_folders_and_giants_are_not_read(tmp_path: Path) -> None:
    good, file = tmp_path / "good", tmp_path / "names.json"
    good.write_text(json.dumps({KEY: "Bob"}), encoding="utf-8")
    file.symlink_to(good)
    assert PeerNames(file).read() == {}
    file.unlink()
    os.mkfifo(file)
    assert PeerNames(file).read() == {}
    file.unlink()
    file.mkdir()
    assert PeerNames(file).read() == {}
    file.rmdir()
    file.write_text(json.dumps({KEY: "Bob"}) + " " * MOST_BYTES, encoding="utf-8")
    assert PeerNames(file).read() == {KEY: "Bob"}, "blanks behind the end change nothing"
    file.write_text(" " * MOST_BYTES + json.dumps({KEY: "Bob"}), encoding="utf-8")
    assert PeerNames(file).read() == {}


@trials(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text().map(lambda name: json.dumps({KEY: name}).encode()))
def test_whatever_is_in_it_only_clean_names_come_out(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "names.json"
    file.write_bytes(content)
    for name in PeerNames(file).read().values():
        assert 0 < len(name) <= 64
        assert name.isprintable()


def test_a_change_that_leaves_size_and_date_is_noticed_too(tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    file.write_text(json.dumps({KEY: "Bob"}), encoding="utf-8")
    names, before = PeerNames(file), file.stat()
    assert names.read() == {KEY: "Bob"}
    file.write_text(json.dumps({KEY: "Eve"}), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert names.read() == {KEY: "Eve"}, "as when somebody makes it readable again"
