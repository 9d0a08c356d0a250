"""The whole law: every command and button, for every role and kind of object, in both languages."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
import traceback
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from lib.chat import routes as gate
from lib.chat.admin.people import mark_of
from lib.chat.gate import ROLES as ALL_ROLES
from lib.chat.gate import PersonId
from lib.chat.texts import LANGUAGES as TEXTS
from lib.chat.typed import TEXTS as TYPED
from lib.settings import Settings, read_settings
from lib.store import broadcasts, claims, invitations, tickets, trials
from lib.store.audit import note
from lib.store.config_requests import add_request, move_request
from lib.store.configs import set_disguise, set_paused
from lib.store.counters import Reading, keep_readings
from lib.store.database import SQL, connect, prepare_database, put_meta
from lib.store.foreign import Sighting, get_foreign, list_foreign, note_foreign, set_evicted
from lib.store.keeper_notes import Health, write_fact
from lib.store.preferences import set_preference
from lib.store.server import note_generation
from lib.store.users import add_offline, find_user, move_user, set_awaiting, set_note, set_reachable
from tests.reporting import Figures
from tests.unit.bot_settings import TOKEN
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, open_desk
from tests.unit.chat.law import CASES, LINES, ROLES, Case, allowed_roles, cases_of, verb_of
from tests.unit.chat.paces import RINGING
from tests.unit.chat.roles import LANGUAGES, actor_id, bring, picture_of
from tests.unit.chat.screens import says_text

OWN = ("own", "foreign", "missing", "decided")
NEIGHBOUR, ASKING, INSIDE, BLOCKED, REJECTED, WAITING, KNOCKING = range(900, 907)
LISTED = {"apps_lacking", "apps_too_old"}  # verbs whose number is a page
PORTS = {"confirm_usual_port", "usual_port"}  # verbs whose number is a port
NOBODY = 999_999
# Verbs whose numbers name no object.
PAGED = {"set", "foreign", "claims", "by_name", "problem", "configs_page", "top", "requests", "invitations", "people",
         "add_found"}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a database with a person in every role and language, and others whose data they may not touch."""
    path = tmp_path_factory.mktemp("company") / "bot_data.db"
    names = {"BOT_TOKEN": TOKEN, "ADMIN_IDS": "1, 2", "SERVER_ENDPOINT": "vpn.example.org"}
    prepare_database(path)
    db = connect(path)
    db.execute("PRAGMA synchronous = OFF")
    desk = Desk(db, read_settings({**names, "DATABASE": str(path)}), ids=itertools.count(1_000_000))
    invitations.note_username(db, "andreyvpn_bot")
    desk.says(1, "/start")
    desk.says(2, "/start", language_code="ru")
    for role, language in itertools.product(ROLES, LANGUAGES):
        bring(desk, actor_id(role, language), role, language)
    others = {NEIGHBOUR: "approved", ASKING: "approved", INSIDE: "approved", BLOCKED: "blocked",
              REJECTED: "rejected", WAITING: "pending"}  # fmt: skip
    for who, role in others.items():
        bring(desk, who, role)
    desk.taps(ASKING, "device:iphone")
    desk.now += 10
    desk.says(KNOCKING, "/start")
    note(db, desk.now, 2, "backup", "database")
    db.close()
    return path


@pytest.fixture
def settings(settings: Settings, company: Path) -> Settings:
    return replace(settings, database=company, second_ports=(443,))


@pytest.fixture(scope="module")
def opened(company: Path) -> Iterator[sqlite3.Connection]:
    """Open the company's database once, in a transaction that is never committed."""
    db = connect(company)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    yield db
    db.close()


@contextmanager
def step(db: sqlite3.Connection) -> Iterator[None]:
    """Replace `transaction` inside a transaction that is already open."""
    db.execute("SAVEPOINT step")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK TO step")
        raise
    finally:
        db.execute("RELEASE step")


