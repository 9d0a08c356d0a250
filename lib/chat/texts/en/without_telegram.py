"""English: somebody without Telegram."""

TEXTS = {
    "add_person_type": "📵 <b>A person without Telegram</b>\n\nTheir QR code and file come to you, to show or pass on any way you like. They are counted, limited and paused like everybody, and can come to Telegram later.\n\nWhat are they called? Send a name of up to 32 characters.",
}
