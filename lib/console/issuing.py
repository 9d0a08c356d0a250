"""Issue a config on the command line: to a person without Telegram, or while Telegram is down for everyone.

The running bot makes the config, as always. Its key goes only to the chosen file or screen.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
import time
from functools import partial

from lib.atomic_file import replace_file
from lib.chat.admin.issue import grant_config
from lib.chat.input import clean_name
from lib.chat.notify.delivery import ConfigFiles, load_files
from lib.chat.texts import plain
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import open_request
from lib.store.configs import Config, configs_of
from lib.store.database import transaction
from lib.store.owner import has_owner
from lib.store.users import User, add_offline, find_offline, get_user
from lib.vpn import qr, share_key

PATIENCE = 30  # seconds beyond the bot's next round
LOOK_SECONDS = 0.5


def issue(db: sqlite3.Connection, settings: Settings, options: argparse.Namespace) -> int:
    """Issue a config to a person by name, wait for it, and hand it out as the options say; return the exit code."""
    say = partial(plain, settings.language)
    with transaction(db):
        user = _find_or_add(db, settings, clean_name(" ".join(options.name)), int(time.time()))
    print(say("cli_issuing", name=user.full_name), file=sys.stderr)
    config = _wait(db, settings, user, options.platform)
    if config is None:
        key = "cli_issue_slow" if has_owner(settings.database) else "cli_issue_not_running"
        print(say(key), file=sys.stderr)
        return 1
    files = load_files(db, settings, config, user)
    print(say("cli_issued", name=user.full_name, device=config.name), file=sys.stderr)
    if files.conf is None:
        raise Refused("held_without_file")
    if options.file:
        _write(options, files.conf)
    if options.qr:
        return _draw(settings, files)
    if not options.file:
        print(say("cli_issue_where"), file=sys.stderr)
    return 0


def _find_or_add(db: sqlite3.Connection, settings: Settings, name: str, now: int) -> User:
    """Return the person without Telegram who has this name; add them if there is none."""
    admin_id = settings.admin_ids[0]
    user_id = find_offline(db, name)
    if user_id is None:
        user_id = add_offline(db, name, settings.language, admin_id, now)
        audit.note(db, now, admin_id, "add", f"user:{user_id}")
    return get_user(db, user_id)


def _wait(db: sqlite3.Connection, settings: Settings, user: User, platform: str) -> Config | None:
    """Wait until the bot has made a config and it is live; None if that takes too long, or no bot is running."""
    end = time.monotonic() + settings.sample_seconds + PATIENCE
    while True:
        with transaction(db):
            config = _find_or_grant(db, settings, user, platform)
        if config and config.live_since is not None:
            return config
        if time.monotonic() > end or not has_owner(settings.database):
            return None
        time.sleep(LOOK_SECONDS)


def _find_or_grant(db: sqlite3.Connection, settings: Settings, user: User, platform: str) -> Config | None:
    """Return the newest config for such a device that never connected, so that the command can be repeated.

    If there is none, and none is being made, one is approved.
    """
    for config in reversed(configs_of(db, user.id)):
        if config.platform == platform and config.connected_at is None and config.private_key is not None:
            return config
    if not open_request(db, user.id):
        grant_config(db, settings.admin_ids[0], user, platform, int(time.time()))
    return None


def _write(options: argparse.Namespace, conf: str) -> None:
    """Write the file, readable only by the bot's user, or print it."""
    if str(options.file) == "-":
        print(conf, end="")
    else:
        replace_file(options.file, conf.encode())


def _draw(settings: Settings, files: ConfigFiles) -> int:
    """Print the QR codes, unless they are too fine or too wide; return the exit code."""
    assert files.conf is not None, "the caller has it"
    texts = [files.conf] if files.app.qr == "qr" else share_key.series(files.conf, files.tunnel)
    codes = [qr.encode(text.encode()) for text in texts if qr.fits(text)]
    width, columns = max((len(code[0]) for code in codes), default=0), _columns()
    fault = "fine" if len(codes) < len(texts) else "wide" if 0 < columns < width else "" if _has_blocks() else "plain"
    if fault:
        print(plain(settings.language, f"cli_qr_too_{fault}", columns=columns, width=width), file=sys.stderr)
        return 1
    for code in codes:
        print(qr.to_text(code))
    print(plain(settings.language, "cli_qr_app", app=files.app.name), file=sys.stderr)
    return 0


def _has_blocks() -> bool:
    """Return True if the terminal's encoding has the characters that a code is drawn with."""
    try:
        qr.BLOCKS.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _columns() -> int:
    """Return how wide the terminal is; 0 if the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() or os.environ.get("COLUMNS") else 0