@contextmanager
def undone(db: sqlite3.Connection) -> Iterator[None]:
    """Undo everything that happens in the `with` block."""
    db.execute("SAVEPOINT start")
    try:
        yield
    finally:
        db.execute("ROLLBACK TO start")
        db.execute("RELEASE start")


def request_of(desk: Desk, who: int, state: str = "pending", platform: str = "iphone") -> int:
    """Add a request in a state."""
    request_id = add_request(desk.db, who, "Phone", desk.now, platform=platform)
    for after in {"pending": (), "issued": ("approved", "issued")}.get(state, (state,)):
        before = desk.db.execute("SELECT state FROM config_requests WHERE id = ?", (request_id,)).fetchone()[0]
        move_request(desk.db, request_id, before, after, desk.now, 1)
    return request_id


def revoked_config(desk: Desk, who: int) -> int:
    """Add a config that was revoked."""
    return revoked(desk, hold_config(desk.db, who, desk.now))


def revoked(desk: Desk, config_id: int) -> int:
    """Revoke a config."""
    desk.db.execute(
        "UPDATE configs SET revoked_at = ?, private_key = NULL, preshared_key = NULL WHERE id = ?",
        (desk.now, config_id),
    )
    return config_id


def told_config(desk: Desk, who: int) -> int:
    """Add a config that its owner has complained about."""
    config_id = hold_config(desk.db, who, desk.now)
    note(desk.db, desk.now, who, "complain", f"config:{config_id}")
    tickets.add_ticket(desk.db, who, "complaint", desk.now, config_id=config_id)
    return config_id


def tried_config(desk: Desk, who: int) -> int:
    """Add a config whose owner tries another way."""
    config_id = hold_config(desk.db, who, desk.now)
    set_disguise(desk.db, config_id, '["quiet", {"Jc": "3"}, null]')
    trials.begin_trial(desk.db, config_id, None, ["server", "quiet"], (0, 0), desk.now - 60)
    return config_id


def kept(desk: Desk, keeper: int) -> int:
    """Add a person without Telegram whose files go to an admin."""
    return add_offline(desk.db, "Grandma", "en", keeper, desk.now)


def paused(desk: Desk, config_id: int) -> int:
    """Pause a config."""
    set_paused(desk.db, config_id, desk.now)
    return config_id


def known_way(desk: Desk, who: int) -> str:
    """Make the server known; return the key of a disguise that its clients can use."""
    hold_config(desk.db, who, desk.now)
    return "quiet"


def second_port(desk: Desk) -> int:
    """Make the server known, and its interface; return a further port that leads to it."""
    hold_config(desk.db, NEIGHBOUR, desk.now)
    write_fact(desk.db, Health(True, desk.now, port=51820))
    return 443


def adopted_config(desk: Desk, who: int) -> int:
    """Add a config whose private key the bot never knew."""
    config_id = hold_config(desk.db, who, desk.now)
    desk.db.execute("UPDATE configs SET private_key = NULL WHERE id = ?", (config_id,))
    return config_id


def given_config(desk: Desk, who: int, up: bool = True) -> int:
    """Add a config made from a peer that was added by hand and given to somebody."""
    config_id = adopted_config(desk, who)
    desk.db.execute("UPDATE configs SET given = 1 WHERE id = ?", (config_id,))
    keep_readings(desk.db, [Reading(config_id, 10, 20, desk.now)], "life")
    write_fact(desk.db, Health(up=up, since=desk.now))
    return config_id


def expired_adopted_config(desk: Desk, who: int) -> int:
    """Add such a config that has expired."""
    config_id = adopted_config(desk, who)
    desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (desk.now, config_id))
    return config_id


def expiring_config(desk: Desk, who: int, wished: bool = False) -> int:
    """Add a config that expires, with or without a wish for more time."""
    config_id = hold_config(desk.db, who, desk.now)
    desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (desk.now + 86400, config_id))
    if wished:
        note(desk.db, desk.now, who, "extend", f"config:{config_id}")
        tickets.add_ticket(desk.db, who, "time", desk.now, config_id=config_id)
    return config_id


