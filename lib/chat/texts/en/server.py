"""English: the server's charts, its troubles, configs that seem to be shared."""

TEXTS = {
    "by_day_button": "📈 By day",
    "by_hour_button": "📈 By hour",
    "top_button": "🏆 Top friends",
    "to_server": "⬅️ Server",
    "server_days": "📈 <b>The whole server: {month}</b>\n\nTotal: ⬇️ {download}  ⬆️ {upload}{peak}",
    "days_peak": "\nBusiest day: {day}, {most}",
    "server_hours": "📈 <b>The whole server: the last 48 hours</b>\n\nTotal: ⬇️ {download}  ⬆️ {upload}{peak}",
    "hours_peak": "\nMost devices online at once: {online} ({at})",
    "hours_title": "last 48 hours",
    "top": "🏆 <b>Top friends: {month}</b>\nWith traffic: {count}\n\n{lines}",
    "top_none": "🏆 <b>Top friends: {month}</b>\n\nNobody has had any traffic this month yet.{lines}",
    "top_line": "{place}. {name}: ⬇️ {download}  ⬆️ {upload}",
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
    "sharing": "🤝 <b>Perhaps one config for two</b>\n\nWho: {name} ({username}, <code>{id}</code>)\nDevice: {device}\n\nOn {days} days of this week it "
    "went back and forth between {networks} networks, within minutes, {returns} times or more. That looks like two devices with one file: they "
    "push each other out. Phones that roam do it at times, too, so there may be nothing to it.\n\nNothing is done automatically. The friend could "
    "simply ask for a second config.",
    "sharing_person": "👤 The friend",
}
