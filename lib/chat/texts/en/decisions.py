"""English: decisions about people, requests and helpers."""

TEXTS = {
    # decisions
    "you_approved": "🎉 You are in! Now ask for a config for your phone or computer.",
    "you_admitted": "🎉 You are in! Your config is being made and will come here in a moment.",
    "you_rejected": "The admin said no. You may try again in {span}: send /start.",
    "you_blocked": "⛔ The admin closed your access, the VPN is off. If that is a mistake, talk to them in person.",
    "you_unblocked": "✅ Your access is open again. Your configs work as before, there is nothing to set up.",
    "request_approved": "✅ The request “{name}” is approved, the config is being made.",
    "request_rejected": "The admin rejected the request “{name}”. You may ask again from the menu.",
    "you_rejected_why": "The admin said no: {reason}\n\nYou may try again in {span}: send /start.",
    "request_rejected_why": "The admin turned down “{name}”: {reason}\n\nYou may ask again from the menu.",
    # decision_buttons
    "own_request": "Your own request is decided by somebody else. What else waits: /requests.",
    "done_approved": "Approved",
    "done_admitted": "Approved, the config is being made",
    "done_unblocked": "Unblocked: the VPN is on again",
    "done_rejected": "Rejected",
    "done_blocked": "Blocked: the VPN is being switched off",
    "confirm_block": "⛔ Block this person?\n👤 {name} ({username}, <code>{id}</code>)\n\nTheir VPN is switched off at once (configs: {count}), an open request is rejected, and a helper is one no longer. They are told. Nothing is deleted, you can unblock them.",
    "block_now": "⛔ Yes, block",
    # rejections
    "choose_reason": "\n\n❌ <b>Why not?</b> They will read the reason.",
    "why_unknown": "Don't know them",
    "why_full": "No room now",
    "why_enough": "They have enough",
    "why_later": "Not now",
    "why_other": "✏️ Other reason…",
    "why_none": "No reason",
    "told_unknown": "they don't recognise you. If you know each other, tell them in person who you are.",
    "told_full": "there is no room for more people right now.",
    "told_enough": "you have enough configs already.",
    "told_later": "not now, please ask again later.",
    "type_reason_person": "✏️ Why not? They will read it.\n👤 {name}\n\nSend the reason as a message, up to 300 characters.",
    "type_reason_request": "✏️ Why not? They will read it.\n🔑 {device}\n👤 {name}\n\nSend the reason as a message, up to 300 characters.",
    "rejected_why": "❌ Rejected, and they were told why.",
    "bad_reason": "A reason is a text of up to 300 characters. Send it again, or go back: /requests.",
    # decisions_shown
    "new_user": "👤 <b>Somebody asks to come in</b>\n\nName: {name}\nUsername: {username}\nID: <code>{id}</code>\n"
    "Language: {speaks}",
    "crowd": "👥 <b>People waiting for a decision: {count}</b>\n\nThere are many, so one message for all. The button shows them, oldest first.",
    "new_request": "🔑 <b>Request for a config</b>\n\nWho: {name} ({username}, <code>{id}</code>)\nDevice: {device}\n"
    "Configs so far: {count}",
    "namesake": "\n\n⚠️ The name looks like that of someone who is already in: {name} ({username}, <code>{id}</code>). Make sure it is who you think.",
    "decided_approved": "\n\n✅ Approved by {who}",
    "decided_rejected": "\n\n❌ Rejected by {who}",
    "decided_blocked": "\n\n⛔ Blocked by {who}",
    "decided_cancelled": "\n\n✖️ Cancelled by {who}",
    "decided_issued": "\n\n✅ Approved by {who}. The config is issued",
    # helpers
    "confirm_appoint": "🤝 Make this person a helper?\n👤 {name}\n\nA helper sees people and requests, approves, rejects, blocks and unblocks. Limits, expiry, deletion and the server stay with the admins.",
    "appoint_now": "🤝 Yes, let them help",
    "done_helper_on": "A helper now",
    "done_helper_off": "No longer a helper",
    "you_help_on": "🤝 You are a helper now: you decide who comes in and which requests are granted. What waits: /requests, the rest: /start.",
    "you_help_off": "You are no longer a helper. Your configs work as before.",
}
