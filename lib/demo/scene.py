"""The stage below the phones: what the database holds, what the interface holds, and levers between them."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from pathlib import Path
from typing import Any

from lib.demo import database
from lib.demo.bot_process import BotProcess
from lib.demo.interface import Interface, Peer
from lib.demo.levers import Levers
from lib.demo.telegram_server import TelegramServer

Json = dict[str, Any]
_STEP = 1.0  # seconds between two looks, while somebody watches
_PEERS = 12  # that are shown


class Scene:
    """Looks at both worlds, and tells the pages when something has changed. `folder` is the bot's."""

    def __init__(
        self, server: TelegramServer, bot: BotProcess, interface: Interface, files: tuple[Path, Path], zone: str
    ) -> None:
        self._server, self._bot, self._interface, self._zone = server, bot, interface, zone
        self._database, self._peers_file = files
        self._wake = threading.Event()
        self._levers = Levers(server, bot, interface, zone, self._wake.set)

    def pull(self, lever: str) -> Json:
        """Pull a lever, and show what is there then."""
        self._levers.pull(lever)
        return self.look()

    def look(self) -> Json:
        """Show everything."""
        situation, now = self._levers.situation, self._server.world.now()
        live = self._interface.peers()
        held = database.look(self._database, now, self._zone)
        wanted = database.wanted_keys(self._peers_file)
        peers = live or []
        owners = {config["key"]: config for config in held["configs"]}
        return {
            "now": int(now),
            "ahead": situation.ahead,
            "bot": self._bot.running,
            "kills": situation.kills,
            "machine": situation.machine,
            "telegram": situation.telegram,
            "real": self._interface.needs_conf,
            "levers": self._levers.possible(live is not None, bool(live)),
            "database": {**held, "configs": [_show_config(c, wanted, {p.key for p in peers}) for c in held["configs"]]},
            "interface": {
                "name": self._interface.name,
                "up": live is not None,
                "same": {peer.key for peer in peers} == wanted,
                "count": len(peers),
                "peers": [_show_peer(peer, owners) for peer in peers[:_PEERS]],
            },
        }

    def watch(self, stop: threading.Event) -> None:
        """Look again and again, and tell the pages; nothing is done while nobody watches."""
        told: Json = {}
        while not stop.is_set():
            self._wake.wait(_STEP)
            self._wake.clear()
            if not self._server.world.listeners:
                continue
            with contextlib.suppress(subprocess.SubprocessError):  # the next look may succeed
                seen = self.look()
                if {**seen, "now": 0} != {**told, "now": 0}:
                    told = seen
                    with self._server.world.changed:
                        self._server.world.publish("stage", stage=seen)


def _show_config(config: Json, wanted: set[str], live: set[str]) -> Json:
    """Say whether a config is live, and if not, why: its own hindrance, a used-up quota, or not yet."""
    key, hindrance = config["key"], config["hindrance"]
    state = "live" if key in live else hindrance or ("coming" if key in wanted else "off")
    return {"name": config["name"], "owner": config["owner"], "address": config["address"], "state": state}


def _show_peer(peer: Peer, owners: dict[str, Json]) -> Json:
    config = owners.get(peer.key, {})
    return {
        "address": peer.address, "name": config.get("name"), "owner": config.get("owner"),
        "age": peer.age, "received": peer.received, "sent": peer.sent,
    }  # fmt: skip
