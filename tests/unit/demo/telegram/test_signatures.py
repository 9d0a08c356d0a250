"""The parameters of every method, compared with aiogram's models of the Bot API."""

from __future__ import annotations

import pytest

from lib.demo.telegram.bot_api import _METHODS
from lib.demo.telegram.signatures import METHODS, PARAMETERS, REQUIRED
from tests.api_models import methods


def test_it_works():
    assert REQUIRED["sendMessage"] == {"chat_id", "text"}


@pytest.mark.parametrize("method", sorted(PARAMETERS))
def test_parameters_match_the_bot_api(method: str):
    fields = methods()[method].model_fields
    assert PARAMETERS[method] == set(fields)
    assert REQUIRED[method] == {name for name, field in fields.items() if field.is_required()}


def test_every_method_with_a_signature_can_be_called():
    assert set(METHODS.values()) == set(_METHODS)
