"""Machines that are booted at the same time, as in parallel runs."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.system.installed import booted
from tests.system.machine import Machine, our_cgroups

pytestmark = [pytest.mark.root, pytest.mark.slow(5)]


def groups_of(machine: Machine) -> set[Path]:
    """Return the cgroups created for a machine, in each hierarchy that systemd uses."""
    lines = Path(f"/proc/{machine.leader}/cgroup").read_text(encoding="utf-8")
    names = re.findall(r"^\d+:(?:name=systemd)?:.*/(av[0-9a-f]+)/", lines, re.MULTILINE)
    assert len(names) == len(our_cgroups()), lines
    return {group / name for group, name in zip(our_cgroups(), names, strict=True)}


def test_it_works(tmp_path: Path) -> None:
    with ExitStack() as first, ExitStack() as second:
        one = first.enter_context(booted(tmp_path / "one", libraries=False))[0].machine
        other = second.enter_context(booted(tmp_path / "other", libraries=False))[0].machine
        gone, kept = groups_of(one), groups_of(other)
        assert gone & kept == set()
        for machine in (one, other):
            machine.do("systemd-run", "--unit=asleep", "sleep", "600")
        one.do("systemctl", "stop", "asleep")
        one.power_off()
        assert not any(group.exists() for group in gone)
        assert all(group.exists() for group in kept)
        assert other.says("systemctl", "is-active", "asleep") == "active"
        other.do("systemd-run", "--wait", "true")
    assert not any(group.exists() for group in kept)
