"""The demo on a freshly booted Debian that only has Python: one command, or an explanation of what to install."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import ROOT
from tests.integration.demo_process import Demo
from tests.system.installed import booted
from tests.system.machine import Machine

pytestmark = [pytest.mark.root, pytest.mark.slow(40)]
HOME = "/home/visitor"


@pytest.fixture(params=["bookworm", "trixie"])
def machine(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A booted machine on which a visitor has just cloned the project."""
    with booted(tmp_path, request.param, libraries=False) as (company, _):
        machine = company.machine
        machine.do("useradd", "--create-home", "visitor")
        clone(machine.root / HOME.lstrip("/") / "bot")
        machine.do("chown", "-R", "visitor:", HOME)
        yield machine


def clone(folder: Path) -> None:
    """Copy the files of the project into a folder, as a clone would."""
    for name in subprocess.check_output(["git", "-C", ROOT, "ls-files"], text=True).splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)


def as_visitor(machine: Machine) -> list[str]:
    """Return the command that runs the demo in the visitor's own shell."""
    return machine.inside("su", "visitor", "-c", f"cd {HOME}/bot && TMPDIR={HOME} LC_ALL=C.UTF-8 ./install.sh demo")


def test_one_command_shows_the_whole_main_job(machine: Machine) -> None:
    demo = Demo(machine.root / HOME.lstrip("/"), *as_visitor(machine))
    assert demo.url == "http://127.0.0.1:8080"
    assert b"Endpoint" in demo.give_config()
    demo.perform("kill")
    demo.perform("start")
    demo.perform("online")
    demo.wait(lambda panel: panel["database"]["month"][1] > 0, "the friend's traffic")
    machine.do("pkill", "--signal", "INT", "--full", "andreyvpn_bot.py demo")
    assert demo.process.wait(timeout=30) == 0
    demo.stand.close()
    assert machine.says("sh", "-c", f"ls {HOME}") == "bot\nlog"


def test_without_venv_it_says_what_to_install(machine: Machine) -> None:
    machine.do("sh", "-c", "dpkg --remove python3-venv $(dpkg-query -W -f '${Package} ' 'python3.*-venv')")
    done = subprocess.run(as_visitor(machine), capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    said = (done.stdout + done.stderr).rstrip()
    assert said.endswith("Python 3 with venv is missing. Type: sudo apt install python3-venv")
    assert machine.says("sh", "-c", f"ls -A {HOME}/bot | grep venv") == ""
