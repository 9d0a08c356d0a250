"""Buttons and keyboards that several screens share; one that belongs to a single screen stands in its module.

A button names a verb of routes.BUTTONS and the object. It is never trusted to still be right.
"""

from __future__ import annotations

from collections.abc import Sequence

from lib.chat.apps import App, others
from lib.chat.devices import PLATFORMS
from lib.chat.phrases import labelled
from lib.chat.screens import Button, Keyboard, button, text_button
from lib.chat.texts import plain
from lib.store.configs import Config
from lib.store.users import User

# The decisions available on a person in each state, as the resulting states.
DECISIONS: dict[str, tuple[str, ...]] = {
    "pending": ("approved", "rejected", "blocked"),
    "approved": ("blocked",),
    "rejected": ("approved",),
    "blocked": ("approved",),
}

# Where the button of a decision stands, and so what is shown next: a notice, the list of what waits, a person's page.
NOTICE, LIST, PAGE = "card", "list", "page"
ORIGINS = (NOTICE, LIST, PAGE)


def to_waiting(language: str) -> Keyboard:
    """The button to whatever else waits, below a decision."""
    return [[text_button(language, "to_waiting", "requests", 0)]]


def configs(language: str, rows: Sequence[Config], verb: str) -> Keyboard:
    """One button per config, calling a verb with its id."""
    return [[button(labelled("🔑", held.name), verb, held.id)] for held in rows]


def devices(language: str, verb: str, *args: object) -> Keyboard:
    """One button per kind of device, calling a verb with it."""
    buttons = [text_button(language, f"device_{platform}", verb, *args, platform) for platform in PLATFORMS]
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def apps(language: str, app: App, platform: str, version: str, use: str, store: str, subject_id: int) -> Keyboard:
    """The buttons for an alternative app that understands the server, and for help if the store lacks this one.

    Each has its own row: side by side, a phone would cut both.
    """
    other = [
        button(plain(language, "use_app", app=one.name), use, subject_id, one.key)
        for one in others(app, platform, version)
    ]
    lacks = [text_button(language, "not_in_store", store, subject_id)] if platform in app.may_lack else []
    return [other[:1], lacks]


def to_config(language: str, config_id: int, name: str) -> Keyboard:
    """The buttons to a config's page and to the menu."""
    return [[button(labelled("🔑", name), "config", config_id)], *to_menu(language)]


def extension(language: str, config_id: int) -> Keyboard:
    """The button that asks for more time."""
    return [[text_button(language, "extend_button", "extend", config_id)]]


def more_traffic(language: str) -> Keyboard:
    """The button that asks for more traffic."""
    return [[text_button(language, "more_button", "more", style="primary")]]


def to_rollout(language: str) -> Keyboard:
    """The button to the outdated configs."""
    return [[text_button(language, "outdated_button", "outdated")]]


def decide(language: str, user: User, origin: str = NOTICE) -> Keyboard:
    """Buttons for the decisions available on a person; each carries its origin, except in a notice."""
    here = () if origin == NOTICE else (origin,)

    def key(text: str, verb: str, *args: str, style: str = "success") -> Button:
        return text_button(language, text, verb, user.id, *args, *here, style=style)

    block = key("block", "confirm_block", style="danger")
    if user.state == "pending":
        approve = key("approve", "decide", "pending", "approved")
        return [[approve], [key("approve_config", "admit")], [key("reject", "reject", style="danger"), block]]
    rows = {
        "approved": [[block]],
        "rejected": [[key("readmit", "decide", "rejected", "approved")]],
        "blocked": [[key("unblock", "decide", "blocked", "approved")]],
    }
    return rows.get(user.state, [])


def judge(language: str, request_id: int, origin: str = NOTICE) -> Keyboard:
    """Buttons for the two decisions on a request."""
    here = () if origin == NOTICE else (origin,)
    return [
        [
            text_button(language, "approve", "judge", request_id, "approved", *here, style="success"),
            text_button(language, "reject", "turn_down", request_id, *here, style="danger"),
        ]
    ]


def to_foreign(language: str, count: int) -> Keyboard:
    """The button to the peers that the bot did not make."""
    return [[button(plain(language, "foreign_button", count=count), "foreign", 0)]]


def leave(language: str) -> Keyboard:
    """The button from a picture back to the menu; the picture is deleted."""
    return [[text_button(language, "to_menu", "leave")]]


def to_menu(language: str) -> Keyboard:
    """The button back to the menu."""
    return [[text_button(language, "to_menu", "menu")]]
