"""Let failing asserts of the shared pieces explain themselves too."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.company", "tests.stand", "tests.integration.crash")
