"""Run the whole demo on this machine: a local Telegram, an interface, and the unchanged bot as a process."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

from lib.demo.awg.interface import Interface, SimulatedInterface
from lib.demo.awg.real_interface import RealInterface, Unavailable
from lib.demo.backstage.bot_process import BotProcess
from lib.demo.backstage.cleanup import Cleanup
from lib.demo.backstage.panel import Panel
from lib.demo.server import TelegramServer

_TOKEN = "1000000:demo-token-that-opens-nothing"
_ADMIN, _FRIEND = 1001, 1002
_QUOTA_GB = "50"  # so that friends have a limit that a lever can use up
_TEXTS = {
    "en": {
        "open": "\n  Open {url} in a browser. Ctrl-C ends the demo.\n",
        "port": "The port {port} can't be used ({reason}). Try another: ./install.sh demo --port {other}",
        "end": "The demo can't go on: {reason}",
        "EADDRINUSE": "another program is using it",
        "EACCES": "only root may use it",
    },
    "ru": {
        "open": "\n  Откройте {url} в браузере. Ctrl-C завершит демонстрацию.\n",
        "port": "Порт {port} занять не удалось ({reason}). Попробуйте другой: ./install.sh demo --port {other}",
        "end": "Демонстрация прервана: {reason}",
        "EADDRINUSE": "его занимает другая программа",
        "EACCES": "он доступен только root",
    },
}


def run_demo(bot: Path, port: int, real: bool = False) -> int:
    """Serve the page on 127.0.0.1 and run the bot file `bot` behind it until Ctrl-C; return the exit code.

    With `real`, the interface is a real one in a network namespace of its own, which needs root.
    """
    try:
        server = TelegramServer(_TOKEN, port, people=_people())
    except OSError as exc:
        texts = _TEXTS[_language()]
        reason = texts.get(errno.errorcode.get(exc.errno or 0, ""), exc.strerror)
        print(texts["port"].format(port=port, reason=reason, other=port + 1 if 1024 <= port < 65535 else 8080))
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        with ExitStack() as stack:
            return _run(bot, server, real, stop, stack)
    except (Unavailable, OSError) as exc:
        print(_TEXTS[_language()]["end"].format(reason=exc))
        return 2


def _run(bot: Path, server: TelegramServer, real: bool, stop: threading.Event, stack: ExitStack) -> int:
    """Start everything, wait for the end and return the exit code; `stack` removes everything again."""
    cleanup = stack.enter_context(Cleanup())
    folder = Path(tempfile.mkdtemp(prefix="andreyvpn-demo-"))
    cleanup.register("folder", folder)
    database, peers_file = folder / "bot_data.db", folder / "bot_data.db.peers"
    interface = stack.enter_context(_interface(real, folder, peers_file, cleanup))
    interface.up()
    interface.go_offline()  # friends' devices stay off until a visitor pulls the lever
    server.start()
    stack.callback(server.stop)
    environment = _environment(interface, database, peers_file, server.url)
    process = BotProcess(bot, environment, lambda pid: cleanup.register("process", pid))
    stack.callback(process.close)
    panel = Panel(server.state, process, interface, database, peers_file, _zone(), server.stopping)
    server.show_panel(panel)
    process.start()
    threading.Thread(target=panel.watch, args=(stop,), daemon=True).start()
    print(_TEXTS[_language()]["open"].format(url=server.url), flush=True)
    while not stop.wait(0.5) and process.exit_code is None:
        pass
    return 0 if stop.is_set() else process.exit_code or 1


def _interface(real: bool, folder: Path, peers_file: Path, cleanup: Cleanup) -> AbstractContextManager[Interface]:
    if real:
        return RealInterface(peers_file, cleanup.register)
    return nullcontext(SimulatedInterface(folder, peers_file))


def _people() -> list[dict[str, object]]:
    """Return the two people on the page, in the language of this machine until a visitor's browser names another."""
    cast = (
        (_FRIEND, "anna", "friend", {"en": "Anna", "ru": "Анна"}),
        (_ADMIN, "andrey", "admin", {"en": "Andrey", "ru": "Андрей"}),
    )
    code = _language()
    return [
        {"id": id, "first_name": names[code], "username": username, "language_code": code, "role": role, "names": names}
        for id, username, role, names in cast
    ]


def _language() -> str:
    """Return the language of this machine."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "ru" if locale.lower().startswith("ru") else "en"


def _zone() -> str:
    """Return the time zone in which months begin, for the bot and the panel alike; '' for the machine's own."""
    return os.environ.get("TIMEZONE", "")


def _environment(interface: Interface, database: Path, peers_file: Path, url: str) -> dict[str, str]:
    """Return the bot's settings, as in its README, with all of its files in the demo's temporary folder."""
    return {
        **os.environ,
        "BOT_TOKEN": _TOKEN,
        "ADMIN_IDS": str(_ADMIN),
        "SERVER_ENDPOINT": interface.endpoint,
        "AWG_COMMAND": interface.command,
        "AWG_INTERFACE": interface.name,
        "DATABASE": str(database),
        "PEERS_FILE": str(peers_file),
        "TELEGRAM_API": url,
        "SAMPLE_SECONDS": "2",
        "LANGUAGE": "en",
        "QUOTA_GB": os.environ.get("QUOTA_GB", _QUOTA_GB),
    }
