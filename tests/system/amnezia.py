"""A plain server as the AmneziaVPN app makes it, in docker's stand-in, and the files of its friends."""

from __future__ import annotations

import json
from pathlib import Path

from tests.system import docker
from tests.system.network import PORT, SERVER_ADDRESS, run

AMNEZIA = "amnezia-wireguard"
OWN = "10.8.1.0"  # the app gives the interface the network's own address
FOLDER = "/opt/amnezia/wireguard"
CONF = """[Interface]
PrivateKey = {key}
Address = 10.8.1.0/24
ListenPort = {port}

"""
PEER = """[Peer]
PublicKey = {public}
PresharedKey = {psk}
AllowedIPs = {address}/32

"""
FILE = """[Interface]
Address = {address}/32
DNS = 172.29.172.254, 1.0.0.1
PrivateKey = {key}
MTU = 1280

[Peer]
PublicKey = {server}
PresharedKey = {psk}
AllowedIPs = 10.8.0.0/16, 203.0.113.0/24, 172.29.172.254/32
Endpoint = {endpoint}:{port}
PersistentKeepalive = 25
"""


def key(command: str = "genkey", stdin: str = "") -> str:
    return run("wg", command, stdin=stdin).strip()


def file_of(address: str, private: str, server: str, psk: str, port: int = PORT) -> str:
    """Return a friend's file; `server` is the private key of the server."""
    return FILE.format(address=address, key=private, server=key("pubkey", server), psk=psk, endpoint=SERVER_ADDRESS,
                       port=port)  # fmt: skip


class Amnezia:
    """The server's keys and its friends, each with a key and an address."""

    def __init__(self) -> None:
        self.key, self.psk = key(), key("genpsk")
        self._friends: list[tuple[str, str]] = []

    def add_friend(self) -> str:
        """Return the file of another friend."""
        self._friends.append((key(), f"10.8.1.{len(self._friends) + 1}"))
        private, address = self._friends[-1]
        return file_of(address, private, self.key, self.psk)

    def files(self) -> dict[str, str]:
        """Return the files in the app's folder, by their names."""
        publics = [key("pubkey", private) for private, _ in self._friends]
        peers = (PEER.format(public=public, psk=self.psk, address=address)
                 for public, (_, address) in zip(publics, self._friends, strict=True))  # fmt: skip
        table = [{"clientId": public, "userData": {"clientName": f"Friend {number}"}}
                 for number, public in enumerate(publics, 1)]  # fmt: skip
        return {
            "wg0.conf": CONF.format(key=self.key, port=PORT) + "".join(peers) + "\n",
            "wireguard_server_private_key.key": f"{self.key}\n",
            "wireguard_server_public_key.key": f"{key('pubkey', self.key)}\n",
            "clientsTable": json.dumps(table) + "\n",
        }

    def lay(self, bin_folder: Path) -> None:
        """Create the container, with the stand-in for docker beside it."""
        more = {"port": PORT, "inside": PORT, "conf": f"{FOLDER}/wg0.conf", "folders": ["/opt/amnezia"]}
        place = docker.create(bin_folder, AMNEZIA, **more) / FOLDER.lstrip("/")
        place.mkdir(parents=True)
        for name, text in self.files().items():
            (place / name).write_text(text)
            (place / name).chmod(0o600)
