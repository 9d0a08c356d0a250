"""How the local Telegram reports an error."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """The error that a call returns instead of a result; `parameters` hold its machine-readable details."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the response."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad_request(description: str) -> ApiError:
    """Return a 400 Bad Request, the most common error."""
    return ApiError(400, f"Bad Request: {description}")
