"""English: the friend's menu and the help page."""

TEXTS = {
    # menu
    "menu": "<b>Menu</b>\n\nConfigs: {configs}. Traffic this month: {total}.{waiting}{off}",
    "menu_waiting": "\n⏳ The request “{name}” is waiting for a decision.",
    "menu_making": "\n⏳ The config “{name}” is being made.",
    "my_configs": "🔑 My configs",
    "help_button": "❓ Help",
    "panel_button": "🛠 Admin",
    "panel_button_helper": "🤝 Helper",
    # help
    "help": "❓ <b>Help</b>\n\n1. Tap “New config” and choose the device.\n2. Once the admin says yes, a file comes here, with the steps for that "
    "device.\n3. Follow them. As soon as it's connected, I'll tell you.\n\nOne config, one device. Traffic: /stats, menu: /start.\n\nA question for the "
    "admin? Just write it here.",
    "help_admin": "❓ <b>Help for admins</b>\n\nEvery new person and every request comes as a message with buttons. The first decision counts; the "
    "other admins see who made it.\n\n“Block” switches off all of a person's configs at once, and “Unblock” brings the same ones back.\n\nServer: "
    "/status, waiting for an answer: /requests, menu: /start.",
    "account_button": "👤 My account",
    "help_helper": "❓ <b>Help for helpers</b>\n\nEvery new person and every request comes as a message with buttons. The first decision counts; the "
    "others see who made it.\n\n“Block” switches off all of a person's configs at once, and “Unblock” brings the same ones back.\n\nWaiting for a "
    "decision: /requests, people and menu: /start.",
}
