"""Read Telegram's HTML parse mode: text and entities, with the errors of the real parser (td, MessageEntity.cpp).

Errors count bytes of the source in UTF-8; entities count UTF-16 units of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lib.demo.refusal import Refused, bad

Entity = dict[str, Any]

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))|([a-z]+));?", re.IGNORECASE)
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACES = " \t\r\n\0\v"


def utf16_length(text: str) -> int:
    """Count as Telegram counts: characters outside the basic plane are two."""
    return len(text) + sum(char > "\uffff" for char in text)


@dataclass(frozen=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int  # UTF-16 units before it


class _Parser:
    """One reading of one source; `at` is where it stands."""

    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0
        self.out: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "<":
                (self._end_tag if self._peek(1) == "/" else self._start_tag)()
            else:
                self._put(self._reference() if char == "&" else self._take())
        if self.open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.out), self.entities

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._until(_SPACES + ">").lower()
        if not self._peek():
            raise self._error("Unclosed start tag", begin)
        if tag not in _KINDS:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        attributes: dict[str, str] = {}
        while self._skip_spaces() != ">":
            if not self._peek():
                raise self._error(f'Unclosed start tag "{tag}"', begin)
            name, value = self._attribute(tag, begin)
            attributes[name] = value
        self.at += 1
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(tag, attributes, self.units))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._until(_SPACES + "=>").lower()
        if not name:
            raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
        if self._skip_spaces() != "=":
            return name, ""
        self.at += 1
        quote = self._skip_spaces()
        if not quote:
            raise self._error(f'Unclosed start tag "{tag}"', begin)
        if quote not in "\"'":
            return name, self._bare_value()
        self.at += 1
        value = []
        while self._peek() and self._peek() != quote:
            value.append(self._reference() if self._peek() == "&" else self._take())
        self.at += 1
        if not self._peek():
            raise self._error("Unclosed start tag", begin)
        return name, "".join(value)

    def _bare_value(self) -> str:
        begin = self.at
        match = _NAME_TOKEN.match(self.source, begin)
        self.at = match.end() if match else begin
        if self._peek() not in (">", *_SPACES):
            raise self._error("Unexpected end of name token", begin)
        return self.source[begin : self.at].lower()

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._error("Unexpected end tag", begin)
        self.at += 2
        found = self._until(_SPACES + ">").lower()
        if self._skip_spaces() != ">":
            raise self._error("Unclosed end tag", begin)
        self.at += 1
        start = self.open.pop()
        if found and found != start.tag:
            raise self._error("Unmatched end tag", begin, f', expected "</{start.tag}>", found "</{found}>"')
        if self.units > start.offset:
            self._add_entity(start)

    def _add_entity(self, start: _Open) -> None:
        entity: Entity = {"type": _KINDS[start.tag], "offset": start.offset, "length": self.units - start.offset}
        if start.tag == "a":
            entity["url"] = start.attributes.get("href") or self._text_of(entity)
            if not re.match(r"(https?|tg|tonsite|mailto)://?\S|[\w-]+\.\w", entity["url"], re.IGNORECASE):
                return
        if start.tag == "tg-emoji":
            entity["custom_emoji_id"] = start.attributes.get("emoji-id", "")
        if start.tag == "blockquote" and "expandable" in start.attributes:
            entity["type"] = "expandable_blockquote"
        language = start.attributes.get("class", "")
        if start.tag == "code" and language.startswith("language-") and self._wraps_pre(entity):
            self.open[-1].attributes["language"] = language[len("language-") :]
            return
        if start.tag == "pre" and "language" in start.attributes:
            entity["language"] = start.attributes["language"]
        self.entities.append(entity)

    def _wraps_pre(self, entity: Entity) -> bool:
        return bool(self.open) and self.open[-1].tag == "pre" and self.open[-1].offset == entity["offset"]

    def _text_of(self, entity: Entity) -> str:
        return cut_units("".join(self.out), entity["offset"], entity["length"])

    def _reference(self) -> str:
        """Read `&lt;` and the like; what is no reference stays as it is."""
        match = _REFERENCE.match(self.source, self.at)
        if match:
            code = int(match[1], 16) if match[1] else int(match[2]) if match[2] else 0
            char = _NAMED.get(match[3] or "") or (chr(code) if 0 < code <= 0x10FFFF else "")
            if 0xD800 <= code <= 0xDFFF:
                raise bad("strings must be encoded in UTF-8")
            if char:
                self.at = match.end()
                return char
        return self._take()

    def _put(self, char: str) -> None:
        self.out.append(char)
        self.units += utf16_length(char)

    def _peek(self, ahead: int = 0) -> str:
        return self.source[self.at + ahead : self.at + ahead + 1]

    def _take(self) -> str:
        self.at += 1
        return self.source[self.at - 1]

    def _until(self, ends: str) -> str:
        begin = self.at
        while self._peek() and self._peek() not in ends:
            self.at += 1
        return self.source[begin : self.at]

    def _skip_spaces(self) -> str:
        while self._peek() and self._peek() in _SPACES:
            self.at += 1
        return self._peek()

    def _error(self, words: str, begin: int | None = None, more: str = "") -> Refused:
        place = "" if begin is None else f" at byte offset {len(self.source[:begin].encode())}"
        return bad(f"can't parse entities: {words}{place}{more}")


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Give the text and its entities; raises Refused with Telegram's words."""
    return trim(*_Parser(source).parse())


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends, as Telegram does, and move the entities accordingly."""
    ahead = len(text) - len(text.lstrip())
    stripped = text.strip()
    end = utf16_length(stripped)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - ahead, 0)
        stop = min(entity["offset"] + entity["length"] - ahead, end)
        if stop > start:
            moved.append({**entity, "offset": start, "length": stop - start})
    return stripped, sorted(moved, key=lambda entity: (entity["offset"], -entity["length"]))


def cut_units(text: str, offset: int, length: int) -> str:
    """Cut a piece out of a text by UTF-16 units."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def find_commands(text: str) -> list[Entity]:
    """Mark `/commands`, as Telegram does in every text."""
    return [
        {"type": "bot_command", "offset": utf16_length(text[: match.start()]), "length": len(match[0])}
        for match in re.finditer(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?", text)
    ]
