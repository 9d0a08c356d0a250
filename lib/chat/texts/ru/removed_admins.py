"""Russian: what former admins left open."""

TEXTS = {
    "invitations_ended": "🚫 <b>Отозвано приглашений: {count}</b>\n\n{names}\n\nОни от тех, кто больше не админ. Если эти люди всё-таки должны войти, пригласите их сами.",
}
