"""English: the path to Telegram of a friend whose VPN is off."""

TEXTS = {
    "menu_quota": "\n\n⚠️ This month's limit of {quota} is used up: the VPN is off until {date}, then it comes back by itself.",
    "telegram_works": "\n\n💬 Telegram keeps working meanwhile, so you can always write here.",
    "telegram_used": "\nTelegram while off: {used} of {most}",
}
