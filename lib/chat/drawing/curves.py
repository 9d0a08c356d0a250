"""Smooth curves through points."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]


def smooth(points: Sequence[Point], places: Sequence[float], closed: bool = False) -> list[Point]:
    """Return a Catmull-Rom curve through the points, each part of it at some places (0 to 1); a ring may be closed."""
    ends = [points[-2] if closed else points[0], *points, points[1] if closed else points[-1]]
    return [
        (_between(place, *(p[0] for p in four)), _between(place, *(p[1] for p in four)))
        for four in zip(ends, ends[1:], ends[2:], ends[3:], strict=False)
        for place in places
    ]


def _between(t: float, before: float, start: float, end: float, after: float) -> float:
    cubic = 3 * (start - end) + after - before
    square = 2 * before - 5 * start + 4 * end - after
    return start + t * (end - before + t * (square + t * cubic)) / 2
