"""The keys and parameters of a tunnel."""

from __future__ import annotations

PRIVATE = "QGr9S5mZ1y0cWv7nXb3tKf8hLd2jPa6oUe4iMx+RzkY="
PUBLIC = "nOUZkYZJ9F2B3yUk7bV2gQJm1uXo8fQe9y0rW3sT5xA="
PSK = "2uJucc+h3ImQnan/NwKeIj6pFGChOq/7cMFZ2PIXC1g="
PARAMETERS = {
    "Jc": "5", "Jmin": "10", "Jmax": "50", "S1": "15", "S2": "82", "S3": "13", "S4": "12",
    "H1": "1000-2000", "H2": "3000-4000", "H3": "5000-6000", "H4": "7000-8000", "I1": "<b 0x0a1b><r 20>",
    "HeaderProtectionKey": "pJ4mVd0nQx7rTz2yBf6hKs9wLc3gUe8aXo5iNl1kMjE=", "RekeyAfterTime": "100-120",
    "DisableCookies": "on",
}  # fmt: skip
