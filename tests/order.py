"""A pytest plugin: which test starts when, and in which process.

Slow tests start first, so that a run does not end waiting for one of them. Those that wait most of the time come before
those that are busy all the time: in a parallel run, one process for every two processors begins at the end, and is busy
while the others wait. No process is told more than its next test, so that none has a queue while another has nothing.

Files that are named on the command line come before those in folders beside them: else pytest 9.1 makes a folder's node
anew, and tests of that folder lose the fixtures of its conftest.py. One that doesn't exist is refused here: of a
parallel run, pytest would only say that no tests ran.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

BUSY = "tests/unit/"  # tests in this folder are busy, like those that are marked so


def pytest_configure(config: pytest.Config) -> None:
    paths = {name: Path(name.partition("::")[0]).absolute() for name in config.args}
    if missing := [str(path) for path in paths.values() if not path.exists()]:
        raise pytest.UsageError(f"file or directory not found: {', '.join(missing)}")
    config.args.sort(key=lambda name: len(paths[name].parts))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)  # the order of equals stays


def _place(item: pytest.Item) -> tuple[bool, float]:
    mark = item.get_closest_marker("slow")
    seconds = float(mark.args[0]) if mark else 0
    busy = item.nodeid.startswith(BUSY) or bool(mark and mark.kwargs.get("busy"))
    return busy, seconds if busy else -seconds


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return the scheduler of a parallel run that keeps groups together."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class FromBothEnds(LoadGroupScheduling):
        """Hands out groups, files of busy tests, and other tests one by one: from the beginning, and from the end."""

        def _split_scope(self, nodeid: str) -> str:
            scope = super()._split_scope(nodeid)
            return nodeid.partition("::")[0] if scope == nodeid and nodeid.startswith(BUSY) else scope

        def _assign_work_unit(self, node: Any) -> None:
            at_the_end = min((os.cpu_count() or 1) // 2 or 1, len(self.nodes) - 1)
            if self.nodes.index(node) < at_the_end:
                self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
            super()._assign_work_unit(node)

        def _reschedule(self, node: Any) -> None:
            if not self.workqueue:
                node.shutdown()
            elif not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
                self._assign_work_unit(node)

    return FromBothEnds(config, log)
