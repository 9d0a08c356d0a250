"""Russian: what works where."""

TEXTS = {
    "ways": "🎭 <b>Маскировка: что где работает</b>\nЗа 30 дней; ✅ сработало, ✖️ нет.{lines}{places}\n\nВ новых файлах: <b>{usual}</b>. Файлы, которые уже есть у людей, не меняются.",
    "ways_none": "🎭 <b>Маскировка: что где работает</b>\n\nПока ничего не известно: раз в день я считаю, с чем подключаются устройства и что люди пробуют.\n\nВ новых файлах: <b>{usual}</b>. Файлы, которые уже есть у людей, не меняются.",
    "ways_all": "\n\n<b>Все сети</b>\n{lines}",
    "ways_network": "\n\n<b>{network}</b>\n{lines}",
    "ways_line": "{way}: ✅ {worked}  ✖️ {failed}",
    "ways_plain": "никакой, это обычный WireGuard",
    "done_usual_way": "Готово, так будет в новых файлах",
    "disguise_dns": "как ответ DNS",
    "disguise_quic": "как веб-трафик (QUIC)",
    "disguise_quiet": "тихо, мало пакетов",
    "disguise_server": "как на сервере",
    "disguise_none": "без маскировки",
    "disguise_port": "{way}, порт {port}",
}