def renewing_config(desk: Desk, who: int) -> int:
    """Add an adopted config whose owner waits for a new file."""
    config_id = adopted_config(desk, who)
    add_request(desk.db, who, "Phone", desk.now, replaces=config_id)
    return config_id


def paused_config(desk: Desk) -> int:
    """Add a paused config of the neighbour's."""
    return paused(desk, hold_config(desk.db, NEIGHBOUR, desk.now))


def sent_config(desk: Desk, who: int) -> int:
    """Add a config of the neighbour's that was just sent again."""
    config_id = hold_config(desk.db, NEIGHBOUR, desk.now)
    note(desk.db, desk.now, who, "resend", f"config:{config_id}")
    return config_id


def letter(desk: Desk, who: int) -> int:
    """Add a draft message to the neighbour; return the number in its button."""
    put_meta(desk.db, f"draft:{who}", json.dumps([NEIGHBOUR, "Hello"]))
    return zlib.crc32(b"Hello")


def foreign_peer(desk: Desk, address: str, evicted: bool = False) -> int:
    """Add a peer that was made by hand."""
    generation(desk, 51820)
    note_foreign(desk.db, [Sighting("foreign key", None, (address,), 10, 20, desk.now)], "life", desk.now)
    (peer,) = list_foreign(desk.db, 1, 0)
    set_evicted(desk.db, peer.id, desk.now if evicted else None)
    return peer.id


def named_peer(desk: Desk, evicted: bool = False, allowed: bool = True) -> int:
    """Add a peer that was made by hand, named after a person inside; let friends claim it."""
    generation(desk, 51820)
    host = len(list_foreign(desk.db, 100, 0)) + 100
    seen = [*sightings(desk), Sighting(f"key {host}", None, (f"10.8.9.{host}/32",), 10, 20, desk.now)]
    note_foreign(desk.db, seen, "life", desk.now)
    peer = list_foreign(desk.db, 100, 0)[-1]
    desk.db.execute("UPDATE foreign_peers SET name = ? WHERE id = ?", (f"Person {INSIDE}", peer.id))
    set_evicted(desk.db, peer.id, desk.now if evicted else None)
    set_preference(desk.db, "CLAIMS", "yes" if allowed else None)
    return peer.id


def sightings(desk: Desk) -> list[Sighting]:
    """Return the peers made by hand as they were last seen."""
    peers = list_foreign(desk.db, 100, 0)
    return [Sighting(p.public_key, None, p.allowed_ips, p.received, p.sent, p.handshake_at) for p in peers]


def claim_of(desk: Desk, who: int, *states: str) -> claims.Claim:
    """Let somebody claim a peer; take the claim through these states."""
    peer = get_foreign(desk.db, named_peer(desk))
    claim = claims.add_claim(desk.db, who, peer, peer.name, desk.now)
    for state in states:
        claim = claims.move_claim(desk.db, claim.id, claim.state, state, desk.now, 1 if state == "rejected" else None)
    return claim


def away(desk: Desk, claim_id: int) -> int:
    """Remove a claim's peer from the interface."""
    desk.db.execute("UPDATE foreign_peers SET live = 0")
    return claim_id


def pairs(desk: Desk, evicted: bool = False) -> int:
    """Add a peer named after a person inside; return the mark of the list in which it is given to them."""
    return zlib.crc32(json.dumps([(named_peer(desk, evicted), INSIDE)]).encode())


def address_of(desk: Desk, config_id: int) -> str:
    """Return a config's address."""
    return str(desk.db.execute("SELECT address FROM configs WHERE id = ?", (config_id,)).fetchone()[0])


def generation(desk: Desk, port: int) -> int:
    """Add a config of the neighbour's, then a generation of the server with another port."""
    hold_config(desk.db, NEIGHBOUR, desk.now)
    return note_generation(desk.db, "server key", {"Jc": "4"}, f"vpn.example.org:{port}", desk.now)


