"""Issue configs whose peers are live: close the request and send the files to the owner."""

from __future__ import annotations

import logging
import sqlite3

from lib.chat.notify import decisions_shown
from lib.chat.notify.delivery import deliver
from lib.settings import Settings
from lib.store import config_requests, configs
from lib.store.outbox import Outgoing
from lib.store.users import get_user
from lib.vpn import peers
from lib.vpn.interface import Interface

log = logging.getLogger(__name__)


def issue_live(db: sqlite3.Connection, settings: Settings, seen: Interface, now: int) -> list[Outgoing]:
    """Issue configs that have become live; return the messages to send."""
    messages: list[Outgoing] = []
    for config in peers.live_among(configs.undelivered(db), seen):
        configs.mark_live(db, [config.id], now)
        if config.request_id is not None:
            config_requests.mark_issued(db, config.request_id)
            request = config_requests.get_request(db, config.request_id)
            messages += decisions_shown.update_request_notices(db, settings, request)
            messages += decisions_shown.show_ready(db, settings, request.id, config)
        messages += deliver(db, settings, config, get_user(db, config.user_id))
        log.info("config %d of user %d is live", config.id, config.user_id)
    return messages
