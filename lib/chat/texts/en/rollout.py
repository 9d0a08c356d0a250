"""English: a changed server, and the new configs it takes."""

TEXTS = {
    # rollout
    "config_renewed": "⚙️ The server has changed. Below is the new config “{name}”: import it, and delete the old tunnel in the app.",
    "config_renewed_there": "⚙️ <b>New file to pass on</b>\n📵 {owner}\n\nThe server has changed, so “{name}” needs the file below. The old tunnel in the app can be deleted.",
    "config_moved": "🚪 There's a new way in to the server. Below is a new file for “{name}”: import it, and once it connects, delete the old tunnel in the app. The old one keeps working, so there's no hurry.",
    "config_moved_there": "🚪 <b>New file to pass on</b>\n📵 {owner}\n\nThere's a new way in to the server, and “{name}” can use it with the file below. The old tunnel keeps working, so there's no hurry.",
    "outdated": "📨 <b>Outdated configs: {count}</b>\n\nNew ones keep the same keys and addresses. Each owner gets a new file.",
    "outdated_none": "📨 <b>No outdated configs</b>",
    "reconnected": "\n\nLast sent on {at}: {back} of {sent} reconnected since.",
    "rollout_button": "📨 Send everyone the new ones…",
    "rollout_preview": "📨 <b>New configs: {count}, people: {people}</b>\n\nEach of them gets this, then the file:\n\n<blockquote>{sample}</blockquote>",
    "rollout_send": "✅ Send all {count}",
    "none_outdated": "There are no outdated configs left. Menu: /start.",
    # interface_news
    "server_changed": "⚙️ <b>The server has changed</b>\n\nWhat changed: {what}.\n\nOutdated configs: {count}. Their owners can't connect until they get new ones.",
    "server_moved": "🚪 <b>New files use another port</b>\n\nWhat changed: {what}.\n\nConfigs with an older file: {count}. They keep working: their port still leads here. You can send their owners new ones.",
    "change_endpoint": "address {endpoint}",
    "change_key": "the server's key",
    "change_parameters": "parameters {names}",
    "foreign_seen": "🧩 <b>Peers added by hand: {count} new</b>\n\nThey're on the interface and work as before; the bot leaves them alone. You can give them to friends or remove them.",
}
