"""English: what is wrong with the server."""

TEXTS = {
    # alerts
    "reason_missing": "the command awg was not found. Install amneziawg-tools or correct AWG_COMMAND",
    "reason_not_permitted": "no permission to control the interface: the service andreyvpn-node needs CAP_NET_ADMIN",
    "reason_no_interface": "this interface doesn't exist. Start it: systemctl start awg-quick@{interface}",
    "reason_no_container": "the container isn't running, or its interface isn't. Start it: docker start {container}. If that doesn't help: docker logs {container}",
    "reason_docker": "docker doesn't let the bot into the container. See: systemctl status docker, docker ps, journalctl -u andreyvpn. If docker was "
    "installed anew, or the container made anew, run ./install.sh again",
    "reason_timeout": "the command awg didn't answer in time. Check the server's load",
    "reason_garbage": "the output of awg makes no sense. Check that the versions of awg and its kernel module match",
    "reason_failed": "the command awg failed. Details: journalctl -u andreyvpn",
    "reason_refused": "the service andreyvpn-node refused the change and did nothing. To see why: journalctl -u andreyvpn",
    "reason_no_node": "the service andreyvpn-node isn't answering. See: systemctl status andreyvpn-node.socket, journalctl -u 'andreyvpn-node@*'. "
    "Restart: systemctl restart andreyvpn-node.socket",
    "trouble_interface": "🔴 <b>The interface {interface} can't be reached</b>\n\nReason: {reason}.\n\nNothing is lost: approved configs will be issued "
    "as soon as it works again. I'll tell you here.",
    "trouble_subnet": "⚠️ <b>No free addresses left</b>\n\nThe subnet {detail} is full. Approved requests are waiting: widen the interface's subnet, and they'll be issued automatically.",
    "trouble_parameters": "⚠️ <b>No configs can be issued with the server's parameters</b>\n\n{detail}\n\nApproved requests are waiting and will be issued automatically once this is fixed.",
    "trouble_conflict": "⚠️ <b>A peer added by hand has a friend's address</b>\n\nThe addresses {detail} belong to a peer that was added by hand, so "
    "the configs with them are not switched on. Remove that peer (/status, “Added by hand”), or give it another address.",
    "trouble_making": "⚠️ <b>New configs can't be made</b>\n\nReason: {reason}.\n\nApproved requests are waiting and will be issued automatically.",
    "trouble_backup": "⚠️ <b>No good backup for two days</b>\n\n{detail}\n\nCheck the disk and the folder; I try again every minute.",
    "over_interface": "🟢 The interface {interface} works again, all configs are in place.",
    "over_making": "🟢 New configs can be made again.",
    "over_subnet": "🟢 There are free addresses again.",
    "over_parameters": "🟢 The server's parameters are fine again.",
    "trouble_peers_file": "⚠️ <b>The file of devices can't be written</b>\n\n{detail}\n\nThe VPN works. But after a reboot, friends who joined "
    "recently will be without it until the bot runs again. Check the disk and the folder; I try again every minute.",
    "over_backup": "🟢 The backup has been made.",
    "over_peers_file": "🟢 The file of devices can be written again.",
    "over_conflict": "🟢 The addresses are free again, all configs are switched on.",
    "trouble_outside": "⚠️ <b>Some configs are in another network</b>\n\nThe configs have {addresses}, while {interface} has {networks}. These devices "
    "are left out: they'd connect, but nothing would get through.\n\nEither add an address of their network to the interface: {command}, and add it to "
    "the Address line in its file. Or issue new configs to these friends.",
    "over_outside": "🟢 All configs are in the interface's network again.",
    "trouble_no_ipv4": "⚠️ <b>{interface} has no IPv4 address</b>\n\nIt only has IPv6: {detail}. Each config needs an IPv4 address, so approved "
    "requests are waiting.\n\nGive it an IPv4 network, for example: ip address add 10.8.0.1/16 dev {interface}, and put 10.8.0.1/16 on the Address line "
    "in its file. Then they'll be issued automatically.",
    "over_no_ipv4": "🟢 {interface} has an IPv4 address again.",
    "trouble_way_out": "🔴 <b>The server is blocking friends</b>\n\n{detail}\n\nThen check on the server: andreyvpn check",
    "over_way_out": "🟢 The server no longer blocks friends.",
    "trouble_impossible": "⚠️ <b>Impossible numbers</b>\n\nThe interface reports traffic for these peers that can't be real, so it isn't "
    "counted:\n{detail}\n\nEverything else goes on. Restarting the interface usually fixes it: {restart}",
    "over_impossible": "🟢 The traffic of all peers is counted again.",
    "trouble_fence": "⚠️ <b>Limits can't be enforced</b>\n\n{detail}\n\nThe VPN works, but without speed limits. Friends who should reach only Telegram, because "
    "their limit is used up or their config has expired, are switched off completely. To see what is missing, on the server: andreyvpn check. I try again every minute.",
    "over_fence": "🟢 Limits are enforced again.",
    "trouble_speeds": "⚠️ <b>Speed limits don't work</b>\n\n{detail}\n\nEverything else does. To see what to do, on the server: andreyvpn check. I try again every minute.",
    "over_speeds": "🟢 Speed limits work again.",
    "fence_no_tools": "The container {container} doesn't have the tools for that (nft and tc), so there are no speed limits and no path to Telegram",
    "trouble_files": "⚠️ <b>The files in the container {container} are out of date</b>\n\n{detail}\n\nThe VPN works. But if the container restarts, "
    "some friends may be without it until the bot runs again, and the AmneziaVPN app may not show them. I try again every minute.",
    "over_files": "🟢 The files in the container are up to date again.",
    "files_list": "The AmneziaVPN app's list of clients (clientsTable) makes no sense, so I leave it alone. To see it: docker exec {container} sh -c "
    "'cat /opt/amnezia/*/clientsTable'. If it can't be repaired, open the server in the app: it makes a new list, with names like “Client 1”",
    "alert_since": "\n\n🕒 Since {at}",
    "alert_over": "✅ <b>All is well again.</b> The problem lasted {span}.",
    "alert_lasted": " ({began} – {over})",
    "alert_goes_on": "⬇️ There's another problem: see the newer message below.",
    "trouble_silence": "🔴 <b>No one is connecting</b>\n\nThe interface {interface} is up, but no friend's device has connected since {detail}, "
    "although they normally do at this time. The server's address or port is probably being blocked on the way.\n\n1. Try it yourself, on mobile data "
    "and on Wi-Fi.\n2. Change the port (ListenPort) or the obfuscation parameters, then send everyone new configs: I'll offer that.\n3. If even SSH "
    "doesn't get through from home, the address is blocked: ask the provider for another one.",
    "trouble_disk": "⚠️ <b>The disk is almost full</b>\n\nFree: {detail}. When it's full, nothing can be saved: no requests, no traffic, no backups. "
    "What usually helps: journalctl --vacuum-size=100M, apt clean.",
    "trouble_clock": "⚠️ <b>The server's clock was changed</b>\n\n{detail}. Traffic may be counted on the wrong day, and configs may expire too early "
    "or too late. Check timedatectl on the server: NTP must be active.",
    "clock_ahead": "It jumped ahead by {span}",
    "clock_back": "It jumped back by {span}",
    "trouble_sampling": "🔴 <b>The bot is stuck</b>\n\nIt hasn't finished a round since {detail}: traffic isn't counted, and blocks and limits don't "
    "take effect. The VPN itself works. See journalctl -u andreyvpn, then run systemctl restart andreyvpn.",
    "over_silence": "🟢 Friends are connecting again.",
    "over_disk": "🟢 There is space on the disk again.",
    "over_clock": "🟢 The clock has been steady for an hour.",
    "over_sampling": "🟢 The bot is working again.",
    # sharing
    "sharing": "🔀 <b>One config on two devices?</b>\n\nWho: {who}\nDevice: {device}\n\nOn {days} days this week "
    "it jumped back and forth between {networks} networks within minutes, at least {returns} times. That looks like two devices with the same file: they "
    "push each other out. A phone on the move sometimes does the same, so it may be nothing.\n\nNothing is done automatically. The friend can just ask "
    "for a second config.",
    "sharing_who": "{name} ({username}, <code>{id}</code>)",
    "sharing_person": "👤 The friend",
}
