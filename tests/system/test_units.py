"""The units' files: systemd accepts them, and they give the bot and its node few privileges."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.company import ROOT
from tests.needs import need_tools
from tests.reporting import Figures

pytestmark = pytest.mark.root

SERVICES = ("andreyvpn.service", "andreyvpn-node@.service")
UNITS = (*SERVICES, "andreyvpn-node.socket")
EXPOSED = 1.1  # systemd's own measure, from 0 to 10
NEWER = {"RestartSteps", "RestartMaxDelaySec", "PollLimitIntervalSec", "BindLogSockets", "PrivatePIDs"}  # than 252


def analyze(*words: str) -> str:
    need_tools("systemd-analyze")
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def settings(unit: str) -> list[tuple[str, str]]:
    """Return the lines of a unit that set something."""
    lines = (line.partition("=") for line in (ROOT / unit).read_text(encoding="utf-8").splitlines())
    return [(name, value) for name, equals, value in lines if equals and name[0] != "#"]


def test_it_works(tmp_path: Path) -> None:
    for unit in UNITS:
        text = (ROOT / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    said = analyze("verify", *(str(tmp_path / unit) for unit in UNITS))
    assert [line for line in said.splitlines() if "andreyvpn" in line] == []


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_hardened(unit: str, figures: Figures) -> None:
    said = analyze("security", "--offline=true", str(ROOT / unit))
    figure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert figure, said
    figures.say(f"systemd-analyze security {unit}: {figure[1]}")
    assert float(figure[1]) <= EXPOSED


@pytest.mark.parametrize("unit", UNITS)
def test_no_line_is_one_that_an_older_systemd_complains_of(unit: str) -> None:
    names = {name for name, _ in settings(unit)}
    assert len(names) > 5
    assert not NEWER & names


def test_the_bot_has_no_privilege_and_no_netlink() -> None:
    found = settings("andreyvpn.service")
    assert {name: value for name, value in found if "Capabilit" in name} == {
        "CapabilityBoundingSet": "", "AmbientCapabilities": ""
    }  # fmt: skip
    assert ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX") in found
    assert {("LimitCORE", "0"), ("WatchdogSignal", "SIGKILL"), ("MemorySwapMax", "0")} <= set(found)
    assert ("InaccessiblePaths", "-/run/dbus -/run/systemd/private") in found


def test_the_node_has_one_privilege_and_no_internet() -> None:
    found = settings("andreyvpn-node@.service")
    assert [value for name, value in found if "Capabilit" in name] == ["CAP_NET_ADMIN"] * 2
    assert ("RestrictAddressFamilies", "AF_NETLINK") in found
    assert "BOT_TOKEN" in dict(found)["UnsetEnvironment"]
    assert {("LimitCORE", "0"), ("MemorySwapMax", "0")} <= set(found)


def test_what_the_node_complains_of_reaches_the_journal() -> None:
    """The unit logs nothing below a level; stderr is `info` unless the unit says otherwise (man systemd.exec)."""
    found = dict(settings("andreyvpn-node@.service"))
    levels = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
    assert levels.index(found["SyslogLevel"]) <= levels.index(found["LogLevelMax"])
