"""A pytest plugin: print what the long tests did, and which files took longest, at the end of a run.

Under xdist, what a test reports travels with its outcome to the process that prints.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

import pytest

from tests import warm

SLOWEST = 10
COUNTED, SAID, COST = "counted", "said", "cost"  # the names of properties


class Figures:
    """What a test did: sentences, and numbers that are summed up by file."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self._properties = properties

    def count(self, **amounts: int) -> None:
        """Add to the file's totals. Names are printed with spaces instead of underscores."""
        self._properties.append((COUNTED, amounts))

    def say(self, text: str) -> None:
        """Print a sentence at the end of the run."""
        self._properties.append((SAID, text))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    return Figures(request.node.user_properties)


@dataclass
class _File:
    """The figures of one file of tests."""

    tests: int = 0
    seconds: float = 0
    cpu: float = 0
    totals: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)

    def add(self, properties: Mapping[str, object] | list[tuple[str, object]]) -> None:
        for name, value in properties:
            if name == COUNTED:
                self.totals.update(value)  # type: ignore[call-overload]
            elif name == SAID:
                self.said.append(str(value))
            elif name == COST:
                self.cpu += float(value)  # type: ignore[arg-type]


def _cpu() -> float:
    """Return the CPU seconds of this process and its finished children, including bots forked on its behalf."""
    return sum(os.times()[:4]) + warm.spent()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    item.stash[_BEGUN] = _cpu()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if call.when == "teardown":
        item.user_properties.append((COST, _cpu() - item.stash[_BEGUN]))
    return (yield)


_BEGUN = pytest.StashKey[float]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    files: defaultdict[str, _File] = defaultdict(_File)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                file = files[report.nodeid.partition("::")[0]]
                file.seconds += report.duration
                if report.when == "teardown":
                    file.tests += 1
                    file.add(report.user_properties)
    _write_figures(terminalreporter, files)
    _write_slowest(terminalreporter, files)


def _write_figures(out: pytest.TerminalReporter, files: Mapping[str, _File]) -> None:
    lines = []
    for name, file in sorted(files.items()):
        totals = ", ".join(f"{amount:,} {what.replace('_', ' ')}" for what, amount in file.totals.items())
        lines += [f"{name}: {text}" for text in (totals, *file.said) if text]
    if lines:
        out.section("what was done", "=")
        for line in lines:
            out.write_line(line)


def _write_slowest(out: pytest.TerminalReporter, files: Mapping[str, _File]) -> None:
    out.section(f"slowest {SLOWEST} files", "=")
    out.write_line("seconds     CPU   tests")
    for name, file in sorted(files.items(), key=lambda item: -item[1].seconds)[:SLOWEST]:
        out.write_line(f"{file.seconds:7.1f} {file.cpu:7.1f} {file.tests:7}  {name}")
