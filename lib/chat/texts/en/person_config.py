"""English: an admin's view of a config, and its expiry."""

TEXTS = {
    # person_config
    "held": "🔑 <b>{name}</b>\nOwner: {owner}\n\n{state}\nAddresses: {addresses}\nKey: <code>{public_key}</code>\nCreated: {created}\nExpires: {expiry}\n"
    "Connection: {seen}\nThis month: ⬇️ {download}  ⬆️ {upload}{wrong}",
    "held_owner": "{owner} ({username})",
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
    "held_expiry_button": "⏱ Expiry",
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
    "you_held_until": "⏱ The config “{name}” expires on {until}.",
    "you_held_for_ever": "♾ The config “{name}” no longer expires.",
    "you_held_pause_there": "⏸ <b>Paused</b>\n📵 {owner}\n\n“{name}” doesn't work for now. Decided by: {who}",
    "you_held_resume_there": "▶️ <b>On again</b>\n📵 {owner}\n\n“{name}” works again. Decided by: {who}",
    "you_held_delete_there": "🗑 <b>Config deleted</b>\n📵 {owner}\n\n“{name}” no longer works; the tunnel in the app can be deleted, too. Decided by: {who}",
    "you_held_until_there": "⏱ <b>New expiry date</b>\n📵 {owner}\n\n“{name}” expires on {until}. Decided by: {who}",
    "you_held_for_ever_there": "♾ <b>Never expires now</b>\n📵 {owner}\n\n“{name}” has no expiry date any more. Decided by: {who}",
    "confirm_held_delete": "🗑 <b>Delete the config “{name}”?</b>\n\nOwner: {owner}. The device is cut off at once, and the keys are erased. This config can't "
    "be brought back; you can only issue a new one. To switch it off for a while, pause it.",
    "held_delete_now": "🗑 Yes, delete",
    "held_expiry": "⏱ <b>{name}</b>\n\nExpires: {until}. Until which day should it work? That day is included.",
    "held_not_live": "This config is still being made and goes to the friend by itself. Menu: /start.",
    "held_without_file": "There's no file for this config: it was set up before the bot. Issue a new one. Menu: /start.",
    "held_sent_already": "The file was sent a moment ago. You can send it again in a minute. Menu: /start.",
    # revoked_in_app
    "revoked_in_app": "⏸ <b>Revoked in the AmneziaVPN app</b>\n\n{lines}\n\nI've paused this config here, too: the device is cut off and stays "
    "off. Was it a mistake? Resume it. Should it never come back? Delete it.",
    "revoked_in_app_all": "⏸ <b>Revoked in the AmneziaVPN app, configs: {count}</b>\n\n{lines}\n\nI've paused them here, too: these devices are "
    "cut off and stay off. You can resume or delete each one.",
    "restored_in_app": "⚠️ <b>Gone from the AmneziaVPN app's files all at once, configs: {count}</b>\n\n{lines}\n\nThat looks like a damaged file, "
    "so I've put them back and nobody is cut off. If you did revoke them in the app, pause or delete them here.",
    "in_app_line": "• {who}: {device}",
    "in_app_name": " (in the app: {name})",
    "in_app_more": "• …and {count} more",
    # person_configs
    "holding": "{sign} <b>{name}</b>: {seen}, {used}",
    "holdings": "🔑 <b>{name}</b>, configs: {count}\n{lines}",
    # config_expiry
    "held_own_date": "✏️ Another date",
    "done_expiry": "Expires: {until}",
    "held_type_date": "Until which day should “{name}” work, including that day? Send a date, such as {example}.",
    "bad_date": "Send a date, today or later, like 31.12.2030. Or go back: /start.",
}
