"""English: the server's state, and its backup."""

TEXTS = {
    "status": "🖥 <b>Server</b>\n\nInterface {interface}: {state}\nPort: {port}, {version}\n"
    "Peers: {live}, online {online}{foreign}\nThis month: ⬇️ {download}  ⬆️ {upload}\n\n"
    "Load: {load}\nMemory: {memory} used\nDisk: {disk} free\nBot up for: {uptime}\n"
    "Last sample: {sampled}\nMessages waiting: {outbox}{troubles}",
    "apps_button": "📲 Apps",
    "backup_button": "💾 Backup",
    "backup_caption": "💾 Backup of {day}, encrypted for your key.\n\n<code>age -d -i KEY.txt -o bot_data.db FILE</code>, then "
    "<code>andreyvpn restore bot_data.db</code> on the server.",
    "done_backup": "Copying and encrypting…",
    "no_recipient": "First set BACKUP_RECIPIENT on the server: age-keygen prints one. Back: /status.",
    "no_age": "age isn't installed on the server. Run there: apt install age. Back: /status.",
    "backup_too_large": "The database is too large for Telegram. Run on the server: andreyvpn backup FILE. Back: /status.",
    "state_up": "🟢 Up, for {span}",
    "state_down": "🔴 Down, for {span}: {reason}",
    "state_unknown": "⚪️ not checked yet",
    "status_foreign": ", added by hand: {count}",
    "ago": "{span} ago",
    "never": "none yet",
    "by_day_button": "📈 By day",
    "by_hour_button": "📈 By hour",
    "top_button": "🏆 Top friends",
    "ways_button": "🎭 Disguises",
}
