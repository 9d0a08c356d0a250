"""The tests themselves: no check that can't fail, no test that checks nothing, no helper borrowed from a test."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from tests.vacuous import find_checking_functions, find_faults, find_tests_without_checks

TESTS = Path(__file__).parents[1]
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


@cache
def trees() -> dict[str, ast.Module]:
    """Parse all test files."""
    paths = sorted(TESTS.rglob("*.py"))
    return {str(path.relative_to(TESTS)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


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
    faults = {name: list(find_faults(tree)) for name, tree in trees().items()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_every_test_checks_something() -> None:
    checking = find_checking_functions(trees().values())
    faults = {name: list(find_tests_without_checks(tree, checking)) for name, tree in trees().items()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_no_helper_is_borrowed_from_a_test_or_a_conftest() -> None:
    borrowed = [
        f"{name}: {node.module}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2].startswith(("test_", "conftest"))
    ]
    assert borrowed == []


def run_pytest(folder: Path, test: str, *words: str, **environment: str) -> str:
    """Run a test with the plugins of this project; return what is printed."""
    (folder / "test_it.py").write_text(dedent(test), encoding="utf-8")
    plugins = [word for name in ("completeness", "garbage", "order", "reporting") for word in ("-p", f"tests.{name}")]
    command = [sys.executable, "-m", "pytest", *plugins, "-p", "no:cacheprovider", "--rootdir", str(folder)]
    done = subprocess.run(
        [*command, str(folder / "test_it.py"), *words], cwd=TESTS.parent, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.slow(3)
@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 failed"), ("false", "1 skipped")])
def test_nothing_is_skipped_in_ci(tmp_path: Path, ci: str, outcome: str) -> None:
    test = "import pytest\ndef test_it(): pytest.skip('no wg')\n"
    said = run_pytest(tmp_path, test, "-ra", CI=ci)
    assert outcome in said
    assert "no wg" in said


@pytest.mark.slow(3)
def test_figures_and_slowest_files_are_said_under_xdist_too(tmp_path: Path) -> None:
    test = """
        import pytest
        @pytest.mark.parametrize("number", range(3))
        def test_it(number, figures):
            figures.count(kills_in_all=1000)
            if number == 2: figures.say("a stop took 1.5 s")
        """
    said = run_pytest(tmp_path, test, "-n", "2")
    assert "test_it.py: 3,000 kills in all\n" in said
    assert "test_it.py: a stop took 1.5 s\n" in said
    assert "      3  " in said.partition("slowest 10 files")[2]


@pytest.mark.slow(3)
def test_a_group_stays_in_one_process(tmp_path: Path) -> None:
    """It did not with pytest 9.2.0 and pytest-xdist 3.8.0, and nothing said so."""
    test = """
        import os, pathlib, pytest
        pytestmark = pytest.mark.xdist_group("all")
        @pytest.mark.parametrize("number", range(6))
        def test_it(number):
            with open(pathlib.Path(__file__).with_name("processes"), "a") as file: file.write(f"{os.getpid()}\\n")
        """
    assert "6 passed" in run_pytest(tmp_path, test, "-n", "2", "--dist", "loadgroup")
    assert len(set((tmp_path / "processes").read_text().split())) == 1


@pytest.mark.slow(3)
def test_the_slow_ones_start_first(tmp_path: Path) -> None:
    test = """
        import pytest
        def test_quick(): assert True
        def test_quick_too(): assert True
        @pytest.mark.slow(60)
        def test_slow(): assert True
        @pytest.mark.slow(300)
        def test_slowest(): assert True
        """
    said = run_pytest(tmp_path, test, "--collect-only", "-q", "-o", "markers=slow(seconds)")
    assert [line.rpartition("::")[2] for line in said.splitlines() if "::" in line] == [
        "test_slowest", "test_slow", "test_quick", "test_quick_too",
    ]  # fmt: skip


ORDERED = """
    import pathlib, pytest, time
    BEGUN = pathlib.Path(__file__).with_name("begun")
    def begin(name, until=""):
        with BEGUN.open("a") as file: file.write(f"{name}\\n")
        end = time.monotonic() + 20
        while until not in BEGUN.read_text() and time.monotonic() < end: time.sleep(0.02)
    @pytest.mark.parametrize("number", range(9))
    def test_quick(number): begin(number)
    @pytest.mark.slow(60)
    def test_waiting(): begin("waiting", until="3")
    @pytest.mark.slow(50, busy=True)
    def test_busy(): begin("busy", until="UNTIL")
    """


@pytest.mark.slow(3)
def test_one_process_is_busy_while_the_other_waits(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, ORDERED.replace("UNTIL", "waiting"), "-n", "2", "--dist", "loadgroup")
    assert "11 passed" in said
    begun = (tmp_path / "begun").read_text().split()
    assert {*begun[:2]} == {"waiting", "busy"}
    assert begun[2:8] == [*"876543"], "one goes on from the end"


@pytest.mark.slow(3)
def test_the_quickest_that_wait_run_beside_the_slowest(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import os\nos.cpu_count = lambda: 1\n")
    said = run_pytest(tmp_path, ORDERED.replace("UNTIL", "3"), "-n", "3", "--dist", "loadgroup")
    assert "11 passed" in said
    quick = [name for name in (tmp_path / "begun").read_text().split() if name.isdecimal()]
    assert quick[:5] == [*"86543"], "7 is the next of the process that is busy"


def test_files_of_a_folder_have_its_fixtures_whatever_else_is_named(tmp_path: Path) -> None:
    """With pytest 9.1 they lose their fixtures when a file beside the folder is listed between them."""
    files = [tmp_path / "unit" / name for name in ("deep/test_a.py", "test_c.py", "deep/test_b.py")]
    files[0].parent.mkdir(parents=True)
    (files[0].parent / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef thing(): return 1\n")
    files[1].write_text("def test_it(): pass\n")
    for file in (files[0], files[2]):
        file.write_text("import pytest\n@pytest.fixture\ndef thing(thing): return thing + 1\n"
                        "def test_it(thing): assert thing == 2\n")  # fmt: skip
    assert "4 passed" in run_pytest(tmp_path, "def test_it(): pass\n", *map(str, files))


def test_a_file_that_does_not_exist_is_named_under_xdist_too(tmp_path: Path) -> None:
    printed = run_pytest(tmp_path, "def test_it(): pass\n", "no/such_file", "-n", "1")
    assert f"ERROR: file or directory not found: {TESTS.parent / 'no/such_file'}" in printed
