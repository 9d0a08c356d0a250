"""Russian: the admin's panel."""

TEXTS = {
    "panel": "🛠 <b>Администратор</b>\n\nЖдут решения: {waiting}. Друзей: {approved}.",
    "invitations_button": "✉️ Приглашения",
    "broadcast_button": "📣 Рассылка",
    "settings_button": "⚙️ Настройки",
    "export_button": "📤 Таблицы",
    "people_button": "👥 Друзья",
}
