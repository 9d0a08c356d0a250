"""English: the path to Telegram of a friend whose VPN is off."""

TEXTS = {
    "telegram_works": "\n\n💬 Telegram keeps working meanwhile, so you can always ask here.",
    "telegram_used": "\nTelegram while off: {used} of {most}",
}
