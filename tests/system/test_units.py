"""The units' files: every systemd takes them without a word, and they leave little to do harm with."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.company import ROOT
from tests.system.network import need

pytestmark = pytest.mark.root

UNITS = ("andreyvpn.service", "andreyvpn-node@.service", "andreyvpn-node.socket")
EXPOSED = 1.1  # systemd's own measure, from 0 to 10
NEWER = {"RestartSteps", "RestartMaxDelaySec", "PollLimitIntervalSec", "BindLogSockets", "PrivatePIDs"}


def analyze(*words: str) -> str:
    need(shutil.which("systemd-analyze") is not None, "systemd")
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def settings(unit: str) -> list[tuple[str, str]]:
    """Return the lines of a unit that set something."""
    lines = (ROOT / unit).read_text(encoding="utf-8").splitlines()
    return [(name, value) for name, _, value in (line.partition("=") for line in lines) if value and name[0] != "#"]


def test_it_works(tmp_path: Path) -> None:
    for unit in UNITS:
        text = (ROOT / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    said = analyze("verify", *(str(tmp_path / unit) for unit in UNITS))
    assert [line for line in said.splitlines() if "andreyvpn" in line] == []


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_a_service_is_hardened(unit: str) -> None:
    said = analyze("security", "--offline=true", str(ROOT / unit))
    figure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert figure, said
    print(f"systemd-analyze security {unit}: {figure[1]}")
    assert float(figure[1]) <= EXPOSED


@pytest.mark.parametrize("unit", UNITS)
def test_no_line_is_one_that_an_older_systemd_complains_of(unit: str) -> None:
    assert not NEWER & {name for name, _ in settings(unit)}


def test_the_bot_has_no_right_and_no_netlink() -> None:
    found = settings("andreyvpn.service")
    assert not [value for name, value in found if "Capabilit" in name]
    assert ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX") in found
    assert {("LimitCORE", "0"), ("WatchdogSignal", "SIGKILL"), ("MemorySwapMax", "0")} <= set(found)


def test_the_node_has_one_right_and_no_internet() -> None:
    found = settings("andreyvpn-node@.service")
    assert [value for name, value in found if "Capabilit" in name] == ["CAP_NET_ADMIN"] * 2
    assert ("RestrictAddressFamilies", "AF_NETLINK") in found
    assert "BOT_TOKEN" in dict(found)["UnsetEnvironment"]
