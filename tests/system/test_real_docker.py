"""With a real docker daemon: the node works inside a container, which starts with its peers, and a friend connects.

It runs where `docker` reaches one (DOCKER_HOST may name it) that has tun devices; the image is the tests' own Debian.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.install.found import run as reading
from lib.install.found.survey import look
from lib.install.takeover import inside
from tests.needs import need, need_tools
from tests.reporting import Figures
from tests.system.amnezia import AMNEZIA, CONF, FILE, FOLDER, OWN, PEER, key
from tests.system.machine import prepare_base
from tests.system.network import PORT, run, wait
from tests.system.nodes import LOOK, NODE, change

pytestmark = [pytest.mark.root, pytest.mark.slow(70), pytest.mark.xdist_group("real-docker")]

IMAGE, FRIEND = "andreyvpn-test", "andreyvpn-test-friend"
RIGHTS = ("--cap-drop=ALL", "--cap-add=NET_ADMIN", "--cap-add=NET_RAW", "--cap-add=CHOWN", "--cap-add=DAC_OVERRIDE",
          "--cap-add=FOWNER", "--device=/dev/net/tun")  # fmt: skip
START = f"#!/bin/bash\nwg-quick down {FOLDER}/wg0.conf\nwg-quick up {FOLDER}/wg0.conf\ntail -f /dev/null\n"


class Real:
    """The app's server in a real container, and the node."""

    def __init__(self, folder: Path) -> None:
        self.key, self.psk, self.mine = key(), key("genpsk"), key()
        folder.mkdir()
        (folder / "docker").write_text(f'#!/bin/sh\nexec {shutil.which("docker")} -H "{self.host()}" "$@"\n')
        (folder / "docker").chmod(0o755)
        self.path = f"{folder}:{os.environ['PATH']}"

    @staticmethod
    def host() -> str:
        return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")

    def docker(self, *words: str, stdin: str = "") -> str:
        return run("docker", *words, stdin=stdin, timeout=120)

    def inside(self, *words: str, stdin: str = "") -> str:
        return self.docker("exec", "-i", AMNEZIA, *words, stdin=stdin)

    def make_image(self) -> None:
        base, _ = prepare_base("bookworm")
        left = [f"--exclude=./{path}" for path in ("usr/share/doc", "usr/share/locale", "usr/share/man", "var/cache")]
        with subprocess.Popen(["tar", "-C", str(base), *left, "-cf", "-", "."], stdout=subprocess.PIPE) as tar:
            subprocess.run(["docker", "import", "-", IMAGE], stdin=tar.stdout, check=True, capture_output=True)

    def make_server(self) -> None:
        first = f"while [ ! -e {FOLDER}/ready ]; do sleep 0.1; done; exec /opt/amnezia/start.sh"
        self.docker("create", *RIGHTS, "--restart=always", f"-p={PORT}:{PORT}/udp", f"--name={AMNEZIA}", IMAGE,
                    "sh", "-c", first)  # fmt: skip
        self.docker("start", AMNEZIA)
        self.inside("mkdir", "-p", FOLDER)
        for path, text in (
            (f"{FOLDER}/wg0.conf", CONF.format(key=self.key, port=PORT)), (f"{FOLDER}/clientsTable", "[]"),
            ("/opt/amnezia/start.sh", START), (f"{FOLDER}/ready", ""),
        ):  # fmt: skip
            self.inside("sh", "-c", f"cat >{path}; chmod 755 {path}", stdin=text)
        self.wait_for_interface()

    def wait_for_interface(self) -> None:
        words = ["docker", "exec", AMNEZIA, "wg", "show", "wg0"]
        wait(lambda: subprocess.run(words, capture_output=True, check=False).returncode == 0, 30, "the interface")

    def node(self, *requests: object) -> list[dict[str, Any]]:
        """Ask a node whose tool is in the container."""
        environment = {"PATH": self.path, "AWG_COMMAND": f"docker exec -i {AMNEZIA} wg", "AWG_INTERFACE": "wg0"}
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        words = [sys.executable, "-I", "-S", "-B", str(NODE), "serve"]
        done = subprocess.run(words, input=lines, capture_output=True, text=True, timeout=90, env=environment)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def connect(self) -> None:
        """Connect the friend, whose device is another container."""
        address = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        server = self.docker("inspect", "--format", address, AMNEZIA).strip()
        file = FILE.format(address="10.8.1.2", key=self.mine, server=key("pubkey", self.key), psk=self.psk,
                           endpoint=server, port=PORT)  # fmt: skip
        lines = [line for line in file.splitlines() if not line.startswith("DNS")]
        self.docker("rm", "-f", FRIEND)
        self.docker("run", "-d", *RIGHTS, f"--name={FRIEND}", IMAGE, "sleep", "infinity")
        self.docker("exec", "-i", FRIEND, "sh", "-c", "umask 077; cat >/etc/wireguard/wg0.conf", stdin="\n".join(lines))
        self.docker("exec", FRIEND, "wg-quick", "up", "wg0")
        ping = ["docker", "exec", FRIEND, "ping", "-c", "1", "-W", "1", OWN]
        wait(lambda: subprocess.run(ping, capture_output=True, check=False).returncode == 0, 30, "the friend's ping")


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Real]:
    need_tools("docker", "debootstrap")
    version = ["docker", "version", "--format", "{{.Server.Version}}"]
    need(subprocess.run(version, capture_output=True, check=False).returncode == 0, "a docker daemon")
    found = Real(tmp_path / "bin")
    monkeypatch.setenv("PATH", found.path)
    found.docker("rm", "-f", FRIEND)
    need(AMNEZIA not in found.docker("ps", "-a", "--format", "{{.Names}}"), f"no container {AMNEZIA} here")
    try:
        found.make_image()
        found.make_server()
        yield found
    finally:
        found.docker("rm", "-f", AMNEZIA, FRIEND)
        found.docker("rmi", "-f", IMAGE)


