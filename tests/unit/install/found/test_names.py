"""The names of peers are written for the bot, which reads them as they are."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from lib.install.found.names import names_of, write_names
from lib.watch.peer_names import PeerNames
from tests.unit.install.found.layouts import Machine, clients_table, conf, key, peer


def test_it_works(machine: Machine, tmp_path: Path) -> None:
    files = {
        "/opt/amnezia/awg/awg0.conf": conf(peer(1, "10.8.1.1/32"), peer(2, "10.8.1.2/32")),
        "/opt/amnezia/awg/clientsTable": clients_table({1: "Анна\n📱", 2: "\u202e"}),
    }
    machine.docker.add("amnezia-awg2", files=files, running=False)
    machine.write(
        "/etc/wireguard/wg0.conf",
        conf(f"# bob\n{peer(3, '10.7.0.2/32')}", f"# other\n{peer(1, '10.7.0.3/32')}", private=key(5)),
    )
    write_names(tmp_path / "names.json", names_of(machine.survey().servers))
    assert PeerNames(tmp_path / "names.json").read() == {key(1): "Анна 📱", key(3): "bob"}


def test_the_file_is_for_its_folders_group_and_replaced_as_a_whole(tmp_path: Path) -> None:
    file, other = tmp_path / "names.json", tmp_path / "other"
    other.write_text("mine")
    file.symlink_to(other)
    if os.geteuid() == 0:
        os.chown(tmp_path, 0, 4242)
    write_names(file, {key(1): "Anna"})
    assert not file.is_symlink()
    assert other.read_text() == "mine"
    seen = file.stat()
    assert stat.S_IMODE(seen.st_mode) == 0o640
    assert (seen.st_uid, seen.st_gid) == (os.geteuid(), tmp_path.stat().st_gid)
    assert json.loads(file.read_text()) == {key(1): "Anna"}


def test_without_its_folder_it_fails_in_words(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_names(tmp_path / "nowhere" / "names.json", {})
