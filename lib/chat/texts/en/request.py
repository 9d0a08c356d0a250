"""English: asking for a config."""

TEXTS = {
    "has_file": "This config has a file: open it under “My configs”, /configs.",
    "choose_device": "Which device is the config for? Each device needs its own.\n\nThe app: {app}\n{links}",
    "choose_app": "Which app will you use?\n\n{apps}\n\nYou can change it later.",
    "app_chosen": "📲 From now on QR codes and files are for {app}.\n{links}\n\nAsk for them anew under “My configs”.",
    "type_name": "What shall the device be called? Send the name as a message, up to 32 characters.",
    "asked": "⏳ The admin was asked for a config “{name}”. Once approved, the file and the QR code come here.",
    "cancel_request": "✖️ Cancel the request",
    "request_cancelled": "The request “{name}” is cancelled.",
    "renew": "🔑 New file",
    "confirm_renew": "🔑 <b>{name}</b>\n\nYou will get a new file and QR code with the same address. The one on the device now stops working, so have the device at hand.",
    "renew_now": "🔑 Make the new file",
    "renewing": "⏳ The new file for “{name}” is being made. It will come here by itself.",
}
