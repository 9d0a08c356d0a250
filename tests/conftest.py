"""What holds for every test: asserts of shared modules explain themselves, and no property test races the clock."""

from __future__ import annotations

import hypothesis
import pytest

pytest.register_assert_rewrite("tests")

hypothesis.settings.register_profile("patient", hypothesis.settings(deadline=None))
hypothesis.settings.load_profile("patient")
