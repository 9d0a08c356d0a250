"""English: who waits for a decision."""

TEXTS = {
    # waiting
    "nothing_waits": "📥 No one is waiting.",
    "waiting": "📥 <b>Waiting for a decision: {count}</b>\n\nOldest first.",
    "waits_for": "\n\n⏳ Waiting for {span}",
    "person_button": "👤 Person",
    # waiting_reminder
    "reminder": "⏰ Waiting for a decision: {count}, the oldest for {span}.",
}
