"""Russian: who waits for an answer."""

TEXTS = {
    # waiting
    "nothing_waits": "📥 Никто не ждёт ответа.",
    "waiting": "📥 <b>Ждут ответа: {count}</b>\n\nСамые давние сверху.",
    "waits_for": "\n\n⏳ Ждёт уже {span}",
    "person_button": "👤 Человек",
    # waiting_reminder
    "reminder": "⏰ Ждут ответа: {count}. Самые давние — уже {span}.",
}
