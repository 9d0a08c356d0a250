"""What the installation says stands in one file, in both languages; its parts keep the habits that protect a server."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.company import ROOT

PARTS = sorted((ROOT / "lib/install").glob("*.sh"))
SCRIPTS = [ROOT / "install.sh", *PARTS]
WORDS = ROOT / "lib/install/words.sh"
KEYS = re.findall(r"^        (\w+)\)", WORDS.read_text(encoding="utf-8"), re.MULTILINE)
USED = re.compile(
    r"\b(?:say|die|step|confirm|text) ([a-z_]+)"
    r"|\bask \w+ \S+ ([a-z_]+)"
    r"|\bsettle \w+ [A-Z_]+ \S+ ([a-z_]+)"
)  # fmt: skip


def code(path: Path) -> str:
    """Return a script without its comments and the help, which has a text of its own."""
    text = re.sub(r"^usage\(\) \{.*?^\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(^|\s)#.*", "", text)


def say(key: str, *values: str, language: str) -> str:
    words = ("sh", "-c", f'. {WORDS}; say "$@"', "sh", key, *values)
    done = subprocess.run(words, env={"LC_ALL": language}, capture_output=True, text=True, timeout=20)
    assert done.stderr == ""
    return done.stdout


def test_it_works() -> None:
    assert say("fault", "BOT_TOKEN", "50% of it", language="C.UTF-8") == "BOT_TOKEN: 50% of it\n"
    assert say("go_on", language="C.UTF-8") == "Continue?\n"
    assert say("go_on", language="ru_RU.UTF-8") == "Продолжить?\n"
    assert say("bad_port", language="C").startswith("--port")


def test_every_text_that_is_used_is_there_and_none_is_dead() -> None:
    used = {next(filter(None, match)) for path in SCRIPTS for match in USED.findall(code(path))}
    assert len(KEYS) == len(set(KEYS)) > 80
    assert used == set(KEYS)


def test_both_languages_say_it_with_the_same_values() -> None:
    blocks = re.findall(r"^        (\w+)\)(.*?);;$", WORDS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert [key for key, _ in blocks] == KEYS
    for key, block in blocks:
        texts = {language: "".join(re.findall(rf"\b{language}=(?:'([^']*)'|\"([^\"]*)\")", block)[0] or "")
                 for language in ("en", "ru")}  # fmt: skip
        whole = {language: say(key, *["(a value)"] * 9, language=locale).partition("\n")[0]
                 for language, locale in (("en", "C.UTF-8"), ("ru", "ru_RU.UTF-8"))}  # fmt: skip
        assert texts["en"], key
        assert texts["ru"], key
        assert not re.search("[а-яё]", texts["en"], re.IGNORECASE), key
        if key not in ("as_it_is", "fault", "the_vpn"):
            assert re.search("[а-яё]", whole["ru"], re.IGNORECASE), key
        assert len(re.findall("%s", re.sub(r"\bru=.*", "", block, flags=re.DOTALL))) == len(
            re.findall("%s", block[block.index("ru=") :])
        ), key


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_part_says_nothing_of_its_own(path: Path) -> None:
    if path != WORDS:
        assert not re.search("[а-яё]", code(path), re.IGNORECASE)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_part_removes_no_folder_but_those_that_it_names(path: Path) -> None:
    own = r"/(opt/andreyvpn|run/andreyvpn-|etc/andreyvpn/|var/lib/andreyvpn"
    own += r"|etc/systemd/system/andreyvpn(-node@)?\.service\.d|usr/local/lib/andreyvpn-takeover)"
    for words in re.findall(r"\brm -\w*r\w* (.*)", code(path)):
        for word in words.split():
            assert re.fullmatch(rf"{own}[a-z./-]*", word), f"rm -rf {word}"
    assert "SC2086" not in path.read_text(encoding="utf-8"), "no list is split into words"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_part_can_be_read(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 120
    assert path == WORDS or len(lines) <= 300


CHANGES = {  # what an installation changes, as the installer and README call it in both languages
    "packages": ("system packages", "пакеты системы"),
    "code": ("/opt/andreyvpn", "/opt/andreyvpn"),
    "settings": ("/etc/andreyvpn", "/etc/andreyvpn"),
    "data": ("/var/lib/andreyvpn", "/var/lib/andreyvpn"),
    "user": ("user `?andreyvpn", "пользователь `?andreyvpn"),
    "services": ("two services", "две службы"),
    "command": ("command `?andreyvpn", "команда `?andreyvpn"),
    "archive": ("apt archive", "архив apt"),
    "key": ("key", "ключ"),
    "lists": ("list of source packages", "список исходных пакетов"),
    "headers": ("kernel headers", "заголовки ядра"),
    "forwarding": ("forwarding", "пересылк"),
    "table": ("one nft table, `?andreyvpn_IF", "одну? ?таблиц. nft, `?andreyvpn_IF|одна таблица nft, `?andreyvpn_IF"),
    "firewalls": ("ufw or docker", "ufw или docker"),
    "ssh": ("sshd", "sshd"),
}


@pytest.mark.parametrize(("at", "locale", "readme", "chapter"), [
    (0, "C.UTF-8", "README.md", "What it changes on your server"),
    (1, "ru_RU.UTF-8", "README.ru.md", "Что меняется на сервере"),
])  # fmt: skip
def test_what_is_said_before_the_first_question_is_what_readme_says(
    at: int, locale: str, readme: str, chapter: str
) -> None:
    paths = {name: re.findall(rf"(?m)^{name}=(\S+)", SCRIPTS[0].read_text())[0] for name in ("app", "etc", "data")}
    asked = re.findall(r"say (this_\w+)", code(SCRIPTS[0]).partition("confirm go_on")[0])
    assert len(asked) == 5, "with --plain another one"
    said = " ".join(say(key, *paths.values() if key == "this_installs" else (), language=locale) for key in asked)
    written = (ROOT / readme).read_text(encoding="utf-8").partition(f"### {chapter}\n")[2].partition("###")[0]
    for name, words in CHANGES.items():
        for text in (said, " ".join(written.split())):
            assert re.search(words[at], text), f"{name} is missing in: {text}"


@pytest.mark.parametrize("name", ["docs/installation.md", "docs/ru/installation.md"])
def test_every_place_that_the_installer_writes_to_is_listed(name: str) -> None:
    document = (ROOT / name).read_text(encoding="utf-8")
    constants = re.compile(r"^[a-z_]+=(/(?:etc|opt|usr|var)/\S+)$", re.MULTILINE)
    places = {place for path in SCRIPTS for place in constants.findall(code(path))}
    assert len(places) > 8
    assert [place for place in sorted(places) if place not in document] == []
