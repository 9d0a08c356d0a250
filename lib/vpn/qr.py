"""Draw the QR code of a text as one raster; refuse one too fine for a phone."""

from __future__ import annotations

import io

MAX_VERSION = 25  # finer codes scan badly (facts)
QUIET_ZONE = 4  # modules
_CAPACITY = 1273  # bytes that version 25 holds at level L


def fits(text: str) -> bool:
    """Tell whether a text gives a code that phones scan well."""
    return len(text.encode()) <= _CAPACITY


def draw(text: str) -> bytes:
    """Give a PNG, 600 to 1000 pixels wide; ValueError for a text that does not fit."""
    import qrcode
    from PIL import Image

    if not fits(text):
        raise ValueError("the text is too long for a QR code that phones scan")
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=QUIET_ZONE, mask_pattern=2)
    code.add_data(text.encode(), optimize=0)
    code.make(fit=True)
    matrix = code.get_matrix()
    side = len(matrix)
    pixels = bytes(0 if module else 255 for row in matrix for module in row)
    image = Image.frombytes("L", (side, side), pixels).resize(
        (side * max(1, 800 // side),) * 2, Image.Resampling.NEAREST
    )
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
