"""Russian: every word that a person sees, by topic. The other language has the same keys in the same order."""

from lib.chat.texts.ru import admin, commands, console, days, door, friend, people, refusals, server, tools

UNITS = ("Б", "КБ", "МБ", "ГБ", "ТБ")
SPANS = ("дн.", "ч", "мин", "с")
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip

TEXTS = {
    **door.TEXTS,
    **refusals.TEXTS,
    **friend.TEXTS,
    **days.TEXTS,
    **admin.TEXTS,
    **tools.TEXTS,
    **people.TEXTS,
    **console.TEXTS,
    **commands.TEXTS,
    **server.TEXTS,
}
