"""Russian: how sizes, dates and tables are written, and all texts, a file a screen."""

from lib.chat.texts.loader import load

UNITS = ("Б", "КБ", "МБ", "ГБ", "ТБ")
DECIMAL_POINT = ","
SPANS = ("дн.", "ч", "мин", "с")
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
DATE, SHORT_DATE = "{day:02}.{month:02}.{year}", "{day:02}.{month:02}"
SEPARATOR = ";"  # between the cells of a CSV file, as a spreadsheet in this language expects

TEXTS = load(__name__)
