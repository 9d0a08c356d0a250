"""English: messages to many."""

TEXTS = {
    # broadcast
    "broadcast": "📣 <b>Announcement</b>\n\nWho is it for? It reaches everyone inside who has Telegram and hasn't blocked the bot; you won't get it yourself.",
    "broadcast_nobody": "📣 <b>Announcement</b>\n\nThere's no one to write to yet: let someone in first.",
    "broadcast_runs": "📣 On its way: {sent} of {total}",
    "audience_all": "👥 Everyone in Telegram",
    "audience_week": "🟢 Online in the last 7 days",
    "audience_never": "💤 Never connected",
    "audience_outdated": "📨 With an outdated config",
    "type_broadcast": "<b>{audience}: {count}</b>\n\nSend the text as one message. I'll show you how it looks before it goes out.",
    "bad_broadcast": "Send a text of up to 4096 characters, without pictures, or go back: /start.",
    "broadcast_send": "✅ Send to {count}",
    "broadcast_change": "✏️ Change the text",
    "broadcast_cancel": "✖️ Cancel",
    "broadcast_begun": "This announcement is already on its way. Open the menu: /start.",
    "broadcast_over": "This announcement has already finished. Open the menu: /start.",
    "nobody_to_tell": "There's no one in this group right now. Choose another: /start.",
    "done_sending": "On its way",
    "done_stopped": "Stopping",
    "done_all_sent": "It's all sent already",
    "done_cancelled": "Cancelled",
    # broadcast_progress
    "broadcast_stop": "⏹ Stop",
    "broadcast_sending": "📣 Sent {sent} of {total}{missed}…",
    "broadcast_sent": "✅ The announcement is finished: sent {sent} of {total}{missed}.",
    "broadcast_stopped": "⏹ Stopped. Sent to {sent} of {total}.",
    "broadcast_missed": ", {count} not reached",
}
