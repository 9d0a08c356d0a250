"""A server in a container, and a machine whose tools give canned answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from lib.install.found.model import FoundPeer, FoundServer
from lib.install.takeover.tools import Failed
from tests.unit.install.found.layouts import SERVER, SERVER_PUBLIC, key

Answer = str | OSError | Callable[[Sequence[str], str], str]
PEER = FoundPeer(key("Anna"), key("psk"), ("10.8.1.1/32",), "Anna", None, True, None, 0)
FOUND = FoundServer(
    name="amnezia-awg",
    kind="amnezia-awg",
    interface="wg0",
    port=51820,
    private_key=SERVER,
    public_key=SERVER_PUBLIC,
    parameters={},
    version="plain",
    addresses=("10.8.1.0/24",),
    peers=(PEER, replace(PEER, public_key=key("Boris"), name="", addresses=(), preshared_key=None),
           replace(PEER, public_key=key("off"), enabled=False)),
    running=True,
    dns=(),
    faults=(),
)  # fmt: skip


def inspected(
    restart: str = "always", count: int = 0, network: str = "bridge", ports: object = None, **more: object
) -> str:
    bindings = {"51820/udp": [{"HostIp": "", "HostPort": "443"}]} if ports is None else ports
    policy = {"Name": restart, "MaximumRetryCount": count}
    host = {"NetworkMode": network, "RestartPolicy": policy, "PortBindings": bindings} | more
    return json.dumps([{"Name": "/amnezia-awg", "State": {"Running": True}, "HostConfig": host}])


class Tools:
    """Tools with canned answers by prefix of the command line; any other command fails."""

    def __init__(self, **more: Answer) -> None:
        self.called: list[str] = []
        self.answers: dict[str, Answer] = {
            "docker --version": "Docker version 24", "docker inspect --type": inspected(), "docker update": "",
            "docker exec": "", "systemctl is-enabled": "disabled\n", "ss": "", "docker inspect --format": "false\n",
        } | {name.replace("_", " "): answer for name, answer in more.items()}  # fmt: skip

    def __call__(self, words: Sequence[str], stdin: str) -> str:
        line = " ".join(words)
        self.called.append(line)
        answer = next((self.answers[name] for name in sorted(self.answers, key=len, reverse=True)
                       if line.startswith(name)), Failed(f"{words[0]}: not found"))  # fmt: skip
        if isinstance(answer, OSError):
            raise answer
        return answer if isinstance(answer, str) else answer(words, stdin)
