"""English: the apps in use, and who would be left behind."""

TEXTS = {
    "apps": "📲 <b>Apps</b>\n\nThe server speaks AmneziaWG {version}.\n\n{lines}\n\nIn brackets: the app's version that AmneziaWG {newest} needs. "
    "Which version somebody has, the bot can't see.\n\nWith AmneziaWG {newest}:\nNo app for the device: {lacking}\nApp to update first: {too_old}{large}",
    "apps_plain": "📲 <b>Apps</b>\n\nThe server speaks plain WireGuard, which every WireGuard app understands.",
    "apps_none": "Nobody has a config yet.",
    "apps_line": "{app}, {device}: {count} ({since})",
    "apps_no": "no app",
    "apps_unknown": "Device unknown: {count}",
    "apps_rest": "Others: {count}",
    "apps_large": "\n\n⚠️ S4 is {s4}. AmneziaVPN on computers makes its packets too large for keys above {most}, so friends get only the file there.",
    "apps_lacking_button": "📲 No app for the device ({count})",
    "apps_lacking": "📲 <b>No app for the device: {count}</b>\n\nThese devices couldn't connect to AmneziaWG {newest}. A router needs OpenWrt or MikroTik; Keenetic "
    "can't do it yet.",
    "apps_too_old_button": "📲 App to update first ({count})",
    "apps_too_old": "📲 <b>App to update first: {count}</b>\n\nWith AmneziaWG {newest} these devices connect only after an update of the app. The bot says so before it "
    "sends the new file.",
}
