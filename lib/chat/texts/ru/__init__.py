"""Russian: every word that a person sees, by topic. The other language has the same keys in the same order."""

from lib.chat.texts.ru import admin, commands, console, days, door, friend, people, refusals, server, tools

UNITS = ("Б", "КБ", "МБ", "ГБ", "ТБ")
DECIMAL_POINT = ","
SPANS = ("дн.", "ч", "мин", "с")
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
DATE, SHORT_DATE = "{day:02}.{month:02}.{year}", "{day:02}.{month:02}"
SEPARATOR = ";"  # between the cells of a table, as a spreadsheet in this language expects

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
