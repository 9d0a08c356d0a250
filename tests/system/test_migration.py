"""An installation of an older installer becomes one of today's, by an update or by installing again, or stays whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.installed import SECOND_RUN, Installed, booted, write_next_version
from tests.system.network import wait
from tests.system.old_layout import LOADED, NEW, PEERS, UNITS, make_old, snapshot

pytestmark = [pytest.mark.root, pytest.mark.slow(120)]

ENV, LOADER = "/etc/andreyvpn/andreyvpn.env", "/usr/local/lib/andreyvpn-node.py"


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Installed]:
    with booted(tmp_path) as (company, _):
        yield company


def check_new(company: Installed, old: dict[str, str]) -> None:
    """Check that an older installation has become one of today's."""
    machine, new = company.machine, snapshot(company)
    for path in (f"{UNITS}/andreyvpn.service", LOADER):
        source = "/src/lib/node/node.py" if path == LOADER else f"/src/{Path(path).name}"
        assert company.read(path) == machine.do("cat", source)
    assert new[f"{UNITS}/andreyvpn.service.d/userspace.conf"] == ""
    assert not company.has(f"{UNITS}/andreyvpn.service.d")
    assert all(new[path] for path in NEW)
    assert "setpriv" not in new["/usr/local/sbin/andreyvpn"]
    assert new[ENV].splitlines() == ["regular file root:andreyvpn 640", *old[ENV].splitlines()[1:]]
    loading = f"AWG_COMMAND=wg python3 -I -S -B {LOADER} load"
    conf = "/etc/wireguard/wg0.conf"
    old_line, new_line = f"\nPostUp = {LOADED} %i {PEERS}\n", f"\nPostUp = {loading} %i {PEERS} || true\n"
    assert new[conf] == old[conf].replace(old_line, new_line) != old[conf], "that line, and no other one"
    behind = f"{UNITS}/wg-quick@wg7.service.d/andreyvpn.conf"
    assert new[behind].endswith(f"[Service]\nExecStartPost=-/usr/bin/env {loading} wg7 {PEERS}")
    number = machine.says("systemctl", "show", "--value", "-p", "MainPID", "andreyvpn")
    status = machine.do("cat", f"/proc/{number}/status").splitlines()
    assert [line.split()[1] for line in status if line.startswith("Cap")] == ["0" * 16] * 5
    assert "❌" not in machine.do("andreyvpn", "check")


def hold_settings_open(company: Installed) -> None:
    """Start a process of the bot's user that opens the settings now and writes to them later."""
    waiting = "touch /tmp/held; until test -e /tmp/go; do sleep 0.1; done"
    script = f"exec 9>>{ENV}; {waiting}; echo LATE=1 >&9; touch /tmp/done"
    company.machine.do("systemd-run", "--quiet", "--uid=andreyvpn", "sh", "-c", script)
    wait(lambda: company.machine.says("ls", "/tmp/held"), 10, "the open file")


def write_settings_as_the_bot(company: Installed) -> None:
    """Try every way to change the settings with the bot's rights; all must fail."""
    machine, before = company.machine, company.settings.read_text()
    machine.do("touch", "/tmp/go")
    wait(lambda: machine.says("ls", "/tmp/done"), 10, "the late line")
    for deed in (f"echo MINE=1 >>{ENV}", f"rm -f {ENV}", f"chmod 0666 {ENV}", f"mv {ENV} {ENV}.old"):
        machine.do("setpriv", "--reuid=andreyvpn", "--regid=andreyvpn", "--clear-groups", "sh", "-c", f"! {deed}")
    assert company.settings.read_text() == before


def test_an_update_brings_an_old_installation_to_the_new_layout_or_leaves_it_whole(company: Installed) -> None:
    machine = company.machine
    company.open_up()
    company.let_in(company.friend)
    company.give_config(company.friend)
    old, peers = make_old(company), company.peers()
    assert not any(old[path] for path in NEW)
    write_next_version(machine.root / "next", works=False)
    said = company.install("/next/install.sh", "update", "--yes", code=2)
    assert "the bot is running as before" in said
    assert snapshot(company) == old
    wait(company.is_active, 30, "the old code's return")
    assert machine.says("systemctl", "list-units", "--all", "--plain", "--no-legend", "andreyvpn-node*") == ""
    assert "CAP_DAC_OVERRIDE" in machine.do("systemctl", "cat", "andreyvpn")
    number = machine.says("systemctl", "show", "--value", "-p", "MainPID", "andreyvpn")
    assert f"CapEff:\t{(1 << 12) + (1 << 1):016x}" in machine.do("cat", f"/proc/{number}/status")

    hold_settings_open(company)
    said = company.install("/src/install.sh", "update", "--yes")
    assert "In /etc/wireguard/wg0.conf, the line that loads the bot's peers now checks them first" in said
    check_new(company, old)
    write_settings_as_the_bot(company)
    machine.do("systemctl", "restart", "wg-quick@wg0")
    assert company.peers() == peers
    company.let_in(company.second_friend)
    company.give_config(company.second_friend)
    assert len(company.peers()) == 2
    machine.do("systemctl", "disable", "--now", "andreyvpn")
    machine.reboot()
    assert len(company.peers()) == 2, "and the interface loads them"


def test_installing_again_does_the_same(company: Installed) -> None:
    company.open_up()
    old = make_old(company)
    said = company.install(*SECOND_RUN)
    assert "❌" not in said
    check_new(company, old)
    assert "now checks them first" not in company.install(*SECOND_RUN), "once"
