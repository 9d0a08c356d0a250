"""The installation of AmneziaWG from an archive: a tiny one, signed by a key of its own, on the machine's disk.

The package in it is wg under another name, which keeps the parameters that wg does not know in a file, where the node
can read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import TOKEN
from tests.system.archive import control, make_archive, make_key
from tests.system.installed import GIVEN, Installed, booted

pytestmark = [pytest.mark.root, pytest.mark.slow(90)]

NAMES = ("Jc", "Jmin", "Jmax", "S1", "S2", "S3", "S4", "H1", "H2", "H3", "H4", "I1", "I2", "I3", "I4", "I5")
AWG = """#!/bin/sh
case "$1 ${3-}" in
    "--version ") echo "amneziawg-tools v1.0.20260618 - https://amnezia.org" ;;
    "show dump")
        dump=$(wg show "$2" dump) || exit
        echo "$dump" | mawk -F '\\t' -v OFS='\\t' -v more="$(cat "/usr/local/lib/awg/$2.columns")" \\
            'NR == 1 {print $1, $2, $3, more, $4; next} {print}'
        ;;
    *) exec wg "$@" ;;
esac
"""
AWG_QUICK = f"""#!/bin/sh
set -eu
command -v amneziawg-go >/dev/null || {{ echo "Unknown device type" >&2; exit 1; }}
conf=/etc/amnezia/amneziawg/$2.conf
mkdir -p /usr/local/lib/awg
for name in {" ".join(NAMES)}; do
    value=$(sed -n "s/^$name = //p" "$conf")
    case "$name" in I*) printf '%s\\t' "${{value:-(null)}}" ;; *) printf '%s\\t' "${{value:-0}}" ;; esac
done | sed 's/\\t$//' >"/usr/local/lib/awg/$2.columns"
umask 077
grep -vE '^({"|".join(NAMES)}) = ' "$conf" >"/usr/local/lib/awg/$2.conf"
WG_QUICK_USERSPACE_IMPLEMENTATION=amneziawg-go exec wg-quick "$1" "/usr/local/lib/awg/$2.conf"
"""
UNIT = """[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/awg-quick up %i
ExecStop=/usr/bin/awg-quick down %i
[Install]
WantedBy=multi-user.target
"""
TOOLS = {
    "usr/bin/awg": AWG, "usr/bin/awg-quick": AWG_QUICK, "DEBIAN/control": control("amneziawg-tools"),
    "usr/lib/systemd/system/awg-quick@.service": UNIT,
}  # fmt: skip
ARCHIVE = "file:/archive"
THEIRS = control("wireguard-tools", "99")  # no package of the system may come from their archive
SOURCES, KEYRING = "etc/apt/sources.list.d/amneziawg.sources", "usr/share/keyrings/amneziawg.gpg"
PIN = "etc/apt/preferences.d/amneziawg"


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Installed]:
    with booted(tmp_path, tool="awg") as (company, _):
        yield company


def test_it_works(company: Installed) -> None:
    machine = company.machine
    words = ("/src/install.sh", *GIVEN)
    known, foreign = make_key(machine, "known"), make_key(machine, "foreign")
    make_archive(machine, known, "focal", {"amneziawg-tools": TOOLS, "wireguard-tools": {"DEBIAN/control": THEIRS}})

    def refuse(**environment: str) -> str:
        """Try to install; return the last line, and check that nothing of the archive is left."""
        said = company.install(*words, code=2, BOT_TOKEN=TOKEN, **environment)
        assert not company.has(SOURCES)
        assert not company.has(KEYRING)
        assert not company.has(PIN)
        assert not list((machine.root / "run").glob("andreyvpn-keys*"))
        return said.rstrip().rpartition("\n")[2]

    said = refuse(AMNEZIAWG_KEY="/known.asc")
    assert f"isn't the key of AmneziaWG's makers: its fingerprint is {known}, theirs is 75C9DD72C799870E3105" in said
    assert "sudo ./install.sh --plain" in said
    said = refuse(AMNEZIAWG_ARCHIVE=ARCHIVE, AMNEZIAWG_KEY="/foreign.asc")
    assert f"the archive {ARCHIVE} can't be used" in said
    assert "is not signed" in said, f"it was signed by {known}, not by {foreign}"
    assert "name a mirror: AMNEZIAWG_ARCHIVE=" in said

    given = {"AMNEZIAWG_ARCHIVE": ARCHIVE, "AMNEZIAWG_KEY": "/known.asc"}
    said = company.install(*words, code=2, BOT_TOKEN=TOKEN, **given)
    assert "the kernel can't load the module amneziawg" in said, "nothing here can do AmneziaWG yet"
    assert company.has("usr/bin/awg")
    (machine.root / "usr/local/bin/amneziawg-go").symlink_to("/usr/bin/wireguard-go")
    said = company.open_up(*words, BOT_TOKEN=TOKEN)
    assert "❌" not in said
    assert "are fine (2.0)" in said

    sources = dict(line.split(": ", 1) for line in company.read(SOURCES).splitlines())
    assert sources == {"Types": "deb deb-src", "URIs": ARCHIVE, "Suites": "focal", "Components": "main",
                       "Signed-By": f"/{KEYRING}"}  # fmt: skip
    trusted = machine.do("gpg", "--with-colons", "--show-keys", f"/{KEYRING}")
    assert [line.split(":")[9] for line in trusted.splitlines() if line.startswith("fpr")] == [known]
    candidate = machine.do("apt-cache", "policy", "wireguard-tools").splitlines()[2]
    assert candidate.startswith("  Candidate: 1.0"), "what the archive has beside its own is not taken"
    conf = machine.root / "etc/amnezia/amneziawg/awg0.conf"
    assert conf.stat().st_mode & 0o777 == 0o600
    theirs = dict(line.split(" = ", 1) for line in conf.read_text().splitlines() if line.startswith(NAMES))
    assert {"Jc", "Jmin", "Jmax", "S1", "S2", "H1", "H2", "H3", "H4"} <= theirs.keys()
    assert machine.says("systemctl", "is-enabled", "awg-quick@awg0") == "enabled"

    company.let_in(company.friend)
    lines = company.give_config(company.friend).decode().splitlines()
    for name, value in theirs.items():
        assert value == "0" or f"{name} = {value}" in lines
    before = company.peers()
    assert len(before) == 1
    machine.reboot()
    assert company.peers() == before
    assert "❌" not in company.install("/src/install.sh", "--yes"), "a second run does no harm"

    company.install("/src/install.sh", "uninstall", "--yes", "--vpn", "--purge")
    assert machine.says("awg", "show", "interfaces") == ""
    assert not conf.exists()
    assert not any(map(company.has, (SOURCES, KEYRING, PIN))), "the archive goes with the last interface"
