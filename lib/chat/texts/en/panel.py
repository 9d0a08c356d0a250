"""English: the admin's panel."""

TEXTS = {
    "panel": "🛠 <b>Admin</b>\n\nWaiting for a decision: {waiting}. Friends: {approved}.",
    "invitations_button": "✉️ Invitations",
    "broadcast_button": "📣 Broadcast",
    "settings_button": "⚙️ Settings",
    "export_button": "📤 Export",
    "people_button": "👥 Friends",
}
