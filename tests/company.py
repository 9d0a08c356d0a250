"""The unchanged bot as a process, with a local Telegram, an interface, and people who use it."""

from __future__ import annotations

import os
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lib.store.outbox import NO_CHAT
from tests import warm
from tests.stand import SOON, Json, Person, Stand, validate_requests

ROOT = Path(__file__).parents[1]
TOOL = ROOT / "lib" / "demo" / "awg" / "tool.py"
TOKEN = "123456:story-token-that-must-not-be-seen"
START_SECONDS = 20  # that a start may take, also one that waits for a lock
ADMIN, SECOND_ADMIN, FRIEND, SECOND_FRIEND = 1, 2, 100, 101


class StandInInterface:
    """An interface of the stand-in for awg, which keeps its state in a file."""

    def __init__(self, folder: Path) -> None:
        self.name = "awg0"
        state = {"AWG_TOOL_STATE": str(folder / "interface.state"), "AWG_TOOL_PEERS": str(folder / "bot_data.db.peers")}
        self._prefix = ["env", *(f"{name}={value}" for name, value in state.items()), sys.executable, "-IS", str(TOOL)]
        self.command = shlex.join([*self._prefix, "awg"])

    def run(self, *words: str) -> str:
        """Run the tool and return its output."""
        return subprocess.run([*self._prefix, *words], check=True, capture_output=True, text=True, timeout=20).stdout

    def up(self) -> None:
        """Bring the interface up with the peers in the bot's file."""
        self.run("awg-quick", "up", self.name)

    def down(self) -> None:
        """Remove the interface with its peers and counters."""
        self.run("awg-quick", "down", self.name)

    def peers(self) -> dict[str, str]:
        """Return the allowed addresses of each live peer by its public key."""
        lines = self.run("awg", "show", self.name, "dump").splitlines()[1:]
        return {line.split("\t")[0]: line.split("\t")[3] for line in lines}


