"""The tests themselves: no check that can't fail, no test that checks nothing, no helper borrowed from a test."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from tests.vacuous import find_checking_functions, find_faults, find_tests_without_checks

TESTS = Path(__file__).parents[1]
TREES = {
    str(path.relative_to(TESTS)): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(TESTS.rglob("*.py"))
}
WORTHLESS = """\
    assert "Approved" in said or "Approved and issued"
    assert ("Approved" in said, "it was not approved")
    assert f"{said}"
    assert found and 1
    assert not ()
    assert "" in said
    assert len(found) >= 0
    assert len(found) > -1
    assert found >= set()
    assert found == found
    assert len(found) == len(found)
    assert "yes" in "yes or no"
    assert all(row for row in ())
    assert not any(row for row in [])
    wait(lambda: pressed(button) or True)
    with suppress(AssertionError): assert found
    for row in (): assert row"""
WORTHY = """\
    assert "Approved" in said or "approved" in said
    assert found
    assert not found
    assert found != 1
    assert draw(7) == draw(7)
    assert len(found) > 0
    assert found >= {1}
    assert all(row for row in found)
    wait(lambda: pressed(button) and found)
    with suppress(OSError): assert found
    for row in found: assert row"""


@pytest.mark.parametrize("line", WORTHLESS.splitlines(), ids=str.strip)
def test_a_check_that_cannot_fail_is_found(line: str) -> None:
    assert list(find_faults(ast.parse(dedent(line)))) != []


@pytest.mark.parametrize("line", WORTHY.splitlines(), ids=str.strip)
def test_a_check_that_can_fail_is_left_alone(line: str) -> None:
    assert list(find_faults(ast.parse(dedent(line)))) == []


def test_an_assert_whose_failure_is_caught_is_found() -> None:
    def faults(caught: str, then: str) -> list[str]:
        return list(find_faults(ast.parse(f"try:\n    assert found\nexcept {caught}:\n    {then}\n")))

    assert faults("Exception", "pass") == ["line 1: Exception hides a failed assert"]
    assert faults("OSError", "pass") == []
    assert faults("AssertionError", "raise TooSlow") == []


def test_a_test_that_checks_nothing_is_found_and_helpers_count() -> None:
    tree = ast.parse(
        dedent("""
        from lib.vpn import obfuscation
        def check(): assert found
        def judge(): check()
        def look(): print()
        def test_by_a_helper(): judge()
        def test_by_an_exception():
            with pytest.raises(OSError): open()
        def test_nothing(): look()
        def test_by_a_function_of_the_bot(): obfuscation.check()
        """)
    )
    found = list(find_tests_without_checks(tree, find_checking_functions([tree])))
    assert [fault.split(" ", 2)[2] for fault in found] == [
        "test_nothing checks nothing",
        "test_by_a_function_of_the_bot checks nothing",
    ]


def test_every_check_can_fail() -> None:
    faults = {name: list(find_faults(tree)) for name, tree in TREES.items()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_every_test_checks_something() -> None:
    checking = find_checking_functions(TREES.values())
    faults = {name: list(find_tests_without_checks(tree, checking)) for name, tree in TREES.items()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_no_helper_is_borrowed_from_a_test_or_a_conftest() -> None:
    borrowed = [
        f"{name}: {node.module}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2].startswith(("test_", "conftest"))
    ]
    assert borrowed == []
