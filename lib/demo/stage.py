"""Play the whole thing on this machine: a local Telegram, an interface, and the unchanged bot as a process."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

from lib.demo.bot_process import BotProcess
from lib.demo.interface import Interface, StandIn
from lib.demo.real_interface import Missing, RealInterface
from lib.demo.scene import Scene
from lib.demo.sweeper import Sweeper
from lib.demo.telegram_server import TelegramServer

TOKEN = "1000000:demo-token-that-opens-nothing"
ADMIN, FRIEND = 1001, 1002


def play(bot: Path, port: int, real: bool = False) -> int:
    """Serve the page on 127.0.0.1 and run the bot file `bot` behind it until Ctrl-C; give the exit code.

    With `real`, the interface is one of the kernel's, in a network namespace of its own: root only.
    """
    try:
        server = TelegramServer(token=TOKEN, port=port, cast=_cast())
    except OSError as exc:
        print(f"The port {port} can't be used ({exc.strerror}). Try another: ./install.sh demo --port {port + 1}")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        with ExitStack() as stack:
            return _play(bot, server, real, stop, stack)
    except (Missing, OSError) as exc:
        print(f"The demo can't go on: {exc}")
        return 2


def _play(bot: Path, server: TelegramServer, real: bool, stop: threading.Event, stack: ExitStack) -> int:
    """Put everything on the stage, wait for the end, and give the exit code; `stack` takes all away again."""
    sweeper = stack.enter_context(Sweeper())
    folder = Path(tempfile.mkdtemp(prefix="andreyvpn-demo-"))
    sweeper.note("folder", folder)
    files = folder / "bot_data.db", folder / "bot_data.db.peers"
    interface = stack.enter_context(_interface(real, folder, files[1], sweeper))
    interface.up()
    server.start()
    stack.callback(server.stop)
    process = BotProcess(bot, _environment(interface, files, server.url), lambda pid: sweeper.note("process", pid))
    stack.callback(process.close)
    scene = server.scene = Scene(server, process, interface, files, _zone())
    process.start()
    threading.Thread(target=scene.watch, args=(stop,), daemon=True).start()
    print(f"\n  Open {server.url} in a browser. Ctrl-C ends the demo.\n", flush=True)
    while not stop.wait(0.5) and process.exit_code is None:
        pass
    return 0 if stop.is_set() else process.exit_code or 1


def _interface(real: bool, folder: Path, peers_file: Path, sweeper: Sweeper) -> AbstractContextManager[Interface]:
    return RealInterface(peers_file, sweeper.note) if real else nullcontext(StandIn(folder, peers_file))


def _cast() -> list[dict[str, object]]:
    """Name the two people on the page, in the language of this machine."""
    spoken = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    russian = spoken.lower().startswith("ru")
    code, friend, admin = ("ru", "Анна", "Андрей") if russian else ("en", "Anna", "Andrey")
    return [
        {"id": FRIEND, "first_name": friend, "username": "anna", "language_code": code, "role": "friend"},
        {"id": ADMIN, "first_name": admin, "username": "andrey", "language_code": code, "role": "admin"},
    ]


def _zone() -> str:
    """Name the zone in which months turn, the same for the bot and the stage; '' for the machine's own."""
    return os.environ.get("TIMEZONE", "")


def _environment(interface: Interface, files: tuple[Path, Path], url: str) -> dict[str, str]:
    """Set the bot up as its README says, with everything it writes in a folder that goes with the demo."""
    return {
        **os.environ,
        "BOT_TOKEN": TOKEN,
        "ADMIN_IDS": str(ADMIN),
        "SERVER_ENDPOINT": interface.endpoint,
        "AWG_COMMAND": interface.command,
        "AWG_INTERFACE": interface.name,
        "DATABASE": str(files[0]),
        "PEERS_FILE": str(files[1]),
        "TELEGRAM_API": url,
        "SAMPLE_SECONDS": "2",
        "LANGUAGE": "en",
    }
