"""English: what names languages; a new language adds lines to each of these files."""

TEXTS = {
    # read by people who are about to switch to this language
    "language_button": "🌐 English",
    "command_language": "Switch to English",
    # read in this language
    "audience_ru": "🇷🇺 Russian speakers",
    "audience_en": "🇬🇧 English speakers",
    "meaning_language": "The language for people whose Telegram speaks neither Russian nor English. Everybody can choose their own.",
    "form_language": "ru or en.",
    "bad_language": "It takes ru or en. Send it again, or go back: /start.",
    "language_ru": "Russian",
    "language_en": "English",
}
