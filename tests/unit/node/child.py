"""The node as a child process, among tools that stand in for the real ones."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

NODE = Path(__file__).parents[3] / "lib" / "node" / "node.py"
TOOL = Path(__file__).with_name("tool.sh")
ADDRESSES = ("10.8.0.1/24", "fd10:8::1/64")
PRIVATE = base64.b64encode(bytes(range(32))).decode()
LOOK = {"do": "look", "way_out": False}


def key(number: int) -> str:
    """Return a key; the same one for the same number."""
    return base64.b64encode(number.to_bytes(32, "big")).decode()


def peer(number: int, *addresses: str, preshared: str | None = None) -> list[Any]:
    """Return a peer as a request carries it."""
    return [key(number), preshared, list(addresses or [f"10.8.0.{number}/32"])]


def change(add: Any = (), remove: Any = ()) -> dict[str, Any]:
    """Return a request to change peers."""
    return {"do": "change", "add": list(add), "remove": list(remove)}


def fence(speed: Any = (), telegram: Any = (), resolvers: Any = (), unless: Any = "") -> Any:
    """Return a request to put the fence right."""
    lists = {"speed": list(speed), "telegram": list(telegram), "resolvers": list(resolvers)}
    return {"do": "fence", **lists, "unless": unless}


class Tools:
    """A folder with awg, ip, nft and iptables-nft-save in it, and with what they answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("awg", "ip", "nft", "tc", "iptables-nft-save", "ip6tables-nft-save"):
            (folder / name).symlink_to(TOOL)
        infos = [{"local": ip, "prefixlen": int(length), "scope": "global"}
                 for ip, length in (text.split("/") for text in ADDRESSES)]  # fmt: skip
        infos.append({"local": "fe80::1", "prefixlen": 64, "scope": "link"})
        link = {"ifindex": 7, "ifname": "awg0", "addr_info": infos, "linkinfo": {"info_kind": "amneziawg"}}
        self.answer("address", json.dumps([link]))
        self.answer("dump", f"{PRIVATE}\t{key(1)}\t51820\toff\n{key(2)}\t{key(3)}\t(none)\t10.8.0.2/32\t0\t0\t0\toff\n")

    def answer(self, name: str, text: str) -> None:
        """Set what a tool prints."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def break_down(self, name: str, script: str) -> None:
        """Run a line of sh in a tool before it answers."""
        (self.folder / f"{name}.sh").write_text(script, encoding="utf-8")

    def calls(self) -> list[str]:
        """Return the command lines that have run."""
        return self._read("calls").splitlines()

    def changes(self) -> list[str]:
        """Return the command lines that change an interface."""
        signs = ("awg set", "awg addconf", "nft -f", "nft delete", "tc qdisc add", "tc qdisc delete",
                 "tc -batch", "ip link add", "ip link delete")  # fmt: skip
        return [call for call in self.calls() if call.startswith(signs)]

    def added(self) -> str:
        """Return what `addconf` has read."""
        return self._read("stdin")

    def _read(self, name: str) -> str:
        file = self.folder / name
        return file.read_text(encoding="utf-8") if file.exists() else ""


class Child:
    """A node that runs, and the connection to it. Its patience can be cut short."""

    def __init__(self, tools: Tools, *words: str, seconds: int | None = None, **environment: str) -> None:
        self._tools = tools
        run = [str(NODE)]
        if seconds is not None:
            patch = f"node.PATIENCE = node.SILENCE = {seconds}; node.main(sys.argv[1:])"
            run = ["-c", f"import sys; sys.path.insert(0, {str(NODE.parent)!r}); import node; {patch}"]
        path = f"{tools.folder}:{os.environ['PATH']}"
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", *run, *(words or ("serve",))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"PATH": path, "BOT_TOKEN": "a secret", **environment},
        )  # fmt: skip

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(timeout=10)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]

    def ask(self, request: object) -> dict[str, Any]:
        """Send a request, and return the answer."""
        return self.ask_bytes(json.dumps(request).encode() + b"\n")

    def ask_bytes(self, line: bytes) -> dict[str, Any]:
        """Send bytes as they are, and return the answer; {} if the connection was closed instead."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has read enough
        return json.loads(self.process.stdout.readline() or "{}")

    def end(self, timeout: float = 10) -> tuple[int, str]:
        """Wait until it has ended; return its exit code and what it complained of."""
        _, err = self.process.communicate(timeout=timeout)
        return self.process.returncode, err.decode()
