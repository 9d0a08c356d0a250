"""English: what former admins left open."""

TEXTS = {
    "invitations_ended": "🚫 <b>Invitations taken back: {count}</b>\n\n{names}\n\nThey were made by people who are no longer admins. If you still want to let these people in, invite them yourself.",
}
