"""What holds for every test: asserts of shared modules explain themselves, and no property test races the clock."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.reporting"]

pytest.register_assert_rewrite(*(f"tests.{path.stem}" for path in Path(__file__).parent.iterdir()))

hypothesis.settings.register_profile("patient", hypothesis.settings(deadline=None))
hypothesis.settings.load_profile("patient")