def invitation(desk: Desk, by: int, used: bool = False) -> int:
    """Add an invitation."""
    number, _ = invitations.add_invitation(desk.db, "Anna", True, by, desk.now + 60, desk.now)
    if used:
        invitations.use(desk.db, number, NEIGHBOUR, desk.now)
    return number


def draft(desk: Desk, by: int) -> int:
    """Add an announcement that is not sent."""
    return broadcasts.add_draft(desk.db, "Hello", "all", by, desk.now).id


def sending(desk: Desk, by: int, stopped: bool = False) -> int:
    """Add an announcement that is being sent or was stopped."""
    number = draft(desk, by)
    broadcasts.begin(desk.db, number, 3, desk.now)
    if stopped:
        broadcasts.stop(desk.db, broadcasts.get_broadcast(desk.db, number), desk.now)
    return number


def offline(desk: Desk) -> int:
    """Add a person without Telegram whose admin is no longer one."""
    return add_offline(desk.db, "Grandma", "en", NOBODY, desk.now)


def blocked(desk: Desk, who: int) -> int:
    """Block a person."""
    move_user(desk.db, who, "approved", "blocked", desk.now, 1)
    return who


def invited(desk: Desk, who: int) -> tuple[int, str]:
    """Invite a person without Telegram to join it; return the person and the link's code."""
    return who, invitations.add_invitation(desk.db, "Grandma", False, 1, desk.now + 60, desk.now, for_user=who)[1]


