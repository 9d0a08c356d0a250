"""English: people without Telegram."""

TEXTS = {
    "add_person_type": "📵 <b>A person without Telegram</b>\n\nTheir QR code and file come to you, to show or pass on any way you like. Traffic, limits and pauses work as for everyone, and they can move to Telegram later.\n\nWhat's their name? Send a name of up to 32 characters.",
}
