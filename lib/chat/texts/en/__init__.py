"""English: every word that a person sees, by topic. The other language has the same keys in the same order."""

from lib.chat.texts.en import admin, commands, console, days, door, friend, people, refusals, server, tools

UNITS = ("B", "KB", "MB", "GB", "TB")
DECIMAL_POINT = "."
SPANS = ("d", "h", "min", "s")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DATE, SHORT_DATE = "{day} {name} {year}", "{day} {name}"
SEPARATOR = ","  # between the cells of a table, as a spreadsheet in this language expects

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
