"""English: how sizes, dates and tables are written, and all texts, a file a screen."""

from lib.chat.texts.loader import load

UNITS = ("B", "KB", "MB", "GB", "TB")
SPEED = "Mbit/s"
DECIMAL_POINT = "."
SPANS = ("h", "min", "s")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DATE, SHORT_DATE = "{day} {month_name:.3} {year}", "{day} {month_name:.3}"
SEPARATOR = ","  # between the cells of a CSV file, as a spreadsheet in this language expects

TEXTS = load(__name__)


def days(count: int) -> str:
    """Format a number of days: 1 day, 7 days."""
    return f"{count} day" if count == 1 else f"{count} days"
