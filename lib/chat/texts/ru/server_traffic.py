"""Russian: charts of the whole server, and the top friends."""

TEXTS = {
    "to_server": "⬅️ Сервер",
    "server_days": "📈 <b>Весь сервер: {month}</b>\n\nВсего: ⬇️ {download}  ⬆️ {upload}{peak}",
    "days_peak": "\nБольше всего: {day}, {most}",
    "server_hours": "📈 <b>Весь сервер: последние 48 часов</b>\n\nВсего: ⬇️ {download}  ⬆️ {upload}{peak}",
    "hours_peak": "\nБольше всего устройств на связи сразу: {online} ({at})",
    "hours_title": "последние 48 часов",
    "top": "🏆 <b>Кто больше всех: {month}</b>\nС трафиком: {count}\n\n{lines}",
    "top_none": "🏆 <b>Кто больше всех: {month}</b>\n\nВ этом месяце трафика ещё ни у кого не было.{lines}",
    "top_line": "{place}. {name}: ⬇️ {download}  ⬆️ {upload}",
}
