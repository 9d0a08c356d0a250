"""Parse formatted text (HTML parse mode) into plain text and entities, with the real parser's error messages.

They come from td's MessageEntity.cpp. Errors give byte offsets in the UTF-8 source; entities count UTF-16 units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lib.demo.telegram.api_error import ApiError, bad_request

Entity = dict[str, Any]

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))|([a-z]+));?", re.IGNORECASE)
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_DATE_FORMAT = re.compile("r|w?[dD]?[tT]?")
_SPACES = " \t\r\n\0\v"
_MARK = re.compile("[<&]")


def utf16_length(text: str) -> int:
    """Return the length as Telegram counts it: characters outside the basic plane count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class _OpenTag:
    tag: str
    attributes: dict[str, str]
    offset: int  # UTF-16 units of text before it


class _Parser:
    """Parses one source text; `at` is the current position."""

    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0
        self.text: list[str] = []
        self.units = 0
        self.open: list[_OpenTag] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "<":
                (self._end_tag if self._peek(1) == "/" else self._start_tag)()
            else:
                self._put(self._reference() if char == "&" else self._plain())
        if self.open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.text), self.entities

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
        self.open.append(_OpenTag(tag, attributes, self.units))

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

    def _add_entity(self, start: _OpenTag) -> None:
        entity: Entity = {"type": _KINDS[start.tag], "offset": start.offset, "length": self.units - start.offset}
        if start.tag == "a":
            entity["url"] = start.attributes.get("href") or self._text_of(entity)
            if not re.match(r"(https?|tg|tonsite|mailto)://?\S|[\w-]+\.\w", entity["url"], re.IGNORECASE):
                return
        if start.tag == "tg-time":
            entity |= self._date_time(start.attributes)
            if not 0 < entity["unix_time"] < 2**31:
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

    def _date_time(self, attributes: dict[str, str]) -> Entity:
        """Return the fields of a date entity; for an invalid date, Telegram drops the entity, not the text."""
        unix, form = attributes.get("unix", ""), attributes.get("format", "")
        if not _DATE_FORMAT.fullmatch(form):
            raise self._error("Invalid date format used")
        moment = re.match("[0-9]+", unix)
        return {"unix_time": int(moment[0]) if moment else 0, "date_time_format": form}

    def _wraps_pre(self, entity: Entity) -> bool:
        return bool(self.open) and self.open[-1].tag == "pre" and self.open[-1].offset == entity["offset"]

    def _text_of(self, entity: Entity) -> str:
        return cut_units("".join(self.text), entity["offset"], entity["length"])

    def _reference(self) -> str:
        """Read a character reference such as `&lt;`; an unknown one is kept as plain text."""
        match = _REFERENCE.match(self.source, self.at)
        if match:
            code = int(match[1], 16) if match[1] else int(match[2]) if match[2] else 0
            char = _NAMED.get(match[3] or "") or (chr(code) if 0 < code <= 0x10FFFF else "")
            if 0xD800 <= code <= 0xDFFF:
                raise bad_request("strings must be encoded in UTF-8")
            if char:
                self.at = match.end()
                return char
        return self._take()

    def _plain(self) -> str:
        """Consume and return the text up to the next tag or character reference."""
        begin, marks = self.at, _MARK.search(self.source, self.at)
        self.at = marks.start() if marks else len(self.source)
        return self.source[begin : self.at]

    def _put(self, text: str) -> None:
        self.text.append(text)
        self.units += utf16_length(text)

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

    def _error(self, message: str, begin: int | None = None, details: str = "") -> ApiError:
        place = "" if begin is None else f" at byte offset {len(self.source[:begin].encode())}"
        return bad_request(f"can't parse entities: {message}{place}{details}")


def parse_text(source: str, parse_mode: str, entities: list[Entity] | None) -> tuple[str, list[Entity]]:
    """Return a text as people see it, with all its entities; raise ApiError with Telegram's message."""
    if parse_mode.lower() not in ("", "html"):
        raise bad_request("unsupported parse_mode")
    text, found = parse_html(source) if parse_mode else trim(source, entities or [])
    code = [(e["offset"], e["offset"] + e["length"]) for e in found if e["type"] in ("code", "pre", "text_link")]
    commands = [c for c in find_commands(text) if not any(start <= c["offset"] < end for start, end in code)]
    return text, _in_order([*found, *commands])


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Return the text of an HTML source and its entities; raise ApiError with Telegram's message."""
    return trim(*_Parser(source).parse())


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Strip white space at both ends, as Telegram does, and shift the entities accordingly."""
    ahead = len(text) - len(text.lstrip())
    stripped = text.strip()
    end = utf16_length(stripped)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - ahead, 0)
        stop = min(entity["offset"] + entity["length"] - ahead, end)
        if stop > start:
            moved.append({**entity, "offset": start, "length": stop - start})
    return stripped, _in_order(moved)


def _in_order(entities: list[Entity]) -> list[Entity]:
    """Sort entities by their start, the outer one before the inner one."""
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def cut_units(text: str, offset: int, length: int) -> str:
    """Return a part of a text, measured in UTF-16 units."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def find_commands(text: str) -> list[Entity]:
    """Return an entity for each `/command` in a text."""
    return [
        {"type": "bot_command", "offset": utf16_length(text[: match.start()]), "length": len(match[0])}
        for match in re.finditer(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?", text)
    ]
