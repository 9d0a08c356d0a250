"""English: a config's page, the list of configs, the options."""

TEXTS = {
    # config
    "no_file": "There's no file for this config: it was set up before the bot. Get a new one under “My configs”: /configs.",
    "config_adopted": "\n\nThis device was set up before the bot, so there's no file for it here. It works as it is.",
    "which_device": "📄 <b>{name}</b>\n\nWhich device is it on? Then I can show you the right steps.",
    "show_qr": "🔳 QR code",
    "send_file": "📄 File",
    "send_key": "🗝 Key",
    "options_button": "⚙️ DNS and routes",
    "options": "⚙️ <b>{name}</b>\n\nDNS: {dns}\nThrough the VPN: {routes}\n\nChanges go into a new file: get it again, and delete the old tunnel in the app.",
    "config": "🔑 <b>{name}</b>\n\nCreated: {created}{expires}\nConnection: {seen}\nThis month: ⬇️ {download}  ⬆️ {upload}{off}{no_file}",
    "config_expires": "\nExpires: {until}, {left} left",
    "off_unmade": "\n\n⏳ It's still being made and will come here by itself.",
    "off_paused": "\n\n⏸ Paused by the admin. Need it? Tap “Not working?” to tell them.",
    "off_expired": "\n\n⌛ Off: it expired on {until}. Ask the admin for more time with the button below; the file stays the same.",
    "off_down": "\n\n🔴 Off: the server is having a problem right now. The admin knows; just try again a little later.",
    "rename_button": "✏️ Rename",
    "delete_button": "🗑 Delete",
    "type_new_name": "✏️ <b>What should I call this device?</b>\n🔑 {name}\n\nSend the new name as a message, up to 32 characters.",
    "renamed": "✅ It's called “{name}” now. The tunnel in the app keeps its old name until you get the file again.",
    "confirm_delete": "🗑 <b>Delete “{name}”?</b>\n\nIts VPN stops at once, and its file and QR code will never work again. This can't be undone, but "
    "you can ask for another config. Its traffic stays in your statistics.",
    "delete_now": "🗑 Yes, delete it",
    "done_deleted": "Deleted: its VPN is being switched off",
    # configs
    "configs": "🔑 <b>My configs</b>\n\nChoose one.",
    "no_configs": "🔑 <b>My configs</b>\n\nNone yet. Ask for the first one!",
    "limit_reached": "\n\nYou have {count} of {limit}. Need more? Ask the admin.",
    # config_options
    "as_usual": "as usual",
    "option_dns": "DNS: {name}",
    "option_routes": "Through the VPN: {name}",
    # first_connection, steps
    "it_works": "🎉 <b>It works!</b>\n\n“{name}” is connected. One file, one device: for another one, ask for another config.",
    "it_works_there": "🎉 <b>It works!</b>\n📵 {owner}\n\n“{name}” is connected.",
    "offer_help": "💤 “{name}” hasn't connected yet. Can I help?",
    "offer_help_there": "💤 <b>Not connected yet</b>\n📵 {owner}\n\n“{name}” was made an hour ago and hasn't connected. Has the file arrived? The steps are below it.",
    "set_up_later": "⏰ I'll do it later",
    "later": "👌 Fine, I won't ask again. The file for “{name}” stays in this chat, and it's also here:",
}
