"""English: what former admins left open."""

TEXTS = {
    "invitations_ended": "🚫 <b>Invitations taken back: {count}</b>\n\n{names}\n\nThey were made by someone who is no longer an admin. If these people should still come in, invite them yourself.",
}
