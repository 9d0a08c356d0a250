"""What install.sh sets up if a server stays in its container: the endpoint in friends' files, and docker's group."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.company import ROOT

STUBS = "need_packages() { :; }; takeover() { :; }; say() { :; }; die() { exit 9; }\n"
GIVEN = "take_over=amnezia-awg2 inside_tool=awg inside_interface=awg0 port=51820\n"


def run(script: str) -> str:
    words = ["sh", "-euc", f". {ROOT}/lib/install/inside.sh\n{STUBS}{GIVEN}{script}"]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=20).stdout.strip()


def test_it_works() -> None:
    said = run('published=51820 endpoint=vpn.example.com; stay_inside; echo "$endpoint|$tool|$interface"')
    assert said == "vpn.example.com|docker exec -i amnezia-awg2 awg|awg0"


@pytest.mark.parametrize(("given", "written"), [
    ("vpn.example.com", "vpn.example.com:443"), ("198.51.100.7", "198.51.100.7:443"),
    ("vpn.example.com:51820", "vpn.example.com:51820"), ("[2001:db8::7]", "[2001:db8::7]:443"),
    ("[2001:db8::7]:443", "[2001:db8::7]:443"),
])  # fmt: skip
def test_a_port_that_docker_moves_is_in_the_endpoint(given: str, written: str) -> None:
    assert run(f"published=443 endpoint={given}; stay_inside; echo $endpoint") == written


def test_the_group_of_docker_is_known_while_docker_is_down() -> None:
    assert run('getent() { echo "docker:x:998:"; }; group_of_docker') == "998"
    assert run("getent() { return 2; }; group_of_docker") == "0"


def test_the_node_reaches_docker_and_has_no_other_right() -> None:
    """What docker's own program needs as well: it ends if a call that the unit forbids kills it instead of failing."""
    known = "docker_socket=/no/socket; group_of_docker() { echo 998; }; "
    said = run(f'{known}put_drop_in() {{ echo "$*"; cat; }}; put_docker')
    name, *lines = said.splitlines()
    assert name == "andreyvpn-node@.service docker.conf"
    assert [line for line in lines if not line.startswith("#")] == [
        "[Service]", "BindPaths=-/no/socket", "SupplementaryGroups=998", "AmbientCapabilities=",
        "CapabilityBoundingSet=", "RestrictAddressFamilies=", "RestrictAddressFamilies=AF_UNIX", "MemoryMax=256M",
        "TasksMax=128", "SystemCallErrorNumber=EPERM",
    ]  # fmt: skip


@pytest.mark.parametrize(("command", "interface", "said"), [
    ("awg", "lo", "has_own_server lo"), ("awg", "gone7", ""), ("docker exec -i amnezia-awg2 awg", "lo", ""),
])  # fmt: skip
def test_a_bot_that_has_a_server_of_its_own_does_not_move_into_a_container(
    command: str, interface: str, said: str
) -> None:
    known = f'from_file() {{ case $1 in AWG_COMMAND) echo "{command}" ;; AWG_INTERFACE) echo {interface} ;; esac; }}; '
    done = 'die() { echo "$*"; exit 0; }; takeover() { echo awg awg0 51820 443; }; judge_inside'
    assert run(known + done) == said


def test_only_a_fence_inside_a_container_is_removed_there(tmp_path: Path) -> None:
    tools = ('docker() { echo andreyvpn_fence_awg0; }; python3() { echo "$AWG_COMMAND: $*"; }; say() { echo "$*"; }; '
             f"fences_listed=p; here=/; env_file={tmp_path}/env; remove_fence_inside")  # fmt: skip
    (tmp_path / "env").write_text("AWG_COMMAND=awg\n")
    assert run(tools) == ""
    (tmp_path / "env").write_text("AWG_COMMAND=docker exec -i amnezia-awg2 awg\n")
    assert run(tools).splitlines() == [
        "docker exec -i amnezia-awg2 awg: -B -m lib.node.unfence andreyvpn_fence_awg0", "container_stays amnezia-awg2",
    ]  # fmt: skip


@pytest.mark.parametrize(("command", "container"), [
    ("docker exec -i amnezia-awg2 awg", "amnezia-awg2"), ("docker exec -i amnezia-awg wg", "amnezia-awg"),
    ("docker exec amnezia-awg2 awg", ""), ("docker exec -i amnezia-awg2 rm", ""), ("docker exec -i wg-easy wg", ""),
    ("docker exec -i amnezia-awg2;reboot awg", ""), ("awg", ""),
])  # fmt: skip
def test_which_command_leads_into_a_container(command: str, container: str) -> None:
    assert run(f"container_of '{command}'") == container


def test_the_router_is_to_forward_the_port_that_docker_publishes() -> None:
    parts = (f". {ROOT}/lib/install/settings.sh; ip() {{ echo '1.1.1.1 via 10.0.0.1 dev eth0 src 10.0.0.5'; }}; "
             "settle() { :; }; say() { echo \"$*\"; }; endpoint=; ")  # fmt: skip
    assert run(f"{parts} published=443; settle_endpoint") == "private_address 10.0.0.5 443"
    assert run(f"{parts} settle_endpoint") == "private_address 10.0.0.5 51820"
