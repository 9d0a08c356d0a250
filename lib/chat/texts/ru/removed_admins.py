"""Russian: what former admins left open."""

TEXTS = {
    "invitations_ended": "🚫 <b>Отозвано приглашений: {count}</b>\n\nИх создал тот, кто больше не админ: {names}.\n\nЕсли эти люди всё-таки должны войти, пригласите их сами.",
}
