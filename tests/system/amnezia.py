"""A server in a container as the AmneziaVPN app sets it up, and its friends' files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.system import docker, network
from tests.system.network import PORT, SERVER_ADDRESS, Flavour, run

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


@dataclass(frozen=True)
class Layout:
    """Where the app puts a server of a certain kind."""

    container: str
    folder: str
    interface: str
    flavour: Flavour
    inside: str  # the tool's name in the container
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> str:
        """The parameters as lines of a file."""
        return "".join(f"{name} = {value}\n" for name, value in self.parameters.items())


PLAIN = Layout(AMNEZIA, FOLDER, "wg0", network.PLAIN, "wg")
ONE = {"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "88", "S2": "31", "H1": "1234567", "H2": "2345678", "H3": "3456789",
       "H4": "4567890"}  # fmt: skip
TWO = {**ONE, "S3": "17", "S4": "9", "H1": "100000-200000", "H2": "300000-400000", "H3": "500000-600000",
       "H4": "700000-800000"}  # fmt: skip
OLD_AWG = Layout("amnezia-awg", "/opt/amnezia/awg", "wg0", network.AMNEZIA, "wg", ONE)
AWG = Layout("amnezia-awg2", "/opt/amnezia/awg", "awg0", network.AMNEZIA, "awg", TWO)


def key(command: str = "genkey", stdin: str = "") -> str:
    return run("wg", command, stdin=stdin).strip()


def file_of(address: str, private: str, server: str, psk: str, port: int = PORT, more: str = "") -> str:
    """Return a friend's file; `server` is the server's private key, `more` are additional lines."""
    file = FILE.format(address=address, key=private, server=key("pubkey", server), psk=psk, endpoint=SERVER_ADDRESS,
                       port=port)  # fmt: skip
    return file.replace("\n\n[Peer]", f"\n{more}\n[Peer]")


class Amnezia:
    """The server's keys, and its friends with their keys and addresses."""

    def __init__(self, layout: Layout = PLAIN) -> None:
        self.layout = layout
        self.key, self.psk = key(), key("genpsk")
        self._friends: list[tuple[str, str]] = []

    def add_friend(self) -> str:
        """Add a friend and return their file."""
        self._friends.append((key(), f"10.8.1.{len(self._friends) + 1}"))
        private, address = self._friends[-1]
        return file_of(address, private, self.key, self.psk, more=self.layout.lines)

    def files(self) -> dict[str, str]:
        """Return the files in the app's folder, by name."""
        publics = [key("pubkey", private) for private, _ in self._friends]
        peers = (PEER.format(public=public, psk=self.psk, address=address)
                 for public, (_, address) in zip(publics, self._friends, strict=True))  # fmt: skip
        table = [{"clientId": public, "userData": {"clientName": f"Friend {number}"}}
                 for number, public in enumerate(publics, 1)]  # fmt: skip
        return {
            f"{self.layout.interface}.conf": self.conf() + "".join(peers) + "\n",
            "wireguard_server_private_key.key": f"{self.key}\n",
            "wireguard_server_public_key.key": f"{key('pubkey', self.key)}\n",
            "clientsTable": json.dumps(table) + "\n",
        }

    def conf(self) -> str:
        """Return the [Interface] section of the server's file."""
        conf = CONF.format(key=self.key, port=PORT)
        return conf.removesuffix("\n") + self.layout.lines + "\n"

    def lay(self, bin_folder: Path) -> None:
        """Create the container beside the stand-in for docker."""
        more = {"port": PORT, "inside": PORT, "conf": f"{FOLDER}/wg0.conf", "folders": ["/opt/amnezia"]}
        place = docker.create(bin_folder, AMNEZIA, **more) / FOLDER.lstrip("/")
        place.mkdir(parents=True)
        for name, text in self.files().items():
            (place / name).write_text(text)
            (place / name).chmod(0o600)
