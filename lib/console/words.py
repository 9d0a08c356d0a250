"""The command line: which commands there are, what each takes, and the messages for invalid input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from lib.chat.devices import PLATFORMS
from lib.chat.texts import plain
from lib.console.answers import language_of
from lib.vpn.generate import USUAL, VERSIONS

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "run": ("",),
    "demo": ("[--port N] [--real]",),
    "check": ("",),
    "status": ("",),
    "users": ("",),
    "requests": ("",),
    "approve": ("person ID", "request N"),
    "reject": ("person ID", "request N"),
    "block": ("ID",),
    "unblock": ("ID",),
    "issue": (f"NAME [--platform {'|'.join(PLATFORMS)}] [--file FILE] [--qr]",),
    "backup": ("FILE",),
    "restore": ("FILE",),
    "whoami": ("",),
    "admin": ("",),
    "parameters": (f"[--of {'|'.join(VERSIONS)}]",),
}
"""The commands, in the order of the help, with what each takes."""

INSTALLED = Path("/opt/andreyvpn")  # where install.sh puts the bot, with a command `andreyvpn`
MOST_ID = 10**16  # more than any id that Telegram gives


class WrongWords(Exception):
    """The command line can't be parsed; `key` names the text that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Drop argparse's own message: it is in English and meant for programmers."""
        raise WrongWords("cli_not_so")


def program() -> str:
    """Return how to invoke this program."""
    path = Path(sys.argv[0])
    return "andreyvpn" if path.is_absolute() and INSTALLED in path.parents else path.name


def read_words(argv: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """Return the command with its arguments, `env` and `language`. Exits with help (0) or an error (2)."""
    top = _Parser(add_help=False, allow_abbrev=False)
    top.add_argument("--env", type=Path)
    command, language = "", language_of(environment)
    try:
        options, words = top.parse_known_args(argv)
        language = language_of(environment, options.env)
        command, options.command = _find_command(words), ""
        if not command or {"-h", "--help"} & set(words) or words[:1] == ["help"]:
            print(describe(command, language) if command else overview(language))
            raise SystemExit(0)
        options.command, options.language = command, language
        return _read_number(_make_parser(command).parse_args(words[1:], options))
    except WrongWords as wrong:
        key = wrong.key if command or wrong.key != "cli_not_so" else "cli_no_env"  # all that is read before a command
        said = plain(language, key, command=command, **wrong.values)
        how = usage(command, language) if command else plain(language, "cli_more", me=program())
        print(f"{program()}: {said}\n{how}", file=sys.stderr)
        raise SystemExit(2) from None


def _find_command(words: Sequence[str]) -> str:
    """Return the command: the default without any arguments, and '' if only help is asked for."""
    if not words:
        return "run"
    if words[0] in COMMANDS:
        return words[0]
    if words[0] in ("-h", "--help", "help"):
        return next((word for word in words[1:] if word in COMMANDS), "")
    if alike := get_close_matches(words[0], COMMANDS, 1):
        raise WrongWords("cli_meant", word=words[0], meant=alike[0])
    raise WrongWords("cli_no_command", word=words[0])


def _make_parser(command: str) -> _Parser:
    """Describe a command's arguments."""
    parser = _Parser(add_help=False, allow_abbrev=False)
    if command == "demo":
        parser.add_argument("--port", type=_port, default=8080)
        parser.add_argument("--real", action="store_true")
    elif command in ("approve", "reject"):
        parser.add_argument("what", type=_what)
        parser.add_argument("number")
    elif command in ("block", "unblock"):
        parser.add_argument("number")
    elif command == "issue":
        parser.add_argument("name", nargs="+")
        parser.add_argument("--platform", choices=PLATFORMS, default="android")
        parser.add_argument("--file", type=Path)
        parser.add_argument("--qr", action="store_true")
    elif command in ("backup", "restore"):
        parser.add_argument("file", type=Path)
    elif command == "parameters":
        parser.add_argument("--of", choices=VERSIONS, default=USUAL)
    return parser


def _what(word: str) -> str:
    if word not in ("person", "request"):
        raise WrongWords("cli_no_what", word=word)
    return word


def _read_number(options: argparse.Namespace) -> argparse.Namespace:
    """Return the options with the id of a person or a request as an integer."""
    if (word := getattr(options, "number", None)) is not None:
        of_request = getattr(options, "what", "person") == "request"
        digits = word if of_request else word.removeprefix("-")  # negative for people without Telegram
        if not (digits.isascii() and digits.isdigit() and 0 < int(digits[:20]) < MOST_ID):
            raise WrongWords("cli_no_request" if of_request else "cli_no_id", word=word, me=program())
        options.number = int(word)
    return options


def _port(word: str) -> int:
    if not (word.isascii() and word.isdigit() and int(word) < 65536):
        raise WrongWords("cli_no_port")
    return int(word)


def describe(command: str, language: str) -> str:
    """Explain a command, with examples."""
    lines = plain(language, f"cli_example_{command}").splitlines()
    examples = [line.partition("  # ") for line in lines]
    width = max(len(words) for words, _, _ in examples)
    shown = [f"  {program()} {words:<{width}}{mark}{meaning}".rstrip() for words, mark, meaning in examples]
    title = plain(language, "cli_examples")
    meaning = plain(language, f"cli_help_{command}")
    return "\n".join([meaning[0].upper() + meaning[1:], "", usage(command, language), "", title, *shown])


def overview(language: str) -> str:
    """List all commands."""
    lines = [f"  {name:<11} {plain(language, f'cli_help_{name}')}" for name in COMMANDS]
    return plain(language, "cli_overview", me=program(), commands="\n".join(lines))


def usage(command: str, language: str) -> str:
    """Return the usage line of a command."""
    word = plain(language, "cli_usage")
    indent = " " * len(word)
    lines = [f"{program()} {command} {takes}".rstrip() for takes in COMMANDS[command]]
    return f"{word} " + f"\n{indent} ".join(lines)
