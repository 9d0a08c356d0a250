"""Mutated updates by people of all roles: nothing escapes, every answer is sound, nothing changes that the law forbids.

20,000 updates in the normal run; FUZZ_UPDATES=1000000 for more, FUZZ_SEED for others.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

import pytest

from lib.chat import routes as gate
from lib.chat.dispatch import dispatch
from lib.chat.friend import door
from lib.chat.gate import OUTSIDE, PersonId, Route
from lib.chat.gate import ROLES as ALL_ROLES
from lib.chat.typed import TEXTS
from lib.keeper import ERRANDS
from lib.settings import Settings
from lib.store import claims, outbox
from lib.store.config_requests import list_requests
from lib.store.database import transaction
from lib.store.foreign import Sighting, list_foreign, note_foreign
from lib.store.invitations import note_username
from lib.store.preferences import in_force, set_preference
from lib.store.users import find_user, helper_ids, set_awaiting
from tests.reporting import Figures
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, person
from tests.unit.chat.hostile import FORGED, HOSTILE, START
from tests.unit.chat.law import allowed_roles
from tests.unit.chat.roles import bring

UPDATES = int(os.environ.get("FUZZ_UPDATES", "20000"))
SEED = int(os.environ.get("FUZZ_SEED", "3"))
ADMINS, FRIENDS, STREET = (1, 2), tuple(range(100, 130)), tuple(range(1000, 1200))
JUNK: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 100, 2**31, 2**53, 2**63, 2**64, -(2**70), 0.5, 1e300, "", "1", "private", [], {},
    [[]], [None], {"id": 1}, {"a": {"b": []}}, *HOSTILE,
)  # fmt: skip
TOOLS = ("all", "en", "config", "plain", "7", "1", "QUOTA_GB", "TIMEZONE", "LANGUAGE", "friends", "months")
DAY = 86400
TYPED = ("Laptop", "25", "31.12.2030")
WORDS = ("default", "0", "5", "50", "on", "off", "never", "7", "all", "online", "heavy", "over", "found")
# Whatever a row of a person, a request or a config becomes is noted here, by triggers of this connection alone.
WATCH = """
CREATE TEMP TABLE moved (what TEXT, owner INTEGER, before TEXT, after TEXT, by INTEGER);
CREATE TEMP TRIGGER u1 AFTER INSERT ON main.users BEGIN
    INSERT INTO moved VALUES ('user', NEW.id, 'nobody', NEW.state, NEW.decided_by); END;
-- Without said and granted_by, which follow a decision by an UPDATE of their own.
CREATE TEMP TRIGGER u2 AFTER UPDATE OF id, username, full_name, language, state, captcha_answer, captcha_typed,
    captcha_tries, captcha_until, awaiting, app, reachable, created_at, decided_at, decided_by, kept_by ON main.users
WHEN OLD.state <> NEW.state OR NEW.decided_by IS NOT NULL OR OLD.decided_by IS NULL BEGIN
    INSERT INTO moved VALUES ('user', NEW.id, OLD.state, NEW.state, NEW.decided_by); END;
CREATE TEMP TRIGGER u4 AFTER UPDATE OF quota_bytes, config_limit, speed_kbit, note, helper ON main.users WHEN
    (OLD.quota_bytes, OLD.config_limit, OLD.speed_kbit, OLD.note, OLD.helper) IS NOT
    (NEW.quota_bytes, NEW.config_limit, NEW.speed_kbit, NEW.note, NEW.helper) BEGIN
    INSERT INTO moved VALUES ('grant', NEW.id, 'as it was', 'otherwise', NULL); END;
CREATE TEMP TRIGGER u5 AFTER UPDATE OF granted_by ON main.users WHEN OLD.granted_by IS NOT NEW.granted_by BEGIN
    INSERT INTO moved VALUES ('allowance', NEW.id, iif(OLD.granted_by, 'given', 'none'),
                              iif(NEW.granted_by, 'given', 'taken'), NEW.granted_by); END;
CREATE TEMP TRIGGER r1 AFTER INSERT ON main.config_requests BEGIN
    INSERT INTO moved VALUES
        (iif(NEW.replaces, 'renewal', 'request'), NEW.user_id, 'nothing', NEW.state, NEW.decided_by);
