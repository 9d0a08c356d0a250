"""Play the whole thing on this machine: a local Telegram, a stand-in for awg, and the unchanged bot as a process."""

from __future__ import annotations

import locale
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from lib.demo.telegram_server import TelegramServer

TOKEN = "1000000:demo-token-that-opens-nothing"
ADMIN, FRIEND = 1001, 1002


def play(bot: Path, port: int) -> int:
    """Serve the page on 127.0.0.1 and run the bot file `bot` behind it until Ctrl-C; give the exit code."""
    try:
        server = TelegramServer(token=TOKEN, port=port, cast=_cast())
    except OSError as exc:
        print(f"The port {port} can't be used ({exc.strerror}). Try another: ./install.sh demo --port {port + 1}")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="andreyvpn-demo-") as folder:
        environment = _environment(Path(folder), server.url)
        _tool(environment, "awg-quick", "up", "awg0")
        server.start()
        with subprocess.Popen([sys.executable, str(bot), "run"], env=environment) as process:
            print(f"\n  Open {server.url} in a browser. Ctrl-C ends the demo.\n", flush=True)
            while not stop.wait(0.5) and process.poll() is None:
                pass
            process.terminate()
        server.stop()
    return 0 if stop.is_set() else process.returncode or 1


def _cast() -> list[dict[str, object]]:
    """Name the two people on the page, in the language of this machine."""
    russian = (locale.getlocale()[0] or os.environ.get("LANG", "")).lower().startswith("ru")
    code, friend, admin = ("ru", "Анна", "Андрей") if russian else ("en", "Anna", "Andrey")
    return [
        {"id": FRIEND, "first_name": friend, "username": "anna", "language_code": code, "role": "friend"},
        {"id": ADMIN, "first_name": admin, "username": "andrey", "language_code": code, "role": "admin"},
    ]


def _environment(folder: Path, url: str) -> dict[str, str]:
    """Set the bot up as its README says, with everything it writes in a folder that goes with the demo."""
    tool = Path(__file__).with_name("awg_tool.py")
    state = {"AWG_TOOL_STATE": str(folder / "interface.json"), "AWG_TOOL_PEERS": str(folder / "bot_data.db.peers")}
    words = ["env", *(f"{name}={value}" for name, value in state.items()), sys.executable, str(tool), "awg"]
    return {
        **os.environ,
        **state,
        "BOT_TOKEN": TOKEN,
        "ADMIN_IDS": str(ADMIN),
        "SERVER_ENDPOINT": "vpn.example.org",
        "AWG_COMMAND": shlex.join(words),
        "AWG_INTERFACE": "awg0",
        "DATABASE": str(folder / "bot_data.db"),
        "TELEGRAM_API": url,
        "SAMPLE_SECONDS": "2",
        "LANGUAGE": "en",
    }


def _tool(environment: dict[str, str], *words: str) -> None:
    subprocess.run([*shlex.split(environment["AWG_COMMAND"])[:-1], *words], check=True)
