"""English: moving to Telegram with existing configs."""

TEXTS = {
    "join_offer": "📵 This link is for a person who had no Telegram so far:\n👤 {name}\n\nIs that you? Then everything that was set up under this name (configs: {count}) becomes yours. If it's for somebody else, pass the link on to them.",
    "join_now": "✅ Yes, that's me",
    "join_later": "A config is being made for you right now. Once it has arrived here, open the link again. Menu: /start.",
    "you_joined": "🎉 Welcome! Your VPN is here now.\n\nNothing changes on your devices: what's set up keeps working. Files, QR codes and traffic are under “My configs”.",
    "joined_telegram": "🎉 Now in Telegram:\n👤 {invited}\n\nName there: {name} ({username})\nTheir configs moved over and keep working.",
    "to_person": "👤 The person",
}
