"""Russian: what somebody says who waits for a decision."""

TEXTS = {
    "said": "✅ Админ видит это рядом с вашей заявкой:\n\n<blockquote>{text}</blockquote>\n\nОтвет придёт сюда сам.",
    "bad_saying": "Пока вы ждёте, могу передать текст до {most} знаков: например, кто вы. Ответ придёт сюда сам.",
    "said_enough": "У админа уже есть ваши сообщения: {count}. Ответ придёт сюда сам, ждать у экрана не нужно.",
}