def objects(desk: Desk, who: int) -> dict[str, Callable[[], int | str]]:
    """Return functions that make what a line names. Who has no row yet uses the neighbour's things."""
    owner = who if find_user(desk.db, who) else NEIGHBOUR
    return {
        "own_picture": lambda: picture_of(desk.db, who),
        "foreign_picture": lambda: picture_of(desk.db, KNOCKING),
        "missing_picture": lambda: 1,
        "decided_picture": lambda: picture_of(desk.db, who) - 10,
        "own_request": lambda: request_of(desk, owner),
        "router_request": lambda: request_of(desk, owner, platform="router"),
        "foreign_request": lambda: request_of(desk, NEIGHBOUR),
        "missing_request": lambda: NOBODY,
        "decided_request": lambda: request_of(desk, owner, "rejected"),
        "cancelled_request": lambda: request_of(desk, owner, "cancelled"),
        "issued_request": lambda: request_of(desk, owner, "issued"),
        "own_config": lambda: hold_config(desk.db, owner, desk.now),
        "unmade_config": lambda: hold_config(desk.db, owner, desk.now, live=False),
        "foreign_config": lambda: hold_config(desk.db, NEIGHBOUR, desk.now),
        "missing_config": lambda: NOBODY,
        "decided_config": lambda: revoked_config(desk, owner),
        "told_config": lambda: told_config(desk, owner),
        "second_port": lambda: second_port(desk),
        "known_way": lambda: known_way(desk, owner),
        "tried_config": lambda: tried_config(desk, owner),
        "adopted_config": lambda: adopted_config(desk, owner),
        "expired_adopted_config": lambda: expired_adopted_config(desk, owner),
        "expiring_config": lambda: expiring_config(desk, owner),
        "wished_config": lambda: expiring_config(desk, owner, wished=True),
        "renewing_config": lambda: renewing_config(desk, owner),
        "own_peer": lambda: foreign_peer(desk, "10.8.0.77/32"),
        "foreign_peer": lambda: foreign_peer(desk, "192.168.0.0/16"),
        "missing_peer": lambda: NOBODY,
        "decided_peer": lambda: foreign_peer(desk, "10.8.0.77/32", evicted=True),
        "held_peer": lambda: foreign_peer(desk, f"{address_of(desk, hold_config(desk.db, NEIGHBOUR, desk.now))}/32"),
        "open_page": lambda: (named_peer(desk), 0)[1],
        "own_named": lambda: named_peer(desk),
        "foreign_named": lambda: claim_of(desk, NEIGHBOUR).peer_id or 0,
        "missing_named": lambda: (named_peer(desk), NOBODY)[1],
        "decided_named": lambda: named_peer(desk, evicted=True),
        "shut_named": lambda: named_peer(desk, allowed=False),
        "declined_named": lambda: claim_of(desk, owner, "proven", "rejected").peer_id or 0,
        "tried_named": lambda: [claim_of(desk, owner, "stopped").peer_id or 0 for _ in range(3)][-1],
        "watched_named": lambda: (claim_of(desk, owner), named_peer(desk))[1],
        "own_claim": lambda: claim_of(desk, owner).id,
        "foreign_claim": lambda: claim_of(desk, NEIGHBOUR).id,
        "missing_claim": lambda: NOBODY,
        "decided_claim": lambda: claim_of(desk, owner, "stopped").id,
        "own_proven": lambda: claim_of(desk, owner, "proven").id,
        "foreign_proven": lambda: claim_of(desk, NEIGHBOUR, "proven").id,
        "decided_proven": lambda: claim_of(desk, NEIGHBOUR, "proven", "rejected").id,
        "shut_proven": lambda: claim_of(desk, BLOCKED, "proven").id,
        "away_proven": lambda: away(desk, claim_of(desk, NEIGHBOUR, "proven").id),
        "own_given": lambda: given_config(desk, owner),
        "foreign_given": lambda: given_config(desk, NEIGHBOUR),
        "missing_given": lambda: NOBODY,
        "decided_given": lambda: revoked(desk, given_config(desk, NEIGHBOUR)),
        "paused_given": lambda: paused(desk, given_config(desk, NEIGHBOUR)),
        "down_given": lambda: given_config(desk, NEIGHBOUR, up=False),
        "own_gift": lambda: (given_config(desk, owner), desk.now)[1],
        "foreign_gift": lambda: (given_config(desk, NEIGHBOUR), desk.now)[1],
        "missing_gift": lambda: NOBODY,
        "decided_gift": lambda: (revoked(desk, given_config(desk, NEIGHBOUR)), desk.now)[1],
        "own_pairs": lambda: pairs(desk),
        "foreign_pairs": lambda: pairs(desk) + 1,
        "missing_pairs": lambda: NOBODY,
        "decided_pairs": lambda: pairs(desk, evicted=True),
        "own_generation": lambda: generation(desk, 1234),
        "foreign_generation": lambda: generation(desk, 1234) - 1,
        "missing_generation": lambda: NOBODY,
        "decided_generation": lambda: generation(desk, 51820),
        "own_person": lambda: who,
        "foreign_person": lambda: WAITING,
        "missing_person": lambda: NOBODY,
        "decided_person": lambda: NEIGHBOUR,
        "inside_person": lambda: INSIDE,
        "asking_person": lambda: ASKING,
        "blocked_person": lambda: BLOCKED,
        "rejected_person": lambda: REJECTED,
        "barred_person": lambda: decided_by(desk, BLOCKED, actor_id("helper", "en")),
        "refused_person": lambda: decided_by(desk, REJECTED, actor_id("helper", "en")),
        "own_invitation": lambda: invitation(desk, who),
        "foreign_invitation": lambda: invitation(desk, NOBODY),
        "missing_invitation": lambda: NOBODY,
        "decided_invitation": lambda: invitation(desk, who, used=True),
        "own_draft": lambda: draft(desk, who),
        "foreign_draft": lambda: draft(desk, NOBODY),
        "missing_draft": lambda: NOBODY,
        "decided_draft": lambda: sending(desk, who),
        "foreign_broadcast": lambda: sending(desk, NOBODY),
        "stopped_broadcast": lambda: sending(desk, NOBODY, stopped=True),
        "other_admin": lambda: 3 - who if who in (1, 2) else 2,
        "holding_person": lambda: (hold_config(desk.db, NEIGHBOUR, desk.now), NEIGHBOUR)[1],
        "noted_person": lambda: (set_note(desk.db, NEIGHBOUR, "A note"), NEIGHBOUR)[1],
        "lost_person": lambda: (set_reachable(desk.db, NEIGHBOUR, False), NEIGHBOUR)[1],
        "offline_person": lambda: offline(desk),
        "offline_shut_person": lambda: blocked(desk, offline(desk)),
        "invited_person": lambda: invited(desk, offline(desk))[0],
        "offline_link": lambda: invited(desk, offline(desk))[1],
        "kept_config": lambda: hold_config(desk.db, kept(desk, who), desk.now),
        "tried_kept_config": lambda: tried_config(desk, kept(desk, who)),
        "unmade_kept_config": lambda: hold_config(desk.db, kept(desk, who), desk.now, live=False),
        "adopted_kept_config": lambda: adopted_config(desk, kept(desk, who)),
        "paused_kept_config": lambda: paused(desk, hold_config(desk.db, kept(desk, who), desk.now)),
        "shut_kept_config": lambda: hold_config(desk.db, blocked(desk, kept(desk, who)), desk.now),
        "kept_elsewhere_config": lambda: hold_config(desk.db, kept(desk, 3 - who if who in (1, 2) else 2), desk.now),
        "offline_config": lambda: hold_config(desk.db, offline(desk), desk.now),
        "lost_config": lambda: (set_reachable(desk.db, NEIGHBOUR, False), hold_config(desk.db, NEIGHBOUR, desk.now))[1],
        "helping_person": lambda: actor_id("helper", "en"),
        "own_letter": lambda: letter(desk, who),
        "paused_config": lambda: paused_config(desk),
        "sent_config": lambda: sent_config(desk, who),
        "shut_config": lambda: hold_config(desk.db, BLOCKED, desk.now),
        "own_writing": lambda: writing(desk, owner),
        "foreign_writing": lambda: writing(desk, NEIGHBOUR),
        "missing_writing": lambda: NOBODY,
        "decided_writing": lambda: ticket(desk, owner),
        "own_ticket": lambda: ticket(desk, owner),
        "foreign_ticket": lambda: ticket(desk, NEIGHBOUR),
        "missing_ticket": lambda: NOBODY,
        "decided_ticket": lambda: closed(desk, ticket(desk, NEIGHBOUR)),
        "many_ticket": lambda: (hold_config(desk.db, NEIGHBOUR, desk.now), ticket(desk, NEIGHBOUR))[1],
        "found_words": lambda: searched(desk, owner),
        "own_wish": lambda: wish(desk, owner),
        "foreign_wish": lambda: wish(desk, INSIDE),
        "missing_wish": lambda: NOBODY,
        "decided_wish": lambda: closed(desk, wish(desk, INSIDE)),
        "timed_wish": lambda: timed_wish(desk, NEIGHBOUR),
        "changed_wish": lambda: wish(desk, INSIDE, 5),
        "shut_wish": lambda: wish(desk, BLOCKED),
    }


