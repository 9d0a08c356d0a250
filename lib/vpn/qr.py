"""Draw the QR code of a text, and refuse texts whose code is too fine for a phone.

Tables and fixed patterns come from qrcode; bits, error correction and placement are computed here on whole integers and
rows, because qrcode spends its time on single bits and on trying eight masks. Byte mode, level L, always mask 2.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

CODES_PER_PICTURE = 4  # more of them in one picture are too fine
QUIET_ZONE = 4  # modules
BLOCKS = " ▀▄█"  # none, the upper, the lower, or both of two modules are light
MASK = 2  # every third column is inverted; any mask is legal, the code says which
_COUNT_BITS = (8,) * 10 + (16,) * 31  # of the length, by version
_CAPACITY = 1273  # bytes that version 25 holds at level L; phones can't scan finer codes well
_WIDEST = 900  # pixels; whole modules leave 750 to 900


def fits(text: str) -> bool:
    """Return True if phones scan the code of a text well."""
    return len(text.encode()) <= _CAPACITY


def draw(text: str) -> bytes:
    """Return a 1-bit PNG, square, 750 to 900 pixels wide; raise ValueError for a text that does not fit."""
    content = text.encode()
    if len(content) > _CAPACITY:
        raise ValueError(f"a QR code for phones holds {_CAPACITY} bytes, the text has {len(content)}")
    return to_png(encode(content))


def to_png(modules: Sequence[bytes], widest: int = _WIDEST) -> bytes:
    """Enlarge rows of modules (a byte each, 0 is dark) by a whole number to a 1-bit PNG.

    A line of modules is written once and then repeated by the filter "as above", so that compression sees zeros.
    """
    scale = max(1, widest // max(len(modules), len(modules[0])))
    width, height = scale * len(modules[0]), scale * len(modules)
    stride = -(-width // 8)
    digits = {0: "0" * scale, 255: "1" * scale}
    repeats = (b"\x02" + bytes(stride)) * (scale - 1)
    lines = []
    for row in modules:
        bits = "".join([digits[module] for module in row])
        lines.append(b"\x00" + (int(bits, 2) << 8 * stride - width).to_bytes(stride, "big") + repeats)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(lines), 1)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def to_text(modules: Sequence[bytes]) -> str:
    """Draw a code with block characters, two rows per line; light modules are in the text colour (dark terminal)."""
    pairs = zip_longest(modules[::2], modules[1::2], fillvalue=bytes(len(modules[0])))
    signs = dict(zip(((0, 0), (255, 0), (0, 255), (255, 255)), BLOCKS, strict=True))
    return "\n".join("".join(signs[pair] for pair in zip(*rows, strict=True)) for rows in pairs)


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Frame a chunk of a PNG: length, kind, content, checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def encode(content: bytes) -> list[bytes]:
    """Return the rows of the code with its quiet zone, a byte for each module: 0 is dark, 255 light.

    Version 40 takes 2953 bytes, more than phones scan; raise ValueError beyond that.
    """
    version = _smallest_version(content)
    rows = _frame(version)
    side = len(rows)
    flat = list(chain.from_iterable(rows))
    free = [place for place in _reading_order(side) if flat[place] is None]
    words = _codewords(content, version)
    bits = f"{int.from_bytes(words, 'big'):0{8 * len(words)}b}".ljust(len(free), "0")
    for place, bit in zip(free, bits, strict=True):
        flat[place] = (bit == "1") is (place % side % 3 != 0)
    blank, margin = b"\xff" * (side + 2 * QUIET_ZONE), b"\xff" * QUIET_ZONE
    body = bytes(0 if dark else 255 for dark in flat)
    lines = [margin + body[start : start + side] + margin for start in range(0, side * side, side)]
    return [blank] * QUIET_ZONE + lines + [blank] * QUIET_ZONE


def _smallest_version(content: bytes) -> int:
    """Return the smallest version that holds the content in byte mode."""
    from qrcode.constants import ERROR_CORRECT_L
    from qrcode.util import BIT_LIMIT_TABLE

    for version in range(1, 41):
        if 4 + _COUNT_BITS[version] + 8 * len(content) <= BIT_LIMIT_TABLE[ERROR_CORRECT_L][version]:
            return version
    raise ValueError(f"no QR code holds {len(content)} bytes")


def _frame(version: int) -> list[list[bool | None]]:
    """Lay out finders, alignment, timing, format and version; None marks where data go."""
    from qrcode import QRCode
    from qrcode.constants import ERROR_CORRECT_L

    code = QRCode(version, ERROR_CORRECT_L)
    side = code.modules_count = 17 + 4 * version
    code.modules = [[None] * side for _ in range(side)]
    for row, column in ((0, 0), (side - 7, 0), (0, side - 7)):
        code.setup_position_probe_pattern(row, column)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(test=False, mask_pattern=MASK)
    if version >= 7:
        code.setup_type_number(test=False)
    return code.modules


def _reading_order(side: int) -> Iterator[int]:
    """Yield all places, counted from the top left: pairs of columns from the right, upward, then downward."""
    columns = [*range(side - 1, 6, -2), *range(5, 0, -2)]  # the upright timing line is skipped
    last = side * side - side
    for turn, column in enumerate(columns):
        starts = range(last, -1, -side) if turn % 2 == 0 else range(0, last + 1, side)
        for start in starts:
            yield start + column
            yield start + column - 1


def _codewords(content: bytes, version: int) -> bytes:
    """Return the words in the order of placing: the data of all blocks in turns, then their error correction."""
    from qrcode.base import rs_blocks
    from qrcode.constants import ERROR_CORRECT_L

    shapes = rs_blocks(version, ERROR_CORRECT_L)
    words = iter(_data_words(content, _COUNT_BITS[version], sum(shape.data_count for shape in shapes)))
    blocks = [bytes(next(words) for _ in range(shape.data_count)) for shape in shapes]
    checks = _corrections(blocks, shapes[0].total_count - shapes[0].data_count)
    return bytes(_in_turns(blocks)) + bytes(_in_turns(checks))


def _data_words(content: bytes, count_bits: int, room: int) -> bytes:
    """Write mode, length, content and terminator (together whole bytes), then pad to `room` bytes."""
    head = 0b0100 << count_bits | len(content)
    size = 1 + count_bits // 8 + len(content)
    words = (head << 8 * len(content) | int.from_bytes(content, "big")) << 4
    return words.to_bytes(size, "big") + (b"\xec\x11" * room)[: room - size]


def _in_turns(blocks: Sequence[bytes]) -> Iterator[int]:
    """Yield the first word of each block, then the second, until the longest is used up."""
    return (word for turn in zip_longest(*blocks) for word in turn if word is not None)


def _corrections(blocks: Sequence[bytes], degree: int) -> list[bytes]:
    """Return each block's Reed-Solomon remainder of `degree` words, by a register shifted a whole word at a time."""
    multiples = _generator_multiples(degree)
    keep = (1 << 8 * (degree - 1)) - 1
    remainders = []
    for block in blocks:
        register = 0
        for word in block:
            register = (register & keep) << 8 ^ multiples[register >> 8 * (degree - 1) ^ word]
        remainders.append(register.to_bytes(degree, "big"))
    return remainders


def _generator_multiples(degree: int) -> list[int]:
    """Return the generator (without its leading 1) times each of the 256 words; addition is exclusive or."""
    from qrcode.LUT import rsPoly_LUT

    ones = int.from_bytes(b"\x01" * degree, "big")
    power = int.from_bytes(bytes(rsPoly_LUT[degree][1:]), "big")
    multiples = [0]
    for _ in range(8):
        multiples += [power ^ multiple for multiple in multiples]
        high = power >> 7 & ones
        power = (power ^ high << 7) << 1 ^ high * 0x1D  # every word times 2, modulo the field's polynomial
    return multiples
