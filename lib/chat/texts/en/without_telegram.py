"""English: people without Telegram."""

TEXTS = {
    "add_person_type": "📵 <b>A person without Telegram</b>\n\nTheir QR code and file come to you, to show or pass on any way you like. Traffic, limits and pauses work as for everyone, and they can move to Telegram later.\n\nWhat's their name? Send a name of up to 32 characters.",
    "confirm_invite_person": "🎫 <b>Invite to Telegram?</b>\n📵 {name}\n\nYou get a link, valid once within {span}. Whoever opens it in Telegram gets everything that is set up under this name, so pass it on in private.",
    "invite_person_now": "🎫 Make the link",
}