def searched(desk: Desk, who: int) -> int:
    """Let somebody search for a person whom nobody is called; return the number of the words."""
    put_meta(desk.db, f"people:{who}", json.dumps(["found", 0, "Grandma", "people:found:0"]))
    return mark_of("Grandma")


def writing(desk: Desk, who: int) -> int:
    """Add a draft that was not sent to the admins."""
    return tickets.add_draft(desk.db, who, "Hello", desk.now).id


def ticket(desk: Desk, who: int) -> int:
    """Add a message to the admins from a person with a config."""
    hold_config(desk.db, who, desk.now)
    return tickets.send_draft(desk.db, who, writing(desk, who), desk.now).id


def wish(desk: Desk, who: int, present: int = 0) -> int:
    """Add a wish for more traffic."""
    return tickets.add_ticket(desk.db, who, "traffic", desk.now, present=present).id


def timed_wish(desk: Desk, who: int) -> int:
    """Add a wish for more time."""
    config_id = expiring_config(desk, who)
    return tickets.add_ticket(desk.db, who, "time", desk.now, config_id=config_id, present=desk.now + 86400).id


def closed(desk: Desk, ticket_id: int) -> int:
    """Close a ticket."""
    return tickets.close(desk.db, tickets.get_ticket(desk.db, ticket_id), "answer", 1, desk.now).id


