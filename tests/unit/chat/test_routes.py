"""The gate's table against the handlers that it names: each takes just what its route gives it, in that order."""

from __future__ import annotations

import inspect

from lib.chat.routes import BUTTONS, COMMANDS, TEXTS, Route


def faults(verb: str, route: Route, given: tuple[type, ...]) -> list[str]:
    """Return what is wrong with a handler that must take (db, actor, *given, now), where `now` may be left out."""
    parameters = list(inspect.signature(route.handler).parameters.values())
    names, types = [p.name for p in parameters], [p.annotation for p in parameters]
    found = []
    if names[:2] != ["db", "actor"] or types[:2] != ["sqlite3.Connection", "Actor"]:
        found.append(f"{verb}: the handler begins with {names[:2]}")
    if "now" in names[:-1]:
        found.append(f"{verb}: `now` comes last")
    words = types[2:-1] if names[-1] == "now" else types[2:]
    if words != [kind.__name__ for kind in given]:
        found.append(f"{verb}: the route gives {given}, the handler takes {words}")
    if any(p.default is not p.empty or p.kind is not p.POSITIONAL_OR_KEYWORD for p in parameters):
        found.append(f"{verb}: defaults stand in the route, not in the handler")
    if [type(value) for value in route.defaults] != list(route.arguments[len(route.arguments) - len(route.defaults) :]):
        found.append(f"{verb}: the defaults {route.defaults} are not of the types of the last words")
    return found


def test_it_works() -> None:
    routes = {**COMMANDS, **BUTTONS}
    assert [fault for verb, route in routes.items() for fault in faults(verb, route, route.arguments)] == []


def test_what_answers_a_text_takes_the_text_first() -> None:
    assert [fault for verb, route in TEXTS.items() for fault in faults(verb, route, (str, *route.arguments))] == []


def test_a_handler_that_takes_something_else_is_found() -> None:
    route = BUTTONS["config"]
    assert faults("config", route, (str,)) == ["config: the route gives (<class 'str'>,), the handler takes ['int']"]
    assert faults("config", Route(route.allowed, route.handler, (int,), defaults=("",)), (int,)) != []
