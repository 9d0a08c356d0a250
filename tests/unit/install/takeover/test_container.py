"""A container is stopped once it is seen to be, and started once it runs; docker's word alone is not enough."""

from __future__ import annotations

import pytest

from lib.install.takeover.container import start, stop
from lib.install.takeover.tools import Failed
from tests.unit.install.takeover.servers import FOUND, Tools

NAME = FOUND.name
STATE = "docker inspect --format"


@pytest.fixture
def tools() -> Tools:
    return Tools(docker_stop="", docker_start="", systemctl="")


def test_it_works(tools: Tools) -> None:
    stop(tools, "docker", NAME, "")
    tools.answers["docker start"] = lambda words, stdin: tools.answers.update({STATE: "true\n"}) or ""
    start(tools, "docker", NAME, "")
    assert [line for line in tools.called if STATE not in line] == [f"docker stop -t 1 {NAME}", f"docker start {NAME}"]
    tools.called.clear()
    start(tools, "docker", NAME, "")
    assert [line for line in tools.called if STATE not in line] == [], "it runs"


def test_a_container_that_runs_after_its_stop_is_told(tools: Tools) -> None:
    """Some other program may have started it again at once."""
    tools.answers[STATE] = "true\n"
    with pytest.raises(Failed, match="running although it was stopped"):
        stop(tools, "docker", NAME, "")


def test_a_container_that_ends_at_once_is_told(tools: Tools) -> None:
    with pytest.raises(Failed, match=f"ended at once, see docker logs {NAME}"):
        start(tools, "docker", NAME, "")
