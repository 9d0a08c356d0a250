"""English: what is wrong with the server."""

TEXTS = {
    # alerts
    "reason_missing": "the command awg was not found. Install amneziawg-tools or correct AWG_COMMAND",
    "reason_not_permitted": "the interface may not be controlled: the service andreyvpn-node needs CAP_NET_ADMIN",
    "reason_no_interface": "there is no such interface. Start it: systemctl start awg-quick@{interface}",
    "reason_timeout": "the command awg did not answer in time. Look at the server's load",
    "reason_garbage": "the answer of the command awg makes no sense. Check that the versions of awg and its module agree",
    "reason_failed": "the command awg failed. Details: journalctl -u andreyvpn",
    "reason_refused": "the service andreyvpn-node refused the change and did nothing. Why: journalctl -u andreyvpn",
    "reason_no_node": "the service andreyvpn-node does not answer. Look: systemctl status andreyvpn-node.socket, journalctl -u 'andreyvpn-node@*'. "
    "Restart: systemctl restart andreyvpn-node.socket",
    "trouble_interface": "🔴 <b>The interface {interface} is out of reach</b>\n\nReason: {reason}.\n\nNothing is lost: what "
    "was approved will be issued as soon as it works again. I will note it here.",
    "trouble_subnet": "⚠️ <b>No free addresses are left</b>\n\nThe subnet {detail} is full. Approved requests wait: widen the "
    "interface's subnet, and they will be issued by themselves.",
    "trouble_parameters": "⚠️ <b>No configs can be issued with the server's parameters</b>\n\n{detail}\n\nApproved requests "
    "wait and will be issued by themselves once that is in order.",
    "trouble_conflict": "⚠️ <b>An address is held by a foreign peer</b>\n\nThe addresses {detail} belong to a peer that was "
    "added by hand, so the configs with them are not switched on. Remove that peer (/status, “Not the bot's”), or give it another address.",
    "trouble_making": "⚠️ <b>New configs can't be made</b>\n\nReason: {reason}.\n\nApproved requests wait and will be issued by themselves.",
    "trouble_backup": "⚠️ <b>No good backup for two days</b>\n\n{detail}\n\nLook at the disk and at the folder; it is tried again every minute.",
    "over_interface": "🟢 The interface {interface} works again, all configs are in place.",
    "over_making": "🟢 New configs can be made again.",
    "over_subnet": "🟢 There are free addresses again.",
    "over_parameters": "🟢 The server's parameters are in order.",
    "trouble_peers_file": "⚠️ <b>The file of devices can't be written</b>\n\n{detail}\n\nThe VPN works. But after a reboot those who came "
    "lately will be without it until the bot runs again. Look at the disk and at the folder; it is tried again every minute.",
    "over_backup": "🟢 The backup was made.",
    "over_peers_file": "🟢 The file of devices is written again.",
    "over_conflict": "🟢 The addresses are free again, all configs are switched on.",
    "trouble_outside": "⚠️ <b>Some configs have addresses of another network</b>\n\nThe configs have {addresses}, {interface} has the network {networks}. "
    "These devices are left out: they would connect, but nothing would get through.\n\nEither add an address of their network to the interface: "
    "{command}, and to the line Address in its file. Or issue these friends new configs.",
    "over_outside": "🟢 All configs have addresses in the interface's network again.",
    "trouble_no_ipv4": "⚠️ <b>{interface} has no IPv4 address</b>\n\nIt has IPv6 alone: {detail}. Each config needs an IPv4 address, so approved requests wait.\n\n"
    "Give it an IPv4 network, for example: ip address add 10.8.0.1/16 dev {interface}, and 10.8.0.1/16 in the line Address of its file. Then they will be "
    "issued by themselves.",
    "over_no_ipv4": "🟢 {interface} has an IPv4 address again.",
    "trouble_way_out": "🔴 <b>The server is blocking friends</b>\n\n{detail}\n\nThen check on the server: andreyvpn check",
    "over_way_out": "🟢 The server no longer blocks friends.",
    "trouble_impossible": "⚠️ <b>Impossible numbers</b>\n\nFor these peers the interface reports amounts of traffic that can't be real, so they are not counted:\n{detail}\n\n"
    "Everything else goes on. Restarting the interface usually fixes it: systemctl restart awg-quick@{interface}",
    "over_impossible": "🟢 The traffic of all peers is counted again.",
    "alert_since": "\n\n🕒 Since {at}",
    "alert_over": "✅ <b>All is well again</b>, after {span}.",
    "alert_lasted": " ({began} – {over})",
    "alert_goes_on": "⬇️ One more trouble has come up: see the newer message below.",
    "trouble_silence": "🔴 <b>Nobody is connecting any more</b>\n\nThe interface {interface} is up, but no friend's device has got through since "
    "{detail}, although they normally do at this time. Probably the server's address or port is blocked on the way.\n\n"
    "1. Try it yourself, by mobile internet and by Wi-Fi.\n2. Change the port (ListenPort) or the obfuscation parameters, then send everyone new "
    "configs: I will offer it.\n3. If not even SSH gets through from home, the address is blocked: ask the provider for another one.",
    "trouble_disk": "⚠️ <b>The disk is almost full</b>\n\nFree: {detail}. When it is full, nothing can be written down any more: no requests, no "
    "traffic, no backups. Usual culprits: journalctl --vacuum-size=100M, apt clean.",
    "trouble_clock": "⚠️ <b>The server's clock was set</b>\n\n{detail}. Traffic may be booked on the wrong day, and dates may come too early or too late. Check "
    "timedatectl on the server: NTP must be active.",
    "clock_ahead": "It jumped ahead by {span}",
    "clock_back": "It went back by {span}",
    "trouble_sampling": "🔴 <b>The bot is stuck</b>\n\nIt has finished no round since {detail}: no traffic is counted, no blocks and limits take "
    "effect. The VPN itself goes on. Look at journalctl -u andreyvpn, then systemctl restart andreyvpn.",
    "over_silence": "🟢 Friends connect again.",
    "over_disk": "🟢 There is space on the disk again.",
    "over_clock": "🟢 The clock has run evenly for an hour.",
    "over_sampling": "🟢 The bot works through its rounds again.",
    # sharing
    "sharing": "🤝 <b>Perhaps one config for two</b>\n\nWho: {name} ({username}, <code>{id}</code>)\nDevice: {device}\n\nOn {days} days of this week it "
    "went back and forth between {networks} networks, within minutes, {returns} times or more. That looks like two devices with one file: they "
    "push each other out. Phones that roam do it at times, too, so there may be nothing to it.\n\nNothing is done automatically. The friend could "
    "simply ask for a second config.",
    "sharing_person": "👤 The friend",
}
