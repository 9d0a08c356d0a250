"""Russian: the names of languages; a new language adds lines to each of these files."""

TEXTS = {
    # read by people who are about to switch to this language
    "language_button": "🌐 Русский",
    "command_language": "Переключить на русский",
    # read in this language
    "audience_ru": "🇷🇺 Говорят по-русски",
    "audience_en": "🇬🇧 Говорят по-английски",
    "meaning_language": "На каком языке говорить с теми, чей Telegram не на русском и не на английском. Каждый может выбрать свой.",
    "form_language": "ru или en.",
    "bad_language": "Отправьте ru или en. Вернуться: /start.",
    "language_ru": "русский",
    "language_en": "английский",
}