def decided_by(desk: Desk, who: int, by: int) -> int:
    """Add a person who was blocked or rejected by someone else; return the person."""
    desk.db.execute("UPDATE users SET decided_by = ? WHERE id = ?", (by, who))
    return who


def perform(desk: Desk, who: int, done: str, language: str) -> list[sqlite3.Row]:
    """Perform a line's action; its objects exist already."""
    if done.startswith("/"):
        return desk.says(who, done, language_code=language)
    if done.startswith("text."):
        return desk.says(who, text_for(desk, who, done.removeprefix("text.")), language_code=language)
    return desk.taps(who, done, language_code=language)


def text_for(desk: Desk, who: int, awaited: str) -> str:
    """Return the text that answers what is awaited."""
    user, verb = find_user(desk.db, who), awaited.partition(":")[0]
    if user and user.state == "captcha" and verb != "captcha":
        return "hello"
    answers = {"captcha": (user and user.captcha_answer) or "2345", "config_name": "Tablet",
               "setting_value": "5", "person_gb": "2,5 GB", "person_mbit": "15 Mbit/s",
               "held_date": "31.12.2030"}  # fmt: skip
    return answers.get(verb, "hello")


def refusal_key(case: Case) -> str:
    return f"denied_{case.role}" if case.outcome == "." else case.outcome


def test_it_works(opened: sqlite3.Connection) -> None:
    assert tuple(ROLES) == ALL_ROLES
    assert {find_user(opened, actor_id(role, "ru")).state for role in ROLES[1:-2]} == set(ROLES[1:-2])  # type: ignore[union-attr]


def test_every_line_is_whole() -> None:
    tables = set(re.findall(r"CREATE TABLE (\w+)", (SQL / "schema.sql").read_text(encoding="utf-8")))
    for line in LINES:
        assert {case.role for case in cases_of(line)} == set(ROLES), line
        assert {case.outcome for case in cases_of(line)} <= {".", "yes", "show", *TEXTS["en"].TEXTS}, line
        assert {word.rpartition(":")[2] for word in line[1 + len(ROLES) :]} <= tables, line


def test_every_verb_has_a_line() -> None:
    lines = {verb_of(done) for done, *_ in LINES}
    table = {*(f"/{name}" for name in gate.COMMANDS), *(f"text.{name}" for name in TYPED), *gate.BUTTONS}
    assert lines - {"/no_such_command", "no_such_button", "text.nothing"} == table


def test_every_verb_about_an_object_has_a_line_for_an_own_a_foreign_a_missing_and_a_decided_one() -> None:
    for verb, route in gate.BUTTONS.items():
        numbered = {int, PersonId} & {kind for kind in route.arguments if isinstance(kind, type)}
        if numbered and verb not in PAGED | LISTED | PORTS:
            named = {done.partition("{")[2].partition("_")[0] for done, *_ in LINES if verb_of(done) == verb}
            assert named >= set(OWN), verb


def test_the_dispatch_table_lets_in_whom_the_law_names_and_nobody_else() -> None:
    law = allowed_roles()
    routes = {**gate.BUTTONS, **{f"/{name}": route for name, route in gate.COMMANDS.items() if name != "start"}}
    for verb, route in routes.items():
        assert route.allowed == law[verb], verb


