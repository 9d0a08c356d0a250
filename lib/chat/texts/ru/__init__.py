"""Russian: how sizes, dates and tables are written, and all texts, a file a screen."""

from lib.chat.texts.loader import load

UNITS = ("Б", "КБ", "МБ", "ГБ", "ТБ")
SPEED = "Мбит/с"
DECIMAL_POINT = ","
SPANS = ("ч", "мин", "с")
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
DATE, SHORT_DATE = "{day:02}.{month:02}.{year}", "{day:02}.{month:02}"
SEPARATOR = ";"  # between the cells of a CSV file, as a spreadsheet in this language expects

TEXTS = load(__name__)


def days(count: int) -> str:
    """Format a number of days: 1 день, 2 дня, 5 дней."""
    if count % 10 == 1 and count % 100 != 11:
        return f"{count} день"
    few = count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)
    return f"{count} дня" if few else f"{count} дней"
