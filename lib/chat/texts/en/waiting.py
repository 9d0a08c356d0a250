"""English: who waits for an answer."""

TEXTS = {
    # waiting
    "nothing_waits": "📥 Nothing is waiting.",
    "waiting": "📥 <b>Waiting for an answer: {count}</b>\n\nOldest first.",
    "waits_for": "\n\n⏳ Waiting for {span}",
    "person_button": "👤 Person",
    # waiting_reminder
    "reminder": "⏰ Waiting for an answer: {count}, the oldest for {span}.",
}
