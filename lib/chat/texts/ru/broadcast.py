"""Russian: messages to many."""

TEXTS = {
    # broadcast
    "broadcast": "📣 <b>Рассылка</b>\n\nКому написать? Сообщение получат все, кто внутри, у кого есть Telegram и кто не заблокировал бота, — кроме вас.",
    "broadcast_nobody": "📣 <b>Рассылка</b>\n\nПисать пока некому: сначала впустите кого-нибудь.",
    "broadcast_runs": "📣 Идёт: {sent} из {total}",
    "audience_all": "👥 Все, кто в Telegram",
    "audience_week": "🟢 Были на связи за 7 дней",
    "audience_never": "💤 Ещё не подключались",
    "audience_outdated": "📨 С устаревшим конфигом",
    "type_broadcast": "<b>{audience}: {count}</b>\n\nОтправьте текст одним сообщением. Сначала покажу, как он будет выглядеть.",
    "bad_broadcast": "Нужен текст до 4096 знаков, одним сообщением и без картинок. Отправьте ещё раз или вернитесь: /start.",
    "broadcast_send": "✅ Отправить ({count})",
    "broadcast_change": "✏️ Другой текст",
    "broadcast_cancel": "✖️ Отмена",
    "broadcast_begun": "Эта рассылка уже идёт. Открыть меню: /start.",
    "broadcast_over": "Эта рассылка уже закончилась. Открыть меню: /start.",
    "nobody_to_tell": "В этой группе сейчас никого нет. Выберите другую: /start.",
    "done_sending": "Рассылка пошла",
    "done_stopped": "Останавливаю",
    "done_all_sent": "Уже всё отправлено",
    "done_cancelled": "Отменено",
    # broadcast_progress
    "broadcast_stop": "⏹ Остановить",
    "broadcast_sending": "📣 Отправлено {sent} из {total}{missed}…",
    "broadcast_sent": "✅ Рассылка закончена: отправлено {sent} из {total}{missed}.",
    "broadcast_stopped": "⏹ Рассылка остановлена. Отправлено: {sent} из {total}.",
    "broadcast_missed": ", не дошло {count}",
}
