"""Forked bots, which most of these tests use, behave like bots that are started normally."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests import warm
from tests.company import Company
from tests.needs import need


def end_at_once(folder: Path) -> warm.Process:
    """Fork a bot without a token; its output goes to a file."""
    with (folder / "said").open("w") as said:
        return warm.nursery().start({**os.environ, "BOT_TOKEN": "", "LANGUAGE": "en"}, folder, said.fileno())


def test_it_works(tmp_path: Path) -> None:
    words = [sys.executable, str(warm.BOT), "run"]
    environment = {**os.environ, "BOT_TOKEN": "", "LANGUAGE": "en"}
    started = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert end_at_once(tmp_path).wait(60) == started.returncode == 2
    assert (tmp_path / "said").read_text() == started.stderr
    assert "BOT_TOKEN" in started.stderr


def test_a_bot_is_where_and_what_it_is_told_to_be(company: Company) -> None:
    assert isinstance(company.process, warm.Process)
    assert Path(f"/proc/{company.process.pid}/cwd").readlink() == company.folder
    company.process.send_signal(signal.SIGKILL)
    assert company.process.wait(10) == company.process.poll() == -signal.SIGKILL
    company.start("env")
    assert isinstance(company.process, subprocess.Popen)


def test_a_number_that_comes_again_is_another_process(tmp_path: Path) -> None:
    need(os.geteuid() == 0, "root")
    first = end_at_once(tmp_path)
    assert first.wait(60) == 2
    for _ in range(100):
        Path("/proc/sys/kernel/ns_last_pid").write_text(str(first.pid - 1))
        second = end_at_once(tmp_path)
        if second.pid == first.pid:
            break
        second.wait(60)
    assert second.pid == first.pid
    assert second.poll() is None
    assert (second.wait(60), first.poll()) == (2, 2)
