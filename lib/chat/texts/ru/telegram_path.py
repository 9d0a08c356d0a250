"""Russian: the path to Telegram of a friend whose VPN is off."""

TEXTS = {
    "menu_quota": "\n\n⚠️ Месячный лимит {quota} исчерпан: VPN выключен до {date}, потом включится сам.",
    "telegram_works": "\n\n💬 Telegram при этом работает: написать сюда можно всегда.",
    "telegram_used": "\nTelegram при выключенном VPN: {used} из {most}",
}
