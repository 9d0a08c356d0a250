"""An installed bot whose process is in a stranger's hands, and what a server has besides."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.system.hostile import PLACE
from tests.system.installed import Installed, booted
from tests.system.network import Network, wait

PROGRAM, DROP_IN = "/usr/local/lib/hostile.py", "/etc/systemd/system/andreyvpn.service.d/zz-hostile.conf"
DOCKER = "import socket as s, time; d = s.socket(s.AF_UNIX); d.bind('/run/docker.sock'); d.listen(); time.sleep(1e6)"


@dataclass
class Scene:
    """An installed bot whose process is another's, a friend with a live tunnel, and what else a server has."""

    company: Installed
    network: Network
    conf: str  # the friend's

    def tries(self, deed: str, *words: Any) -> dict[str, Any]:
        """Let the hostile program do something; return {"got": …} or {"failed": why}."""
        with socket.socket(socket.AF_UNIX) as link, link.makefile() as answer:
            link.settimeout(60)
            link.connect(str(self.company.machine.root / PLACE.lstrip("/")))
            link.sendall(json.dumps([deed, words]).encode() + b"\n")
            said: dict[str, Any] = json.loads(answer.read() or '{"failed": "killed by the kernel"}')
            return said

    def gets(self, deed: str, *words: Any) -> Any:
        """Return what the hostile program gets by something that it can do."""
        return self.tries(deed, *words)["got"]

    def fails(self, deed: str, *words: Any) -> str:
        """Check that the hostile program can't do something; return why."""
        said = self.tries(deed, *words)
        assert "failed" in said, f"{deed}{words}: {said}"
        return str(said["failed"])

    def do(self, *words: str, **more: Any) -> str:
        """Run a command as root."""
        return self.company.machine.do(*words, **more)

    def network_now(self) -> str:
        """Return all that root sees of interfaces, routes, rules and the firewall."""
        shown = "ip -o link | cut -d '>' -f 1; ip -o address; ip rule; ip route show table all; nft list ruleset"
        return self.do("sh", "-c", shown)

    def start(self) -> None:
        """Put the hostile program into the bot's place."""
        machine = self.company.machine
        text = Path(__file__).with_name("hostile.py").read_text(encoding="utf-8")
        (machine.root / PROGRAM.lstrip("/")).write_text(text, encoding="utf-8")
        file = machine.root / DROP_IN.lstrip("/")
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"[Service]\nExecStart=\nExecStart=/opt/andreyvpn/current/.venv/bin/python {PROGRAM}\n")
        self.do("systemctl", "daemon-reload")
        self.do("systemctl", "restart", "andreyvpn")

    def stop(self) -> None:
        """Let the bot itself run again."""
        (self.company.machine.root / DROP_IN.lstrip("/")).unlink()
        self.do("systemctl", "daemon-reload")
        self.do("systemctl", "restart", "andreyvpn")


@contextmanager
def taken_over(folder: Path) -> Iterator[Scene]:
    """Install a bot on a machine, let a friend connect, and put the hostile program into the bot's place."""
    with booted(folder) as (company, network):
        company.open_up()
        company.let_in(company.friend)
        scene = Scene(company, network, company.give_config(company.friend).decode())
        network.client.connect(scene.conf)
        wait(network.client.pings, 10, "the first ping")
        scene.do("groupadd", "docker")
        scene.do("systemd-run", "--quiet", "python3", "-c", DOCKER)
        wait(lambda: company.machine.says("ls", "/run/docker.sock"), 10, "docker's socket")
        scene.do("sh", "-c", "chgrp docker /run/docker.sock && chmod 660 /run/docker.sock")
        scene.do("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
        for name, address in (("eth0", "192.0.2.1/24"), ("eth1", "192.0.2.2/24")):
            scene.do("ip", "address", "add", address, "dev", name)
            scene.do("ip", "link", "set", name, "addrgenmode", "none", "up")
        scene.do("systemd-run", "--quiet", "wireguard-go", "-f", "wg1")
        wait(lambda: company.machine.says("wg", "show", "wg1"), 10, "a second interface")
        scene.start()
        yield scene
