"""English: the apps, where to get them, and how a file gets into each."""

TEXTS = {
    # apps
    "get_store": "Install {link}.",
    "get_apk": "Install {link}: take the newest .apk on that page and allow your phone to install it.",
    "get_msi": "Install {link}: take the newest file ending in amd64.msi on that page.",
    "get_exe": "Install {link}: take the newest file ending in windows_x64.exe on that page.",
    "get_pkg": "Install {link}: take the newest file ending in macos_x64.pkg on that page.",
    "get_run": "Install {link}: take the newest file ending in linux_x64.run on that page.",
    "get_package": "Install {link}: the page has the commands for your system.",
    "get_since": "{get} You need version {version} or newer.",
    "before_file": "📲 <b>Check your app first</b>\n\nThis server needs {app} {version} or newer. An older version won't take the file, or connects but "
    "opens no sites.\n\n{get}",
    "before_router": "📲 <b>Check your router first</b>\n\nThis server speaks AmneziaWG {version}. OpenWrt can too, with the packages from {openwrt}, "
    "and MikroTik with the container from {mikrotik}.\n\nKeenetic can't yet: use the VPN on each device instead, or ask the admin.",
    "use_app": "📲 I use {app}",
    "not_in_store": "🏪 Not in your store?",
    "store_amneziawg_iphone": "🏪 <b>No AmneziaWG in your App Store?</b>\n\nDefaultVPN does the same job and opens the same file.\n\nAlready have "
    "AmneziaVPN on this iPhone? Use that, and keep it: in some countries it can't be downloaded again.",
    "store_amneziawg_android": "🏪 <b>No AmneziaWG in your Google Play?</b>\n\nThe app's makers offer it here: {releases}\n\nTake the newest .apk and allow "
    "your phone to install it.",
    "store_amneziawg_mac": "🏪 <b>No AmneziaWG in your App Store?</b>\n\nAmneziaVPN opens the same file, and comes from its makers' own page.",
    "store_amneziavpn_iphone": "🏪 <b>No AmneziaVPN in your App Store?</b>\n\nIt has been gone from the Russian store since 2024. DefaultVPN is the same app under "
    "another name, by the same makers.",
    "store_amneziavpn_android": "🏪 <b>No AmneziaVPN in your Google Play?</b>\n\nThe app's makers offer it here: {releases}\n\nTake the newest .apk with "
    "android11+ and arm64-v8a in its name, and allow your phone to install it.",
    "store_defaultvpn_iphone": "🏪 <b>No DefaultVPN in your App Store?</b>\n\nAmneziaWG opens the same file.",
    # delivery
    "file_caption": "📄 <b>{name}</b>\n\n{steps}{called}\n\n🔒 This file is your personal key: don't share it with anyone.",
    "handed_file": "📄 To pass on\n👤 {person}\n🔑 {name}\n\n{steps}\n\n🔒 Whoever has this file can use it: pass it on in private.",
    "handed_qr": "🔳 To show or pass on\n👤 {person}\n🔑 {name}\n\nScan it in {app}: tap +, then the QR code. The steps are below the file.",
    "handed_config": "🔑 The config",
    "called": "\n\n{app} calls it “Server 1”, or the next free number.",
    "steps_unknown": "Which device is this file for? Tap it below, and I'll show you what to do.",
    "steps_wg_iphone": "1. {get}\n2. Tap this file. If it opens as text, tap Share in the corner.\n3. Choose {app}. Not there? Swipe the row of apps to its "
    "end and tap More.\n4. iOS asks about VPN configurations: tap Allow, then enter your passcode.\n5. Open {app} and turn on <code>{tunnel}</code>.",
    "steps_wg_android": "1. {get}\n2. Don't open the file. In its menu here in Telegram (⋮, or hold the message), tap “Save to downloads”.\n3. In {app}, tap the round + and “Import "
    "from file or archive”.\n4. Pick <code>{tunnel}.conf</code>: it's in Downloads, in the Telegram folder.\n5. Turn on <code>{tunnel}</code>. Android asks "
    "about a VPN connection: tap OK.",
    "steps_wg_windows": "1. {get}\n2. Don't click the file: Telegram would try to run it. Right-click it and choose “Show in Folder”.\n3. In {app}, choose "
    "“Import tunnel(s) from file…” and pick <code>{tunnel}.conf</code> in that folder.\n4. Press “Activate”.\n\n{app} opens only for an administrator of "
    "the computer.",
    "steps_wg_mac": "1. {get}\n2. Right-click the file and choose “Show in Finder”. A double-click won't import it.\n3. Click the {app} icon in the menu bar, "
    "then “Import Tunnel(s) from File…”.\n4. Pick <code>{tunnel}.conf</code> in that folder and press “Import”. macOS asks about VPN configurations: “Allow”."
    "\n5. Select <code>{tunnel}</code> and press “Activate”.",
    "steps_wg_linux": "1. {get}\n2. In the folder with the file:\n<code>sudo install -Dm600 {tunnel}.conf {folder}/{tunnel}.conf</code>\n3. Switch it on:\n"
    "<code>sudo {tool}-quick up {tunnel}</code>\n\nOff again: <code>sudo {tool}-quick down {tunnel}</code>",
    "steps_amneziawg_router": "Save the file and open your router's web page.\n\n<b>Keenetic</b> (KeeneticOS 5.1 or newer): load the file as a WireGuard "
    "connection.\n<b>OpenWrt</b>: install the packages from {openwrt}, and import the file into a new AmneziaWG interface.\n<b>MikroTik</b> "
    "(RouterOS 7.4 or newer): set up the container from {mikrotik}.\n\nOther routers need AmneziaWG support: plain WireGuard won't connect.",
    "steps_wireguard_router": "Save the file, then open your router's web page, find WireGuard there and import the file.",
    "steps_vpn_iphone": "1. {get}\n2. Tap this file. If it opens as text, tap Share in the corner.\n3. Choose {app}. Not there? Swipe the row of apps to its "
    "end and tap More, or take the key below.\n4. Tap “Connect”: this adds the connection.\n5. Tap the big “Connect”. iOS asks about VPN "
    "configurations: tap Allow, then enter your passcode.",
    "steps_vpn_android": "1. {get}\n2. Tap this file and open it with {app}.\n3. Tap “Connect”: this adds the connection.\n4. Tap the big “Connect”. Android "
    "asks about a VPN connection: tap OK.\n\nNothing happens? Take the key below.",
    "steps_vpn_windows": "1. {get}\n2. Don't click the file: Telegram would try to run it. Right-click it and choose “Show in Folder”.\n3. In {app}, press + and "
    "scroll down to “File with connection settings”. Pick <code>{tunnel}.conf</code> in that folder.\n4. Press “Connect”: this adds the connection.\n5. Press "
    "the big “Connect”.",
    "steps_vpn_mac": "1. {get}\n2. Right-click the file and choose “Show in Finder”.\n3. In {app}, press + and scroll down to “File with connection settings”. "
    "Pick <code>{tunnel}.conf</code> in that folder.\n4. Press “Connect”: this adds the connection.\n5. Press the big “Connect”.",
    "steps_vpn_linux": "1. {get}\n2. Right-click the file and choose “Show in Folder”.\n3. In {app}, press + and scroll down to “File with connection settings”. "
    "Pick <code>{tunnel}.conf</code> in that folder.\n4. Press “Connect”: this adds the connection.\n5. Press the big “Connect”.",
    "steps_amneziawg_router_newest": "Save the file and open your router's web page.\n\n<b>OpenWrt</b>: install the newest packages from {openwrt}, and import the file into a "
    "new AmneziaWG interface.\n<b>MikroTik</b> (RouterOS 7.4 or newer): set up the newest container from {mikrotik}.\n\nKeenetic doesn't "
    "understand this server yet. Use the VPN on each device instead, or ask the admin.",
    "scan_elsewhere": "🔳 This chat is on another device",
    "file_instead": "📄 Take the file instead",
    "qr_wg": "🔳 <b>{name}</b>\n\nScan this code from the other device: in {app} there, tap + and then the QR code.\n\n🔒 It's your personal key: don't show it to anyone.",
    "qr_wg_iphone": "🔳 <b>{name}</b>\n\nOn the iPhone:\n1. {get}\n2. In {app}, tap + and “Create from QR code”. Point the camera here.\n3. Call it <code>{tunnel}</code>. iOS "
    "asks about VPN configurations: tap Allow.\n4. Turn on <code>{tunnel}</code>.\n\n🔒 This code is your personal key: don't show it to anyone.",
    "qr_wg_android": "🔳 <b>{name}</b>\n\nOn the phone:\n1. {get}\n2. In {app}, tap the round + and “Scan from QR code”. Point the camera here.\n3. Call it <code>{tunnel}</code> and "
    "turn it on.\n\n🔒 This code is your personal key: don't show it to anyone.",
    "qr_vpn": "🔳 <b>{name}</b>\n\nOn the other device:\n1. {get}\n2. In {app}, tap + and “QR code”. Point the camera here; if there are several codes, "
    "at each in turn.\n3. Tap “Connect”.\n\n🔒 It's your personal key: don't show it to anyone.",
    "key_caption": "🗝 <b>{name}</b>\n\n1. Open this file and copy all of its text.\n2. In {app}, tap +, “Insert” and “Continue”.\n3. Tap "
    "“Connect”.{since}\n\n🔒 It's your personal key: don't share it with anyone.",
    "key_since": "\n\nYou need {app} {version} or newer.",
    # on the picture
    "qr_hint": "Scan from the other device",
    "qr_part": "{number} of {count}",
}
