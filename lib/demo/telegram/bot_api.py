"""Call a method of the Bot API by name, report what is wrong with its parameters, and keep a log of the calls."""

from __future__ import annotations

import re
from typing import Any

from lib.demo.telegram.api_error import ApiError, bad_request
from lib.demo.telegram.arguments import Arguments
from lib.demo.telegram.editing import EDITING
from lib.demo.telegram.models import Json
from lib.demo.telegram.profile import PROFILE
from lib.demo.telegram.receiving import RECEIVING
from lib.demo.telegram.request_body import Body
from lib.demo.telegram.sending import SENDING
from lib.demo.telegram.signatures import METHODS, PARAMETERS, REQUIRED
from lib.demo.telegram.state import TelegramState

_METHODS = {**SENDING, **EDITING, **RECEIVING, **PROFILE}
_TOKEN = re.compile(r"[1-9]\d{0,19}:[A-Za-z0-9_-]+")


def check_token(state: TelegramState, token: str) -> None:
    """Raise ApiError unless this is the bot's token."""
    if not _TOKEN.fullmatch(token):
        raise ApiError(404, "Not Found")
    if token != state.token:
        raise ApiError(401, "Unauthorized")


def call(state: TelegramState, name: str, body: Body) -> Any:
    """Call a method and return its result; raise ApiError. It holds the lock, except while a poll waits."""
    method = METHODS.get(name.lower())
    with state.changed:
        if method is None:
            state.report_violation(name, "unknown or unsupported method")
            raise ApiError(404, "Not Found: method not found")
        args = Arguments(method, body)
        _check_names(state, method, body)
        try:
            return _METHODS[method](state, args)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as exc:
            args.violations.append(f"a parameter has the wrong type: {exc!r}")
            raise bad_request("can't parse parameters: wrong type") from exc
        finally:
            for violation in args.violations:
                state.report_violation(method, violation)


def _check_names(state: TelegramState, method: str, body: Body) -> None:
    given = {*body.values, *body.files}
    attached = set(re.findall(r"attach://([^\"'\s\\]+)", repr(body.values)))
    for name in sorted(given - PARAMETERS[method] - attached):
        state.report_violation(method, f"unknown parameter {name!r}")
    for name in sorted(REQUIRED[method] - given):
        state.report_violation(method, f"missing parameter {name!r}")


def log_call(state: TelegramState, name: str, body: Body) -> Json:
    """Add a call to the log and return its entry, in which the caller sets status, answer and fault."""
    files = {
        name: {"file_name": file.name, "mime": file.mime, "size": len(file.content)}
        for name, file in body.files.items()
    }
    with state.changed:
        state.request_count += 1
        entry: Json = {
            "id": state.request_count, "time": state.now(), "method": METHODS.get(name.lower(), name),
            "params": dict(body.values), "files": files, "status": None, "answer": None, "fault": None,
        }  # fmt: skip
        state.requests.append(entry)
        return entry
