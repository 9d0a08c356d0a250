"""A simulated machine with docker, systemd and one port: what holds the port, and what starts at boot."""

from __future__ import annotations

import errno
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from lib.install.takeover import journal
from lib.install.takeover.journal import Journal
from lib.install.takeover.tools import Failed
from tests.unit.install.found.layouts import key

ANNA = key("Anna")
PORT, NAME, INTERFACE = 51820, "amnezia-awg", "avnone7"
SERVICE = f"wg-quick@{INTERFACE}"
PREPARED = Journal(
    step=journal.PREPARING, container=NAME, kind=NAME, engine="docker", was_running=True, restart="always", unit="",
    inside="wg0", tool="wg", interface=INTERFACE, port=PORT, peers=(ANNA,), watched=(), resolver="", resolver_to="",
    at=1_800_000_000, why="",
)  # fmt: skip
ROW = f"{ANNA}\t(none)\t192.0.2.1:4000\t10.8.1.1/32\t{{at}}\t5\t6\toff\n"


class Killed(BaseException):
    """The installer was killed."""


@dataclass
class Machine:
    """Runs commands. A userspace interface, unlike one in the kernel, also starts without its port."""

    kernel: bool = False
    friend_comes: bool = True  # connects to the interface
    running: bool = True
    restart: str = "always"
    is_up: bool = False
    listens: bool = False
    enabled: bool = False
    container_starts: bool = True
    interface_starts: bool = True
    docker_answers: bool = True
    disk_is_full: bool = False
    deeds: int = 0
    kill_at: int = 0
    late_stop: int = 0  # after this many steps, docker carries out a stop during which the installer was killed
    fail_at: int = 0
    docker_ends_at: int = 0
    with_containers: bool = False  # containers end with docker
    disk_ends_at: int = 0
    last: str = ""
    greeted: bool = False  # the container initiated a handshake
    greeted_here: bool = False  # the interface initiated a handshake
    lingers: int = 0  # how many looks at the port find docker still holding it after a stop
    failed: str = ""  # the command that was made to fail
    asked: dict[str, str] = field(default_factory=dict)  # who set keepalives last -> their interval
    ends_early: int = 0  # this many started containers stop by themselves once they are asked for their peers
    answers_late: int = 0  # how many looks at the container's peers come before the greeted peer has answered
    tables: list[str] = field(default_factory=list)  # nft tables that were removed
    deaf_port: int = 0  # the port shown by a userspace interface that failed to bind it: that one, none, or another
    silent: int = 0  # how many looks at the container's peers come before its start script has added them
    stops_late: bool = False

    # ---- events ----

    def deed(self, what: str) -> None:
        """Count a step, which is a command or a journal write, and trigger the event planned for it."""
        self.deeds, self.last = self.deeds + 1, what
        if self.deeds == self.kill_at + self.late_stop and self.stops_late:
            self.running = False
        if self.deeds == self.kill_at:
            self.stops_late = bool(self.late_stop) and what.startswith(("docker stop", "podman stop"))
            raise Killed
        if self.deeds == self.docker_ends_at:
            self.docker_answers = False
            self.running = self.running and not self.with_containers
        if self.deeds == self.disk_ends_at:
            self.disk_is_full = True

    def note(self) -> None:
        """Count a journal write. Raise OSError if it is to fail."""
        self.deed("note")
        if self.disk_is_full or self.deeds == self.fail_at:
            raise OSError(errno.ENOSPC, "No space left on device")

    def boot(self, docker_first: bool) -> None:
        """Reboot: start what is enabled."""
        self.is_up = self.listens = self.running = False
        if docker_first:
            self.start_docker()
        if self.enabled:
            self._start_interface()
        if not docker_first:
            self.start_docker()

    def start_docker(self) -> None:
        """Start docker and the containers that it starts."""
        self.docker_answers = True
        if self.restart != "no" and not self.listens:
            self.running = True

    def heal(self) -> None:
        """End all faults."""
        self.fail_at = self.docker_ends_at = self.disk_ends_at = 0
        self.disk_is_full = False
        self.container_starts = True
        if not self.docker_answers:
            self.start_docker()

    # ---- state ----

    def serves(self) -> str:
        """Return what serves friends at this moment, '' if nothing does."""
        return "container" if self.running else "interface" if self.is_up and self.listens else ""

    def whole(self) -> str:
        """Return what serves friends now and after a boot; "half" and the state if these differ."""
        if (self.running, self.restart, self.is_up, self.enabled) == (True, "always", False, False):
            return "container"
        if (self.running, self.restart, self.is_up, self.listens, self.enabled) == (False, "no", True, True, True):
            return "interface"
        return f"half: {self}"

    # ---- commands ----

    def __call__(self, words: Sequence[str], stdin: str) -> str:
        self.deed(" ".join(words))
        if self.deeds == self.fail_at:
            self.failed = self.last
            raise Failed("it was the turn of this one")
        program, verb, *rest = words
        return str(getattr(self, f"_{program}")(verb, rest) or "")

    def _docker(self, verb: str, rest: Sequence[str]) -> str | None:
        if not self.docker_answers:
            raise Failed("Cannot connect to the Docker daemon")
        if verb == "update":
            self.restart = rest[0].partition("=")[2]
        elif verb == "stop":
            self.running = self.stops_late = False  # also completes an earlier stop
        elif verb == "start":
            if self.listens or not self.container_starts:
                raise Failed("address already in use")
            self.running = True
        elif verb == "inspect":
            return str(self.running).lower()
        elif verb == "exec":
            return self._exec(rest[2:])
        return None

    def _exec(self, words: Sequence[str]) -> str:
        if not self.running or words[0] != "wg":
            raise Failed("not running, or no such tool")
        if words[1] == "set":
            self.greeted = self.greeted or "endpoint" in words
            assert "endpoint" in words or self.answers_late <= 0, "nobody has answered yet"
            self.asked["container"] = words[-1]
            return ""
        if self.ends_early:
            self.ends_early, self.running = self.ends_early - 1, False
            raise Failed("not running")
        self.silent -= 1
        if self.silent >= 0:
            return f"private\tpublic\t{PORT}\toff\n"
        self.answers_late -= self.greeted
        at = int(time.time()) - 9 if self.answers_late <= 0 else 0
        return f"private\tpublic\t{PORT}\toff\n{ROW.format(at=at)}"

    _podman = _docker

    def _unit(self, verb: str) -> None:
        """Simulate systemctl for the unit of podman's container."""
        if verb in ("enable", "disable"):
            self.restart = "always" if verb == "enable" else "no"
        elif verb == "start":
            self._podman("start", ())
        elif verb == "stop":
            self.running = False

    def _systemctl(self, verb: str, rest: Sequence[str]) -> str | None:
        if rest[-1].startswith("container-"):
            return self._unit(verb)
        if verb in ("enable", "disable"):
            self.enabled = verb == "enable"
            if "--now" in rest:
                verb = "start" if self.enabled else "stop"
        if verb in ("stop", "restart"):
            self.is_up = self.listens = False
        if verb in ("start", "restart") and not self.is_up:
            self._start_interface()
            if not self.is_up:
                raise Failed("Job failed")
        return ("enabled\n" if self.enabled else "disabled\n") if verb == "is-enabled" else None

    def _start_interface(self) -> None:
        self.listens = self.interface_starts and not self.running and not self.lingers
        self.is_up = self.interface_starts and (self.listens or not self.kernel)

    def _ss(self, verb: str, rest: Sequence[str]) -> str:
        holder = "docker-proxy" if self.running or self.lingers else "wireguard-go" if self.listens else ""
        self.lingers -= bool(self.lingers and not self.running)
        if not rest[-1].endswith(f":{PORT}"):
            holder = "wireguard-go" if self.is_up and self.listens else ""
        return f'UNCONN 0 0 0.0.0.0:{PORT} 0.0.0.0:* users:(("{holder}",pid=1,fd=4))\n' if holder else ""

    def _wg(self, verb: str, rest: Sequence[str]) -> str:
        if not self.is_up:
            raise Failed("No such device")
        if rest[-1] == "listen-port":
            return f"{PORT if self.listens else self.deaf_port}\n"
        came = int(time.time()) if self.friend_comes and self.listens else 0
        if verb == "set":
            self.asked["interface"] = rest[-1]
            self.greeted_here = self.greeted_here or "endpoint" in rest
        return "" if verb == "set" else f"private\tpublic\t{PORT}\toff\n{ROW.format(at=came)}"

    def _ip(self, verb: str, rest: Sequence[str]) -> None:
        self.is_up = self.listens = False

    def _nft(self, verb: str, rest: Sequence[str]) -> None:
        """Record the removal of a table."""
        self.tables.append(rest[-1])

    def _journalctl(self, verb: str, rest: Sequence[str]) -> str:
        return "[#] ip -6 address\nRTNETLINK: no\n"
