"""Keyboards that several screens share; one that belongs to a single screen stands beside its text.

A button names a verb of routes.BUTTONS and the object; it is never trusted to still be right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.chat.apps import App
from lib.chat.screens import Button, Keyboard, button
from lib.chat.texts import plain
from lib.settings import Settings
from lib.store.configs import Config
from lib.store.users import User

# The decisions an admin may make about a person in each state: (state after, text of the button, its colour).
DECISIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "pending": (("approved", "approve", "success"), ("rejected", "reject", "danger"), ("blocked", "block", "danger")),
    "approved": (("blocked", "block", "danger"),),
    "rejected": (("approved", "readmit", "success"),),
    "blocked": (("approved", "unblock", "success"),),
}


def captcha(language: str, picture: int) -> Keyboard:
    """Digits 1-9, erase, 0, another picture; `picture` tells an old keypad from the present one."""
    rows = [[button(str(d), "digit", picture, d) for d in row] for row in ((1, 2, 3), (4, 5, 6), (7, 8, 9))]
    erase = button(plain(language, "erase"), "erase", picture)
    another = button(plain(language, "another_picture"), "another", picture)
    return [*rows, [erase, button("0", "digit", picture, 0)], [another]]


def menu(language: str, staff: bool, may_ask: bool, waiting_request: int | None) -> Keyboard:
    """The friend's menu; a request that waits can be cancelled there, who decides finds the way to the panel."""
    ask = [button(plain(language, "new_config"), "new", style="primary")] if may_ask else []
    if waiting_request:
        ask = [button(plain(language, "cancel_request"), "cancel", waiting_request)]
    rows = [
        [button(plain(language, "my_configs"), "configs"), *ask],
        [button(plain(language, "traffic"), "stats"), button(plain(language, "does_not_work"), "problem", 0)],
        [button(plain(language, "help_button"), "help"), button(plain(language, "language_button"), "language")],
    ]
    return [*rows, [button(plain(language, "panel_button"), "panel")]] if staff else rows


def panel(language: str, waiting: int, admin: bool) -> Keyboard:
    """The panel: a helper finds there what they may decide, an admin all the rest."""
    daily = [
        button(plain(language, "waiting_button", count=waiting), "requests", 0),
        button(plain(language, "people_button"), "people", "all", 0),
    ]
    if not admin:
        return [daily, *to_menu(language)]
    return [
        daily,
        [
            button(plain(language, "invitations_button"), "invitations", 0),
            button(plain(language, "broadcast_button"), "broadcast"),
        ],
        [
            button(plain(language, "history_button"), "history", 0, 0),
            button(plain(language, "settings_button"), "settings"),
        ],
        [button(plain(language, "status_button"), "status"), button(plain(language, "export_button"), "export")],
        *to_menu(language),
    ]


def to_panel(language: str) -> Keyboard:
    """The way back to the panel."""
    return [[button(plain(language, "back"), "panel")]]


def to_waiting(language: str) -> Keyboard:
    """The way on, below what was decided."""
    return [[button(plain(language, "to_waiting"), "requests", 0)]]


def crowd(language: str, waiting: int) -> Keyboard:
    """The way to everybody who waits."""
    return [[button(plain(language, "waiting_button", count=waiting), "requests", 0)]]


def devices(language: str, several_apps: bool) -> Keyboard:
    """What a new config is for."""
    other_app = [[button(plain(language, "other_app"), "apps")]] if several_apps else []
    return [
        [button(plain(language, f"device_{kind}"), "device", kind) for kind in ("phone", "laptop")],
        [button(plain(language, "device_own"), "own_name")],
        *other_app,
        to_menu(language)[0],
    ]


def apps(language: str, known: Mapping[str, App]) -> Keyboard:
    """One button per app."""
    return [*([button(app.name, "app", key)] for key, app in known.items()), to_menu(language)[0]]


def app_chosen(language: str) -> Keyboard:
    """The way on to the configs, whose files now are for another app."""
    return [[button(plain(language, "my_configs"), "configs")], to_menu(language)[0]]


def configs(language: str, rows: Sequence[Config], verb: str) -> Keyboard:
    """One button per config, which calls a verb with it."""
    return [[button(f"🔑 {held.name}"[:40], verb, held.id)] for held in rows]


def to_config(language: str, config_id: int, name: str) -> Keyboard:
    """The way to a config's page, and home."""
    return [[button(f"🔑 {name}"[:40], "config", config_id), *to_menu(language)[0]]]


def extension(language: str, config_id: int) -> Keyboard:
    """The wish for more time."""
    return [[button(plain(language, "extend_button"), "extend", config_id)]]


def options(language: str, held: Config, settings: Settings) -> Keyboard:
    """The choices that the owner offers for a config, the present ones ticked, and the file that follows them."""
    offers = [("dns", held.dns, settings.client_dns_choices), ("routes", held.routes, settings.client_route_choices)]
    rows = [
        [_option(language, verb, held.id, number, name, chosen)]
        for verb, chosen, choices in offers
        if choices
        for number, name in enumerate([None, *(choice.name for choice in choices)])
    ]
    ways = [
        button(plain(language, "show_qr"), "qr", held.id),
        button(plain(language, "send_file"), "file", held.id),
    ]
    return [*rows, ways, [button(plain(language, "back"), "config", held.id)]]


