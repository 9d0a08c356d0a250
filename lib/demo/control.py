"""The control API: what people do, what was said, what went wrong, and what shall go wrong. JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from lib.demo import people
from lib.demo.faults import Fault
from lib.demo.people import NotPossible
from lib.demo.profile import commands_for, describe_bot
from lib.demo.world import Json, World

Faults = list[Fault]


def change(world: World, faults: Faults, deed: str, args: Json) -> Any:
    """Do one of the deeds below; raises NotPossible. Unknown arguments are refused."""
    with world.changed:
        if deed not in _DEEDS:
            raise NotPossible(f"there is no deed {deed!r}")
        try:
            return _DEEDS[deed](world, faults, **args)
        except (AttributeError, TypeError, ValueError, KeyError) as exc:
            raise NotPossible(f"{deed}: {exc}") from exc


def look(world: World, faults: Faults, what: str, args: dict[str, str]) -> Any:
    """Look at something; raises NotPossible."""
    with world.changed:
        if what not in _VIEWS:
            raise NotPossible(f"there is no view {what!r}")
        try:
            return _VIEWS[what](world, faults, args)
        except (ValueError, KeyError) as exc:
            raise NotPossible(f"{what}: {exc!r}") from exc


def _deed(act: Callable[..., Any]) -> Callable[..., Any]:
    return lambda world, faults, **args: act(world, **args)


def _add_user(world: World, **names: Any) -> Json:
    return world.add_person(**names).user()


def _inject(world: World, update: Json) -> Json:
    return {"update_id": world.updates.add_raw(update)}


def _set_faults(world: World, faults: Faults, rules: list[Json] | None = None, add: Json | None = None) -> list[Json]:
    """Replace all rules, or add one."""
    fresh = [*faults, Fault(**add)] if add is not None else [Fault(**rule) for rule in rules or []]
    faults[:] = fresh
    return [asdict(fault) for fault in faults]


def _set_clock(world: World, offset: float) -> Json:
    world.offset = float(offset)
    world.changed.notify_all()
    return {"now": world.now()}


def _set_next_id(world: World, id: int) -> Json:
    world.updates.next_id = int(id)
    return {}


def _drop_pending(world: World) -> Json:
    dropped = world.updates.pending()
    world.updates.drop()
    return {"dropped": dropped}


def _set_limits(world: World, on: bool) -> Json:
    world.limits = bool(on)
    return {}


def _transcript(world: World, faults: Faults, args: dict[str, str]) -> Any:
    return world.transcript(people.find_person(world, int(args["user_id"])))


def _requests(world: World, faults: Faults, args: dict[str, str]) -> list[Json]:
    since = int(args.get("since", 0))
    return [r for r in world.requests if r["id"] > since and args.get("method", r["method"]) == r["method"]]


def _answers(world: World, faults: Faults, args: dict[str, str]) -> list[Json]:
    return [a for a in world.answers if str(a["user_id"]) == args.get("user_id", str(a["user_id"]))]


def _commands(world: World, faults: Faults, args: dict[str, str]) -> list[Json]:
    return commands_for(world, people.find_person(world, int(args["user_id"])))


def _people(world: World, faults: Faults, args: dict[str, str]) -> list[Json]:
    marks = ("started", "blocked", "deactivated", "chat_id")
    return [{**p.user(), **{mark: getattr(p, mark) for mark in marks}} for p in world.people.values()]


def _pending(world: World, faults: Faults, args: dict[str, str]) -> Json:
    updates = world.updates
    return {"count": updates.pending(), "confirmed": updates.confirmed, "next_update_id": updates.next_id}


_DEEDS: dict[str, Callable[..., Any]] = {
    "users": _deed(_add_user),
    "send": _deed(people.send),
    "press": _deed(people.press),
    "block": _deed(people.block),
    "unblock": _deed(people.unblock),
    "deactivate": _deed(people.deactivate),
    "migrate": _deed(people.migrate),
    "update": _deed(_inject),
    "faults": _set_faults,
    "clock": _deed(_set_clock),
    "next_update_id": _deed(_set_next_id),
    "drop_pending": _deed(_drop_pending),
    "limits": _deed(_set_limits),
}
_VIEWS: dict[str, Callable[[World, Faults, dict[str, str]], Any]] = {
    "transcript": _transcript,
    "requests": _requests,
    "answers": _answers,
    "commands": _commands,
    "users": _people,
    "violations": lambda world, faults, args: world.violations,
    "faults": lambda world, faults, args: [asdict(fault) for fault in faults],
    "cast": lambda world, faults, args: world.cast,
    "pending": _pending,
    "bot": lambda world, faults, args: describe_bot(world, args.get("language_code", "")),
}
