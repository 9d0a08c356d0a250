"""English: Telegram's own list of commands."""

TEXTS = {
    "command_start": "Menu",
    "command_configs": "My configs",
    "command_stats": "This month's traffic",
    "command_help": "Help",
    "command_status": "The server's state",
    "command_requests": "Who is waiting for an answer",
}