def _option(language: str, verb: str, config_id: int, number: int, name: str | None, chosen: str | None) -> Button:
    label = plain(language, f"option_{verb}", name=name or plain(language, "as_usual"))
    return button(f"✅ {label}" if name == chosen else label, verb, config_id, number)


def confirm_renew(language: str, config_id: int) -> Keyboard:
    """Get a new file in place of the unknown one, or go back."""
    yes = button(plain(language, "renew_now"), "renew", config_id, style="primary")
    return [[yes, button(plain(language, "back"), "config", config_id)]]


def complaint(language: str) -> Keyboard:
    """Where an admin looks next."""
    return [[button(plain(language, "status_button"), "status")]]


def to_rollout(language: str) -> Keyboard:
    """The way to the outdated configs."""
    return [[button(plain(language, "outdated_button"), "outdated")]]


def rollout(language: str, generation: int | None) -> Keyboard:
    """Send the new configs, if any; the generation tells an old button from the present one."""
    send = [[button(plain(language, "rollout_button"), "rollout", generation, style="primary")]] if generation else []
    look = [button(plain(language, "refresh"), "outdated"), button(plain(language, "back"), "status")]
    return [*send, look]


def decide(language: str, user: User) -> Keyboard:
    """The decisions that are open on a person; each carries the state it was offered for."""
    buttons = [
        button(plain(language, text), "decide", user.id, user.state, after, style=style)
        for after, text, style in DECISIONS.get(user.state, ())
    ]
    return [buttons] if buttons else []


def judge(language: str, request_id: int) -> Keyboard:
    """The two decisions on a request."""
    return [
        [
            button(plain(language, "approve"), "judge", request_id, "approved", style="success"),
            button(plain(language, "reject"), "judge", request_id, "rejected", style="danger"),
        ]
    ]


def status(language: str, foreign: int, backup: bool) -> Keyboard:
    """Look again, see charts, whose configs are outdated and which peers are foreign, take a backup, or go back."""
    return [
        [button(plain(language, "refresh"), "status"), button(plain(language, "back"), "panel")],
        [
            button(plain(language, "by_day_button"), "by_day", "now"),
            button(plain(language, "by_hour_button"), "by_hour"),
        ],
        [button(plain(language, "top_button"), "top", 0)],
        *to_rollout(language),
        *(to_foreign(language, foreign) if foreign else []),
        *([[button(plain(language, "backup_button"), "backup")]] if backup else []),
    ]


def to_foreign(language: str, count: int) -> Keyboard:
    """The way to the peers that the bot did not make."""
    return [[button(plain(language, "foreign_button", count=count), "foreign", 0)]]


def foreign(language: str, peers: Sequence[tuple[str, int]], page: int, count: int) -> Keyboard:
    """One button per foreign peer: its label and number."""
    listed = [[button(label, "peer", peer_id)] for label, peer_id in peers]
    return [*listed, *pages(page, count, "foreign"), [button(plain(language, "back"), "status")]]


def foreign_peer(language: str, peer_id: int, state: str) -> Keyboard:
    """What can be done with a foreign peer: `free` to be adopted, `network` that no friend can hold, or `evicted`."""
    ways = [button(plain(language, "give_away"), "heirs", peer_id, 0)] if state == "free" else []
    if state == "evicted":
        ways.append(button(plain(language, "pardon"), "pardon", peer_id))
    else:
        ways.append(button(plain(language, "evict"), "confirm_evict", peer_id, style="danger"))
    return [ways, [button(plain(language, "back"), "foreign", 0)]]


def heirs(language: str, peer_id: int, friends: Sequence[User], page: int, count: int) -> Keyboard:
    """One button per friend who may get a foreign peer."""
    listed = [[button(f"👤 {friend.full_name[:40]}", "heir", peer_id, friend.id)] for friend in friends]
    return [*listed, *pages(page, count, "heirs", peer_id), [button(plain(language, "back"), "peer", peer_id)]]


def confirm_heir(language: str, peer_id: int, user_id: int) -> Keyboard:
    """Give it away, or choose again."""
    yes = button(plain(language, "give_away_now"), "adopt", peer_id, user_id, style="success")
    return [[yes, button(plain(language, "back"), "heirs", peer_id, 0)]]


def confirm_evict(language: str, peer_id: int) -> Keyboard:
    """Remove it, or go back."""
    yes = button(plain(language, "evict"), "evict", peer_id, style="danger")
    return [[yes, button(plain(language, "back"), "peer", peer_id)]]


def pages(page: int, count: int, *verb: object) -> Keyboard:
    """The ways to the pages before and after; `verb` is the verb and the arguments in front of the page's number."""
    around = [("◀️", page - 1), ("▶️", page + 1)]
    row = [button(sign, *map(str, verb), number) for sign, number in around if 0 <= number < count]
    return [row] if row else []


def cancel(language: str, request_id: int) -> Keyboard:
    """Under a request that waits."""
    return [[button(plain(language, "cancel_request"), "cancel", request_id)], to_menu(language)[0]]


def leave(language: str) -> Keyboard:
    """The way back from a picture that is not worth keeping."""
    return [[button(plain(language, "to_menu"), "leave")]]


def to_menu(language: str) -> Keyboard:
    """The way back."""
    return [[button(plain(language, "to_menu"), "menu")]]
