"""A text is found from the tree: it stands in the file of a screen that shows it, in every language alike."""

from __future__ import annotations

import ast
import string
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from lib.chat.texts import LANGUAGES

LIB = Path(__file__).parents[3] / "lib"
TEXTS = LIB / "chat" / "texts"
CODES = tuple(LANGUAGES)
SHARED = {"shared", "refusals", "languages", "apps"}  # what several screens say
SHARES = {  # a module with few texts of its own, and whose file holds them
    "configs": "config", "config_options": "config", "month_report": "traffic",
    "waiting_reminder": "waiting", "decisions_shown": "decisions", "rejections": "decisions", "panel_shown": "panel",
    "search": "people", "limits": "person", "person_more": "person", "message": "person", "issue": "person",
    "person_configs": "person_config", "broadcast_progress": "broadcast",
    "broadcasts": "broadcast", "tickets_shown": "tickets", "removed_helpers": "decisions",
    "interface_news": "rollout", "sharing": "alerts", "delivery": "apps",
    "first_connection": "config", "steps": "config", "trials": "another_way", "disguises": "obfuscation",
    "revoked_in_app": "person_config", "person_ways": "another_way", "port_moves": "ports",
    "claiming": "claims", "claims_shown": "claims", "claim_watch": "claims", "foreign_owners": "foreign_peers",
    "taking_back": "foreign_peers",
}  # fmt: skip
SCREENS = {"friend", "admin", "notify"}
Users = Mapping[str, set[tuple[str, str]]]
"""By key: the modules that name it, as (room, module)."""


def files_of(code: str) -> dict[str, dict[str, str]]:
    """Return the texts of a language by file."""
    names = sorted(path.stem for path in (TEXTS / code).glob("[!_]*.py"))
    return {name: import_module(f"lib.chat.texts.{code}.{name}").TEXTS for name in names}


def home_of(room: str, module: str) -> str:
    """Return the name of the file that holds the texts of a module."""
    return room if room == "console" else SHARES.get(module, module)


def modules() -> dict[tuple[str, str], Path]:
    paths = (path.relative_to(LIB) for path in LIB.rglob("[!_]*.py"))
    kept = (path for path in paths if path.parts[0] != "demo" and "texts" not in path.parts)
    return {(path.parent.name, path.stem): LIB / path for path in kept if path.stem not in ("routes", "typed")}


@pytest.fixture(scope="module")
def users() -> Users:
    """Find who names each key, in full or by the beginning of an f-string."""
    found: dict[str, set[tuple[str, str]]] = {key: set() for texts in files_of(CODES[0]).values() for key in texts}
    for module, path in modules().items():
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        named = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        begun = [node.values[0] for node in nodes if isinstance(node, ast.JoinedStr)]
        stems = tuple(str(node.value) for node in begun if isinstance(node, ast.Constant) and len(str(node.value)) > 2)
        for key, where in found.items():
            if key in named or (stems and key.startswith(stems)):
                where.add(module)
    return found


def complaint(key: str, file: str, users: Users) -> str | None:
    """Return what is wrong with a text's place."""
    homes = {home_of(*module) for module in users[key]}
    if not homes:
        return "nobody says it"
    if file == "shared" and len(homes) == 1 and {room for room, _ in users[key]} <= SCREENS:
        return f"only {homes.pop()} says it"
    return None if file in homes | SHARED else f"it is said by {sorted(homes)}"


def test_it_works(users: Users) -> None:
    wrong = [(file, key, complaint(key, file, users)) for file, texts in files_of(CODES[0]).items() for key in texts]
    assert [fault for fault in wrong if fault[2]] == []


def test_a_text_in_the_wrong_file_is_found(users: Users) -> None:
    assert complaint("captcha", "door", users) is None
    assert complaint("captcha", "settings", users) is not None
    assert complaint("another_picture", "shared", users) == "only door says it"
    assert complaint("dead", "door", {"dead": set()}) == "nobody says it"


def test_every_file_is_named_after_what_shows_it() -> None:
    names = {name for module in modules() for name in module}
    assert set(files_of(CODES[0])) <= names | SHARED
    assert {*SHARES} <= names
    assert {*SHARES.values()} <= {*files_of(CODES[0])}


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_the_same_files_with_the_same_keys(code: str) -> None:
    keys = {file: list(texts) for file, texts in files_of(code).items()}
    assert keys == {file: list(texts) for file, texts in files_of(CODES[0]).items()}
    assert list(LANGUAGES[code].TEXTS) == list(LANGUAGES[CODES[0]].TEXTS)
    assert sorted(LANGUAGES[code].TEXTS) == sorted(key for texts in keys.values() for key in texts)


@pytest.mark.parametrize("code", CODES)
def test_every_language_fills_the_same_places(code: str) -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    first = LANGUAGES[CODES[0]].TEXTS
    assert [key for key, text in LANGUAGES[code].TEXTS.items() if places(text) != places(first[key])] == []


@pytest.mark.parametrize("code", CODES)
def test_every_language_brings_all_facts_of_its_own(code: str) -> None:
    facts = {name for name in vars(LANGUAGES[CODES[0]]) if name.isupper()}
    assert {name for name in vars(LANGUAGES[code]) if name.isupper()} == facts
    assert {f"language_{known}" for known in CODES} <= {*LANGUAGES[code].TEXTS}
    assert {f"audience_{known}" for known in CODES} <= {*LANGUAGES[code].TEXTS}
