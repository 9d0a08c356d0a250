"""English: the admin's panel."""

TEXTS = {
    "panel": "🛠 <b>Admin</b>\n\n{state}\n\nWaiting for an answer: {waiting}. People inside: {inside}.\nLooking for someone? Just send part of their name.",
    "panel_helper": "🤝 <b>Helper</b>\n\nWaiting for an answer: {waiting}. People inside: {inside}.",
    "panel_online": "🟢 {online} of {live} online",
    "panel_well": "🟢 {online} of {live} online, all well",
    "panel_outdated": "\n📨 Outdated configs: {count}",
    "panel_down": "🔴 The interface is down",
    "panel_unknown": "⚪️ The server has not been checked yet",
    "invitations_button": "🎫 Invitations",
    "broadcast_button": "📣 Announcement",
    "settings_button": "⚙️ Settings",
    "export_button": "📤 Export",
    "people_button": "👥 People",
}