def test_it_works(real: Real, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "SEEN", Path("/"))  # the wrapper that names the daemon is not below /usr
    found = inside.make_plan(reading.run, look(reading.run), AMNEZIA)
    assert (found.tool, found.server.interface, found.port) == ("wg", "wg0", PORT)

    public = key("pubkey", real.mine)
    peer = [public, real.psk, ["10.8.1.2/32"]]
    files = {"do": "files", "peers": [[*peer, "Ann: phone"]]}
    seen, changed, kept = real.node(LOOK, change([peer]), files)
    assert seen["ok"]["addresses"] == ["10.8.1.0/24"]
    assert public in changed["ok"]["dump"]
    assert kept["ok"] == {"names": {}, "trouble": None}
    real.connect()

    real.docker("restart", "-t", "1", AMNEZIA)
    real.wait_for_interface()
    real.connect()
    section = PEER.format(public=key("pubkey", key()), psk=real.psk, address="10.8.1.3")
    real.inside("sh", "-c", f"cat >>{FOLDER}/wg0.conf", stdin=section)
    real.inside("bash", "-c", f"wg syncconf wg0 <(wg-quick strip {FOLDER}/wg0.conf)")
    assert public in real.inside("wg", "show", "wg0", "peers")
    [kept] = real.node({"do": "files", "peers": [[*peer, "Ann: tablet"]]})
    assert "Ann: tablet" in real.inside("cat", f"{FOLDER}/clientsTable")
    conf = real.inside("cat", f"{FOLDER}/wg0.conf")
    assert conf.index("10.8.1.2/32") < conf.index("10.8.1.3/32")

    real.docker("stop", "-t", "1", AMNEZIA)
    [answer] = real.node(LOOK)
    assert answer["error"] == "no_interface", answer
    version = real.docker("version", "--format", "{{.Server.Version}}").strip()
    figures.say(f"docker {version}: the node inside a real container")
