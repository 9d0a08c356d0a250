"""A pytest plugin: what is collected is no garbage, and is not looked through for some again and again.

That takes more than half of the time in which ten thousand tests are collected, and so much in each process.
"""

from __future__ import annotations

import gc


def pytest_configure() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
