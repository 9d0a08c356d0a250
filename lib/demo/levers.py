"""The levers of the stage: what a visitor lets happen to the bot, the interface, Telegram and the clock."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from lib.demo.bot_process import BotProcess
from lib.demo.database import next_month
from lib.demo.faults import Fault
from lib.demo.interface import Interface
from lib.demo.people import NotPossible
from lib.demo.telegram_server import TelegramServer
from lib.demo.world import File

_OFF = 2.5  # seconds that a rebooting server is dark
_BEFORE_BOT = 4.0  # seconds that peers are back before the bot is
_BEFORE_TURN = 6.0  # seconds before the month's turn to which the clock jumps, so that one sees it
_SLOW = 3.0  # seconds that each call takes on a slow day
_RETRY = 5  # seconds that a 429 asks for
_LIMITED = (
    "sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup", "editMessageText", "editMessageCaption",
    "editMessageMedia", "editMessageReplyMarkup", "answerCallbackQuery",
)  # fmt: skip
_WEATHER: dict[str, list[Fault]] = {
    "normal": [],
    "slow": [Fault("slow", count=None, seconds=_SLOW)],
    "limited": [Fault("429", method, count=None, retry_after=_RETRY) for method in _LIMITED],
    "away": [Fault("reset", count=None)],
}


@dataclass
class Situation:
    """What the levers have set: `machine` is up, off or booting; `telegram` one of normal, slow, limited, away."""

    machine: str = "up"
    telegram: str = "normal"
    kills: int = 0
    ahead: float = 0.0  # seconds that every clock is ahead


class Levers:
    """One lever is pulled at a time. `changed` is called whenever there is something new to see."""

    def __init__(
        self, server: TelegramServer, bot: BotProcess, interface: Interface, zone: str, changed: Callable[[], None]
    ) -> None:
        self._server, self._bot, self._interface, self._zone = server, bot, interface, zone
        self._changed = changed
        self._lock = threading.Lock()
        self.situation = Situation()
        self._levers: dict[str, Callable[[], None]] = {
            "kill": self._kill, "start": bot.start, "down": interface.down, "up": interface.up,
            "reboot": self._reboot, "month": self._jump, "online": self._download, "offline": interface.go_offline,
            **{name: partial(self._set_weather, name) for name in _WEATHER},
        }  # fmt: skip

    @property
    def busy(self) -> bool:
        """Is a lever on its way?"""
        return self._lock.locked()

    def possible(self, up: bool, peers: bool) -> list[str]:
        """Name the levers that can be pulled now, by whether the interface is up and somebody has a peer on it."""
        if self.busy:
            return []
        usable = {
            "kill": self._bot.running, "start": not self._bot.running, "down": up, "up": not up, "reboot": True,
            "month": self._bot.running, "online": peers and (not self._interface.needs_conf or self._conf() != ""),
            "offline": peers, **{name: name != self.situation.telegram for name in _WEATHER},
        }  # fmt: skip
        return [name for name in self._levers if usable[name]]

    def pull(self, name: str) -> None:
        """Pull one, and return when it has done its work; raises NotPossible when it makes no sense now."""
        if name not in self._levers:
            raise NotPossible(f"there is no lever {name!r}")
        live = self._interface.peers()
        if name not in self.possible(live is not None, bool(live)):
            raise NotPossible("this lever can't be pulled now")
        if not self._lock.acquire(blocking=False):
            raise NotPossible("another lever is on its way")
        try:
            self._changed()
            self._levers[name]()
        except (OSError, subprocess.SubprocessError) as exc:
            raise NotPossible(str(exc)) from exc
        finally:
            self._lock.release()
            self._changed()

    def _kill(self) -> None:
        self._bot.kill()
        self.situation.kills += 1

    def _reboot(self) -> None:
        """Take everything away at once; what comes back first is the interface, with the peers of the bot's file."""
        self._bot.kill()
        if self._interface.peers() is not None:
            self._interface.down()
        self._show("off", _OFF)
        self._interface.up()
        self._show("booting", _BEFORE_BOT)
        self._bot.start()
        self._show("up", 0)

    def _show(self, machine: str, seconds: float) -> None:
        self.situation.machine = machine
        self._changed()
        self._server.stopping.wait(seconds)

    def _jump(self) -> None:
        """Set every clock to just before the 1st; the bot reads the new one from its start on."""
        world, situation = self._server.world, self.situation
        self._bot.kill()
        situation.ahead += next_month(world.now(), self._zone) - _BEFORE_TURN - world.now()
        self._bot.ahead = situation.ahead
        with world.changed:
            world.offset = situation.ahead
            world.changed.notify_all()
        self._interface.set_clock(situation.ahead)
        self._bot.start()

    def _set_weather(self, name: str) -> None:
        """Let Telegram be as named; a poll that waits ends, so that it feels the change."""
        with self._server.world.changed:
            self._server.faults[:] = [Fault(**asdict(fault)) for fault in _WEATHER[name]]
            self._server.world.updates.stopped = name == "away"
            self._server.world.changed.notify_all()
        self.situation.telegram = name

    def _download(self) -> None:
        self._interface.download(self._conf())

    def _conf(self) -> str:
        """Give the newest .conf that the bot has delivered; '' when there is none."""
        with self._server.world.changed:
            files: list[File] = list(self._server.world.files.values())
        found = next((file for file in reversed(files) if file.name.endswith(".conf")), None)
        return found.content.decode() if found else ""
