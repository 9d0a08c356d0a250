"""English: charts of the whole server, and the top friends."""

TEXTS = {
    "to_server": "⬅️ Server",
    "server_days": "📈 <b>The whole server: {month}</b>\n\nTotal: ⬇️ {download}  ⬆️ {upload}{peak}",
    "days_peak": "\nBusiest day: {day}, {most}",
    "server_hours": "📈 <b>The whole server: the last 48 hours</b>\n\nTotal: ⬇️ {download}  ⬆️ {upload}{peak}",
    "hours_peak": "\nMost devices online at once: {online} ({at})",
    "hours_title": "last 48 hours",
    "top": "🏆 <b>Top friends: {month}</b>\nWith traffic: {count}\n\n{lines}",
    "top_none": "🏆 <b>Top friends: {month}</b>\n\nNo one has had any traffic this month yet.{lines}",
    "top_line": "{place}. {name}: ⬇️ {download}  ⬆️ {upload}",
}
