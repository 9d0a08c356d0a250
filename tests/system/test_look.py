"""`install.sh --look` on a machine with docker's containers and a real interface: it shows all, and changes nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import ROOT
from tests.system.machine import fresh_debian, need_machine
from tests.system.network import PORT, SERVER_ADDRESS, Network, wait
from tests.system.sandbox import Sandbox
from tests.unit.install.found import engine
from tests.unit.install.found.engine import Engine
from tests.unit.install.found.layouts import TWO, clients_table, conf, key, peer, wg_easy_database

pytestmark = [pytest.mark.root, pytest.mark.slow(10)]

DOCKER = '#!/bin/sh\nexec {python} {engine} {containers} "$@"\n'
REFUSING = "#!/bin/sh\necho 'permission denied while trying to connect to the docker API' >&2\nexit 1\n"
FOLDERS = ("etc", "srv", "opt", "home", "root", "usr/local", "var")


def put(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)


def rows(shown: str) -> dict[str, list[str]]:
    """Return the cells of the table by the first one."""
    lines = shown.partition("\n\n")[0].splitlines()[1:]
    return {cells[0]: cells for cells in (re.split(r"\s{2,}", line.strip()) for line in lines)}


def test_it_works(network: Network, tmp_path: Path) -> None:
    interface, own = network.interface, network.interface.generate_key()
    interface.up()
    interface.set("peer", interface.public_key(own), "allowed-ips", "10.8.0.2/32")
    interface.set("peer", key(2), "allowed-ips", "10.8.0.3/32")
    network.client.connect(
        f"[Interface]\nAddress = 10.8.0.2/32\nPrivateKey = {own}\nMTU = 1280\n\n[Peer]\n"
        f"PublicKey = {interface.public_key()}\nAllowedIPs = 10.8.0.0/24\nEndpoint = {SERVER_ADDRESS}:{PORT}\n"
        "PersistentKeepalive = 25\n"
    )
    wait(network.client.pings, 10, "the first ping through the tunnel")
    containers = Engine(tmp_path / "containers")
    inside = ("ip", "netns", "exec", network.server, "sh", "-c", f"exec wg show {interface.name} dump")
    containers.add(
        "amnezia-wireguard",
        files={
            "/opt/amnezia/wireguard/wg0.conf": conf(peer(2, "10.8.0.3/32"), address="10.8.0.0/24"),
            "/opt/amnezia/wireguard/clientsTable": clients_table({2: "Anna"}),
        },
        prefix=inside,
    )
    (made := tmp_path / "made").mkdir()
    database = wg_easy_database(made, [])
    containers.add(
        "wg-easy",
        "ghcr.io/wg-easy/wg-easy:15",
        running=False,
        files={f"/etc/wireguard/{name}": data for name, data in database.items()},
    )
    put(
        tmp_path / "bin/docker",
        DOCKER.format(python=sys.executable, engine=engine.__file__, containers=containers.folder),
    )
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    words = (*("ip", "netns", "exec", network.server), str(ROOT / "install.sh"), "--look")
    done = subprocess.run(words, env={"PATH": path, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    shown = rows(done.stdout)
    assert shown["amnezia-wireguard"][1:] == ["AmneziaVPN", "WireGuard", str(PORT), "10.8.0.0/24", "2", "1"]
    assert shown["wg-easy"][1:] == ["wg-easy 15", "WireGuard", "51820", "10.8.0.0/24", "0", "—"]
    assert f"host:{interface.name}" not in shown, "the container's interface, by its key"
    assert max(map(len, done.stdout.splitlines())) <= 80
    (containers.folder / "amnezia-wireguard").rename(tmp_path / "gone")
    done = subprocess.run(words, env={"PATH": path, "LANG": "ru_RU.UTF-8"}, capture_output=True, text=True, timeout=60)
    host = rows(done.stdout)[f"host:{interface.name}"]
    assert host[1:] == ["этот сервер", "WireGuard", str(PORT), "10.8.0.0/24", "2", "1"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    need_machine()
    with fresh_debian(tmp_path_factory.mktemp("sandbox")) as root:
        yield Sandbox(root)


def test_it_changes_nothing_on_the_disk_and_needs_no_settings(machine: Sandbox) -> None:
    containers = Engine(machine.root / "srv/containers")
    containers.add(
        "amnezia-awg2",
        running=False,
        files={"/opt/amnezia/awg/awg0.conf": conf(peer(1, "10.8.1.1/32"), parameters=TWO)},
    )
    put(
        machine.root / "usr/local/bin/docker",
        DOCKER.format(
            python="python3", engine=f"/src/{Path(engine.__file__).relative_to(ROOT)}", containers="/srv/containers"
        ),
    )
    machine.write(
        "/etc/wireguard/wgcf.conf",
        conf("[Peer]\nEndpoint = a:1\nAllowedIPs = ::/0\n", address="172.16.0.2/32", private=key(7)),
    )
    before = machine.listing(*FOLDERS)
    code, shown = machine.run("/src/install.sh", "--look", LC_ALL="C.UTF-8")
    assert (code, machine.listing(*FOLDERS)) == (0, before)
    assert rows(shown)["amnezia-awg2"][1:4] == ["AmneziaVPN", "AWG 2.0", "51820"]
    assert "host:wgcf: it isn't running; it connects this server to another one" in shown.replace("\n  ", " ")
    put(machine.root / "usr/local/bin/docker", REFUSING)
    code, shown = machine.run("/src/install.sh", "--look", LC_ALL="C.UTF-8")
    assert code == 0
    assert "docker refused to answer" in shown
    assert "host:wgcf" in shown
    code, shown = machine.run("setpriv", "--reuid", "65534", "/src/install.sh", "--look", LC_ALL="C.UTF-8")
    assert code == 0
    assert "Without root only a part can be seen" in shown
    assert "Traceback" not in shown


def test_the_names_are_written_for_the_bot(machine: Sandbox) -> None:
    machine.do("sh", "-c", "id andreyvpn 2>/dev/null || useradd --system andreyvpn")
    machine.do("install", "-d", "-m", "0700", "-o", "andreyvpn", "-g", "andreyvpn", "/var/lib/andreyvpn")
    machine.write("/etc/wireguard/wg0.conf", conf(f"### Client anna\n{peer(1, '10.8.1.1/32')}"))
    assert machine.parts("trace=; write_names") == ""
    shown = machine.do("stat", "-c", "%U %G %a", "/var/lib/andreyvpn/names.json")
    assert shown == "root andreyvpn 640\n"
    read = machine.do(
        "setpriv",
        "--reuid",
        "andreyvpn",
        "--regid",
        "andreyvpn",
        "--clear-groups",
        "cat",
        "/var/lib/andreyvpn/names.json",
    )
    assert f'"{key(1)}": "anna"' in read
    machine.do("rm", "-rf", "/var/lib/andreyvpn")
    assert "can't be saved" in machine.parts("trace=; write_names")