class Company:
    """A running bot. `settings` are added to its environment."""

    def __init__(
        self, folder: Path, interface: Any = None, limits: bool = False, token: str = TOKEN, **settings: str
    ) -> None:
        self.folder, self.token = folder, token
        self.interface = interface or StandInInterface(folder)
        self.stand = Stand(token, limits=limits)
        self.database = folder / "bot_data.db"
        self.log = folder / "bot.log"
        self.environment = {
            **os.environ,
            "BOT_TOKEN": token,
            "ADMIN_IDS": f"{ADMIN},{SECOND_ADMIN}",
            "SERVER_ENDPOINT": "vpn.example.org",
            "AWG_COMMAND": self.interface.command,
            "AWG_INTERFACE": self.interface.name,
            "DATABASE": str(self.database),
            "TELEGRAM_API": self.stand.url,
            "SAMPLE_SECONDS": "1",
            "TIMEZONE": "Europe/Moscow",
            "LANGUAGE": "en",
            "LOG_LEVEL": "DEBUG",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | warm.Process | None = None
        self.admin = self.stand.user(ADMIN, "Andrey", "en", username="andrey")
        self.second_admin = self.stand.user(SECOND_ADMIN, "Борис", "ru")
        self.friend = self.stand.user(FRIEND, "Anna", "en", username="anna")
        self.second_friend = self.stand.user(SECOND_FRIEND, "Вера", "ru")

    def __enter__(self) -> Company:
        self.interface.up()
        self.start()
        for admin in (self.admin, self.second_admin):
            admin.send("/start")
            admin.wait_for(predicate=lambda message: True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        self.interface.down()
        try:
            if kind is None:
                self.check_conduct()
        finally:
            self.stand.close()

    def check_conduct(self) -> None:
        """Check what holds for every story: valid requests, no tracebacks, no secrets in the log."""
        assert self.stand.violations() == []
        assert validate_requests(self.stand) == []
        log = self.log.read_text(encoding="utf-8")
        assert "Traceback" not in log, log
        for secret in (self.token, *self.secrets()):
            assert secret not in log

    def secrets(self) -> list[str]:
        """Return every private and preshared key in the database."""
        rows = self.rows("SELECT private_key, preshared_key FROM configs WHERE private_key IS NOT NULL")
        return [key for row in rows for key in row]

    def start(self, *prefix: str) -> None:
        """Start the bot, through a wrapper command if one is given, and wait until it is running."""
        assert self.try_to_start(*prefix) is None, "the bot's start failed"

    def try_to_start(self, *prefix: str) -> int | None:
        """Start the bot; return its exit code if it ends instead of running."""
        started = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            process = self._start(prefix, log.fileno())

        def is_decided() -> bool:
            with self.log.open("rb") as log:
                log.seek(started)
                return process.poll() is not None or b"The bot is running" in log.read()

        self.process = process
        self.stand.wait(is_decided, START_SECONDS, "the bot's start")
        return process.poll()

    def _start(self, prefix: tuple[str, ...], stderr: int) -> subprocess.Popen[bytes] | warm.Process:
        if not prefix and warm.nursery().suits(self.environment):
            return warm.nursery().start(self.environment, self.folder, stderr)
        words = [*prefix, sys.executable, str(ROOT / "andreyvpn_bot.py"), "run"]
        return subprocess.Popen(words, env=self.environment, stderr=stderr, cwd=self.folder)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop the bot with a signal and return its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(timeout=10)
        self.process = None
        return code

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Query the bot's database."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as db:
            return db.execute(query, values).fetchall()

    def is_quiet(self) -> bool:
        """Return True if no message is waiting to be sent. Command menus don't count; they take a while."""
        return not self.rows("SELECT 1 FROM outbox WHERE chat_id <> ?", NO_CHAT)

    def captcha_state(self, who: Person) -> tuple[str | None, int | None]:
        """Return the answer to a person's CAPTCHA, if they have one, and when it or their pause ends."""
        rows = self.rows("SELECT captcha_answer, captcha_until FROM users WHERE id = ?", who.id)
        return rows[0] if rows else (None, None)  # type: ignore[return-value]

    def captcha_answer(self, who: Person) -> str:
        """Wait for a person's CAPTCHA and return its answer."""
        return str(self.stand.wait(lambda: self.captcha_state(who)[0], what="the picture"))

    def knock(self, who: Person) -> None:
        """Take a stranger through the CAPTCHA."""
        who.send("/start")
        who.wait_for(predicate=lambda message: "photo" in message)
        who.send(self.captcha_answer(who))
        self.admin.wait_for(f"ID: {who.id}")

    def let_in(self, who: Person) -> None:
        """Take a stranger through the CAPTCHA and approve them."""
        self.knock(who)
        self.admin.press("Approve", message=self.admin.wait_for(f"ID: {who.id}"))
        who.wait_for(predicate=lambda message: "menu" in buttons_data(message))

    def block(self, message: Json) -> None:
        """Block the person that a message to the first admin is about."""
        self.admin.press("Block", message=message)
        self.admin.press("Yes, block", message=self.admin.wait_for("Block this person?"))

    def ask(self, who: Person, device: str = "iphone") -> Json:
        """Request a config as a friend; return the notice that the first admin got."""
        last = self.admin.last()
        who.press(data=f"device:{device}", message=who.last(), forge=True)
        who.wait_for(predicate=lambda message: any(data.startswith("cancel:") for data in buttons_data(message)))
        return self.admin.wait_for(f"{who.id})", after=last)

    def give_config(self, who: Person, device: str = "iphone") -> bytes:
        """Request and approve a config; return the .conf that the friend got."""
        before = who.last()
        notice = self.ask(who, device)
        self.admin.press("Approve", message=notice)
        return who.download(who.wait_for(predicate=lambda message: "document" in message, after=before))

    def wait(self, check: Callable[[], Any], timeout: float = SOON, what: str = "what was waited for") -> Any:
        """Poll until `check` returns something true, and return that."""
        return self.stand.wait(check, timeout, what)


def buttons_data(message: Mapping[str, Any]) -> list[str]:
    """Return the callback data of a message's inline buttons."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [str(button.get("callback_data", "")) for row in rows for button in row]
