"""English: the apps, and how to import a config into each."""

TEXTS = {
    # apps
    "about_amneziawg": "<b>AmneziaWG</b> is small and does just this.",
    "about_amneziavpn": "<b>AmneziaVPN</b> is larger, take it if you have it already.",
    "other_app": "📲 Another app",
    # delivery
    "qr_caption": "🔳 <b>{name}</b>\n1. Install the app {app}: {links}.\n2. Tap “+” and “Scan QR code”.\n"
    "3. Switch the tunnel on.",
    "file_caption": "📄 <b>{name}</b>\n1. Install the app {app}: {links}.\n2. Open this file in it.\n"
    "3. Switch the tunnel on.\n\nThe file is your personal key, forward it to nobody.",
    "qr_caption_vpn": "🔳 <b>{name}</b>\n1. Install the app {app}: {links}.\n2. Tap “+” and “QR code”; if there are "
    "several codes, point at each.\n3. Press “Connect”.",
    "file_caption_vpn": "📄 <b>{name}</b>\n1. Install the app {app}: {links}.\n2. Tap “+” and “File with connection "
    "settings”, choose this file.\n3. Press “Connect”.\n\nThe file is your personal key, forward it to nobody.",
    "key_caption": "🗝 <b>{name}</b>\n1. Open this file in AmneziaVPN, or copy its text.\n2. The text goes into “+” → “Insert the "
    "key from the clipboard”.\n3. Press “Connect”.\n\nIt is your personal key, forward it to nobody.",
    "no_qr": "\n\nThere is no QR code: with this server's settings it would be too fine to scan.",
    # on the picture
    "qr_hint": "Scan from the other device",
    "qr_part": "{number} of {count}",
}
