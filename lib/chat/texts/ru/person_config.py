"""Russian: an admin's view of a config, and its expiry."""

TEXTS = {
    # person_config
    "held": "🔑 <b>{name}</b>\nВладелец: {owner} ({username})\n\n{state}\nАдреса: {addresses}\nКлюч: <code>{public_key}</code>\nСоздан: "
    "{created}\nДействует: {expiry}\nСвязь: {seen}\nЗа месяц: ⬇️ {download}  ⬆️ {upload}",
    "held_is_on": "✅ Включён",
    "held_is_paused": "⏸ На паузе",
    "held_is_expired": "⌛️ Больше не действует",
    "held_is_shut": "⛔ Выключен: у владельца нет доступа",
    "held_is_over": "⚠️ Выключен: лимит месяца исчерпан",
    "held_is_made": "⏳ Ещё готовится",
    "held_for_ever": "♾ Бессрочно",
    "held_with_end": "до {until}",
    "held_without_end": "бессрочно",
    "held_pause_button": "⏸ Пауза",
    "held_resume_button": "▶️ Включить",
    "held_expiry_button": "⏳ Действует до",
    "held_send_button": "📄 Отправить файл другу",
    "held_hand_button": "📄 Прислать файлы мне, чтобы передать",
    "held_delete_button": "🗑 Удалить конфиг",
    "done_held_pause": "На паузе: устройство отключается",
    "done_held_resume": "Включается",
    "done_held_send": "Отправлено другу",
    "done_held_hand": "Сейчас придут: покажите или передайте",
    "done_held_delete": "Удалён: устройство отключается",
    "you_held_pause": "⏸ Конфиг «{name}» на паузе: так решил админ. Когда он снова заработает, я напишу.",
    "you_held_resume": "▶️ Конфиг «{name}» снова включён.",
    "you_held_delete": "🗑 Админ удалил конфиг «{name}». Туннель в приложении больше не нужен. Новый конфиг можно попросить в меню.",
    "you_held_until": "⏳ Конфиг «{name}» действует до {until}.",
    "you_held_for_ever": "♾ Конфиг «{name}» теперь бессрочный.",
    "confirm_held_delete": "🗑 Удалить конфиг «{name}»?\n\nВладелец: {owner}. Устройство сразу потеряет связь, ключи будут стёрты. Вернуть этот конфиг "
    "нельзя, только выдать новый. Чтобы отключить на время, поставьте на паузу.",
    "held_delete_now": "🗑 Да, удалить",
    "held_expiry": "⏳ <b>{name}</b>\n\nДействует: {until}. До какого дня ему работать? День считается целиком.",
    "held_not_live": "Этот конфиг ещё готовится и придёт другу сам. Меню: /start.",
    "held_without_file": "Файла этого конфига нет: он настроен ещё до бота. Выдайте другу новый. Меню: /start.",
    "held_sent_already": "Файл только что отправлен. Ещё раз можно через минуту. Меню: /start.",
    # person_configs
    "holding": "{sign} <b>{name}</b>: {seen}, {used}",
    "holdings": "🔑 <b>{name}</b>, конфигов: {count}\n{lines}",
    # config_expiry
    "held_own_date": "✏️ Другая дата",
    "done_expiry": "Действует: {until}",
    "held_type_date": "По какой день включительно должен работать «{name}»? Отправьте дату, например {example}.",
    "bad_date": "Нужна дата не раньше сегодняшней, вот так: 31.12.2030. Попробуйте ещё раз или вернитесь: /start.",
}
