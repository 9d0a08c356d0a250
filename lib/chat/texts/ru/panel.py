"""Russian: the admin's panel."""

TEXTS = {
    "panel": "🛠 <b>Админ</b>\n\n{state}\n\nЖдут ответа: {waiting}. Людей внутри: {inside}.\nИщете кого-то? Просто напишите часть имени.",
    "panel_helper": "🤝 <b>Помощник</b>\n\nЖдут ответа: {waiting}. Людей внутри: {inside}.",
    "panel_online": "🟢 На связи {online} из {live}",
    "panel_well": "🟢 На связи {online} из {live}, всё хорошо",
    "panel_outdated": "\n📨 Устаревших конфигов: {count}",
    "panel_down": "🔴 Интерфейс не работает",
    "panel_unknown": "⚪️ Сервер ещё не проверен",
    "invitations_button": "🎫 Приглашения",
    "broadcast_button": "📣 Рассылка",
    "settings_button": "⚙️ Настройки",
    "export_button": "📤 Таблицы",
    "people_button": "👥 Люди",
}
