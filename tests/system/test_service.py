"""The service's unit file: systemd accepts it, and it gives the bot few privileges."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.company import ROOT
from tests.needs import need_tools
from tests.reporting import Figures

pytestmark = pytest.mark.root

UNIT = ROOT / "andreyvpn.service"
EXPOSED = 1.5  # systemd's own measure, from 0 to 10
NEWER = {"RestartSteps", "RestartMaxDelaySec"}  # systemd 254 and up; older ones say so and go on


def analyze(*words: str) -> str:
    need_tools("systemd-analyze")
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def test_it_works(tmp_path: Path) -> None:
    path = tmp_path / "andreyvpn.service"
    path.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text()))
    complaints = [line for line in analyze("verify", str(path)).splitlines() if "andreyvpn.service" in line]
    assert [line for line in complaints if not any(f"'{key}'" in line for key in NEWER)] == []


def test_the_service_is_hardened(figures: Figures) -> None:
    said = analyze("security", "--offline=true", str(UNIT))
    figure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert figure, said
    figures.say(f"systemd-analyze security: {figure[1]}")
    assert float(figure[1]) <= EXPOSED
