"""Settings for all tests: asserts in shared modules explain themselves, no property test races the clock, files are
written to memory where there is enough of it, and what is compiled is kept, also where the environment forbids it: each
start of the bot would compile all of it.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import hypothesis
import pytest

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest_plugins = ["tests.completeness", "tests.garbage", "tests.order", "tests.reporting"]

pytest.register_assert_rewrite(*(f"tests.{path.stem}" for path in Path(__file__).parent.iterdir()))

hypothesis.settings.register_profile("patient", hypothesis.settings(deadline=None))
hypothesis.settings.load_profile("patient")

MEMORY, NEEDED = Path("/dev/shm"), 4 << 30  # bytes; a booted machine takes 300 MB
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > NEEDED:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # where pytest puts what tmp_path gives
