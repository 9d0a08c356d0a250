"""Skip tests whose requirements are missing. With CI=true a skip is a failure, see tests/completeness.py."""

from __future__ import annotations

import shutil

import pytest


def need(condition: bool, what: str) -> None:
    """Skip the test if a requirement is missing."""
    if not condition:
        pytest.skip(f"{what} is needed")


def need_tools(*names: str) -> None:
    """Skip the test unless these commands are installed."""
    for name in names:
        need(shutil.which(name) is not None, name)
