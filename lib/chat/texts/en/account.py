"""English: a friend's account and its deletion."""

TEXTS = {
    "account": "👤 <b>My account</b>\n\nName: {name}\nUsername: {username}\nHere since: {since}\nConfigs: {configs}\n\nI keep your name in Telegram, your configs and how much traffic they had on each day. Which sites you open, I do not see.",
    "goodbye_button": "🗑 Delete my account",
    "confirm_goodbye": "🗑 <b>Delete your account?</b>\n\nAt once and for good:\n• your VPN stops, configs deleted: {configs};{request}\n• your name and your devices are forgotten.\n\nOnly the sums of traffic stay, without a name. To come back you would have to be let in anew.",
    "goodbye_request": "\n• the request “{name}” is withdrawn;",
    "goodbye_now": "🗑 Yes, delete everything",
    "farewell": "👋 Your account is deleted and the VPN is off. The tunnels in the app can go, too.\n\nShould you want to come back: /start.",
    "farewell_by_admin": "👋 The admin deleted your account, the VPN is off. The tunnels in the app can go, too.\n\nIf that is a mistake, talk to them in person.",
    "friend_left": "👋 {name} ({username}) deleted their account. Configs switched off: {configs}.",
    "person_gone": "👋 This account was deleted.",
    "admin_stays": "You are an admin, and the bot would let you in again at once. First take your id out of ADMIN_IDS on the server.",
}
