"""A story for the crash points: a used-up limit, an expiry, a speed, and a claim; nobody has more than they may."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from typing import Any

from lib.chat.notify.claim_watch import APART, SILENT
from lib.days import DAY
from lib.settings import Settings
from lib.store import configs
from tests.integration.crash import SteppedBot
from tests.integration.stories import ADMIN, ANNA, MOSCOW, SECOND, VERA, Deed, Story
from tests.unit.guarded import Guarded

HAND, HAND_ADDRESS = "H" * 43 + "=", "10.8.0.77/32"
MEGABYTE, GIGABYTE = 10**6, 10**9
STEP = APART // 2 - 1  # so that even two steps, after a crash, don't interrupt a watch


class Limits(Story):
    """Anna's limit is used up, her device expires, and she uses too much of Telegram; Vera claims, and is blocked."""

    begins = datetime(2026, 6, 3, 12, tzinfo=MOSCOW).timestamp()
    before = 11
    least_points, least_messages = 200, 15
    least_mishaps = 5

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.awg = Guarded(self.look_up)

    def deeds(self) -> list[Deed]:
        return [
            self.sends(ADMIN, "/start"), self.sends(SECOND, "/start"), self.sends(ANNA, "/start"), self.answers(ANNA),
            self.taps(ADMIN, f"admit:{ANNA}"), self.taps(ANNA, "device:iphone"), self.sends(VERA, "/start"),
            self.answers(VERA), self.taps(ADMIN, f"admit:{VERA}"), self.taps(ADMIN, "claims_set:on"), self.by_hand(),
            # the limit is used up, and more of it opens all again
            self.taps(ADMIN, f"person_quota:{ANNA}:10"), self.moves(11 * GIGABYTE), self.moves(5 * MEGABYTE),
            self.restarts(), self.taps(ADMIN, f"person_speed:{ANNA}:5"),
            self.taps(SECOND, f"person_quota:{ANNA}:50"), self.moves(3 * MEGABYTE),
            # an expiry, and too much of Telegram
            self.taps(ADMIN, "held_until:1:7"), self.waits(8 * DAY), self.moves(150 * MEGABYTE),
            self.moves(60 * MEGABYTE), self.taps(SECOND, "held_until:1:never"), self.moves(2 * MEGABYTE),
            # a claim is proven and decided once, and holds: a limit and a block
            self.taps(VERA, "claim:1"), self.taps(VERA, "claim_begin:1"), self.taps(VERA, "claim_begin:1"),
            self.is_heard(148), *[self.waits(STEP) for _ in range(SILENT // STEP + 6)], self.is_heard(9000),
            self.taps(ADMIN, "claim_judge:1:approved"), self.taps(SECOND, "claim_judge:1:approved"),
            self.is_heard(11 * GIGABYTE),
            self.taps(ADMIN, f"person_quota:{VERA}:10"), self.waits(60), self.is_heard(7 * MEGABYTE),
            self.taps(ADMIN, f"decide:{VERA}:approved:blocked"), self.waits(60),
        ]  # fmt: skip

    def message_with(self, who: int, data: str) -> int:
        """Return the id of the newest message with this button, or of the first, which is no alert."""
        shown = [m for m in self.transcript(who) if m["outgoing"] and not m["deleted"]]
        fitting = [m for m in shown if data in str(m.get("reply_markup"))]
        return int((fitting[-1] if fitting else shown[0])["message_id"])

    def by_hand(self) -> Deed:
        """Return a step in which a peer that was there before gets known, with a name."""

        def deed(bot: SteppedBot) -> None:
            self.awg.change([configs.WantedPeer(HAND, None, HAND_ADDRESS)])
            bot.sample(60)
            bot._eye.execute("UPDATE foreign_peers SET name = 'vera-phone'")

        return deed

    def restarts(self) -> Deed:
        """Return a step in which the interface restarts; its own file has the peer made by hand."""

        def deed(bot: SteppedBot) -> None:
            self.awg.restart()
            self.awg.change([configs.WantedPeer(HAND, None, HAND_ADDRESS)])
            bot.sample(60)

        return deed

    def moves(self, sent: int) -> Deed:
        """Return a step in which Anna's device downloads, as long as it is let in."""

        def deed(bot: SteppedBot) -> None:
            (key,) = bot._eye.execute("SELECT public_key FROM configs WHERE user_id = ?", (ANNA,)).fetchone()
            self.awg.move(key, 1000, sent, int(self.clock()))
            bot.sample(60)

        return deed

    def is_heard(self, received: int) -> Deed:
        def deed(bot: SteppedBot) -> None:
            self.awg.move(HAND, received, 1000, int(self.clock()))
            bot.sample(10)

        return deed

    def waits(self, seconds: int) -> Deed:
        return lambda bot: bot.sample(seconds)

    def look_up(self) -> tuple[set[str], set[str]]:
        """Return the keys of all configs, and of those that must be live."""
        with closing(sqlite3.connect(f"file:{self.settings.database}?mode=ro", uri=True)) as db:
            ours = {key for (key,) in db.execute("SELECT public_key FROM configs")}
            return ours, {peer.public_key for peer in configs.wanted(db, int(self.clock()), "2026-06", 0)}

    def more(self, db: sqlite3.Connection) -> dict[str, Any]:
        def rows(query: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in db.execute(query)]

        return {
            "counted": rows("SELECT config_id, day, received, sent FROM stats ORDER BY 1, 2"),
            "apart": rows("SELECT config_id, day, received, sent FROM telegram_days ORDER BY 1, 2"),
            "only": rows("SELECT config_id FROM telegram_only"),
            "limits": rows("SELECT id, quota_bytes, speed_kbit FROM users ORDER BY 1"),
            "claims": rows("SELECT id, user_id, peer_id, name, state, decided_by FROM claims"),
            "strangers": rows("SELECT public_key, live, evicted_at FROM foreign_peers"),
            "fence": self.awg.fences[-1][:2],
        }

    def check_end(self, end: dict[str, Any]) -> None:
        assert sum(sent for *_, sent in end["apart"]) == 215 * MEGABYTE + 1000, "what was moved on the path to Telegram"
        assert end["claims"] == [(1, VERA, None, "vera-phone", "approved", ADMIN)]
        assert end["fence"] == (((5000, 5000, ["10.8.0.2/32"]),), ())
        assert end["only"] == end["strangers"] == []
