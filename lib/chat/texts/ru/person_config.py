"""Russian: an admin's view of a config, and its expiry."""

TEXTS = {
    # person_config
    "held": "🔑 <b>{name}</b>\nВладелец: {owner}\n\n{state}\nАдреса: {addresses}\nКлюч: <code>{public_key}</code>\nСоздан: "
    "{created}\nДействует: {expiry}\nСвязь: {seen}\nЗа месяц: ⬇️ {download}  ⬆️ {upload}{wrong}",
    "held_owner": "{owner} ({username})",
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
    "held_expiry_button": "⏱ Действует до",
    "held_send_button": "📄 Отправить файл другу",
    "held_hand_button": "📄 Файлы мне, чтобы передать",
    "held_delete_button": "🗑 Удалить конфиг",
    "done_held_pause": "На паузе: устройство отключается",
    "done_held_resume": "Включается",
    "done_held_send": "Отправлено другу",
    "done_held_hand": "Сейчас придут: покажите или передайте",
    "done_held_delete": "Удалён: устройство отключается",
    "you_held_pause": "⏸ Конфиг «{name}» на паузе: так решил админ. Когда он снова заработает, я напишу.",
    "you_held_resume": "▶️ Конфиг «{name}» снова включён.",
    "you_held_delete": "🗑 Админ удалил конфиг «{name}». Туннель в приложении больше не нужен. Новый конфиг можно попросить в меню.",
    "you_held_until": "⏱ Конфиг «{name}» действует до {until}.",
    "you_held_for_ever": "♾ Конфиг «{name}» теперь бессрочный.",
    "you_held_pause_there": "⏸ <b>На паузе</b>\n📵 {owner}\n\n«{name}» пока не работает. Решение: {who}",
    "you_held_resume_there": "▶️ <b>Снова включён</b>\n📵 {owner}\n\n«{name}» снова работает. Решение: {who}",
    "you_held_delete_there": "🗑 <b>Конфиг удалён</b>\n📵 {owner}\n\n«{name}» больше не работает, туннель в приложении тоже можно удалить. Решение: {who}",
    "you_held_until_there": "⏱ <b>Новая дата</b>\n📵 {owner}\n\n«{name}» действует до {until}. Решение: {who}",
    "you_held_for_ever_there": "♾ <b>Теперь бессрочный</b>\n📵 {owner}\n\n«{name}» больше не выключится по дате. Решение: {who}",
    "confirm_held_delete": "🗑 <b>Удалить конфиг «{name}»?</b>\n\nВладелец: {owner}. Устройство сразу потеряет связь, ключи будут стёрты. Вернуть этот конфиг "
    "нельзя, только выдать новый. Чтобы отключить на время, поставьте на паузу.",
    "held_delete_now": "🗑 Да, удалить",
    "held_expiry": "⏱ <b>{name}</b>\n\nДействует: {until}. До какого дня ему работать? День считается целиком.",
    "held_not_live": "Этот конфиг ещё готовится и придёт другу сам. Меню: /start.",
    "held_without_file": "Файла этого конфига нет: он настроен ещё до бота. Выдайте другу новый. Меню: /start.",
    "held_sent_already": "Файл только что отправлен. Ещё раз можно через минуту. Меню: /start.",
    # revoked_in_app
    "revoked_in_app": "⏸ <b>Отозван в приложении AmneziaVPN</b>\n\n{lines}\n\nЗдесь я поставил этот конфиг на паузу: устройство отключено и само "
    "не вернётся. Если это ошибка, включите его снова. Если он больше не нужен, удалите.",
    "revoked_in_app_all": "⏸ <b>Отозваны в приложении AmneziaVPN, конфигов: {count}</b>\n\n{lines}\n\nЗдесь я поставил их на паузу: эти устройства "
    "отключены и сами не вернутся. Каждый можно включить снова или удалить.",
    "restored_in_app": "⚠️ <b>Разом пропали из файлов приложения AmneziaVPN, конфигов: {count}</b>\n\n{lines}\n\nПохоже на испорченный файл, поэтому я "
    "вернул их: никто не отключён. Если вы правда отозвали их в приложении, поставьте их на паузу или удалите здесь.",
    "in_app_line": "• {who}: {device}",
    "in_app_name": " (в приложении: {name})",
    "in_app_more": "• …и ещё {count}",
    # person_configs
    "holding": "{sign} <b>{name}</b>: {seen}, {used}",
    "holdings": "🔑 <b>{name}</b>, конфигов: {count}\n{lines}",
    # config_expiry
    "held_own_date": "✏️ Другая дата",
    "done_expiry": "Действует: {until}",
    "held_type_date": "По какой день включительно должен работать «{name}»? Отправьте дату, например {example}.",
    "bad_date": "Нужна дата не раньше сегодняшней, вот так: 31.12.2030. Попробуйте ещё раз или вернитесь: /start.",
}