def test_every_verb_with_a_pace_exists() -> None:
    assert {*RINGING} <= {verb_of(done) for done, *_ in LINES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_a_friend_says_what_to_do_next(language: str) -> None:
    steps = {"en": "/start|/help|/status|/requests|/configs|by itself|in person|Wait for|Ask the admin|Waiting|"
             "ADMIN_IDS",
             "ru": "/start|/help|/status|/requests|/configs|сюда сам|лично|Дождитесь|Попросите|Ждут ответа|"
             "ADMIN_IDS"}  # fmt: skip
    refused = {refusal_key(case) for case in CASES if case.outcome not in ("yes", "show")}
    for key in sorted(key for key in refused if "already_" not in key):
        assert re.search(steps[language], TEXTS[language].TEXTS[key]), key


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_the_law_holds(opened: sqlite3.Connection, settings: Settings, line: list[str], figures: Figures) -> None:
    """Try one line as every role in both languages, each time from the same start."""
    faults = []
    figures.count(lines_of_the_law=1, times_roles_and_languages=len(ROLES) * len(LANGUAGES))
    for case, language in itertools.product(cases_of(line), LANGUAGES):
        with undone(opened):
            found = faults_of(open_desk(opened, settings, transaction=step), case, language)
        faults += [f"  {case.role}, {language}: must be {case.outcome!r}, but {fault}" for fault in found]
    if faults:
        pytest.fail("\n".join([f"the law is broken by {line[0]}:", *faults]), pytrace=False)


def faults_of(desk: Desk, case: Case, language: str) -> list[str]:
    """Try one cell as one person; return what is wrong with the outcome."""
    try:
        return list(_faults_of(desk, case, language))
    except Exception:
        return [f"it raised\n{traceback.format_exc()}"]


def _faults_of(desk: Desk, case: Case, language: str) -> Iterator[str]:
    desk.now += 25
    who = actor_id(case.role, language)
    made = {name: make() for name, make in objects(desk, who).items() if f"{{{name}}}" in case.done}
    done = case.done.format(**made)
    if done.startswith("text."):
        awaited = done.removeprefix("text.")
        set_awaiting(desk.db, who, awaited if awaited.partition(":")[0] in {*TYPED} - {"captcha"} else None)
    before = desk.dump()
    rows = perform(desk, who, done, language)
    changed = {row[0] for row in set(before) ^ set(desk.dump())}
    yield from (f"Telegram or a reader would object: {complaint}" for row in rows for complaint in complaints(row))
    taps = [row for row in rows if row["method"] == "answerCallbackQuery"]
    if len(taps) != (0 if done.startswith(("/", "text.")) else 1):
        yield f"the tap is answered {len(taps)} times"
    rung = {row["chat_id"] for row in rows if row["method"].startswith("send")} - {who}
    if rung and case.role != "admin" and verb_of(case.done) not in RINGING:
        yield f"it makes the phones of {sorted(rung)} ring, and has no pace in paces.py"
    judge = faults_of_success if case.outcome in ("yes", "show") else faults_of_refusal
    yield from judge(case, language, rows, changed)


def faults_of_success(case: Case, language: str, rows: list[sqlite3.Row], changed: set[str]) -> Iterator[str]:
    if changed - {"notices", "meta"} != case.changes:
        yield f"{sorted(changed)} change and {sorted(case.changes)} should"
    if not rows:
        yield "nothing is answered"
    for row in rows:
        if row["method"] == "answerCallbackQuery" and json.loads(row["params"])["show_alert"]:
            yield f"it is refused: {json.loads(row['params'])['text']!r}"


def faults_of_refusal(case: Case, language: str, rows: list[sqlite3.Row], changed: set[str]) -> Iterator[str]:
    if changed:
        yield f"{sorted(changed)} change"
    if not rows:
        yield "nothing is answered"
        return
    (answer, *more) = rows
    said = json.loads(answer["params"])
    if not says_text(unescape(said.get("text", "")), language, refusal_key(case)):
        yield f"{answer['method']} says {said.get('text')!r}"
    if answer["method"] != ("sendMessage" if case.done.startswith(("/", "text.")) else "answerCallbackQuery"):
        yield f"it is said by {answer['method']}"
    if said.get("show_alert", True) is not True:
        yield "the toast passes unseen"
    if [row["method"] for row in more] not in ([], ["deleteMessage"]):  # a stale keypad may go
        yield f"more than a refusal happens: {[row['method'] for row in more]}"
