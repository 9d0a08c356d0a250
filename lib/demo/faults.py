"""What may go wrong on the way: rules that spoil the next calls, before or after they took effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KINDS = ("status", "429", "html502", "truncated", "reset", "hang", "trickle", "slow")


@dataclass
class Fault:
    """One rule. `count` None means until it is taken away; `seconds` is for hang, trickle and slow."""

    kind: str
    method: str = "*"
    chat_id: int | None = None
    count: int | None = 1
    status: int = 500
    body: Any = None
    retry_after: int = 1
    seconds: float = 1.0
    after_effect: bool = False  # the call takes effect, and only then the answer is spoiled

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}, not {self.kind!r}")

    def matches(self, method: str, chat_id: str) -> bool:
        """Does it concern this call?"""
        of_method = self.method == "*" or self.method.lower() == method.lower()
        return of_method and (self.chat_id is None or str(self.chat_id) == chat_id) and self.count != 0

    def takes_effect(self) -> bool:
        """Is the call performed all the same?"""
        return self.after_effect or self.kind in ("slow", "trickle")


def take(faults: list[Fault], method: str, chat_id: str) -> Fault | None:
    """Give the first rule for a call and count it down; rules that are used up vanish."""
    fault = next((fault for fault in faults if fault.matches(method, chat_id)), None)
    if fault and fault.count is not None:
        fault.count -= 1
        if fault.count == 0:
            faults.remove(fault)
    return fault


def spoil(fault: Fault) -> tuple[int, Any]:
    """Give the status and the body of a spoiled answer."""
    if fault.kind == "429":
        words = f"Too Many Requests: retry after {fault.retry_after}"
        return 429, _error(429, words, parameters={"retry_after": fault.retry_after})
    if fault.kind == "html502":
        return 502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
    if fault.kind == "truncated":
        return 200, {"ok": True, "result": {"message_id": 1, "text": "cut off"}}
    return fault.status, fault.body or _error(fault.status, "Internal Server Error: restart")


def _error(code: int, words: str, **more: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": words, **more}
