"""Simulated faults: rules that make the next calls fail, before or after they take effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_KINDS = ("status", "429", "html502", "truncated", "reset", "hang", "trickle", "slow")


@dataclass
class Fault:
    """A rule. With `count` None it applies until it is removed; `seconds` is for hang, trickle and slow."""

    kind: str
    method: str = "*"
    chat_id: int | None = None
    count: int | None = 1
    status: int = 500
    body: Any = None
    retry_after: int = 1
    seconds: float = 1.0
    after_effect: bool = False  # the call takes effect, and only the response fails

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise ValueError(f"a fault is one of {', '.join(_KINDS)}, not {self.kind!r}")

    def matches(self, method: str, chat_id: str) -> bool:
        """Return True if the rule applies to this call."""
        of_method = self.method == "*" or self.method.lower() == method.lower()
        return of_method and (self.chat_id is None or str(self.chat_id) == chat_id) and self.count != 0

    def takes_effect(self) -> bool:
        """Return True if the call is performed all the same."""
        return self.after_effect or self.kind in ("slow", "trickle")


def take_fault(faults: list[Fault], method: str, chat_id: str) -> Fault | None:
    """Return the first rule that applies to a call, if any, and count it down; remove it when it is used up."""
    fault = next((fault for fault in faults if fault.matches(method, chat_id)), None)
    if fault and fault.count is not None:
        fault.count -= 1
        if fault.count == 0:
            faults.remove(fault)
    return fault


def error_response(fault: Fault) -> tuple[int, Any]:
    """Return the status and the body of the response that a fault causes."""
    if fault.kind == "429":
        description = f"Too Many Requests: retry after {fault.retry_after}"
        return 429, _error(429, description, parameters={"retry_after": fault.retry_after})
    if fault.kind == "html502":
        return 502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
    if fault.kind == "truncated":
        return 200, {"ok": True, "result": {"message_id": 1, "text": "cut off"}}
    return fault.status, fault.body or _error(fault.status, "Internal Server Error: restart")


def _error(code: int, description: str, **more: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": description, **more}
