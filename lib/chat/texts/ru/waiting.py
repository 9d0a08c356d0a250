"""Russian: who waits for a decision."""

TEXTS = {
    # waiting
    "nothing_waits": "📥 Никто не ждёт решения.",
    "waiting": "📥 <b>Ждут решения: {count}</b>\n\nСамые давние сверху.",
    "waits_for": "\n\n⏳ Ждёт уже {span}",
    "person_button": "👤 Человек",
    # waiting_reminder
    "reminder": "⏰ Ждут решения: {count}. Самые давние — уже {span}.",
}
