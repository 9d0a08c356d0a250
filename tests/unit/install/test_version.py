"""Which AmneziaWG a new interface gets: one question, one sentence of each; one that is there keeps its own."""

from __future__ import annotations

import subprocess

import pytest

from tests.company import ROOT

PARTS = ("words", "interface", "amneziawg")
STEPS = ("renew_network", "adopt_interface", "start_existing", "is_ours")
LOCALES = {"en": "C.UTF-8", "ru": "ru_RU.UTF-8"}


def run(script: str, language: str = "en", stdin: str = "") -> str:
    """Run a script with the installation's parts, on a machine that has the newest AmneziaWG."""
    parts = "".join(f". {ROOT}/lib/install/{part}.sh; " for part in PARTS)
    quiet = "".join(f"{step}() {{ :; }}; " for step in STEPS) + "awg() { echo amneziawg-tools v3.1.20260812; }; "
    start = "exec 3>&1; assume_yes= plain= etc=/nowhere version=; "
    done = subprocess.run(
        ("sh", "-euc", parts + quiet + start + script), env={"LC_ALL": LOCALES[language], "PATH": "/usr/bin:/bin"},
        input=stdin, capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("language", LOCALES)
def test_it_works(language: str) -> None:
    said = run("choose_version; echo; echo chosen $version", language, "\n")
    question = said.splitlines()[0].partition("? ")[2]
    assert [sentence[:3] for sentence in question.split(". ")] == ["2.0", "3.1"]
    assert question.endswith(" [2.0]: ")
    assert "chosen 2.0" in said, "what most apps understand, if nothing is typed"


@pytest.mark.parametrize("there", ["find_running() { tool=awg; }; ",
                                   "find_running() { false; }; find_conf() { tool=awg; }; "])  # fmt: skip
@pytest.mark.parametrize(("language", "words"), [("en", "awg0 keeps its parameters"),
                                                 ("ru", "awg0 остаётся со своими параметрами")])  # fmt: skip
def test_a_second_run_asks_nothing_and_changes_no_parameters(there: str, language: str, words: str) -> None:
    settle = f"make_interface() {{ echo MADE; }}; {there} interface=awg0; settle_interface"
    assert words in run(f"version=3.1; {settle}", language)
    said = run(settle, language)
    assert "3.1" not in said
    assert "MADE" not in said
    gone = "find_running() { false; }; find_conf() { false; }; "
    assert "MADE" in run(settle.replace(there, gone))
