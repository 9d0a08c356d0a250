"""A wg-easy 14 or 15 server in the stand-in for docker, with enabled, disabled and expiring clients."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

from tests.system import docker
from tests.system.amnezia import file_of, key
from tests.unit.install.found.layouts import wg_easy_database

NAME, OUTSIDE, INSIDE = "wg-easy", 443, 51820
OWN, OWN6 = "10.8.0.1", "fdcc:ad94:bacf:61a4::cafe:1"
DAY = 86400
CLIENTS = {"Ann": (True, None), "Ben": (False, None), "Cat": (True, 7 * DAY), "Dan": (True, -3600)}  # enabled, ends in


class WgEasy:
    """The keys of a server and its clients."""

    def __init__(self, version: int) -> None:
        self.version, self.key = version, key()
        self.private = {name: key() for name in CLIENTS}
        self.public = {name: key("pubkey", private) for name, private in self.private.items()}
        self.psk = {name: key("genpsk") for name in CLIENTS}
        self.number = {name: number for number, name in enumerate(CLIENTS, 2)}
        self.ends = {name: int(time.time()) + span if span else None for name, (_, span) in CLIENTS.items()}

    def file(self, name: str) -> str:
        """Return a client's file."""
        return file_of(f"10.8.0.{self.number[name]}", self.private[name], self.key, self.psk[name], port=OUTSIDE)

    def lay(self, bin_folder: Path, **more: object) -> None:
        """Create the container."""
        place = docker.create(bin_folder, NAME, port=OUTSIDE, inside=INSIDE, conf="/etc/wireguard/wg0.conf",
                              folders=["/etc/wireguard"], **more) / "etc/wireguard"  # fmt: skip
        place.mkdir(parents=True)
        (place / "wg0.conf").write_text(self._conf())
        (self._lay_list if self.version == 14 else self._lay_database)(place)

    def _address6(self, name: str) -> str:
        return f"fdcc:ad94:bacf:61a4::cafe:{self.number[name]}"

    def _conf(self) -> str:
        six = self.version == 15
        own = f"{OWN}/24, {OWN6}/112" if six else f"{OWN}/24"
        text = f"[Interface]\nPrivateKey = {self.key}\nAddress = {own}\nListenPort = {INSIDE}\n"
        for name in (name for name, (enabled, _) in CLIENTS.items() if enabled):
            allowed = f"10.8.0.{self.number[name]}/32" + (f", {self._address6(name)}/128" if six else "")
            text += (f"\n# Client: {name} ({self.number[name]})\n[Peer]\nPublicKey = {self.public[name]}\n"
                     f"PresharedKey = {self.psk[name]}\nAllowedIPs = {allowed}\n")  # fmt: skip
        return text

    def _end(self, name: str) -> str | None:
        end = self.ends[name]
        return datetime.fromtimestamp(end, timezone.utc).isoformat().replace("+00:00", "Z") if end else None

    def _lay_list(self, place: Path) -> None:
        clients = {name: {"id": name, "name": name, "address": f"10.8.0.{self.number[name]}", "enabled": enabled,
                          "privateKey": self.private[name], "publicKey": self.public[name],
                          "preSharedKey": self.psk[name], "expiredAt": self._end(name)}
                   for name, (enabled, _) in CLIENTS.items()}  # fmt: skip
        own = {"privateKey": self.key, "publicKey": key("pubkey", self.key), "address": OWN}
        (place / "wg0.json").write_text(json.dumps({"server": own, "clients": clients}))

    def _lay_database(self, place: Path) -> None:
        rows = [{"name": name, "ipv4_address": f"10.8.0.{self.number[name]}", "ipv6_address": self._address6(name),
                 "private_key": self.private[name], "public_key": self.public[name], "pre_shared_key": self.psk[name],
                 "expires_at": self._end(name), "enabled": int(enabled)}
                for name, (enabled, _) in CLIENTS.items()]  # fmt: skip
        wg_easy_database(place, rows)
        with closing(sqlite3.connect(place / "wg-easy.db")) as db:
            keys = (self.key, key("pubkey", self.key))
            db.execute("UPDATE interfaces_table SET private_key = ?, public_key = ?", keys)
            db.commit()