END;
CREATE TEMP TRIGGER r2 AFTER UPDATE OF user_id, name, state, replaces, decided_at, decided_by ON main.config_requests
WHEN OLD.state <> NEW.state OR NEW.decided_by IS NOT NULL OR OLD.decided_by IS NULL BEGIN
    INSERT INTO moved VALUES
        (iif(NEW.replaces, 'renewal', 'request'), NEW.user_id, OLD.state, NEW.state, NEW.decided_by);
END;
CREATE TEMP TRIGGER r4 AFTER UPDATE OF platform, app ON main.config_requests BEGIN
    INSERT INTO moved VALUES ('request', NEW.user_id, 'as it was', 'for another app', NULL); END;
CREATE TEMP TRIGGER c1 AFTER INSERT ON main.configs BEGIN
    INSERT INTO moved VALUES (iif(NEW.request_id, 'config', 'adopted'), NEW.user_id, 'nothing', 'made', NULL); END;
CREATE TEMP TRIGGER c2 AFTER UPDATE ON main.configs BEGIN
    INSERT INTO moved VALUES ('config', OLD.user_id, OLD.generation, NEW.generation, NULL); END;
CREATE TEMP TRIGGER c3 AFTER UPDATE ON main.configs WHEN (NEW.request_id OR OLD.live_since) AND
    (OLD.address, OLD.public_key, OLD.live_since, OLD.expires_at, OLD.paused_at) IS NOT
    (NEW.address, NEW.public_key, NEW.live_since, NEW.expires_at, NEW.paused_at) BEGIN
    INSERT INTO moved VALUES ('config', NEW.user_id, 'as it was', 'otherwise', NULL); END;
CREATE TEMP TRIGGER c4 AFTER UPDATE ON main.configs WHEN (OLD.user_id, OLD.name, OLD.private_key, OLD.revoked_at)
    IS NOT (NEW.user_id, NEW.name, NEW.private_key, NEW.revoked_at) BEGIN
    INSERT INTO moved VALUES ('config', OLD.user_id, iif(OLD.revoked_at, 'revoked', 'held'), CASE
        WHEN NEW.user_id IS NULL THEN iif(NEW.name = '' AND NEW.revoked_at, 'left behind', 'torn away')
        WHEN OLD.user_id <> NEW.user_id THEN 'taken'
        WHEN NEW.revoked_at THEN 'revoked'
        WHEN OLD.private_key IS NOT NEW.private_key THEN 'with another key'
        ELSE 'renamed' END, NULL); END;
CREATE TEMP TRIGGER u3 AFTER DELETE ON main.users BEGIN
    INSERT INTO moved VALUES ('user', OLD.id, OLD.state, 'gone', NULL); END;
CREATE TEMP TRIGGER r3 AFTER DELETE ON main.config_requests BEGIN
    INSERT INTO moved VALUES ('request', OLD.user_id, OLD.state, 'gone', NULL); END;
CREATE TEMP TRIGGER i1 AFTER UPDATE OF used_by ON main.invitations WHEN NEW.used_by IS NOT NULL BEGIN
    INSERT INTO moved VALUES ('invitation', NEW.used_by, 'open', 'used', NEW.created_by); END;
