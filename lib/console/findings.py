"""What a check finds: a level, a text's key and its values."""

from __future__ import annotations

from lib.watch import way_out

OK, WARNING, WRONG = way_out.OK, way_out.UNKNOWN, way_out.WRONG

Finding = tuple[str, str, dict[str, object]]


def finding(level: str, key: str, **values: object) -> Finding:
    """Return one line of the answer: its level, its text's key (what to do included), and that text's values."""
    return level, key, values
