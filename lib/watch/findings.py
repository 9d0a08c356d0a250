"""The troubles that a round finds. Those that it could not check, because the interface failed, stay as they were."""

from __future__ import annotations

from collections.abc import Mapping

BY_INTERFACE = frozenset(
    {
        "impossible", "subnet", "no_ipv4", "parameters", "making", "fence", "speeds", "conflict", "outside", "files",
    }
)  # fmt: skip
"""The troubles that can only be checked while the interface answers."""


class Findings(dict[str, str]):
    """The troubles found in a round: kind -> detail."""

    def __init__(self) -> None:
        super().__init__()
        self._judged: set[str] = set()

    def judge(self, **found: str | None) -> None:
        """Record the results of checks: a trouble's detail, or None or '' if there is no trouble of this kind."""
        self._judged |= found.keys()
        self.update({kind: detail for kind, detail in found.items() if detail})

    def with_unknown(self, before: Mapping[str, str]) -> dict[str, str]:
        """Return the troubles found, and those from `before` that could not be checked."""
        unknown = before.keys() & (BY_INTERFACE - self._judged)
        return {**{kind: before[kind] for kind in sorted(unknown)}, **self}
