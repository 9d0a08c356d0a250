"""Read the text format of Prometheus strictly."""

from __future__ import annotations

import re

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="[^"\\\n]*"\})? (-?[0-9]+)')


def read_metrics(text: str) -> dict[str, int]:
    """Read the format strictly: a family's HELP, TYPE and samples together, no name twice, each line ended."""
    assert text.endswith("\n")
    found: dict[str, int] = {}
    families: list[str] = []
    lines = text.splitlines()
    while lines:
        helped = re.fullmatch(r"# HELP (\S+) (\S.*)", lines.pop(0))
        typed = re.fullmatch(r"# TYPE (\S+) (gauge|counter)", lines.pop(0))
        assert helped
        assert typed
        assert helped[1] == typed[1]
        assert (typed[2] == "counter") is typed[1].endswith("_total"), "as the conventions want it"
        families.append(typed[1])
        while lines and not lines[0].startswith("#"):
            sample = SAMPLE.fullmatch(lines.pop(0))
            assert sample
            assert sample[1] == typed[1]
            assert sample[1] + (sample[2] or "") not in found
            found[sample[1] + (sample[2] or "")] = int(sample[3])
    assert len(set(families)) == len(families)
    assert all(name.startswith("andreyvpn_") for name in families)
    return found
