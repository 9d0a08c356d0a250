"""A pytest plugin: slow tests start first, so that a run does not end waiting for one of them.

Files that are named on the command line come before those in folders beside them: else pytest 9.1 makes a folder's node
anew, and tests of that folder lose the fixtures of its conftest.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.args.sort(key=lambda name: len(Path(name.partition("::")[0]).absolute().parts))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_seconds, reverse=True)  # the order of equals stays


def _seconds(item: pytest.Item) -> float:
    mark = item.get_closest_marker("slow")
    return float(mark.args[0]) if mark else 0
