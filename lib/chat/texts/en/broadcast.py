"""English: messages to many."""

TEXTS = {
    # broadcast
    "broadcast": "📣 <b>Broadcast</b>\n\nTo whom? It reaches everybody who has not blocked the bot; you get none yourself.",
    "broadcast_nobody": "📣 <b>Broadcast</b>\n\nThere is nobody to write to yet: let somebody in first.",
    "broadcast_runs": "⏳ On its way: {sent} of {total}",
    "audience_all": "👥 All friends",
    "audience_week": "🟢 Online in the last 7 days",
    "audience_never": "⚪️ Never connected",
    "audience_outdated": "📨 With an outdated config",
    "type_broadcast": "📣 <b>{audience}: {count}</b>\n\nSend the text as one message. You will see first how it looks.",
    "bad_broadcast": "It takes a text of up to 4096 characters, without pictures. Send it again, or go back: /start.",
    "broadcast_send": "✅ Send to {count}",
    "broadcast_change": "✏️ Change the text",
    "broadcast_cancel": "✖️ Cancel",
    "broadcast_begun": "This broadcast is already on its way. Open the menu: /start.",
    "broadcast_over": "This broadcast is over already. Open the menu: /start.",
    "nobody_to_tell": "There is nobody among them now. Choose somebody else: /start.",
    "done_sending": "On its way",
    "done_stopped": "Stopping",
    "done_cancelled": "Cancelled",
    # broadcast_progress
    "broadcast_stop": "⏹ Stop",
    "broadcast_sending": "📣 Sent {sent} of {total}{missed}…",
    "broadcast_sent": "✅ The broadcast is done: sent {sent} of {total}{missed}.",
    "broadcast_stopped": "⏹ The broadcast was stopped: {sent} of {total} have it.",
    "broadcast_missed": ", not reached {count}",
}
