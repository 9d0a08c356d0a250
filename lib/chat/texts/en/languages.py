"""English: the names of languages; a new language adds lines to each of these files."""

TEXTS = {
    # read by people who are about to switch to this language
    "language_button": "🌐 English",
    "command_language": "Switch to English",
    # read in this language
    "audience_ru": "🇷🇺 Russian speakers",
    "audience_en": "🇬🇧 English speakers",
    "meaning_language": "The language for people whose Telegram is neither in Russian nor in English. Everyone can choose their own.",
    "form_language": "ru or en.",
    "bad_language": "Send ru or en, or go back: /start.",
    "language_ru": "Russian",
    "language_en": "English",
}
