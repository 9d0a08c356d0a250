"""The audit says that nothing is known only if every dependency was looked up."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.company import ROOT

UNKNOWN = "ERROR:pip_audit._cli:certifi: Dependency not found on PyPI and could not be audited: certifi (1.0)"


@pytest.mark.parametrize(
    ("code", "printed", "said"),
    [
        (0, "No known vulnerabilities found", "== audit: no known vulnerability in any of the dependencies"),
        (1, UNKNOWN, f"== audit: not done, because not every dependency could be looked up: {UNKNOWN}"),
        (1, "Found 1 known vulnerability in 1 package", "install.sh: Found 1 known vulnerability in 1 package"),
    ],
)
def test_it_works(tmp_path: Path, code: int, printed: str, said: str) -> None:
    tool = tmp_path / "bin" / "pip-audit"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\n[ \"$1\" = --strict ] || exit 9\necho '{printed}'\nexit {code}\n")
    tool.chmod(0o755)
    script = f'venv={tmp_path}; die() {{ echo "install.sh: $2"; exit 2; }}; . {ROOT}/lib/install/tests.sh; audit'
    done = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == said
    assert done.returncode == (2 if "Found" in printed else 0)
