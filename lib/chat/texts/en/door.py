"""English: at the door."""

TEXTS = {
    "captcha": "👋 Hello! This is a private VPN for friends.\n\nTo come in, enter the digits of the picture: by the buttons "
    "or as a message. You have 5 minutes.{typed}",
    "captcha_typed": "\n\nEntered: <b>{digits}</b>",
    "captcha_wrong": "That did not match. Here is a new picture, tries left: {left}.\n\nEnter the digits by the buttons "
    "or as a message.{typed}",
    "captcha_late": "Time is up, here is a new picture.\n\nEnter the digits by the buttons or as a message.{typed}",
    "captcha_paused": "⏳ Too many mistakes. Send /start in {span} for a new picture.",
    "captcha_passed": "✅ Correct! The admin was asked to let you in.\n\nThe answer will come here, no need to wait around.",
    "another_picture": "🔄 Another picture",
    "erase": "⌫",
    "pending": "⏳ The admin has your request. The answer will come here by itself.",
    "you_approved": "🎉 You are in! Now ask for a config for your phone or computer.",
    "you_rejected": "The admin said no. You may try again in {span}: send /start.",
    "you_blocked": "⛔ The admin closed your access, the VPN is off. If that is a mistake, talk to them in person.",
    "you_unblocked": "✅ Your access is open again. Your configs work as before, there is nothing to set up.",
}
