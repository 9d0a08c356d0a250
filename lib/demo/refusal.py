"""How the local Telegram says no."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A call that Telegram answers with an error; `parameters` are the machine's part of the answer."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def answer(self) -> dict[str, Any]:
        """Give the body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad(description: str) -> Refused:
    """Make the commonest refusal."""
    return Refused(400, f"Bad Request: {description}")
