"""English: the admin's panel."""

TEXTS = {
    "panel": "🛠 <b>Admin</b>\n\n{state}\n\nWaiting for a decision: {waiting}. Friends: {approved}.\nLooking for someone? Just send part of their name.",
    "panel_helper": "🤝 <b>Helper</b>\n\nWaiting for a decision: {waiting}. Friends: {approved}.",
    "panel_well": "🟢 {online} of {live} online, all well",
    "panel_down": "🔴 The interface is down",
    "panel_unknown": "⚪️ The server has not been checked yet",
    "invitations_button": "🎫 Invitations",
    "broadcast_button": "📣 Announcement",
    "settings_button": "⚙️ Settings",
    "export_button": "📤 Export",
    "people_button": "👥 Friends",
}
