"""Russian: Telegram's own list of commands."""

TEXTS = {
    "command_start": "Меню",
    "command_configs": "Мои конфиги",
    "command_stats": "Трафик за месяц",
    "command_help": "Помощь",
    "command_status": "Состояние сервера",
    "command_requests": "Кто ждёт ответа",
}
