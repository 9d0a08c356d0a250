"""A bot that can crash at any side effect: the real workers are stepped in one thread, with Telegram in-process.

At each effect the process forks. The child crashes there, restarts from the files on disk, and continues the story; the
parent runs on to the next effect. Points between which no persistent state changed share one fork, such as the end of
an effect and the start of the next one: crashing there makes no difference.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from requests import Request

from andreyvpn_bot import RETRY_SECONDS, Bot
from lib.chat.commands import announce_commands
from lib.demo.server import TelegramServer
from lib.demo.telegram import bot_api
from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.request_body import parse_body
from lib.settings import Settings
from lib.store.database import connect, prepare_database, transaction, wanted_version
from lib.telegram.api import Telegram
from lib.telegram.sender import Schedule
from tests.integration.copies import open_account
from tests.unit.interface import MemoryAwg

AT_ONCE = 2  # children that run at the same time


class Died(BaseException):
    """The process is gone."""


@dataclass
class Effects:
    """Counts the effects of a bot and dies at each of them, in a process of its own."""

    folder: Path
    database: Path
    finish: Callable[[Path], None]
    outside: Callable[[], object] = lambda: None  # changes whenever persistent state other than files does
    points: list[str] = field(default_factory=list)
    deaths: int = 0
    left: object = None  # the persistent state at the latest crash
    children: dict[int, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    dead: bool = False
    armed: bool = True

    def at(self, name: str) -> None:
        """Pass an effect; in the half that dies here, raise Died."""
        if self.dead:
            raise Died
        if not self.armed:
            return
        self.points.append(name)
        left = read_files(self.database), self.outside()
        if left == self.left:
            return
        self.left, self.deaths = left, self.deaths + 1
        copy = self.folder / str(len(self.points))
        write_files(left[0], copy)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            self._die(copy)
        self.children[child] = f"{len(self.points)}: {name}"
        while len(self.children) >= AT_ONCE:
            self.reap()

    def database_failed(self) -> None:
        """Fail the test on a database error, which has no cause here."""
        raise

    def _die(self, copy: Path) -> None:
        """Go on as the process that is started after the death; never returns into the dying one."""
        self.dead, self.armed = True, False
        code = 1
        try:
            self.finish(copy)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def reap(self) -> None:
        """Wait for one of the halves that died to end its story."""
        child, status = os.wait()
        name = self.children.pop(child)
        shutil.rmtree(self.folder / name.partition(":")[0])
        if status:
            self.failed.append(name)


def read_files(database: Path) -> dict[str, bytes]:
    """Return the database files as a kill would leave them."""
    found = database.parent.glob(f"{database.name}*")
    return {path.name: path.read_bytes() for path in found if not path.name.endswith("-shm")}


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Write a bot's files to a folder, which is created if necessary."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


class Watched:
    """Something whose calls are effects: one before it happens, one after."""

    def __init__(self, real: Any, effects: Any, names: dict[str, str]) -> None:
        self._real, self._effects, self._names = real, effects, names

    def __getattr__(self, name: str) -> Any:
        if self._effects.dead:
            raise Died
        found = getattr(self._real, name)
        if name not in self._names:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            label = f"{self._names[name]} {args[0]}" if name in ("execute", "call") else self._names[name]
            if name == "execute" and args[0] != "COMMIT":
                return found(*args, **kwargs)
            self._effects.at(f"before {label}")
            result = found(*args, **kwargs)
            self._effects.at(f"after {label}")
            return result

        return call


class Direct:
    """A session that hands requests to the Telegram of the same process, without a wire."""

    def __init__(self, server: TelegramServer) -> None:
        self._server = server

    def post(self, url: str, *, stream: bool, allow_redirects: bool, timeout: Any = None, **body: Any) -> Any:
        assert stream
        assert not allow_redirects
        name = url.rpartition("/")[2]
        parameters = parse_body("", *_on_the_wire(url, body))
        entry = bot_api.log_call(self._server.state, name, parameters)
        try:
            status, answer = 200, {"ok": True, "result": bot_api.call(self._server.state, name, parameters)}
        except ApiError as exc:
            status, answer = exc.code, exc.body()
        entry.update(status=status, answer=answer)
        return Answer(status, json.dumps(answer).encode())


def _on_the_wire(url: str, body: dict[str, Any]) -> tuple[str, bytes]:
    """Return the content type and the bytes of a request body; a poll gets a timeout of 0."""
    if "json" in body:
        given = body["json"] | ({"timeout": 0} if "timeout" in body["json"] else {})
        return "application/json", json.dumps(given, allow_nan=False).encode()
    request = Request("POST", url, **body).prepare()
    assert isinstance(request.body, bytes)
    return request.headers["Content-Type"], request.body


@dataclass
class Answer:
    status_code: int
    content: bytes

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def iter_content(self, size: int) -> Iterator[bytes]:
        return (self.content[start : start + size] for start in range(0, len(self.content), size))


class SteppedBot(Bot):
    """The real bot with its edges watched, its workers stepped in turn until nothing is left to do."""

    def __init__(
        self, settings: Settings, clock: Clock, server: TelegramServer, awg: MemoryAwg, effects: Any
    ) -> None:
        super().__init__(settings, clock, clock)
        self._hands, self._server, self._awg, self._effects = clock, server, awg, effects
        self._schedule = Schedule(clock)
        prepare_database(settings.database)
        open_account(settings.database)
        db = self.connect()
        with transaction(db):
            announce_commands(db, settings, int(clock()))
        self._eye = connect(settings.database)
        self._make_workers()
        self._go_round()

    def connect(self) -> sqlite3.Connection:
        return Watched(super().connect(), self._effects, {"execute": "the database"})  # type: ignore[return-value]

    def make_telegram(self) -> Telegram:
        telegram = super().make_telegram()
        telegram._session = Direct(self._server)  # type: ignore[assignment]
        return Watched(telegram, self._effects, {"call": "Telegram"})  # type: ignore[return-value]

    def make_awg(self) -> Any:
        calls = ("generate_keys", "look", "change", "fence", "close")
        return Watched(self._awg, self._effects, {name: f"awg {name}" for name in calls})

    def _make_workers(self) -> None:
        self.poller = self.make_poller(lambda: None)
        self.sender = self.make_sender(self._schedule)
        self.keeper = self.make_keeper()

    def pump(self) -> None:
        """Work until every update is confirmed, every message sent, and the interface is as wanted."""
        while True:
            before = wanted_version(self._eye)
            polled = self._try(self.poller.step)
            if wanted_version(self._eye) != before:
                self._go_round()
            while self._eye.execute("SELECT 1 FROM outbox").fetchone():
                self._try(lambda: self._hands.move(self.sender.step()))
            if polled and not self._server.state.updates.pending():
                return

    def sample(self, seconds: int) -> None:
        """Advance the clock and run the keeper's round."""
        self._hands.move(seconds)
        self._go_round()
        self.pump()

    def _go_round(self) -> None:
        """Run the keeper until it completes a round."""
        while not self._try(lambda: self.keeper.round(int(self._hands()))):
            pass

    def _try(self, work: Callable[[], object]) -> bool:
        """Run a worker's action; if the database fails, restart the worker a moment later, as `run` does."""
        try:
            work()
        except sqlite3.OperationalError:
            self._effects.database_failed()
            self._hands.move(RETRY_SECONDS)
            self._make_workers()
            return False
        return True


@dataclass
class Clock:
    """A clock that is moved by hand; epoch seconds."""

    now: float

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


def moved(settings: Settings, folder: Path) -> Settings:
    """Return the settings of the same bot on the copied files."""
    database = folder / settings.database.name
    return replace(settings, database=database, peers_file=folder / settings.peers_file.name)
