"""The check whether the bot can work inside a container, with each refusal; it changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lib.install.takeover import inside, journal
from lib.install.takeover.inside import Inside, make_plan
from lib.install.takeover.journal import Journal
from lib.install.takeover.plan import Refused
from lib.install.takeover.tools import Failed
from lib.install.takeover.words import text
from tests.unit.install.found.layouts import key
from tests.unit.install.takeover.servers import FOUND, Tools, inspected

SHOW = "docker exec -i amnezia-awg wg show wg0 dump"
TAKEN = Journal(
    step=journal.TAKEN, container="amnezia-awg", kind="amnezia-awg", engine="docker", was_running=True, restart="no",
    unit="", inside="wg0", tool="wg", interface="wg0", port=443, peers=(), watched=(), resolver="", resolver_to="",
    at=1_800_000_000, why="",
)  # fmt: skip
LOOKS = ("docker --version", "docker inspect", "docker exec", "podman", "systemctl is-enabled")


@pytest.fixture(autouse=True)
def _host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up a host without a take-over, with docker where the node can see it."""
    monkeypatch.setattr(journal, "FILE", tmp_path / "taken-over.json")
    monkeypatch.setattr(inside.shutil, "which", lambda name: f"/usr/bin/{name}")


@pytest.fixture
def tools() -> Tools:
    found = Tools()
    found.answers["docker exec -i amnezia-awg awg"] = Failed('exec: "awg": executable file not found in $PATH')
    found.answers[SHOW] = f"{key('private')}\t{key('public')}\t51820\toff\n"
    found.answers["docker exec -i amnezia-awg sh"] = "/bin/there\n"
    found.answers["docker exec -i amnezia-awg ip"] = '[{"ifname": "wg0"}]'
    return found


def make(tools: Tools, name: str = FOUND.name, **changes: object) -> Inside:
    return make_plan(tools, [replace(FOUND, **changes)], name)  # type: ignore[arg-type]


def refusal(tools: Tools, **values: object) -> str:
    """Return a refusal's key; check that nothing was changed and that its text can be formatted in both languages."""
    with pytest.raises(Refused) as caught:
        make(tools, **values)  # type: ignore[arg-type]
    assert not [line for line in tools.called if not line.startswith(LOOKS)]
    for language in ("en", "ru"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LANGUAGE", language)
            assert "{" not in text(caught.value.key, **caught.value.values)
    return caught.value.key


def test_it_works(tools: Tools) -> None:
    found = make(tools)
    assert (found.tool, found.server.interface, found.server.port, found.port) == ("wg", "wg0", 51820, 443)
    assert not [line for line in tools.called if not line.startswith(LOOKS)]
    tools.answers["docker exec -i amnezia-awg awg"] = "something"
    assert make(tools).tool == "awg"


def test_what_is_no_container_of_the_apps_is_refused(tools: Tools) -> None:
    assert refusal(tools, name="nobody") == "not_found"
    assert refusal(tools, kind="wg-easy-14") == "inside_other_maker"


def test_a_server_that_was_taken_over_is_refused(tools: Tools) -> None:
    journal.write(TAKEN)
    assert refusal(tools) == "taken_not_inside"
    journal.write(replace(TAKEN, step=journal.UNDONE))
    assert make(tools).tool == "wg"


def test_podman_and_a_docker_that_the_node_does_not_see_are_refused(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools.answers["docker --version"] = "podman version 4.9"
    assert refusal(tools) == "inside_needs_docker"
    tools.answers["docker --version"] = "Docker version 24"
    monkeypatch.setattr(inside.shutil, "which", lambda name: f"/snap/bin/{name}")
    assert refusal(tools) == "inside_needs_docker"
    tools.answers["docker --version"] = Failed("permission denied")
    assert refusal(tools) == "docker_refuses"


def test_a_container_or_an_interface_that_does_not_run_is_refused(tools: Tools) -> None:
    tools.answers["docker inspect --type"] = inspected().replace('"Running": true', '"Running": false')
    assert refusal(tools) == "inside_not_running"
    tools.answers["docker inspect --type"] = inspected()
    tools.answers[SHOW] = Failed("No such device")
    assert refusal(tools) == "inside_no_interface"


def test_a_container_that_lacks_a_tool_is_refused(tools: Tools) -> None:
    tools.answers["docker exec -i amnezia-awg ip"] = Failed("ip: invalid option -- 'j'")
    assert refusal(tools) == "inside_lacks"
    tools.answers["docker exec -i amnezia-awg ip"] = "2: wg0: <UP>"
    assert refusal(tools) == "inside_lacks"
    tools.answers["docker exec -i amnezia-awg ip"] = "[{}]"
    tools.answers["docker exec -i amnezia-awg sh"] = lambda words, _: "" if words[-1] == "sha256sum" else "/bin/there"
    with pytest.raises(Refused) as caught:
        make(tools)
    assert caught.value.values["programs"] == "sha256sum"


def test_ports_must_lead_to_it(tools: Tools) -> None:
    tools.answers["docker inspect --type"] = inspected(network="host")
    assert refusal(tools) == "host_network"
    tools.answers["docker inspect --type"] = inspected(ports={})
    assert refusal(tools) == "not_published"
