"""The documents: links work, every setting is described, and each README opens with the two commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lib.settings import READERS
from tests.company import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
SETTINGS = [ROOT / "docs/settings.md", ROOT / "docs/ru/settings.md"]
OPENING = ["./install.sh demo", "./install.sh test"]


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as code hosts generate them: lower case, spaces to hyphens."""
    heads = re.findall(r"(?m)^#+ (.+)$", document.read_text())
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken_links(document: Path) -> list[str]:
    """Return a document's broken links within the project."""
    found = []
    for link in ("".join(words) for words in LINK.findall(document.read_text())):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if "://" not in link and (not target.exists() or (anchor and anchor not in anchors(target))):
            found.append(link)
    return found


def test_it_works(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# One, two\n[x](#one-two) [x](#three) [x](b.md) ![x](a.md) [x](a.md#two) [x](https://a.b/c)")
    assert broken_links(tmp_path / "a.md") == ["#three", "b.md", "a.md#two"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


@pytest.mark.parametrize("document", SETTINGS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_setting_is_described_once(document: Path) -> None:
    assert re.findall(r"(?m)^\| `([A-Z_]+)`", document.read_text()) == [*READERS]


@pytest.mark.parametrize("name", ["README.md", "README.ru.md"])
def test_a_readme_opens_with_the_demo_and_the_tests(name: str) -> None:
    first = re.search(r"```sh\n(.*?)```", (ROOT / name).read_text(), re.S)
    assert first
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == OPENING


@pytest.mark.parametrize("name", ["README.md", "README.ru.md"])
def test_a_readme_does_not_grow_back(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) <= 260, "what is read once belongs in docs/"
