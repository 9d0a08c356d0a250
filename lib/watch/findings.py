"""What a round finds wrong. What it could not look at, because the interface failed before, is as it was."""

from __future__ import annotations

from collections.abc import Mapping

BY_INTERFACE = frozenset(
    {
        "impossible", "subnet", "no_ipv4", "parameters", "making", "fence", "speeds", "conflict", "outside", "files",
    }
)  # fmt: skip
"""The troubles that only an interface that answers shows to be there, or to be over."""


class Findings(dict[str, str]):
    """The troubles that a round has found, by kind with their detail."""

    def __init__(self) -> None:
        super().__init__()
        self._judged: set[str] = set()

    def judge(self, **found: str | None) -> None:
        """Record what was looked at: a trouble with its detail, or (None, or '') that there is none of this kind."""
        self._judged |= found.keys()
        self.update({kind: detail for kind, detail in found.items() if detail})

    def with_unknown(self, before: Mapping[str, str]) -> dict[str, str]:
        """Return what was found, and of the troubles before those that could not be judged."""
        unknown = before.keys() & (BY_INTERFACE - self._judged)
        return {**{kind: before[kind] for kind in sorted(unknown)}, **self}
