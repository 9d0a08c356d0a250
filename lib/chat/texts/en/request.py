"""English: asking for a config."""

TEXTS = {
    "has_file": "This config has a file: open it under “My configs”, /configs.",
    "choose_device": "Which device is the VPN for?\n\nEach device needs its own config.",
    "asked": "⏳ The admin has your request for “{name}”. As soon as they say yes, the file will be here.",
    "asked_approved": "✅ Your config “{name}” is being made and will be here in a moment.",
    "asked_meanwhile": "\n\n📲 Meanwhile you can get ready. {get}",
    "cancel_request": "✖️ Cancel the request",
    "request_cancelled": "The request “{name}” is cancelled.",
    "renew": "🔑 New file",
    "confirm_renew": "🔑 <b>{name}</b>\n\nYou'll get a new file with the same address. The one on the device now will stop working, so have the device at hand.",
    "renew_off": "This config is off right now. You can get a new file once it's on again; its page says why it's off: /configs.",
    "renew_now": "🔑 Make the new file",
    "renewing": "⏳ The new file for “{name}” is being made. It will come here by itself.",
}
