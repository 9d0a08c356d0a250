"""Every keyboard. A button names a verb of dispatch.BUTTONS and the object; it is never trusted to still be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.chat.apps import AMNEZIA, WIREGUARD, App
from lib.chat.screens import Keyboard, button
from lib.chat.texts import plain
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


def menu(language: str, admin: bool, open_request: int | None) -> Keyboard:
    """The friend's menu; an open request can be cancelled there, an admin finds the way to the panel."""
    ask = (
        button(plain(language, "cancel_request"), "cancel", open_request)
        if open_request
        else button(plain(language, "new_config"), "new", style="primary")
    )
    rows = [
        [button(plain(language, "my_configs"), "configs"), ask],
        [button(plain(language, "traffic"), "stats"), button(plain(language, "help_button"), "help")],
        [button(plain(language, "language_button"), "language")],
    ]
    return [*rows, [button(plain(language, "panel_button"), "panel")]] if admin else rows


def panel(language: str, waiting: int) -> Keyboard:
    """The admin's panel."""
    return [
        [
            button(plain(language, "waiting_button", count=waiting), "requests"),
            button(plain(language, "status_button"), "status"),
        ],
        [button(plain(language, "to_menu"), "menu")],
    ]


def crowd(language: str, waiting: int) -> Keyboard:
    """The way to everybody who waits."""
    return [[button(plain(language, "waiting_button", count=waiting), "requests")]]


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


def configs(language: str, rows: Sequence[Config], may_ask: bool) -> Keyboard:
    """One button per config."""
    listed = [[button(f"🔑 {config.name}", "config", config.id)] for config in rows]
    ask = [[button(plain(language, "new_config"), "new", style="primary")]] if may_ask else []
    return [*listed, *ask, to_menu(language)[0]]


def config(language: str, config_id: int, app: App) -> Keyboard:
    """What can be done with one config; AmneziaVPN also takes a key."""
    ways = [
        button(plain(language, "show_qr"), "qr", config_id),
        button(plain(language, "send_file"), "file", config_id),
    ]
    if app is AMNEZIA["amneziavpn"]:
        ways.append(button(plain(language, "send_key"), "key", config_id))
    other_app = [] if app is WIREGUARD else [[button(plain(language, "other_app"), "apps")]]
    trouble = [button(plain(language, "does_not_work"), "trouble", config_id)]
    return [ways, trouble, *other_app, [button(plain(language, "back"), "configs")]]


def diagnosis(language: str, config_id: int) -> Keyboard:
    """What a friend can do about a config that does not work."""
    return [
        [
            button(plain(language, "check_again"), "trouble", config_id),
            button(plain(language, "send_file_anew"), "file", config_id),
        ],
        [button(plain(language, "tell_admin"), "complain", config_id)],
        [button(plain(language, "back"), "config", config_id)],
    ]


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


def status(language: str) -> Keyboard:
    """Look again, see whose configs are outdated, or go back to the panel."""
    return [
        [button(plain(language, "refresh"), "status"), button(plain(language, "back"), "panel")],
        *to_rollout(language),
    ]


def cancel(language: str, request_id: int) -> Keyboard:
    """Under a request that waits."""
    return [[button(plain(language, "cancel_request"), "cancel", request_id)], to_menu(language)[0]]


def leave(language: str) -> Keyboard:
    """The way back from a picture that is not worth keeping."""
    return [[button(plain(language, "to_menu"), "leave")]]


def to_menu(language: str) -> Keyboard:
    """The way back."""
    return [[button(plain(language, "to_menu"), "menu")]]
