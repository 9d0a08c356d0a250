"""Russian: the server's state, and its backup."""

TEXTS = {
    "status": "🖥 <b>Сервер</b>\n\nИнтерфейс {interface}: {state}\nПорт: {port}, {version}\n"
    "Пиров: {live}, на связи {online}{foreign}\nЗа месяц: ⬇️ {download}  ⬆️ {upload}\n\n"
    "Нагрузка: {load}\nПамять: занято {memory}\nДиск: свободно {disk}\nБот работает: {uptime}\n"
    "Последний замер: {sampled}\nСообщений в очереди: {outbox}{troubles}",
    "apps_button": "📲 Приложения",
    "backup_button": "💾 Копия базы",
    "backup_caption": "💾 Копия базы за {day}, зашифрована вашим ключом.\n\n<code>age -d -i KEY.txt -o bot_data.db ФАЙЛ</code>, затем на сервере "
    "<code>andreyvpn restore bot_data.db</code>.",
    "done_backup": "Копирую и шифрую…",
    "no_recipient": "Сначала задайте на сервере BACKUP_RECIPIENT: его печатает age-keygen. Назад: /status.",
    "no_age": "На сервере нет age. Наберите там: apt install age. Назад: /status.",
    "backup_too_large": "База слишком велика для Telegram. На сервере: andreyvpn backup ФАЙЛ. Назад: /status.",
    "state_up": "🟢 работает уже {span}",
    "state_down": "🔴 не работает уже {span}: {reason}",
    "state_unknown": "⚪️ ещё не проверен",
    "status_foreign": ", добавлено вручную: {count}",
    "ago": "{span} назад",
    "never": "ещё не было",
    "by_day_button": "📈 По дням",
    "by_hour_button": "📈 По часам",
    "top_button": "🏆 Кто больше всех",
    "ways_button": "🎭 Маскировка",
}
