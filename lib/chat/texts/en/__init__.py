"""English: how sizes, dates and tables are written, and all texts, a file a screen."""

from lib.chat.texts.loader import load

UNITS = ("B", "KB", "MB", "GB", "TB")
DECIMAL_POINT = "."
SPANS = ("d", "h", "min", "s")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DATE, SHORT_DATE = "{day} {month_name:.3} {year}", "{day} {month_name:.3}"
SEPARATOR = ","  # between the cells of a CSV file, as a spreadsheet in this language expects

TEXTS = load(__name__)
