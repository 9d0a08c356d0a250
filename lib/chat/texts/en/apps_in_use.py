"""English: the apps in use, and who would be left behind."""

TEXTS = {
    "apps": "📲 <b>Apps</b>\n\nThe server speaks AmneziaWG {version}.\n\n{lines}\n\nIn brackets: the first version of the app that understands AmneziaWG {newest}. "
    "The bot can't see which version people have.\n\nWith AmneziaWG {newest}:\nNo app for the device: {lacking}\nA new version of the app is needed: {too_old}{large}",
    "apps_plain": "📲 <b>Apps</b>\n\nThe server speaks plain WireGuard, which every WireGuard app understands.",
    "apps_none": "Nobody has a config yet.",
    "apps_line": "{app}, {device}: {count} ({since})",
    "apps_no": "no app",
    "apps_unknown": "Device unknown: {count}",
    "apps_rest": "Others: {count}",
    "apps_large": "\n\n⚠️ S4 is {s4}. Above {most}, a key makes AmneziaVPN on computers send packets that are too large, so friends get only the file there.",
    "apps_lacking_button": "📲 No app for the device ({count})",
    "apps_lacking": "📲 <b>No app for the device: {count}</b>\n\nThese devices can't connect to AmneziaWG {newest}. A router needs OpenWrt or MikroTik; Keenetic "
    "can't do it yet.",
    "apps_too_old_button": "📲 New version needed ({count})",
    "apps_too_old": "📲 <b>A new version of the app is needed: {count}</b>\n\nOld versions don't understand AmneziaWG {newest}. The bot tells the owners before it "
    "sends the new file.",
}
