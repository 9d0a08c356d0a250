"""Docker may be missing, refuse, hang, or say anything: the rest is found, and the reason is said."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.install.found import docker
from lib.install.found.docker import Container
from tests.unit.install.found.layouts import Machine, conf

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
    return docker.read_folder(lambda *_: data.decode(errors="surrogateescape"), ENGINE, "/etc/wireguard")


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