"""
UNTOUCHED = ("configs", "stats", "counters", "server")  # where no row may be deleted
OWN_STEPS = {("nobody", "captcha"), ("captcha", "pending"), ("rejected", "captcha")}
OWN_WISHES = {("nothing", "pending"), ("pending", "cancelled"), ("as it was", "for another app")}
OWN_DEVICES = {("held", "renamed"), ("held", "revoked"), ("revoked", "left behind")}
ADMINS_DEVICES = {("as it was", "otherwise"), ("held", "revoked"), ("revoked", "left behind")}
INVITED = {("captcha", "approved"), ("pending", "approved"), ("rejected", "approved")}
VERDICTS = {("pending", "approved"), ("pending", "rejected")}
DECISIONS = {("pending", "approved"), ("pending", "rejected"), ("pending", "blocked"), ("approved", "blocked"),
             ("rejected", "approved"), ("blocked", "approved")}  # fmt: skip


@dataclass
class Gauge:
    """What became of the updates, and who reached which handler in the current one."""

    seen: Counter[str] = field(default_factory=Counter)
    reached: list[tuple[str, str]] = field(default_factory=list)
    finished: int = 0

    def watch(self, verb: str, route: Route) -> Route:
        return replace(route, handler=self.watched(verb, route.handler))

    def watched(self, verb: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def run(db: sqlite3.Connection, actor: Any, *values: Any) -> Any:
            self.reached.append((verb, actor.role))
            done = handler(db, actor, *values)
            self.finished += 1
            return done

        return run


@pytest.fixture
def gauge(monkeypatch: pytest.MonkeyPatch) -> Gauge:
    gauge = Gauge()
    for table, prefix in ((gate.BUTTONS, ""), (gate.COMMANDS, "/"), (TEXTS, "text.")):
        for name, route in list(table.items()):
            monkeypatch.setitem(table, name, gauge.watch(prefix + name, route))
    monkeypatch.setattr(door, "knock", gauge.watched("/start", door.knock))
    return gauge


@pytest.fixture
def desk(db: sqlite3.Connection, settings: Settings) -> Desk:
    """A desk with a person in every role, some with configs and open requests."""
    db.execute("PRAGMA synchronous = OFF")
    desk = Desk(db, settings)
    desk.says(1, "/start")
    desk.says(2, "/start", language_code="ru")
    for who in FRIENDS:
        role = ALL_ROLES[1:-1][min(who % 10, 4)]
        bring(desk, who, role, "ru" if who % 3 == 0 else "en")
        if role == "approved" and who % 2:
            hold_config(db, who, desk.now, name="A" + "💥" * 31)
    by_hand = [Sighting(f"key {host}", None, (f"10.9.0.{host}/32",), 0, 0, 0) for host in range(40)]
    note_foreign(db, by_hand, "life", desk.now)
    names = "'Person ' || (100 + id) || iif(id % 2, ' phone', '')"
    db.execute(f"UPDATE foreign_peers SET name = iif(id % 3, {names}, ?)", ("A" + "💥" * 31,))
    set_preference(db, "CLAIMS", "yes")
    for peer in list_foreign(db, 6, 0):
        shown = claims.add_claim(db, next(who for who in FRIENDS if who % 10 > 3), peer, peer.name, desk.now)
        claims.move_claim(db, shown.id, "watched", "proven", desk.now)
    note_username(db, "andreyvpn_bot")
    db.executescript(WATCH)
    return desk


class Crowd:
    """Makes updates as people cause them, then spoils some; the buttons pressed are those really offered, and worse."""

    def __init__(self, desk: Desk, rng: random.Random) -> None:
        self.desk, self.rng = desk, rng
        self.offered: dict[int, list[str]] = defaultdict(list)
        self.codes: list[str] = []
        self.ran: Counter[str] = Counter()

    def see(self, row: sqlite3.Row) -> None:
        """Remember the buttons and invitation links of a message."""
        self.codes += re.findall(r"\?start=([\w-]+)", row["params"])[:1]
        keyboard = (json.loads(row["params"]).get("reply_markup") or {}).get("inline_keyboard", [])
        buttons = self.offered[row["chat_id"]]
        buttons += [button["callback_data"] for line in keyboard for button in line if "callback_data" in button]
        del buttons[:-30]

    def update(self) -> dict[str, Any]:
        """Return an update; about every second one is spoiled."""
        who = self.someone()
        user = find_user(self.desk.db, who)
        odds = (70, 26, 1, 1, 2) if user and user.awaiting else (35, 60, 2, 1, 2)
        body = self.rng.choices((self.says, self.taps, self.joins, self.edits, self.strange), odds)[0](who)
        for _ in range(self.rng.choice((0, 0, 0, 0, 1, 1, 2, 4))):
            self.spoil(body)
        return body

    def someone(self) -> int:
        return self.rng.choice(self.rng.choices((ADMINS, FRIENDS, STREET), (25, 50, 25))[0])

    def sender(self, who: int) -> dict[str, Any]:
        more: dict[str, Any] = {"language_code": self.rng.choice(("ru", "en", "de", ""))}
        if self.rng.random() < 0.1:
            more[self.rng.choice(("first_name", "last_name", "username"))] = self.rng.choice(HOSTILE)
        return person(who, **more)

    def message(self, who: int, **content: Any) -> dict[str, Any]:
        chat = {"id": who, "type": "private"}
        return {"message_id": self.rng.randrange(1, 99), "date": self.desk.now, "chat": chat, **content}

    def says(self, who: int) -> dict[str, Any]:
        asked = self.desk.db.execute("SELECT id FROM users WHERE awaiting IS NOT NULL").fetchall()
        if asked and self.rng.random() < 0.2:
            who = self.rng.choice(asked)[0]
        if self.rng.random() < 0.03:
            who = self.asks()
        user = find_user(self.desk.db, who)
        commands = [f"/{name}" for name in gate.COMMANDS]
        answer = (user and user.captcha_answer) or "2345"
        plain = self.rng.choice(TYPED), self.rng.choice((*HOSTILE, *START))
        text = self.rng.choice((self.rng.choice(commands), answer, *plain))
        if self.codes and self.rng.random() < 0.05:
            text = f"/start {self.rng.choice(self.codes[-3:])}"
        return {"message": {**self.message(who, text=text), "from": self.sender(who)}}

    def asks(self) -> int:
        """Ask an admin the question answered least so far; return the admin."""
        who = self.rng.choice(ADMINS)
        verb = min((name for name in TEXTS if name != "captcha"), key=lambda name: self.ran[f"text.{name}"])
        words = [self.word(who, kind) for kind in TEXTS[verb].arguments]
        set_awaiting(self.desk.db, who, ":".join([verb, *words]))
        self.desk.db.execute("DELETE FROM temp.moved")  # that was nobody's deed
        return who

    def taps(self, who: int) -> dict[str, Any]:
        shown = self.rng.choice(({"text": "…"}, {"photo": []}, {"date": 0}))
        query = {"id": "q", "from": self.sender(who), "chat_instance": "c", "data": self.data(who)}
        return {"callback_query": {**query, "message": self.message(who, **shown)}}

    def data(self, who: int) -> str:
        buttons = self.offered[who if self.rng.random() < 0.8 else self.someone()]
        if buttons and self.rng.random() < 0.7:
            return self.rarest(buttons)
        if self.rng.random() < 0.1:
            return self.rng.choice(FORGED)
        verb = self.rarest(list(gate.BUTTONS))
        return ":".join([verb, *(self.word(who, kind) for kind in gate.BUTTONS[verb].arguments)])

    def rarest(self, buttons: list[str]) -> str:
        """Return the one of a few whose verb was reached least, so that every verb is."""
        return min(self.rng.choices(buttons, k=4), key=lambda data: self.ran[data.partition(":")[0]])

    def word(self, who: int, kind: type | Collection[str]) -> str:
        if not isinstance(kind, type) and self.rng.random() < 0.8:
            return self.rng.choice(tuple(kind))
        if kind not in (int, PersonId):
            states = ("pending", "approved", "rejected", "blocked", "captcha", "iphone", "windows")
            return self.rng.choice((*states, *TOOLS, *WORDS))
        user = find_user(self.desk.db, who)
        picture = (user and user.captcha_until) or 0
        held = [row[0] for row in self.desk.db.execute("SELECT id FROM configs WHERE revoked_at IS NULL ORDER BY id")]
        waiting = [row[0] for row in self.desk.db.execute("SELECT id FROM users WHERE state = 'pending' ORDER BY id")]
        if kind is PersonId and self.rng.random() < 0.2:
            return str(-self.rng.randrange(1, 9))
        numbers = (who, self.someone(), picture, self.rng.randrange(60), self.rng.randrange(10))
        return str(self.rng.choice((*numbers, self.rng.choice(held or [0]), self.rng.choice(waiting or [0]))))

    def joins(self, who: int) -> dict[str, Any]:
        status = self.rng.choice(("member", "kicked", "left", "creator"))
        change = {**self.message(who), "from": self.sender(who), "new_chat_member": {"status": status}}
        return {self.rng.choice(("my_chat_member", "my_chat_member", "chat_member", "chat_join_request")): change}

    def edits(self, who: int) -> dict[str, Any]:
        return {"edited_message": self.says(who)["message"]}

    def strange(self, who: int) -> dict[str, Any]:
        kind = self.rng.choice(("inline_query", "poll", "channel_post", "business_message", "message"))
        return {kind: self.rng.choice(({"from": self.sender(who)}, None, {}, [], "text", self.message(who)))}

    def spoil(self, body: dict[str, Any]) -> None:
        """Remove or replace something."""
        places = list(_places(body))
        if not places:
            return
        holder, key = self.rng.choice(places)
        deed = self.rng.randrange(4)
        if deed == 0:
            del holder[key]
        elif deed == 1:
            other, there = self.rng.choice(places)
            holder[key] = copy.deepcopy(other.get(there))
        else:
            holder[key] = copy.deepcopy(self.rng.choice(JUNK))


def _places(part: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield part, key
            yield from _places(value)


def author_of(body: dict[str, Any]) -> object:
    """Return the id of the sender, as Telegram guarantees it."""
    for kind, place in (("my_chat_member", "chat"), ("callback_query", "from"), ("message", "from")):
        part = body.get(kind)
        if isinstance(part, dict) and part:
            inner = part.get(place)
            return inner.get("id") if isinstance(inner, dict) else None
    return None


def _is_legal(
    what: str, step: tuple[Any, Any], own: bool, power: int, of_admin: bool, signed: bool, invited: bool, granted: bool
) -> bool:
    """Return True if a change of a row is legal: a step of its owner's, or a decision of an admin or helper.

    `power` is 2 for an admin, 1 for a helper, 0 for anyone else.
    A config that was approved in advance needs no decision: `granted`.
    """
    admin = power == 2
    if step[1] == "gone":
        return not of_admin and (admin or (own and (what == "request" or step[0] == "approved")))
    if what == "config" and ((own and step in OWN_DEVICES) or (admin and step in ADMINS_DEVICES)):
        return True
    if what == "invitation" or (invited and what == "user" and step in INVITED):
        return own
    if what == "allowance":
        return (own or power > 0) if step[1] == "taken" else (own and invited) or (power > 0 and signed)
    if what == "config":
        return (own or admin) and all(type(generation) is int or generation.isdigit() for generation in step)
    if what in ("adopted", "grant"):
        return admin
    if what == "renewal":
        return own and step in (("nothing", "pending"), ("pending", "approved"))
    if what == "request":
        asked = step in OWN_WISHES if own else admin and step == ("nothing", "pending")
        free = own and granted and step == ("pending", "approved")
        return asked or free or (power > 0 and signed and step in VERDICTS)
    if step[0] == step[1]:
        return own or admin
    own_step = step in OWN_STEPS or (admin and step[1] == "approved")
    return (own and own_step) or (power > 0 and signed and not of_admin and step in DECISIONS)


def offences(desk: Desk, author: object, helps: bool, rows: list[sqlite3.Row]) -> Iterator[str]:
    """Return what an update changed or sent that its author may not."""
    power, staff = 2 if author in ADMINS else int(helps), (*ADMINS, *helper_ids(desk.db))
    moves = desk.db.execute("SELECT * FROM temp.moved").fetchall()
    invited = {owner for what, owner, *_ in moves if what == "invitation"}
    granted = {owner for what, owner, *step, by in moves if what == "allowance" and step == ["given", "taken"]}
    for what, owner, before, after, by in moves:
        of_admin, came, free = owner in ADMINS, owner in invited, owner in granted
        # A person without Telegram is an admin's to change, until they come to it by an invitation with all they have.
        if owner < 0 and (power == 2 or author in invited):
            continue
        if came and owner == author and (what == "grant" or before == after):
            continue
        if not _is_legal(what, (before, after), owner == author, power, of_admin, by == author, came, free):
            yield f"{author} moved a {what} of {owner} from {before} to {after}"
    for row in rows:
        if row["chat_id"] not in (author, outbox.NO_CHAT, *staff) and not power:
            yield f"{author} made the bot write to {row['chat_id']}"
        if "PRIVATE" in row["params"] or "PRESHARED" in row["params"]:
            yield f"a key in {row['method']}"


def play_keeper(desk: Desk) -> None:
    """Issue what was approved and do what is due, as the keeper would."""
    for errand in ERRANDS:
        outbox.enqueue(desk.db, errand(desk.db, in_force(desk.db, desk.settings), desk.now), desk.now)
    rows = desk.db.execute("SELECT * FROM outbox ORDER BY id").fetchall()
    assert [complaint for row in rows for complaint in complaints(row)] == []
    deliver(desk, rows)
    for request in list_requests(desk.db, "approved", 100):
        desk.db.execute("UPDATE config_requests SET state = 'issued' WHERE id = ?", (request.id,))
        if find_user(desk.db, request.user_id).state == "approved":  # type: ignore[union-attr]
            desk.db.execute("UPDATE config_requests SET state = 'cancelled' WHERE user_id = ? AND state = 'pending'",
                            (request.user_id,))  # fmt: skip
            hold_config(desk.db, request.user_id, desk.now, request.name)
    desk.db.execute("DELETE FROM temp.moved")


def deliver(desk: Desk, rows: list[sqlite3.Row]) -> None:
    """Deliver what was sent, in the current transaction."""
    for row in rows:
        fields = {name: row[name] for name in outbox.Row.__dataclass_fields__}
        sent = outbox.Row(**{**fields, "params": json.loads(row["params"])})
        outbox.finish(desk.db, sent, next(desk.messages) if row["method"] != "answerCallbackQuery" else None)


def step(desk: Desk, gauge: Gauge, body: dict[str, Any], law: dict[str, set[str]]) -> list[sqlite3.Row]:
    """Handle one update; a failure names the update."""
    gauge.reached, gauge.finished = [], 0
    with transaction(desk.db):
        dispatch(desk.db, desk.settings, body, desk.now)
        rows = desk.db.execute("SELECT * FROM outbox ORDER BY id").fetchall()
        wrong = [complaint for row in rows for complaint in complaints(row)]
        wrong += offences(desk, author_of(body), "helper" in dict(gauge.reached).values(), rows)
        wrong += [f"{role} reached {verb}" for verb, role in gauge.reached if role not in law[verb]]
        assert wrong == [], f"{wrong} by {body!r}"
        deliver(desk, rows)
        desk.db.execute("DELETE FROM temp.moved")
    gauge.seen["ran" if gauge.finished else "refused" if rows else "ignored"] += 1
    return rows


@pytest.mark.slow(7)
def test_it_works(desk: Desk, gauge: Gauge, figures: Figures) -> None:
    rng, law = random.Random(SEED), allowed_roles()
    crowd = Crowd(desk, rng)
    law["/start"] |= OUTSIDE
    kept = {table: desk.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in UNTOUCHED}
    desk.deliver()
    begun = time.monotonic()
    for number in range(UPDATES):
        body = {"update_id": 1_000_000 + number, **crowd.update()}
        for row in step(desk, gauge, body, law):
            crowd.see(row)
        crowd.ran.update({verb for verb, _ in gauge.reached})
        desk.now += rng.choice((0, 1, 5, 60)) if rng.random() < 0.999 else 8 * DAY
        if number % 200 == 0:
            play_keeper(desk)
    for table, count in kept.items():
        assert desk.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] >= count, f"rows of {table} are gone"
    figures.count(updates=UPDATES, ran_handlers=gauge.seen["ran"], refused=gauge.seen["refused"])
    figures.say(f"{UPDATES / (time.monotonic() - begun):.0f} updates a second")
    assert UPDATES < 20_000 or desk.db.execute("SELECT count(*) FROM invitations WHERE used_at").fetchone()[0]
    assert UPDATES < 20_000 or set(crowd.ran) == set(law) - {"/no_such_command", "no_such_button", "text.nothing"}
