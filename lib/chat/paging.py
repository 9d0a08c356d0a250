"""Pages of a list: which one is shown, what it holds, and the buttons that turn it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from lib.chat.screens import Keyboard, button

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    """A page of a list; numbers begin at 0."""

    number: int
    count: int
    size: int

    @property
    def offset(self) -> int:
        """The number of items on the pages before."""
        return self.number * self.size

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return the items of the whole list that stand on this page."""
        return items[self.offset : self.offset + self.size]

    def buttons(self, *verb: object) -> Keyboard:
        """Return the buttons to the pages around; `verb` is followed by the number of a page in each button."""
        around = [("◀️", self.number - 1), ("▶️", self.number + 1)]
        row = [button(sign, *map(str, verb), number) for sign, number in around if 0 <= number < self.count]
        return [row] if row else []


def page_of(wanted: int, total: int, size: int) -> Page:
    """Return the wanted page of `total` items, or the last one if there are fewer."""
    count = max(1, -(-total // size))
    return Page(min(wanted, count - 1), count, size)
