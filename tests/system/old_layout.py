"""An installation as older installers made it: a bot that has the node's rights and owns its settings."""

from __future__ import annotations

from tests.system.installed import Installed

UNITS = "/etc/systemd/system"
PEERS = "/var/lib/andreyvpn/bot_data.db.peers"
LOADED = f"test ! -s {PEERS} || wg addconf"
NEW = (
    f"{UNITS}/andreyvpn-node.socket", f"{UNITS}/andreyvpn-node@.service", f"{UNITS}/andreyvpn-node@.service.d",
    f"{UNITS}/sockets.target.wants/andreyvpn-node.socket", "/usr/local/lib/andreyvpn-node.py",
)  # fmt: skip
UNIT = """\
# The bot as a service. The VPN itself belongs to awg-quick@awg0 and goes on without it.
[Unit]
Description=AndreyVPN_bot: AmneziaWG configs through Telegram
After=network-online.target awg-quick@awg0.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart=/opt/andreyvpn/current/.venv/bin/python /opt/andreyvpn/current/andreyvpn_bot.py run
EnvironmentFile=/etc/andreyvpn/andreyvpn.env
Environment=DATABASE=/var/lib/andreyvpn/bot_data.db
WorkingDirectory=/var/lib/andreyvpn
User=andreyvpn
Group=andreyvpn
UMask=0077
Restart=always
RestartSec=5
RestartSteps=5
RestartMaxDelaySec=60
RestartPreventExitStatus=2
WatchdogSec=180
AmbientCapabilities=CAP_NET_ADMIN
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
StateDirectory=andreyvpn
StateDirectoryMode=0700
ProtectSystem=strict
ProtectHome=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX

[Install]
WantedBy=multi-user.target
"""
USERSPACE = "[Service]\nAmbientCapabilities=CAP_DAC_OVERRIDE\nCapabilityBoundingSet=CAP_DAC_OVERRIDE\n"
WRAPPER = """\
#!/bin/sh
# The bot's command line with the rights of its service: andreyvpn check, andreyvpn users, andreyvpn --help
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
exec setpriv --reuid=andreyvpn --regid=andreyvpn --clear-groups \\
    --inh-caps=-all,+net_admin,+dac_override --ambient-caps=-all,+net_admin,+dac_override \\
    /opt/andreyvpn/current/.venv/bin/python /opt/andreyvpn/current/andreyvpn_bot.py --env /etc/andreyvpn/andreyvpn.env "$@"
"""  # noqa: E501
BEHIND = f"[Service]\nExecStartPost=/bin/sh -c '{LOADED} wg7 {PEERS}'\n"
FILES = {
    f"{UNITS}/andreyvpn.service": UNIT, f"{UNITS}/andreyvpn.service.d/userspace.conf": USERSPACE,
    "/usr/local/sbin/andreyvpn": WRAPPER, f"{UNITS}/wg-quick@wg7.service.d/andreyvpn.conf": BEHIND,
}  # fmt: skip


def make_old(company: Installed) -> dict[str, str]:
    """Turn an installation into one of an older installer; return what is in its files."""
    machine = company.machine
    machine.do("systemctl", "disable", "--now", "--quiet", "andreyvpn-node.socket")
    machine.do("rm", "-r", *(path for path in NEW if company.has(path)))
    for path, text in FILES.items():
        file = machine.root / path.lstrip("/")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    machine.do("chmod", "0755", "/usr/local/sbin/andreyvpn")
    machine.do("chown", "andreyvpn:andreyvpn", "/etc/andreyvpn/andreyvpn.env")
    machine.do("chmod", "0600", "/etc/andreyvpn/andreyvpn.env")
    conf = machine.root / "etc/wireguard/wg0.conf"
    lines = conf.read_text().splitlines()
    (number,) = [number for number, line in enumerate(lines) if PEERS in line]
    lines[number] = f"PostUp = {LOADED} %i {PEERS}"
    conf.write_text("\n".join(["# mine", f"# PostUp = {LOADED} %i {PEERS}", *lines, "# the end\n"]))
    machine.do("systemctl", "daemon-reload")
    machine.do("systemctl", "restart", "andreyvpn")
    return snapshot(company)


def snapshot(company: Installed) -> dict[str, str]:
    """Return the texts of all files that an installer makes or changes, with their rights and owners."""
    machine, found = company.machine, {}
    for path in (*FILES, *NEW, "/etc/wireguard/wg0.conf", "/etc/andreyvpn/andreyvpn.env"):
        found[path] = machine.says("sh", "-c", 'stat -c "%F %U:%G %a" "$1" && ! test -f "$1" || cat "$1"', "sh", path)
    return found
