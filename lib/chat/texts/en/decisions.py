"""English: decisions about people, requests and helpers."""

TEXTS = {
    # decisions
    "you_approved": "🎉 You're in! Which device is the VPN for?",
    "you_admitted": "🎉 You're in, and your first config is approved! Which device is the VPN for?",
    "you_rejected": "The admin declined your request. You can try again in {span}: send /start.",
    "you_blocked": "⛔ The admin blocked you, so the VPN is off. If that's a mistake, talk to them in person.",
    "you_unblocked": "✅ You're unblocked. Your configs work as before; there's nothing to set up.",
    "request_approved": "✅ The admin said yes. The config “{name}” is being made and will be here in a moment.",
    "request_rejected": "The admin declined your request for “{name}”. You can ask again from the menu.",
    "you_rejected_why": "The admin declined your request: {reason}\n\nYou can try again in {span}: send /start.",
    "request_rejected_why": "The admin declined your request for “{name}”: {reason}\n\nYou can ask again from the menu.",
    # decision_buttons
    "own_request": "Someone else decides on your own request. What else is waiting: /requests.",
    "done_approved": "Approved",
    "done_admitted": "Approved, with a config",
    "done_unblocked": "Unblocked: the VPN is on again",
    "done_rejected": "Declined",
    "done_blocked": "Blocked: the VPN is being switched off",
    "confirm_block": "⛔ Block this person?\n👤 {name} ({username}, <code>{id}</code>)\n\nTheir VPN is switched off at once (configs: {count}), an open "
    "request is declined, and a helper stops being one. They're told. Nothing is deleted, and you can unblock them.",
    "confirm_block_offline": "⛔ <b>Block this person?</b>\n📵 {name}\n\nTheir VPN is switched off at once (configs: {count}). Nothing is deleted, and you "
    "can unblock them.",
    "block_now": "⛔ Yes, block",
    # rejections
    "choose_reason": "\n\n❌ <b>Why not?</b> They will read the reason.",
    "why_unknown": "Don't know them",
    "why_full": "No room now",
    "why_enough": "They have enough",
    "why_later": "Not now",
    "why_other": "✏️ Other reason…",
    "why_none": "No reason",
    "told_unknown": "they don't recognize you. If you know each other, tell them in person who you are.",
    "told_full": "there is no room for more people right now.",
    "told_enough": "you have enough configs already.",
    "told_later": "not now, please ask again later.",
    "type_reason_person": "✏️ Why not? They will read it.\n👤 {name}\n\nSend the reason as a message, up to 300 characters.",
    "type_reason_request": "✏️ Why not? They will read it.\n🔑 {device}\n👤 {name}\n\nSend the reason as a message, up to 300 characters.",
    "rejected_why": "❌ Declined, and they were told why.",
    "bad_reason": "Send the reason as text, up to 300 characters, or go back: /requests.",
    # decisions_shown
    "new_user": "👤 <b>Someone wants to join</b>\n\nName: {name}\nUsername: {username}\nID: <code>{id}</code>\nLanguage: {speaks}",
    "crowd": "📥 <b>People waiting for a decision: {count}</b>\n\nThere are a lot of them, so this is one message for everyone. Tap the button to see them, oldest first.",
    "new_request": "🔑 <b>Request for a config</b>\n\nWho: {name} ({username}, <code>{id}</code>)\nDevice: {device}\n"
    "Configs so far: {count}",
    "namesake": "\n\n⚠️ This name looks like someone's who is already in: {name} ({username}, <code>{id}</code>). Make sure it's who you think.",
    "decided_approved": "\n\n✅ Approved by {who}",
    "decided_rejected": "\n\n❌ Declined by {who}",
    "decided_blocked": "\n\n⛔ Blocked by {who}",
    "decided_cancelled": "\n\n✖️ Cancelled by {who}",
    "decided_issued": "\n\n✅ Approved by {who}, config issued",
    "decided_works": "\n🎉 It works: the device has connected",
    # helpers
    "confirm_appoint": "🤝 Make this person a helper?\n👤 {name}\n\nA helper sees people and requests, approves, declines, blocks and unblocks. Limits, "
    "expiry, deletion and the server stay with the admins.",
    "appoint_now": "🤝 Yes, let them help",
    "done_helper_on": "Now a helper",
    "done_helper_off": "Removed as a helper",
    "helper_left": "🤝 <b>No longer a helper</b>\n👤 {name} ({username}, <code>{id}</code>)\n\nWhat was left open:",
    "helper_left_cards": "\n• cards waiting for a decision: {count}; the others decide on them now",
    "helper_left_question": "\n• a question waiting for an answer: closed",
    "helper_left_request": "\n• their own request “{name}” is still waiting for you",
    "helper_left_rejected": "\n• their own request “{name}”: declined",
    "helper_left_approved": "\n• their own config “{name}” is still being made",
    "help_over": "You're no longer a helper, so others decide this.",
    "you_help_on": "🤝 You're a helper now: you decide who joins and which requests are approved. What's waiting: /requests; everything else: /start.",
    "you_help_off": "You're no longer a helper. Your configs work as before.",
}
