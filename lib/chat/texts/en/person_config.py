"""English: an admin's view of a config, and its expiry."""

TEXTS = {
    # person_config
    "held": "🔑 <b>{name}</b>\nOwner: {owner} ({username})\n\n{state}\nAddresses: {addresses}\nKey: <code>{public_key}</code>\nCreated: {created}\nExpires: {expiry}\n"
    "Connection: {seen}\nThis month: ⬇️ {download}  ⬆️ {upload}",
    "held_is_on": "✅ On",
    "held_is_paused": "⏸ Paused",
    "held_is_expired": "⌛️ Expired",
    "held_is_shut": "⛔ Off: its owner has no access",
    "held_is_over": "⚠️ Off: this month's limit is used up",
    "held_is_made": "⏳ Being made",
    "held_for_ever": "♾ Never",
    "held_with_end": "{until}",
    "held_without_end": "never",
    "held_pause_button": "⏸ Pause",
    "held_resume_button": "▶️ Resume",
    "held_expiry_button": "⏳ Expiry",
    "held_send_button": "📄 Send the file to the friend",
    "held_hand_button": "📄 Send the files to me, to pass on",
    "held_delete_button": "🗑 Delete the config",
    "done_held_pause": "Paused: the device is being cut off",
    "done_held_resume": "It's being switched on",
    "done_held_send": "Sent to the friend",
    "done_held_hand": "Coming here, to show or pass on",
    "done_held_delete": "Deleted: the device is being cut off",
    "you_held_pause": "⏸ The admin paused the config “{name}”. I'll tell you when it works again.",
    "you_held_resume": "▶️ The config “{name}” is on again.",
    "you_held_delete": "🗑 The admin deleted the config “{name}”. You can delete the tunnel in the app, too. Need a new config? Ask for one in the menu.",
    "you_held_until": "⏳ The config “{name}” expires on {until}.",
    "you_held_for_ever": "♾ The config “{name}” no longer expires.",
    "confirm_held_delete": "🗑 Delete the config “{name}”?\n\nOwner: {owner}. The device is cut off at once, and the keys are erased. This config can't "
    "be brought back; you can only issue a new one. To switch it off for a while, pause it.",
    "held_delete_now": "🗑 Yes, delete",
    "held_expiry": "⏳ <b>{name}</b>\n\nExpires: {until}. Until which day should it work? That day is included.",
    "held_not_live": "This config is still being made and goes to the friend by itself. Menu: /start.",
    "held_without_file": "There's no file for this config: it was set up before the bot. Issue a new one. Menu: /start.",
    "held_sent_already": "The file was sent a moment ago. You can send it again in a minute. Menu: /start.",
    # person_configs
    "holding": "{sign} <b>{name}</b>: {seen}, {used}",
    "holdings": "🔑 <b>{name}</b>, configs: {count}\n{lines}",
    # config_expiry
    "held_own_date": "✏️ Another date",
    "done_expiry": "Expires: {until}",
    "held_type_date": "Until which day should “{name}” work, including that day? Send a date, such as {example}.",
    "bad_date": "Send a date, today or later, like 31.12.2030. Or go back: /start.",
}
