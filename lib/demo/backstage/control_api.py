"""The control API: act as people, read what was said and what went wrong, and set up faults. JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from lib.demo.backstage import people
from lib.demo.backstage.people import NotPossible
from lib.demo.telegram.faults import Fault
from lib.demo.telegram.models import Json
from lib.demo.telegram.profile import commands_for, describe_bot
from lib.demo.telegram.state import TelegramState


def run_command(state: TelegramState, name: str, args: Json) -> Any:
    """Run one of the commands below; raise NotPossible for an unknown one, and for unknown arguments."""
    with state.changed:
        if name not in _COMMANDS:
            raise NotPossible(f"there is no command {name!r}")
        try:
            return _COMMANDS[name](state, **args)
        except (AttributeError, TypeError, ValueError, KeyError) as exc:
            raise NotPossible(f"{name}: {exc}") from exc


def read_view(state: TelegramState, name: str, args: dict[str, str]) -> Any:
    """Return one of the views below; raise NotPossible for an unknown one."""
    with state.changed:
        if name not in _VIEWS:
            raise NotPossible(f"there is no view {name!r}")
        try:
            return _VIEWS[name](state, args)
        except (ValueError, KeyError) as exc:
            raise NotPossible(f"{name}: {exc!r}") from exc


def _add_person(state: TelegramState, **fields: Any) -> Json:
    return state.add_person(**fields).user()


def _speak(state: TelegramState, language_code: str) -> Json:
    people.speak(state, language_code)
    return {}


def _inject_update(state: TelegramState, update: Json) -> Json:
    return {"update_id": state.updates.add_raw(update)}


def _set_faults(state: TelegramState, rules: list[Json] | None = None, add: Json | None = None) -> list[Json]:
    """Replace all rules, or add one."""
    state.faults[:] = [*state.faults, Fault(**add)] if add is not None else [Fault(**rule) for rule in rules or []]
    return _faults(state, {})


def _set_clock(state: TelegramState, offset: float) -> Json:
    state.set_clock(float(offset))
    return {"now": state.now()}


def _transcript(state: TelegramState, args: dict[str, str]) -> Any:
    return state.transcript(people.find_person(state, int(args["user_id"])))


def _requests(state: TelegramState, args: dict[str, str]) -> list[Json]:
    since = int(args.get("since", 0))
    return [r for r in state.requests if r["id"] > since and args.get("method", r["method"]) == r["method"]]


def _answers(state: TelegramState, args: dict[str, str]) -> list[Json]:
    return [a for a in state.answers if str(a["user_id"]) == args.get("user_id", str(a["user_id"]))]


def _command_menu(state: TelegramState, args: dict[str, str]) -> list[Json]:
    return commands_for(state, people.find_person(state, int(args["user_id"])))


def _users(state: TelegramState, args: dict[str, str]) -> list[Json]:
    names = ("role", "started", "blocked", "deactivated")
    return [{**p.user(), **{name: getattr(p, name) for name in names}} for p in state.people.values()]


def _violations(state: TelegramState, args: dict[str, str]) -> list[Json]:
    return state.violations


def _faults(state: TelegramState, args: dict[str, str]) -> list[Json]:
    return [asdict(fault) for fault in state.faults]


def _pending(state: TelegramState, args: dict[str, str]) -> Json:
    return {"count": state.updates.pending(), "confirmed": state.updates.confirmed}


def _bot(state: TelegramState, args: dict[str, str]) -> Json:
    return describe_bot(state, args.get("language_code", ""))


_COMMANDS: dict[str, Callable[..., Any]] = {
    "users": _add_person,
    "speak": _speak,
    "send": people.send,
    "press": people.press,
    "block": people.block,
    "unblock": people.unblock,
    "deactivate": people.deactivate,
    "update": _inject_update,
    "faults": _set_faults,
    "clock": _set_clock,
}
_VIEWS: dict[str, Callable[[TelegramState, dict[str, str]], Any]] = {
    "transcript": _transcript,
    "requests": _requests,
    "answers": _answers,
    "commands": _command_menu,
    "users": _users,
    "violations": _violations,
    "faults": _faults,
    "pending": _pending,
    "bot": _bot,
}
