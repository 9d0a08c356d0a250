"""What a visitor can do to the bot, the interface, Telegram and the clock: the buttons of the control panel."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from lib.demo.awg.interface import Interface, LivePeer
from lib.demo.backstage.bot_process import BotProcess
from lib.demo.backstage.local_time import next_month
from lib.demo.backstage.old_devices import MOST, SWITCHED, OldDevices
from lib.demo.backstage.people import NotPossible
from lib.demo.telegram.faults import Fault
from lib.demo.telegram.state import TelegramState

_OFF_SECONDS = 2.5  # how long a rebooting server is off
_BOOT_SECONDS = 4.0  # how long the peers are back before the bot is
_BEFORE_MIDNIGHT = 6.0  # seconds before the new month to which the clock jumps, so that visitors see it begin
_UNTIL_MISSED = 240.0  # seconds after which a device that was online counts as offline
_SWITCH_ALL = {
    "online": True,
    "offline": False,
    "port": False,
    "filter": False,
}  # actions that connect or disconnect all devices
_SLOW_SECONDS = 3.0  # for each call to a slow Telegram
_RETRY_AFTER = 5  # seconds
_LIMITED_METHODS = (
    "sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup", "editMessageText", "editMessageCaption",
    "editMessageMedia", "editMessageReplyMarkup", "answerCallbackQuery",
)  # fmt: skip
_TELEGRAM_MODES: dict[str, list[Fault]] = {
    "normal": [],
    "slow": [Fault("slow", count=None, seconds=_SLOW_SECONDS)],
    "limited": [Fault("429", method, count=None, retry_after=_RETRY_AFTER) for method in _LIMITED_METHODS],
    "away": [Fault("reset", count=None)],
}


@dataclass
class Situation:
    """What the actions have changed."""

    machine: str = "up"  # up | off | booting
    telegram: str = "normal"  # one of _TELEGRAM_MODES
    kills: int = 0
    filter: bool = False  # the friends' network drops what looks like DNS
    clock_offset: float = 0.0  # seconds that all clocks are ahead


class Actions:
    """Performs one action at a time. `on_change` is called whenever there is something new to show."""

    def __init__(
        self,
        telegram: TelegramState,
        bot: BotProcess,
        interface: Interface,
        old_devices: OldDevices,
        zone: str,
        stopping: threading.Event,
        on_change: Callable[[], None],
        find_friend: Callable[[], str],
    ) -> None:
        self._telegram, self._bot, self._interface, self._zone = telegram, bot, interface, zone
        self._old_devices = old_devices
        self._switches = {f"old_{'on' if on else 'off'}_{at}": (at, on) for at in SWITCHED for on in (True, False)}
        self._stopping, self._on_change, self._find_friend = stopping, on_change, find_friend
        self._lock = threading.Lock()
        self.situation = Situation()
        self._actions: dict[str, Callable[[], None]] = {
            "kill": self._kill, "start": bot.start, "down": interface.down, "up": self._up,
            "port": interface.change_port, "foreign": self._add_old_device, "limit": self._use_up,
            "reboot": self._reboot, "month": self._jump_to_next_month, "online": self._download,
            "offline": interface.go_offline, "filter": self._filter, "unfilter": self._unfilter,
            **{name: partial(old_devices.switch, *which) for name, which in self._switches.items()},
            **{mode: partial(self._set_telegram_mode, mode) for mode in _TELEGRAM_MODES},
        }  # fmt: skip

    def available(self, peers: list[LivePeer] | None, friend: str) -> list[str]:
        """Return the names of the actions that are possible now.

        `peers` are the interface's, None if it is down; `friend` is the key of a friend's live config.
        """
        if self._lock.locked():
            return []
        up, has_peers, keys = peers is not None, bool(peers), {peer.key for peer in peers or []}
        possible = {
            "kill": self._bot.running, "start": not self._bot.running, "down": up, "up": not up, "reboot": True,
            "port": up, "foreign": up and len(self._old_devices.all) < MOST,
            "limit": has_peers and not self._interface.real and friend != "",
            "month": self._bot.running, "online": has_peers and (not self._interface.real or self._confs() != []),
            "offline": has_peers, "filter": has_peers and self._bot.running and not self._interface.real,
            "unfilter": self.situation.filter,
            **{name: self._old_devices.can_switch(*which, keys) for name, which in self._switches.items()},
            **{mode: mode != self.situation.telegram for mode in _TELEGRAM_MODES},
        }  # fmt: skip
        return [name for name in self._actions if possible[name]]

    def perform(self, name: str) -> None:
        """Perform an action and return when it is done; raise NotPossible if it makes no sense now."""
        if name not in self._actions:
            raise NotPossible(f"there is no action {name!r}")
        if name not in self.available(self._interface.peers(), self._find_friend()):
            raise NotPossible("this is not possible now")
        if not self._lock.acquire(blocking=False):
            raise NotPossible("another action is still running")
        try:
            self._on_change()
            self._actions[name]()
            if name in _SWITCH_ALL:
                self._old_devices.note(_SWITCH_ALL[name])
        except (OSError, subprocess.SubprocessError) as exc:
            raise NotPossible(str(exc)) from exc
        finally:
            self._lock.release()
            self._on_change()

    def _kill(self) -> None:
        self._bot.kill()
        self.situation.kills += 1

    def _reboot(self) -> None:
        """Stop everything at once; then the interface comes back first, with the peers in the bot's file."""
        self._bot.kill()
        if self._interface.peers() is not None:
            self._interface.down()
        self._show_machine("off", _OFF_SECONDS)
        self._up()
        self._show_machine("booting", _BOOT_SECONDS)
        self._bot.start()
        self._show_machine("up", 0)

    def _up(self) -> None:
        self._interface.up()
        self._old_devices.bring_back()

    def _show_machine(self, machine: str, seconds: float) -> None:
        self.situation.machine = machine
        self._on_change()
        self._stopping.wait(seconds)

    def _jump_to_next_month(self) -> None:
        """Set all clocks to just before the 1st."""
        now = self._telegram.now()
        self._jump(next_month(now, self._zone) - _BEFORE_MIDNIGHT - now)

    def _filter(self) -> None:
        """Make the friends' network drop packets that look like DNS, and advance the clocks until that shows."""
        self._interface.set_filter(True)
        self.situation.filter = True
        self._jump(_UNTIL_MISSED)

    def _unfilter(self) -> None:
        self._interface.set_filter(False)
        self.situation.filter = False

    def _jump(self, seconds: float) -> None:
        """Set all clocks ahead; the bot is restarted with the new time."""
        telegram, situation = self._telegram, self.situation
        self._bot.kill()
        situation.clock_offset += seconds
        self._bot.clock_offset = situation.clock_offset
        with telegram.changed:
            telegram.set_clock(situation.clock_offset)
        self._interface.set_clock(situation.clock_offset)
        self._bot.start()

    def _set_telegram_mode(self, mode: str) -> None:
        """Replace the faults with those of a mode; a waiting poll ends, so that it is affected at once."""
        with self._telegram.changed:
            self._telegram.faults[:] = [Fault(**asdict(fault)) for fault in _TELEGRAM_MODES[mode]]
            self._telegram.updates.stopped = mode == "away"
            self._telegram.changed.notify_all()
        self.situation.telegram = mode

    def _download(self) -> None:
        self._interface.download(self._confs())

    def _use_up(self) -> None:
        if key := self._find_friend():
            self._interface.use_up(key)
            self._old_devices.note(True, key)

    def _add_old_device(self) -> None:
        """Add a peer by hand, named in the language of the friends on the page."""
        friends = (person for person in self._telegram.people.values() if person.role != "admin")
        self._old_devices.add(next((person.language_code for person in friends), ""))

    def late(self) -> set[str]:
        """Return the addresses of the devices whose newest file names an old port."""
        return self._interface.late(self._confs())

    def _confs(self) -> list[str]:
        """Return the .conf files that the bot has delivered, newest last."""
        with self._telegram.changed:
            return [file.content.decode() for file in self._telegram.files.values() if file.name.endswith(".conf")]
