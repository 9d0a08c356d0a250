"""The caption of a config's file: the steps for its device and app, and the buttons to change either."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.apps import AMNEZIA, App, app_for, others, page_of_releases
from lib.chat.friend import config
from lib.chat.notify.delivery import ConfigFiles
from lib.chat.screens import Actor, Keyboard, button, edit_caption, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store.configs import get_config, set_app, set_platform
from lib.store.outbox import Outgoing
from lib.store.users import set_app as set_usual_app


def show_steps(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Show the steps again, below the file or on a page."""
    files = config.own_files(db, actor, config_id)
    return _show(actor, files, files.steps, files.keyboard)


def choose_platform(db: sqlite3.Connection, actor: Actor, config_id: int, platform: str, now: int) -> list[Outgoing]:
    """Record which device a config is on: show the steps below the file, or send the file if it was asked for."""
    files = config.own_files(db, actor, config_id)
    set_platform(db, files.config.id, platform)
    if actor.on_text:
        return [*config.show_page(db, actor, config_id, now), *config.send_file(db, actor, config_id)]
    return show_steps(db, actor, config_id)


def choose_app(db: sqlite3.Connection, actor: Actor, config_id: int, key: str) -> list[Outgoing]:
    """Set the app for one config, and as the default for new ones."""
    files = config.own_files(db, actor, config_id)
    app = wish(files.version, files.config.platform, key)
    set_app(db, files.config.id, app.key)
    set_usual_app(db, actor.id, app.key)
    return show_steps(db, actor, config_id)


def show_store(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Explain what to do if the store lacks the app."""
    files = config.own_files(db, actor, config_id)
    text, keyboard = help_without_store(actor, files.app, files.config.platform, files.version, "steps_with", config_id)
    return _show(actor, files, text, [*keyboard, [actor.back("steps", config_id)]])


def put_off(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Confirm that the friend can set the device up later."""
    held = get_config(db, config_id, actor.id)
    return show(actor, actor.say("later", name=held.name), keyboards.to_config(actor.language, held.id, held.name))


def wish(version: str, platform: str | None, key: str) -> App:
    """Return the app that a friend chose for a device; raise Refused("old_button") if it can't be used there."""
    app = app_for(version, platform, key)
    if platform is None or app is not AMNEZIA[key]:
        raise Refused("old_button")
    return app


def help_without_store(
    actor: Actor, app: App, platform: str | None, version: str, use: str, subject_id: int
) -> tuple[Markup, Keyboard]:
    """Return what to do if a device's store lacks an app, with a button for each app that helps."""
    if platform not in app.may_lack:
        raise Refused("old_button")
    text = actor.say(f"store_{app.key}_{platform}", releases=page_of_releases(app))
    return text, [[button(f"📲 {one.name}", use, subject_id, one.key)] for one in others(app, platform, version)]


def _show(actor: Actor, files: ConfigFiles, text: Markup, keyboard: Keyboard) -> list[Outgoing]:
    """Show a text in the caption of the tapped file, or on a page that links to the file."""
    if actor.message_id and not actor.on_text:
        return [edit_caption(actor, text, keyboard)]
    return show(actor, text, [[actor.button("send_file", "file", files.config.id)], *keyboard])
