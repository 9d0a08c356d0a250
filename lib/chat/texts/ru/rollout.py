"""Russian: a changed server, and the new configs it takes."""

TEXTS = {
    # rollout
    "config_renewed": "⚙️ Сервер изменился. Ниже новый конфиг «{name}»: добавьте его, а старый туннель в приложении удалите.",
    "config_renewed_there": "⚙️ <b>Новый файл: передайте</b>\n📵 {owner}\n\nСервер изменился, и для «{name}» нужен файл ниже. Старый туннель в приложении можно удалить.",
    "outdated": "📨 <b>Устаревших конфигов: {count}</b>\n\nУ новых те же ключи и адреса. Каждый владелец получит новый файл.",
    "outdated_none": "📨 <b>Устаревших конфигов нет</b>",
    "reconnected": "\n\nПоследняя рассылка {at}: с тех пор на связи {back} из {sent}.",
    "rollout_button": "📨 Разослать всем новые…",
    "rollout_preview": "📨 <b>Новых конфигов: {count}, людей: {people}</b>\n\nКаждый получит вот это, затем файл:\n\n<blockquote>{sample}</blockquote>",
    "rollout_send": "✅ Разослать ({count})",
    "none_outdated": "Устаревших конфигов не осталось. Меню: /start.",
    # interface_news
    "server_changed": "⚙️ <b>Сервер изменился</b>\n\nЧто изменилось: {what}.\n\nУстаревших конфигов: {count}. Их владельцы не подключатся, пока не получат новые.",
    "change_endpoint": "адрес {endpoint}",
    "change_key": "ключ сервера",
    "change_parameters": "параметры {names}",
    "foreign_seen": "🧩 <b>Новых пиров, добавленных вручную: {count}</b>\n\nОни есть на интерфейсе и работают как прежде, бот их не трогает. Их можно отдать друзьям или убрать.",
}
