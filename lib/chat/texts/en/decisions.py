"""English: decisions about people, requests and helpers."""

TEXTS = {
    # decisions
    "you_approved": "🎉 You're in! Which device is the VPN for?",
    "you_rejected": "The admin said no. You may try again in {span}: send /start.",
    "you_blocked": "⛔ The admin closed your access, the VPN is off. If that is a mistake, talk to them in person.",
    "you_unblocked": "✅ Your access is open again. Your configs work as before, there is nothing to set up.",
    "request_approved": "✅ The admin said yes. The config “{name}” is being made and comes here in a moment.",
    "request_rejected": "The admin rejected the request “{name}”. You may ask again from the menu.",
    "you_rejected_why": "The admin said no: {reason}\n\nYou may try again in {span}: send /start.",
    "request_rejected_why": "The admin turned down “{name}”: {reason}\n\nYou may ask again from the menu.",
    # decision_buttons
    "own_request": "Your own request is decided by somebody else. What else waits: /requests.",
    "done_approved": "Approved",
    "done_rejected": "Rejected",
    "done_blocked": "Blocked: the VPN is being switched off",
    "type_reason_person": "Why do you turn {name} down? Send the reason as a message: they will read it.",
    "type_reason_request": "Why do you turn down “{device}” of {name}? Send the reason as a message: they will read it.",
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
    "decided_works": "\n🎉 It works: the device has connected",
    # helpers
    "confirm_appoint": "🤝 Make {name} a helper?\n\nA helper sees people and requests, approves, rejects, blocks and unblocks. Limits, expiry, deletion and the server remain "
    "with the admins.",
    "appoint_now": "🤝 Yes, let them help",
    "done_helper_on": "A helper now",
    "done_helper_off": "No longer a helper",
    "you_help_on": "🤝 You are a helper now: you decide who comes in and which requests are granted. What waits: /requests, the rest: /start.",
    "you_help_off": "You are no longer a helper. Your configs work as before.",
}
