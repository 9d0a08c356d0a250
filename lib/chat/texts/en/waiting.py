"""English: who waits for a decision."""

TEXTS = {
    # waiting
    "nothing_waits": "📥 Nobody waits for a decision.",
    "waiting": "📥 <b>Waiting for a decision: {count}</b>\n\nThe oldest stand on top.",
    "waits_for": "\n\n⏳ Waiting for {span}",
    "person_button": "👤 Person",
    # waiting_reminder
    "reminder": "⏰ Waiting for a decision: {count}, the oldest for {span}.",
}
