"""English: a friend's account and its deletion."""

TEXTS = {
    "account": "👤 <b>My account</b>\n\nName: {name}\nUsername: {username}\nHere since: {since}\nConfigs: {configs}\n\nI keep the name and username "
    "from your Telegram profile, your configs, and how much traffic they used each day. I don't see which sites you open.",
    "goodbye_button": "🗑 Delete my account",
    "confirm_goodbye": "🗑 <b>Delete your account?</b>\n\nThis happens at once and can't be undone:\n• your VPN stops, and all your configs ({configs}) "
    "are deleted;{request}\n• your name and your devices are forgotten.\n\nOnly traffic totals stay, without a name. To come back, you'd have to ask to "
    "join again.",
    "goodbye_request": "\n• your request “{name}” is cancelled;",
    "goodbye_now": "🗑 Yes, delete everything",
    "farewell": "🗑 Your account is deleted and the VPN is off. You can delete the tunnels in the app, too.\n\nWant to come back? /start.",
    "farewell_by_admin": "🗑 The admin deleted your account, so the VPN is off. You can delete the tunnels in the app, too.\n\nIf that's a mistake, talk to them in person.",
    "farewell_by_admin_there": "🗑 <b>Deleted</b>\n📵 {owner}\n\nThis person's VPN is off for good; the tunnels in the app can be deleted, too. Decided by: {who}",
    "friend_left": "🗑 {name} ({username}) deleted their account. Configs switched off: {configs}.",
    "person_gone": "🗑 This account has been deleted.",
    "admin_stays": "You're an admin, so the bot would let you back in at once. First remove your id from ADMIN_IDS on the server.",
}
