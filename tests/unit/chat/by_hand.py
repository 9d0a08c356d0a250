"""Peers made by hand, with the names that the files of other installers gave them."""

from __future__ import annotations

from lib.store.foreign import list_foreign
from lib.store.preferences import set_preference
from lib.vpn.interface import LivePeer
from tests.unit.stage import Stage


def key_of(host: int) -> str:
    return f"{host:043d}="


def add_peer(stage: Stage, host: int, name: str, online: bool = True) -> int:
    """Add a peer by hand and let the keeper see it; return its id."""
    key = key_of(host)
    seen = stage.desk.now - 30 if online else 0
    address = f"10.8.{host // 250}.{host % 250 + 2}/32"
    stage.awg.peers[key] = LivePeer(key, None, address, None, handshake_at=seen, received=1000, sent=20_000)
    stage.round()
    stage.desk.deliver()
    (peer,) = (one for one in list_foreign(stage.desk.db, 1000, 0) if one.public_key == key)
    stage.desk.db.execute("UPDATE foreign_peers SET name = ? WHERE id = ?", (name, peer.id))
    return peer.id


def add_peers(stage: Stage, names: list[str]) -> list[int]:
    """Add many peers at once; return their ids in the same order."""
    for host in range(len(names)):
        address = f"10.8.{host // 250}.{host % 250 + 2}/32"
        stage.awg.peers[key_of(host)] = LivePeer(key_of(host), None, address, None, 0, 0, 0)
    stage.round()
    stage.desk.deliver()
    for host, name in enumerate(names):
        stage.desk.db.execute("UPDATE foreign_peers SET name = ? WHERE public_key = ?", (name, key_of(host)))
    return [peer.id for peer in list_foreign(stage.desk.db, 1000, 0)]


def allow_claims(stage: Stage) -> None:
    """Let friends claim peers."""
    set_preference(stage.desk.db, "CLAIMS", "yes")
