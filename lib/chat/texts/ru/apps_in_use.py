"""Russian: the apps in use, and who would be left behind."""

TEXTS = {
    "apps": "📲 <b>Приложения</b>\n\nСервер работает на AmneziaWG {version}.\n\n{lines}\n\nВ скобках — с какой версии приложение понимает AmneziaWG {newest}. "
    "Какая у кого стоит, бот не видит.\n\nС AmneziaWG {newest}:\nНет приложения для устройства: {lacking}\nНужна новая версия приложения: {too_old}{large}",
    "apps_plain": "📲 <b>Приложения</b>\n\nСервер работает на обычном WireGuard, его понимает любое приложение WireGuard.",
    "apps_none": "Конфигов пока ни у кого нет.",
    "apps_line": "{app}, {device}: {count} ({since})",
    "apps_no": "нет приложения",
    "apps_unknown": "Устройство неизвестно: {count}",
    "apps_rest": "Остальные: {count}",
    "apps_large": "\n\n⚠️ S4 — {s4}. При S4 больше {most} ключ в AmneziaVPN на компьютере даёт слишком большие пакеты, поэтому там бот предлагает только файл.",
    "apps_lacking_button": "📲 Нет приложения ({count})",
    "apps_lacking": "📲 <b>Нет приложения для устройства: {count}</b>\n\nЭти устройства не подключатся к AmneziaWG {newest}. Роутеру нужен OpenWrt или MikroTik, Keenetic "
    "пока не умеет.",
    "apps_too_old_button": "📲 Нужна новая версия ({count})",
    "apps_too_old": "📲 <b>Нужна новая версия приложения: {count}</b>\n\nСтарые версии AmneziaWG {newest} не понимают. Бот скажет владельцам об этом "
    "перед новым файлом.",
}
