"""A file is replaced whole or not at all, in a folder that may be hostile, and nothing is left behind."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.atomic_file import replace_file, replacing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("old")
    return path


def names(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.iterdir())


def test_it_works(path: Path) -> None:
    replace_file(path, b"new")
    assert path.read_text() == "new"
    assert names(path) == ["file"]


def test_a_file_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    replace_file(tmp_path / "fresh", b"new")
    assert (tmp_path / "fresh").read_text() == "new"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_it_has_the_permissions_that_were_asked_for_and_is_private_until_then(
    path: Path, umask: int, mode: int
) -> None:
    path.chmod(0o640)
    before = os.umask(umask)
    try:
        with replacing(path, mode) as file:
            assert stat.S_IMODE(Path(file.name).stat().st_mode) & 0o077 == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_readers_see_the_old_file_until_the_block_ends(path: Path) -> None:
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
        assert Path(file.name).parent == path.parent
    assert path.read_text() == "new"


def test_content_and_name_are_on_the_disk_before_it_returns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def watch_fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "content")
        fsync(handle)

    def watch_replace(new: Path, target: Path) -> Path:
        steps.append("name")
        return replace(new, target)

    monkeypatch.setattr("os.fsync", watch_fsync)
    monkeypatch.setattr(Path, "replace", watch_replace)
    replace_file(path, b"new")
    assert steps == ["content", "name", "folder"]


def test_a_block_that_fails_leaves_everything_as_it_was(path: Path) -> None:
    def fail() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "old"
    assert names(path) == ["file"]


def fail(*_: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("call", ["os.fsync", "os.fchmod", "pathlib.Path.replace"])
def test_a_disk_that_fails_leaves_everything_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(call, fail)
        with pytest.raises(OSError, match="Input/output error"):
            replace_file(path, b"new")
    assert path.read_text() == "old"
    assert names(path) == ["file"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Path:
    """A disk of 64 KiB, for root only."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("only root can mount a disk")
    return folder


def test_a_full_disk_leaves_everything_as_it_was(tiny_disk: Path) -> None:
    path = tiny_disk / "file"
    try:
        path.write_text("old")
        with pytest.raises(OSError, match="No space left"):
            replace_file(path, b"x" * 2**20)
        assert path.read_text() == "old"
        assert names(path) == ["file"]
        replace_file(path, b"small")
        assert path.read_text() == "small"
    finally:
        subprocess.run(["umount", tiny_disk], check=True)


def test_a_link_in_its_place_is_replaced_and_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    path.rename(victim)
    path.symlink_to(victim)
    replace_file(path, b"new")
    assert not path.is_symlink()
    assert (path.read_text(), victim.read_text()) == ("new", "old")


@pytest.mark.parametrize(
    "plant", [lambda trap, victim: trap.symlink_to(victim), lambda trap, victim: trap.touch()], ids=["link", "file"]
)
def test_a_file_or_link_planted_under_the_temporary_name_is_not_opened(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[Path, Path], object]
) -> None:
    """Nobody can guess the name; should it be taken all the same, nothing is written through it."""
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    victim = tmp_path / "victim"
    plant(tmp_path / ".andreyvpn-new-guessed", victim)
    with pytest.raises(FileExistsError):
        replace_file(path, b"secret")
    assert path.read_text() == "old"
    assert not victim.exists()


def test_temporary_names_can_not_be_guessed(path: Path) -> None:
    used = set()
    for _ in range(50):
        with replacing(path) as file:
            used.add(Path(file.name).name)
    assert len(used) == 50
    assert all(len(name) > 16 for name in used)


def test_writers_at_the_same_time_leave_one_whole_file(path: Path) -> None:
    contents = {letter.encode() * 100_000 for letter in "abcdefgh"}

    def write(content: bytes) -> None:
        for _ in range(10):
            replace_file(path, content)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert path.read_bytes() in contents | {b"old"}
    assert path.read_bytes() in contents
    assert names(path) == ["file"]


def test_what_a_killed_process_left_behind_goes_after_a_day(path: Path) -> None:
    left, fresh = path.with_name(".andreyvpn-new-dead"), path.with_name(".andreyvpn-new-busy")
    left.touch()
    fresh.touch()
    os.utime(left, (0, 0))
    replace_file(path, b"new")
    assert names(path) == [".andreyvpn-new-busy", "file"]
