"""A pytest plugin that decides which test runs when, and in which process.

Slow tests start first, so that a run does not end waiting for one of them. Tests that mostly wait come before CPU-bound
ones. In a parallel run, one process per two CPUs starts from the end of the list and keeps the CPU busy while the
others wait. One process per CPU takes the quickest tests that mostly wait, beside the slow ones, which need more CPU:
otherwise the CPUs would be overloaded at first and idle at the end. Each process is given only its next test, so that
none has a queue while another is idle. So only the tests of a group run in the order in which they are written.

Files on the command line come before those in folders beside them: otherwise pytest 9.1 creates a folder's node again,
and tests of that folder lose the fixtures of its conftest.py. A path that doesn't exist is refused here, because in a
parallel run pytest would only say that no tests ran.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

BUSY = "tests/unit/"  # tests in this folder are CPU-bound, like those marked busy


def pytest_configure(config: pytest.Config) -> None:
    paths = {name: Path(name.partition("::")[0]).absolute() for name in config.args}
    if missing := [str(path) for path in paths.values() if not path.exists()]:
        raise pytest.UsageError(f"file or directory not found: {', '.join(missing)}")
    config.args.sort(key=lambda name: len(paths[name].parts))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)  # a stable sort


def _place(item: pytest.Item) -> tuple[bool, float]:
    mark = item.get_closest_marker("slow")
    seconds = float(mark.args[0]) if mark else 0
    busy = item.nodeid.startswith(BUSY) or bool(mark and mark.kwargs.get("busy"))
    return busy, seconds if busy else -seconds


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return our scheduler for parallel runs with --dist loadgroup."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class FromAllEnds(LoadGroupScheduling):
        """Hands out groups, files of CPU-bound tests, and single other tests, from both ends of both kinds."""

        def _split_scope(self, nodeid: str) -> str:
            scope = super()._split_scope(nodeid)
            return nodeid.partition("::")[0] if scope == nodeid and nodeid.startswith(BUSY) else scope

        def _assign_work_unit(self, node: Any) -> None:
            cores, spare = os.cpu_count() or 1, len(self.nodes) - 1
            busy = min(cores // 2 or 1, spare)
            at = self.nodes.index(node)
            if at < busy:
                self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
            elif at < busy + min(cores, spare - busy):
                self.workqueue.move_to_end(self._quickest_that_waits(), last=False)
            super()._assign_work_unit(node)

        def _quickest_that_waits(self) -> str:
            """Return what comes last before the CPU-bound tests of BUSY, or the first of these if it is their turn."""
            names = list(self.workqueue)
            end = next((at for at, name in enumerate(names) if name.startswith(BUSY)), len(names))
            return names[max(end - 1, 0)]

        def _reschedule(self, node: Any) -> None:
            if not self.workqueue:
                node.shutdown()
            elif not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
                self._assign_work_unit(node)

    return FromAllEnds(config, log)
