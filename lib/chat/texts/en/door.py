"""English: the CAPTCHA, and who comes by invitation."""

TEXTS = {
    "captcha": "👋 Hello! This is a private VPN for friends.\n\nTo join, enter the {count} digits from the picture, with the buttons or as a message. You have 5 minutes.{typed}",
    "captcha_typed": "\n\nEntered: <b>{digits}</b>",
    "captcha_wrong": "That's not it. Here's a new picture, tries left: {left}.\n\nEnter its {count} digits with the buttons or as a message.{typed}",
    "captcha_late": "Time's up, here's a new picture.\n\nEnter its {count} digits with the buttons or as a message.{typed}",
    "captcha_length": "The picture has {count} digits, and your message has {typed}. Please look again: this didn't cost you a try.",
    "captcha_others": "You've had {count} other pictures within an hour. The last one still works: enter its digits. For a new one, send /start in {span}.",
    "captcha_paused": "⏳ Too many mistakes. Send /start in {span} for a new picture.",
    "captcha_passed": "✅ Correct! The admin has your request.\n\nThe answer will come here, so there's no need to wait around. To tell the admin who you are, just write it here.",
    "another_picture": "🔄 Another picture",
    "erase": "⌫",
    "invitation_fails_used": "🎫 Someone has already used this invitation, and it was for one person. Never mind, there's another way in.",
    "invitation_fails_revoked": "🎫 This invitation was taken back. Ask for a new one, or join the usual way.",
    "invitation_fails_expired": "🎫 This invitation has expired. Ask for a new one, or join the usual way.",
    "invitation_fails_unknown": "🎫 This invitation doesn't exist: part of the link may be missing. Try it again, or join the usual way.",
    "you_came": "🎉 Welcome! You were invited by {who}.\n\nWhich device is the VPN for?",
    "you_came_config": "🎉 Welcome! You were invited by {who}, and your VPN is ready to go.\n\nWhich device is it for? The file comes right away.",
    "invited_came": "🎉 Your invitation “{invited}” was used: {name} ({username}) has joined.",
}
