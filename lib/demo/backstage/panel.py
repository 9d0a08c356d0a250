"""The control panel below the phones: what is in the database, what is on the interface, and actions on both."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from pathlib import Path
from typing import Any

from lib.demo.awg.interface import Interface, LivePeer
from lib.demo.backstage.actions import Actions
from lib.demo.backstage.bot_database import read_database, wanted_keys
from lib.demo.backstage.bot_process import BotProcess
from lib.demo.backstage.old_devices import OldDevices
from lib.demo.telegram.state import TelegramState

Json = dict[str, Any]
_INTERVAL = 1.0  # seconds between two snapshots while a page is open
_PEERS_SHOWN = 12


class Panel:
    """Compares the database with the interface, and tells the open pages when something has changed."""

    def __init__(
        self,
        telegram: TelegramState,
        bot: BotProcess,
        interface: Interface,
        database: Path,
        peers_file: Path,
        zone: str,
        stopping: threading.Event,
    ) -> None:
        self._telegram, self._bot, self._interface, self._zone = telegram, bot, interface, zone
        self._database, self._peers_file = database, peers_file
        self._wake = threading.Event()
        self._old_devices = OldDevices(interface, database.with_name("names.json"))
        self._actions = Actions(
            telegram, bot, interface, self._old_devices, zone, stopping, self._wake.set, self._find_friend
        )

    def perform(self, action: str) -> Json:
        """Perform an action and return the new snapshot."""
        self._actions.perform(action)
        return self.snapshot()

    def snapshot(self) -> Json:
        """Return everything that the panel shows."""
        situation, now = self._actions.situation, self._telegram.now()
        live = self._interface.peers()
        database = read_database(self._database, now, self._zone)
        wanted = wanted_keys(self._peers_file)
        peers = live or []
        live_keys = {peer.key for peer in peers}
        asking = set(database.pop("asking"))
        wanted |= asking
        friend = self._newest_of_friends(database["configs"], live_keys - asking)
        ours = live_keys & {*database.pop("keys"), *wanted}
        names: dict[str, Json] = {device.key: {"name": device.name} for device in self._old_devices.all}
        configs = {**names, **{config["key"]: config for config in database["configs"]}}
        shown = [_show_config(config, wanted, live_keys, asking) for config in database["configs"]]
        return {
            "now": int(now),
            "clock_offset": situation.clock_offset,
            "bot": self._bot.running,
            "kills": situation.kills,
            "machine": situation.machine,
            "telegram": situation.telegram,
            "filter": situation.filter,
            "real": self._interface.real,
            "actions": self._actions.available(live, friend),
            "old_devices": self._old_devices.show(),
            "database": {**database, "configs": shown},
            "interface": {
                "name": self._interface.name,
                "up": live is not None,
                "port": self._interface.port,
                "same": ours == wanted,
                "count": len(peers),
                "peers": [_show_peer(peer, configs) for peer in peers[:_PEERS_SHOWN]],
            },
        }

    def _find_friend(self) -> str:
        """Return the key of the newest live config that a friend with a phone on the page can use; '' for none."""
        live_keys = {peer.key for peer in self._interface.peers() or []}
        database = read_database(self._database, self._telegram.now(), self._zone)
        return self._newest_of_friends(database["configs"], live_keys - set(database["asking"]))

    def _newest_of_friends(self, configs: list[Json], live_keys: set[str]) -> str:
        friends = {person.id for person in self._telegram.people.values() if person.role != "admin"}
        late = self._actions.late()
        usable = (c for c in configs if c["key"] in live_keys and c["address"] not in late)
        return next((config["key"] for config in usable if config["user_id"] in friends), "")

    def watch(self, stop: threading.Event) -> None:
        """Publish a snapshot whenever it differs from the last one; do nothing while no page is open."""
        last: Json = {}
        while not stop.is_set():
            self._wake.wait(_INTERVAL)
            self._wake.clear()
            if not self._telegram.listeners:
                continue
            with contextlib.suppress(subprocess.SubprocessError):  # the next attempt may succeed
                snapshot = self.snapshot()
                if {**snapshot, "now": 0} != {**last, "now": 0}:
                    last = snapshot
                    with self._telegram.changed:
                        self._telegram.publish("panel", panel=snapshot)


def _show_config(config: Json, wanted: set[str], live_keys: set[str], asking: set[str]) -> Json:
    """Return a config with its state instead of its key: live, why it is off, on its way, or with Telegram alone."""
    key, off_reason = config["key"], config["off_reason"]
    if key in asking:
        state = "asking"
    else:
        state = "live" if key in live_keys else off_reason or ("coming" if key in wanted else "off")
    return {"name": config["name"], "owner": config["owner"], "address": config["address"], "state": state}


def _show_peer(peer: LivePeer, configs: dict[str, Json]) -> Json:
    """Return a peer for the page, with the config's name and owner instead of its key."""
    config = configs.get(peer.key, {})
    return {
        "address": peer.address, "name": config.get("name"), "owner": config.get("owner"),
        "age": peer.age, "received": peer.received, "sent": peer.sent,
    }  # fmt: skip
