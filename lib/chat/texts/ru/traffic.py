"""Russian: a friend's traffic, and the monthly report."""

TEXTS = {
    # traffic
    "stats": "📊 <b>Трафик за {month}</b>\nс 1-го числа по сейчас, {now}\n\n{lines}\n\n"
    "Всего: ⬇️ {download}  ⬆️ {upload}{quota}{speed}",
    "stats_line": "<b>{name}</b>: ⬇️ {download}  ⬆️ {upload}\n{seen}",
    "stats_more": "…и ещё {count}",
    "stats_none": "Конфигов пока нет, считать нечего. Попросите первый кнопкой ниже.",
    "stats_waiting": "Запрос «{name}» у админа. Файл придёт сюда сам, с него и начнётся счёт трафика.",
    "stats_making": "Конфиг «{name}» ещё готовится. Файл придёт сюда сам, с него и начнётся счёт трафика.",
    "stats_quota": "\nЛимит на месяц: {quota}, осталось {left}",
    "stats_speed": "\nСкорость: до {speed} на все устройства вместе",
    "stats_past": "📊 <b>Трафик за {month}</b>\n\n{lines}\n\nВсего: ⬇️ {download}  ⬆️ {upload}",
    "stats_past_line": "<b>{name}</b>: ⬇️ {download}  ⬆️ {upload}",
    "stats_deleted": "Удалённые конфиги: ⬇️ {download}  ⬆️ {upload}",
    "stats_nothing": "Трафика не было.",
    "year": "📅 <b>Трафик за 12 месяцев</b>\n\n<pre>{table}</pre>",
    "year_button": "📅 12 месяцев",
    "year_title": "12 месяцев",
    "this_month_button": "📊 Этот месяц",
    "month_total": "Всего",
    # month_report
    "month_head_month": "Месяц",
    "somebody_left": "(ушедшие)",
    "month_report": "📅 <b>Итоги: {month}</b>\n\n<pre>{table}</pre>\nНовый месяц начался с нуля.",
    "month_head_name": "Имя",
    "month_head_download": "Загрузка",
    "month_head_upload": "Отдача",
    "month_empty": "📅 <b>Итоги: {month}</b>\n\nТрафика не было.",
}
