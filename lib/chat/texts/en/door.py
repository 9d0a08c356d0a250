"""English: the CAPTCHA, and who comes by invitation."""

TEXTS = {
    "captcha": "👋 Hello! This is a private VPN for friends.\n\nTo come in, enter the {count} digits of the picture: by the buttons "
    "or as a message. You have 5 minutes.{typed}",
    "captcha_typed": "\n\nEntered: <b>{digits}</b>",
    "captcha_wrong": "That did not match. Here is a new picture, tries left: {left}.\n\nEnter its {count} digits by the buttons "
    "or as a message.{typed}",
    "captcha_late": "Time is up, here is a new picture.\n\nEnter its {count} digits by the buttons or as a message.{typed}",
    "captcha_length": "The picture has {count} digits, and your message has {typed}. Please look again: no try is lost.",
    "captcha_others": "You've had {count} other pictures within an hour. The last one is still good: enter its digits. "
    "For a new one, send /start in {span}.",
    "captcha_paused": "⏳ Too many mistakes. Send /start in {span} for a new picture.",
    "captcha_passed": "✅ Correct! The admin was asked to let you in.\n\nThe answer will come here, no need to wait around.",
    "another_picture": "🔄 Another picture",
    "erase": "⌫",
    "invitation_fails_used": "✉️ Somebody has come in by this invitation, it was for one. Never mind, there is another way in.",
    "invitation_fails_revoked": "✉️ This invitation was taken back. Ask for a new one, or come in the usual way.",
    "invitation_fails_expired": "✉️ This invitation has expired. Ask for a new one, or come in the usual way.",
    "invitation_fails_unknown": "✉️ There is no such invitation: maybe a part of the link is missing. Try it again, or come in the usual way.",
    "you_came": "🎉 Welcome! You were invited by {who}.\n\nWhich device is the VPN for?",
    "you_came_config": "🎉 Welcome! You were invited by {who}, and your VPN is ready to go.\n\nWhich device is it for? The file comes at once.",
    "invited_came": "🎉 Your invitation “{invited}” was used: {name} ({username}) is in.",
}
