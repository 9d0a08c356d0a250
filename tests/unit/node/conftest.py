"""Tools that stand in for awg, ip and nft, and a node among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.node.child import Child, Tools


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(tmp_path)


@pytest.fixture
def node(tools: Tools) -> Iterator[Child]:
    with Child(tools) as child:
        yield child
