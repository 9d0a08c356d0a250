"""English: the friend's screens."""

TEXTS = {
    "menu": "<b>Menu</b>\n\nConfigs: {configs}. Traffic this month: {total}.{waiting}{off}",
    "menu_waiting": "\n⏳ The request “{name}” waits for a decision.",
    "menu_making": "\n⏳ The config “{name}” is being made.",
    "menu_quota": "\n\n⚠️ The month's limit of {quota} is used up, the VPN comes back by itself on {date}.",
    "my_configs": "🔑 My configs",
    "new_config": "➕ New config",
    "traffic": "📊 Traffic",
    "help_button": "❓ Help",
    "language_button": "🌐 Русский",
    "back": "⬅️ Back",
    "panel_button": "🛠 Admin",
    "to_menu": "🏠 Menu",
    "choose_device": "Which device is the config for? Each device needs its own.\n\nThe app: {app}\n{links}",
    "choose_app": "Which app will you use?\n\n{apps}\n\nYou can change it later.",
    "about_amneziawg": "<b>AmneziaWG</b> is small and does just this.",
    "about_amneziavpn": "<b>AmneziaVPN</b> is larger, take it if you have it already.",
    "other_app": "📲 Another app",
    "app_chosen": "📲 From now on QR codes and files are for {app}.\n{links}\n\nAsk for them anew under “My configs”.",
    "device_phone": "📱 Phone",
    "device_laptop": "💻 Computer",
    "device_own": "✏️ Another name",
    "name_phone": "Phone",
    "name_laptop": "Computer",
    "type_name": "What shall the device be called? Send the name as a message, up to 32 characters.",
    "asked": "⏳ The admin was asked for a config “{name}”. Once approved, the file and the QR code come here.",
    "cancel_request": "✖️ Cancel the request",
    "request_cancelled": "The request “{name}” is cancelled.",
    "request_approved": "✅ The request “{name}” is approved, the config is being made.",
    "request_rejected": "The admin rejected the request “{name}”. You may ask again from the menu.",
    "configs": "🔑 <b>My configs</b>\n\nChoose one.",
    "no_configs": "🔑 <b>My configs</b>\n\nNone yet. Ask for the first one!",
    "config_adopted": "\n\nThis device was set up before the bot, so there is no file of it here. It works as it is.",
    "renew": "🔑 New file",
    "confirm_renew": "🔑 <b>{name}</b>\n\nYou will get a new file and QR code with the same address. The one on the device now stops working, so have the device at hand.",
    "renew_now": "🔑 Make the new file",
    "renewing": "⏳ The new file for “{name}” is being made. It will come here by itself.",
    "show_qr": "🔳 QR code",
    "send_file": "📄 File",
    "send_key": "🗝 Key",
    "options_button": "⚙️ DNS and routes",
    "options": "⚙️ <b>{name}</b>\n\nDNS: {dns}\nThrough the VPN: {routes}\n\nA change is in the next file: take it anew, and delete the old tunnel in "
    "the app.",
    "as_usual": "as usual",
    "option_dns": "DNS: {name}",
    "option_routes": "Through the VPN: {name}",
    "does_not_work": "🆘 It does not work",
    "check_again": "🔄 Check again",
    "send_file_anew": "📄 The current file",
    "tell_admin": "✋ Tell the admin",
    "diagnosis": "🆘 <b>{name}</b>\n\n{finding}",
    "diagnosis_down": "The server itself has a trouble at the moment. The admin knows; nothing is to be done on your side, just try "
    "again a little later.",
    "diagnosis_outdated": "The server has changed since you got this file. Take the current one by the button below, and delete the old "
    "tunnel in the app.",
    "diagnosis_silent": "Not one packet from this device has reached the server.\n\n1. Is the tunnel switched on in the app?\n"
    "2. Try another network: mobile data instead of Wi-Fi.\n3. Take the current file below and import it anew.",
    "diagnosis_no_handshake": "Packets from this device arrive, but the answer does not get back to it.\n\n1. Take the current file "
    "below, delete the old tunnel, import it anew.\n2. Update the app.\n3. Try another network.",
    "diagnosis_asleep": "It did work: last connection {span} ago, and silence since.\n\n1. Switch the tunnel off and on.\n2. Is the "
    "same file on two devices? Each device needs its own.\n3. Try another network.",
    "diagnosis_no_traffic": "The device is connected, but almost nothing came through yet.\n\n1. Open any site and check again.\n"
    "2. Switch off “private DNS” and other VPNs in the phone's settings.\n3. Set MTU 1280 in the tunnel.",
    "diagnosis_fine": "From here everything looks fine: the device is connected, and data flow.\n\nIf a site does not open, switch "
    "the tunnel off and on, or try another site.",
    "complained": "✅ The admin was told, with what I see. They will answer you in person.",
    "complained_already": "The admin was told already and will answer you in person. You can tell them again in an hour.",
    "config_renewed": "⚙️ The server has changed. Below is the new config “{name}”: import it, and delete the old tunnel in the app.",
    "seen_online": "🟢 online",
    "seen_ago": "{span} ago",
    "seen_never": "has not connected yet",
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
    "stats": "📊 <b>Traffic in {month}</b>\nfrom the 1st until now, {now}\n\n{lines}\n\n"
    "Total: ⬇️ {download}  ⬆️ {upload}{quota}",
    "stats_line": "<b>{name}</b>: ⬇️ {download}  ⬆️ {upload}\n{seen}",
    "stats_more": "…and {count} more",
    "stats_none": "No configs yet, so there is nothing to count. Ask for the first one in the menu.",
    "stats_quota": "\nMonth's limit: {quota}, {left} left",
    "chart_download": "download",
    "chart_upload": "upload",
    "help": "❓ <b>Help</b>\n\n1. Tap “New config” and choose the device.\n2. Wait for the approval: a QR code and a file "
    "will come.\n3. Install the app that comes with them by a link, then open the file or scan the code.\n\n"
    "One config, one device. Traffic: /stats, menu: /start.",
    "help_admin": "❓ <b>Help for admins</b>\n\nEvery new person and every request comes as a message with buttons. "
    "The first decision counts, the other admins see who made it.\n\n“Block” switches off all configs of a person at once, "
    "“Unblock” brings the same ones back.\n\nServer: /status, waiting for a decision: /requests, "
    "menu: /start.",
}
