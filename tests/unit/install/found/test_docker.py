"""Docker may be missing, refuse, hang, or say anything: the rest is found, and the reason is said."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.install.found import docker
from lib.install.found.docker import Container
from lib.install.found.run import CHANCES
from lib.install.found.survey import survey
from tests.unit.install.found.layouts import NOW, SERVER, Machine, conf, key

ENGINE = Container("vpn", "image", True, "docker", {})


@pytest.mark.parametrize(
    ("failure", "note"),
    [
        (FileNotFoundError("docker"), "no_docker"),
        (TimeoutError("docker gave no answer"), "docker_silent"),
        (PermissionError("docker"), "docker_denied"),
        (OSError("permission denied while trying to connect to the docker API"), "docker_denied"),
        (OSError("Cannot connect to the Docker daemon at unix:///var/run/docker.sock."), "docker_down"),
        (OSError("something else"), "docker_failed"),
    ],
)
def test_it_works_without_docker(machine: Machine, failure: OSError, note: str) -> None:
    machine.tools["docker"] = failure
    machine.write("/etc/wireguard/wg0.conf", conf())
    survey = machine.survey()
    assert survey.notes == (note,)
    assert [server.name for server in survey.servers] == ["host:wg0"]


def test_podman_stands_in_for_docker(machine: Machine) -> None:
    machine.tools |= {"docker": FileNotFoundError("docker"), "podman ps --all --format {{.Names}}": "amnezia-awg2\n"}
    (server,) = machine.survey().servers
    assert (server.name, server.running) == ("amnezia-awg2", False)
    assert "no_inspect" in server.faults


def test_docker_and_podman_are_both_asked_and_one_that_is_called_by_both_names_counts_once(machine: Machine) -> None:
    def answer(words: list[str], _: str) -> str:
        if words[1] == "ps":
            return "amnezia-awg2\n" if words[0] == "docker" else "amnezia-awg2\namnezia-wireguard\n"
        raise OSError("no such container")

    found = survey(answer, machine.root, NOW)
    assert [server.name for server in found.servers] == ["amnezia-awg2", "amnezia-wireguard"]
    assert found.notes == ()


def test_docker_that_is_down_is_said_even_if_podman_answers(machine: Machine) -> None:
    machine.tools |= {"docker": OSError("Cannot connect to the Docker daemon"), "podman": ""}
    assert machine.survey().notes == ("docker_down",)


def test_an_old_server_is_found_among_hundreds_of_ended_containers(machine: Machine) -> None:
    machine.docker.add("amnezia-awg2", files={"/opt/amnezia/awg/awg0.conf": conf()}, running=False)
    listed = "".join(f"a-job{number}\n" for number in range(500))
    asked = []

    def answer(words: list[str], stdin: str) -> str:
        asked.append(words[1])
        return f"{listed}amnezia-awg2\n" if words[1] == "ps" else machine.run(words, stdin)

    assert [server.name for server in survey(answer, machine.root, NOW).servers] == ["amnezia-awg2"]
    assert asked.count("inspect") == docker.MOST_CONTAINERS, "there may be thousands"


def test_a_container_that_others_are_linked_to_has_several_names(machine: Machine) -> None:
    machine.docker.add("amnezia-awg2", files={"/opt/amnezia/awg/awg0.conf": conf()}, running=False)

    def answer(words: list[str], stdin: str) -> str:
        return "web\namnezia-awg2,web/vpn\n" if words[1] == "ps" else machine.run(words, stdin)

    assert [server.name for server in survey(answer, machine.root, NOW).servers] == ["amnezia-awg2"]


def test_docker_that_hangs_at_each_container_is_not_asked_for_ever(machine: Machine) -> None:
    asked: list[str] = []

    def answer(words: list[str], _: str) -> str:
        asked.append(words[1])
        if words[1] == "ps":
            return "".join(f"{name}\n" for name in ("amnezia-awg2", *map(str, range(199))))
        raise TimeoutError("docker gave no answer")

    found = survey(answer, machine.root, NOW)
    assert (asked.count("ps"), len([word for word in asked if word != "ps"])) == (2, CHANCES + 2), "and ip, wg, awg"
    assert found.notes == ("docker_stuck",)
    assert [server.name for server in found.servers] == ["amnezia-awg2"]


def test_a_container_that_hangs_costs_one_wait_and_the_others_are_read(machine: Machine) -> None:
    machine.docker.add("amnezia-awg2", files={"/opt/amnezia/awg/awg0.conf": conf()})
    machine.docker.add("amnezia-wireguard", files={"/opt/amnezia/wireguard/wg0.conf": conf(private=key(9))})
    waits: list[str] = []

    def answer(words: list[str], stdin: str) -> str:
        if words[1:4] == ("exec", "-i", "amnezia-awg2"):
            waits.append(words[4])
            raise TimeoutError("no answer")
        return machine.run(words, stdin)

    found = survey(answer, machine.root, NOW)
    assert waits == ["awg"]
    assert [server.private_key for server in found.servers] == [SERVER, key(9)]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("bindings", "ports"),
    [
        ({"51820/udp": [{"HostIp": "", "HostPort": "443"}], "51821/tcp": [{"HostPort": "51821"}]}, {51820: 443}),
        ({"51820/udp": [{"HostPort": "1"}, {"HostPort": "2"}]}, {51820: 1}),
        ({"51820/udp": None, "5/udp": [], "6/udp": [None], "7/udp": [{}], "x/udp": [{"HostPort": "1"}]}, {}),
        ({"51820/udp": [{"HostPort": "70000"}], "99999/udp": [{"HostPort": "1"}], "51820": [{"HostPort": "1"}]}, {}),
        ([], {}),
    ],
)
def test_the_ports_that_docker_publishes(bindings: object, ports: dict[int, int]) -> None:
    text = json.dumps([{"HostConfig": {"PortBindings": bindings}}])
    found = docker.inspect(lambda *_: text, "docker", "vpn")
    assert found is not None
    assert found.ports == ports


@pytest.mark.parametrize(
    ("at", "read"),
    [
        ("2026-11-30T09:00:00.123456789Z", 1796029200),
        ("2026-11-30T11:00:00.123456789+02:00", 1796029200),
        ("2026-11-30T09:00:00Z", 1796029200),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("2026-11-30 09:00:00.1 +0000 UTC", None),
        ("x" * 100_000, None),
        (7, None),
        (None, None),
    ],
)
def test_when_a_container_was_started(at: object, read: int | None) -> None:
    found = docker.inspect(lambda *_: json.dumps([{"State": {"StartedAt": at}}]), "docker", "vpn")
    assert found is not None
    assert found.started_at == read


@pytest.mark.parametrize("listed", ["", "\n\n", "a b\n", "../x\n-rf\n", "\x00\n", "amnezia-awg2 \n", "é\n", "a" * 200])
def test_names_that_are_none_are_skipped(machine: Machine, listed: str) -> None:
    machine.tools["docker ps --all --format {{.Names}}"] = machine.tools["docker"] = listed
    assert machine.survey().servers == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[7]",
        "{}",
        "null",
        "[" * 50_000,
        '[{"State": 7, "Config": []}]',
        '[{"State": {"Running": "yes"}}]',
        '[{"Config": {"Image": 7, "Env": "x", "Cmd": 1e999}}]',
        "\xff",
        '[{"Config": {"Env": [7, null, "A"]}}]',
    ],
)
def test_whatever_docker_says_of_a_container_nothing_is_raised(text: str) -> None:
    found = docker.inspect(lambda *_: text, "docker", "vpn")
    assert found is None or not found.running


def archive(*members: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return made.getvalue()


def read(data: bytes) -> dict[str, bytes] | None:
    found = docker.read_folder(lambda *_: data.decode(errors="surrogateescape"), ENGINE, "/etc/wireguard")
    return None if found is None else {name: file.data for name, file in found.items()}


def test_an_archive_is_read_with_every_byte() -> None:
    content = bytes(range(256)) * 20
    assert read(archive(("wireguard/wg0.json", content), ("./wireguard/b", b""))) == {"wg0.json": content, "b": b""}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "wireguard/../../x", "wireguard/deeper/wg0.conf", "other/wg0.conf"]
)
def test_files_elsewhere_are_left_out(name: str) -> None:
    assert read(archive((name, b"x"), ("wireguard/good", b"y"))) == {"good": b"y"}


def test_an_archive_that_breaks_off_is_none() -> None:
    whole = archive(("wireguard/a", b"x" * 5000))
    assert read(whole[:3000]) is None
    assert read(b"garbage" * 1000) is None
    assert read(b"") is None


def test_of_very_many_files_some_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker, "MOST_FILES", 2)
    assert read(archive(*((f"wireguard/{number}", b"x") for number in range(9)))) == {"0": b"x", "1": b"x"}


def test_a_file_of_holes_is_none(tmp_path: Path) -> None:
    """A thousand of them, a few bytes each, would fill the memory."""
    with (tmp_path / "holes").open("wb") as file:
        file.truncate(4 << 20)
    (tmp_path / "file").write_bytes(b"x")
    words = ["tar", "--sparse", "--format=gnu", "-cf", "-", "-C", tmp_path, "holes", "file"]
    packed = subprocess.run(words, capture_output=True, check=True, timeout=20).stdout
    assert len(packed) < 1 << 20
    assert read(packed) == {"file": b"x"}


def test_headers_in_headers_are_not_followed_for_ever() -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 0
    assert read(header.tobuf(tarfile.USTAR_FORMAT) * 20_000) in (None, {})
    long = tarfile.TarInfo("x")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 1 << 40
    assert read(long.tobuf(tarfile.GNU_FORMAT) + b"a" * 5000) in (None, {})


@given(st.binary(max_size=700), st.integers(0, 1500))
def test_whatever_is_in_an_archive_nothing_is_raised(data: bytes, at: int) -> None:
    good = archive(("wireguard/a", b"x" * 100), ("wireguard/b", b"y"))
    read(good[:at] + data + good[at + len(data) :])
    read(data)
