"""The gate's table against the handlers that it names: each takes just what its route gives it, in that order."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from dataclasses import replace

from lib.chat.gate import PersonId, Route
from lib.chat.routes import BUTTONS, COMMANDS
from lib.chat.texts import plain
from lib.chat.typed import TEXTS
from tests.unit.chat.desk import Desk, text_of

Word = type[int] | type[str] | Collection[str]


def type_of(word: Word) -> type:
    """Return the type of an argument; one that must be one of some texts is a text."""
    return int if word in (int, PersonId) else str


def faults(verb: str, route: Route, given: tuple[Word, ...]) -> list[str]:
    """Return what is wrong with a handler that must take (db, actor, *given, now), where `now` may be left out."""
    parameters = list(inspect.signature(route.handler).parameters.values())
    names, types = [p.name for p in parameters], [p.annotation for p in parameters]
    found = []
    if names[:2] != ["db", "actor"] or types[:2] != ["sqlite3.Connection", "Actor"]:
        found.append(f"{verb}: the handler begins with {names[:2]}")
    if "now" in names[:-1]:
        found.append(f"{verb}: `now` comes last")
    words = types[2:-1] if names[-1] == "now" else types[2:]
    if words != [type_of(word).__name__ for word in given]:
        found.append(f"{verb}: the route gives {given}, the handler takes {words}")
    if any(p.default is not p.empty or p.kind is not p.POSITIONAL_OR_KEYWORD for p in parameters):
        found.append(f"{verb}: defaults stand in the route, not in the handler")
    last = route.arguments[len(route.arguments) - len(route.defaults) :]
    if any(type(value) is not type_of(word) for value, word in zip(route.defaults, last, strict=True)):
        found.append(f"{verb}: the defaults {route.defaults} are not of the types of the last words")
    if any(not isinstance(word, type) and value not in word for value, word in zip(route.defaults, last, strict=True)):
        found.append(f"{verb}: the defaults {route.defaults} are none of the texts that the last words may be")
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
    route = BUTTONS["decide"]
    assert faults("decide", replace(route, defaults=("nowhere",)), route.arguments) != []


def test_a_word_that_is_none_of_the_known_ones_is_refused(desk: Desk) -> None:
    asked = 0
    for verb, route in BUTTONS.items():
        good = ["1" if word in (int, str, PersonId) else next(iter(word)) for word in route.arguments]
        for place, word in enumerate(route.arguments):
            if not isinstance(word, type) and "admin" in route.allowed:
                (answer,) = desk.taps(1, ":".join([verb, *good[:place], "bomb", *good[place + 1 :]]))
                assert text_of(answer) == plain("en", "old_button"), verb
                asked += 1
    assert asked > 10
