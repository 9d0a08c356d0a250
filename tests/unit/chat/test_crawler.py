"""Every screen that buttons lead to, from every role, in both languages: within limits, with a way on, in one language.

A crawler presses each button of each screen once, in the state in which the screen showed it, and answers what is
awaited by texts, good and bad. Going back up a path takes its changes back, so no button is pressed too late.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest

from lib.chat import routes as gate
from lib.chat.apps import AMNEZIA, WIREGUARD
from lib.chat.dispatch import dispatch
from lib.chat.gate import INSIDE
from lib.chat.gate import ROLES as ALL_ROLES
from lib.chat.notify.first_connection import PATIENCE
from lib.keeper import Keeper
from lib.settings import Settings, read_settings
from lib.store import claims, trials
from lib.store.broadcasts import add_draft, begin
from lib.store.configs import configs_of, set_disguise
from lib.store.database import connect, prepare_database
from lib.store.foreign import list_foreign, set_evicted
from lib.store.invitations import add_invitation, note_username
from lib.store.preferences import set_preference
from lib.store.users import add_offline, find_user, get_user, set_helper, set_quota, set_speed
from lib.values import LANGUAGES as CODES
from lib.vpn.interface import LivePeer
from tests.reporting import Figures
from tests.unit.bot_settings import TOKEN
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk
from tests.unit.chat.labels import cut
from tests.unit.chat.screens import says_text
from tests.unit.interface import MemoryAwg

# In one process: one crawl serves the tests of all roles.
pytestmark = [pytest.mark.slow(12), pytest.mark.xdist_group("crawler")]

ADMIN, COLLEAGUE = 777_000_001, 777_000_002
CAST = {"helper": 777_000_010, "approved": 777_000_020, "pending": 777_000_030, "blocked": 777_000_040,
        "rejected": 777_000_050, "asking": 777_000_060, "captcha": 777_000_070, "empty": 777_000_080}  # fmt: skip
WALKERS = {"admin": ADMIN, "colleague": COLLEAGUE, **{role: CAST[role] for role in ALL_ROLES if role in CAST},
           "stranger": 777_000_099, "newcomer": CAST["empty"]}  # fmt: skip
NAMES = {"en": ("Anna", "Boris", "Clara", "David", "Emma", "Fred", "Gina", "Henry", "Iris", "Jack", "Kate"),
         "ru": ("Анна", "Борис", "Клара", "Давид", "Эмма", "Фёдор", "Галина", "Игорь", "Ирина", "Яков",
                "Катя")}  # fmt: skip
WRITTEN = {"en": ("When is the party?", "It doesn't work"), "ru": ("Когда праздник?", "Не работает")}
ANSWERS = ("12", "01.02.2027", "9.9.9.9, 149.112.112.112", "Europe/Moscow", "23-8", "", "💥" * 40, "<b>x")
# Words of the other alphabet that are no one's language: products, units, what is typed as it stands.
LATIN = re.compile(
    r"https?://\S+|@\w+|/[a-z_]+|[A-Z][A-Z0-9_]{2,}|\b[0-9a-f:.]*[0-9][0-9a-f:./-]*\b|\b[A-Za-z0-9+/]{42,}=*|"
    r"\b(QR|VPN|ID|DNS|MTU|CSV|IP|IPv[46]|Wi-Fi|Telegram|Android|iOS|Windows|macOS|Linux|iPhone|Mac|"
    r"App Store|Google Play|Finder|Keenetic|KeeneticOS|OpenWrt|MikroTik|RouterOS|apk|msi|exe|arm64-v8a|android11|amd64|"
    + "".join(f"{re.escape(app.name)}|" for app in (*AMNEZIA.values(), WIREGUARD))
    + r"Jc|Jmin|Jmax|[SHI]\d|AdGuard|awg\w*|amneziawg-\w+|age|vpn|Family|Home|Excel|[A-Z]\w+/[A-Z]\w+|UTC|English|bot|"
    r"t\.me|admin|CAPTCHA|tools|v\d[\w.]*|" + "|".join(CODES) + r"|foreign|key|GB|conf|example|org)\b"
)
TOO_SOON = ("held_sent_already", "decided_too_often", "complained_already", "extension_asked_already")  # a right pace
DEVICES = {"en": "Phone", "ru": "Телефон"}
COLUMNS = 38  # letters of a line on a phone of 390 px
MOST_LINES, MOST_ROWS = 20, 9  # of a screen on a phone, or in a laptop's window
OFTEN = 2  # presses of the same button, from screens that looked otherwise


def lines_on_a_phone(text: str) -> int:
    """Count the lines of a message as a phone breaks them."""
    shown = unescape(re.sub(r"<[^>]+>", "", text))
    return sum(max(1, len(textwrap.wrap(line, COLUMNS))) for line in shown.split("\n"))



@dataclass
class Screen:
    """What a person sees after a step: the text, the buttons, and the steps that led here."""

    text: str
    buttons: list[dict[str, Any]]
    path: tuple[str, ...]
    message: dict[str, Any] = field(default_factory=dict)

    @property
    def looks(self) -> tuple[str, str]:
        return self.text, json.dumps(self.buttons)


def where(path: tuple[str, ...]) -> str:
    """Return the last steps of a path in words."""
    return " > ".join(path[-3:])


class Crawler:
    """Presses every button that one person is offered, a few times if it is on screens that differ."""

    def __init__(self, desk: Stage, who: int, language: str) -> None:
        self.desk, self.who, self.language = desk, who, language
        self.pressed: set[tuple[Any, ...]] = set()
        self.faults: set[str] = set()
        self.visits: Counter[str] = Counter()  # of each button's data
        self.verbs: Counter[str] = Counter()
        self.shown: set[tuple[str, str]] = set()  # the looks of all screens
        self.ids = iter(range(10**6, 10**7))

    def crawl(self) -> None:
        """Start from unasked messages, from every command, and from free text."""
        for row in self.desk.unasked:
            if row["chat_id"] == self.who:
                with self.undone():
                    self.explore(self.screen(row, ("a notice",)))
        commands = (f"/{command}" for command in gate.COMMANDS)
        for text in (*commands, f"/start {self.desk.link}", *WRITTEN[self.language]):
            with self.undone():
                for screen in self.step({"text": text}, None, (text,)):
                    self.explore(screen)

    @contextmanager
    def undone(self) -> Iterator[None]:
        self.desk.db.execute("SAVEPOINT level")
        try:
            yield
        finally:
            self.desk.db.execute("ROLLBACK TO level")
            self.desk.db.execute("RELEASE level")

    def explore(self, screen: Screen) -> None:
        """Press what was not pressed yet, and answer what is awaited."""
        for shown in screen.buttons:
            data = shown.get("callback_data")
            if data is None or (data, screen.looks) in self.pressed or self.visits[data] >= OFTEN:
                continue
            self.pressed.add((data, screen.looks))
            self.visits[data] += 1
            with self.undone():
                for after in self.step({"data": data}, screen, (*screen.path, data)):
                    self.explore(after)
        awaiting = self.awaiting()
        if awaiting and ("awaiting", awaiting) not in self.pressed:
            self.pressed.add(("awaiting", awaiting))
            for answer in (NAMES[self.language][2], *ANSWERS):
                with self.undone():
                    for after in self.step({"text": answer}, screen, (*screen.path, f"“{answer}”")):
                        self.explore(after)

    def step(self, done: dict[str, str], shown: Screen | None, path: tuple[str, ...]) -> list[Screen]:
        """Perform one action, check the answer, and return the resulting screens."""
        rows = self.update(done)
        self.verbs[(done.get("data") or done["text"]).partition(":")[0]] += 1
        for row in rows:
            self.faults |= {f"{where(path)}: {complaint}" for complaint in complaints(row)}
            self.desk.deliver_row(row)
        mine = [row for row in rows if row["chat_id"] == self.who]
        screens = [self.screen(row, path) for row in mine if row["method"].startswith(("send", "edit"))]
        self.shown |= {screen.looks for screen in screens}
        if path[-1] in ("language", "/language"):  # what follows is a crawl of its own
            self.faults |= set() if screens else {f"{where(path)}: nothing happens"}
            return []
        self.judge(done, shown, rows, screens, path)
        return screens

    def update(self, done: dict[str, str]) -> list[sqlite3.Row]:
        """Handle an update inside the savepoint."""
        last = self.desk.db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
        user = find_user(self.desk.db, self.who)
        name = user.full_name if user else NAMES[self.language][0]
        sender = {"id": self.who, "is_bot": False, "first_name": name, "language_code": self.language}
        message = {"message_id": 5, "date": self.desk.now, "chat": {"id": self.who, "type": "private"}, "text": "…"}
        body: dict[str, Any] = {"update_id": next(self.ids)}
        if "data" in done:
            body["callback_query"] = {"id": "q", "from": sender, "data": done["data"], "chat_instance": "c",
                                      "message": message}  # fmt: skip
        else:
            body["message"] = {**message, "text": done["text"], "from": sender}
        dispatch(self.desk.db, self.desk.settings, body, self.desk.now)
        return self.desk.db.execute("SELECT * FROM outbox WHERE id > ? ORDER BY id", (last,)).fetchall()

    def screen(self, row: sqlite3.Row, path: tuple[str, ...]) -> Screen:
        params = json.loads(row["params"])
        keyboard = (params.get("reply_markup") or {}).get("inline_keyboard", [])
        text = str(params.get("text", params.get("caption", "")))
        if len(keyboard) > MOST_ROWS:
            self.faults.add(f"{where(path)}: {len(keyboard)} rows of buttons")
        self.faults |= {f"{where(path)}: a phone cuts {label!r}" for label in cut(keyboard)}
        if (lines := lines_on_a_phone(text)) > MOST_LINES:
            self.faults.add(f"{where(path)}: {lines} lines of text: {text[:60]!r}")
        return Screen(text, [button for line in keyboard for button in line], path)

    def judge(
        self, done: dict[str, str], shown: Screen | None, rows: list[sqlite3.Row], screens: list[Screen],
        path: tuple[str, ...],
    ) -> None:  # fmt: skip
        """Record what is wrong with an answer."""
        toasts = [json.loads(row["params"]) for row in rows if row["method"] == "answerCallbackQuery"]
        told = " ".join(toast["text"] for toast in toasts)
        in_time = not any(says_text(told, self.language, key) for key in TOO_SOON)
        if "data" in done and in_time and any(toast["show_alert"] for toast in toasts):
            self.faults.add(f"{where(path)}: the button is refused: {told}")
        if not told and not screens:
            self.faults.add(f"{where(path)}: nothing happens")
        if shown and [screen.looks for screen in screens] == [shown.looks] and not self.may_stay(shown, done):
            self.faults.add(f"{where(path)}: the screen stays as it was")
        inside = self.role() in INSIDE and not ("text" in done and self.awaiting())
        for screen in screens:
            self.read(screen.text, path)
            for button in screen.buttons:
                self.read(button["text"], path)
        if inside and screens and not any(screen.buttons for screen in screens) and "/" not in screens[-1].text:
            self.faults.add(f"{where(path)}: a dead end: {screens[-1].text[:60]!r}")
        self.read(told, path)

    def may_stay(self, shown: Screen, done: dict[str, str]) -> bool:
        """Return True if a button may leave the screen as it is: it refreshes, or is ticked already."""
        fine = [button for button in shown.buttons if button["text"].startswith(("✅", "🔄", "•"))]
        return done.get("data") in (shown.path[-1], *(button.get("callback_data") for button in fine))

    def awaiting(self) -> str | None:
        user = find_user(self.desk.db, self.who)
        return user.awaiting if user else None

    def role(self) -> str:
        user = find_user(self.desk.db, self.who)
        if user is None:
            return "stranger"
        return "admin" if self.who in (ADMIN, COLLEAGUE) else "helper" if user.helper else user.state

    def read(self, text: str, path: tuple[str, ...]) -> None:
        """Record words of the other language, ids instead of names, and unfilled places."""
        seen = unescape(re.sub(r"<code>.*?</code>|<pre>.*?</pre>|<a [^>]*>.*?</a>|<[^>]+>", " ", text, flags=re.DOTALL))
        if re.search(r"\{\w*\}|\bNone\b(?! yet)", seen):
            self.faults.add(f"{where(path)}: an unfilled place in {seen!r}")
        if number := re.search(r"777000\d{3}", re.sub(r"(ID|id):? ?\d+", "", seen)):
            self.faults.add(f"{where(path)}: the raw id {number[0]} in {seen!r}")
        strange = re.findall("[а-яё]+", seen.replace("Русский", ""), re.I) if self.language == "en" else re.findall(
            r"[A-Za-z]{2,}", LATIN.sub(" ", seen)
        )  # fmt: skip
        if strange:
            self.faults.add(f"{where(path)}: {strange[:3]} is not {self.language}: {seen!r}")


@dataclass
class Stage(Desk):
    """A desk inside one long transaction that is never committed; `unasked` are the messages nobody tapped for."""

    unasked: list[sqlite3.Row] = field(default_factory=list)
    link: str = ""  # by which somebody without Telegram comes to it

    def deliver_row(self, row: sqlite3.Row) -> None:
        """Deliver a message."""
        self.db.execute("DELETE FROM outbox WHERE id = ?", (row["id"],))


def furnish(settings: Settings, language: str) -> Stage:
    """Make a database in which every screen has something to show."""
    prepare_database(settings.database)
    db = connect(settings.database)
    db.execute("PRAGMA synchronous = OFF")
    desk, names = Stage(db, settings), iter(NAMES[language])

    def enter(who: int) -> None:
        desk.passes_captcha(who, first_name=next(names), language_code=language)

    for who in (ADMIN, COLLEAGUE):
        desk.says(who, "/start", first_name=next(names), language_code=language)
    for role, who in CAST.items():
        if role == "captcha":
            desk.says(who, "/start", first_name=next(names), language_code=language)
            continue
        enter(who)
        after = {"pending": None, "blocked": "blocked", "rejected": "rejected"}.get(role, "approved")
        if after:
            desk.taps(ADMIN, f"decide:{who}:pending:{after}", first_name=NAMES[language][0], language_code=language)
    set_helper(db, CAST["helper"], True)
    awg = MemoryAwg()
    keeper = Keeper(db, awg, settings, lambda: None, lambda: desk.now)  # type: ignore[arg-type]
    for who in (ADMIN, CAST["helper"], CAST["approved"], CAST["approved"]):
        ask(desk, who, language)
        for row in db.execute("SELECT id FROM config_requests WHERE state = 'pending'").fetchall():
            desk.taps(ADMIN, f"judge:{row[0]}:approved", first_name=NAMES[language][0], language_code=language)
        keeper.round(desk.now)
        desk.deliver()
    ask(desk, CAST["asking"], language)
    guest = add_offline(db, NAMES[language][3], language, ADMIN, desk.now)
    desk.taps(ADMIN, f"issue_as:{guest}:iphone", first_name=NAMES[language][0], language_code=language)
    keeper.round(desk.now)
    desk.deliver()
    for tried in (configs_of(db, CAST["approved"])[1].id, configs_of(db, guest)[0].id):
        set_disguise(db, tried, '["quiet", {"Jc": "2", "Jmin": "40", "Jmax": "90"}, null]')
        trials.begin_trial(db, tried, None, ["server", "quiet"], (0, 0), desk.now)
    desk.now += PATIENCE
    keeper.round(desk.now)
    desk.unasked = db.execute("SELECT * FROM outbox").fetchall()
    desk.deliver()
    db.execute("UPDATE configs SET platform = NULL WHERE user_id = ?", (CAST["helper"],))
    for who in (ADMIN, CAST["helper"], CAST["approved"]):
        awg.move(configs_of(db, who)[0].public_key, 10**9, 10**10, desk.now)
    desk.now += 60
    for number in (96, 97, 98):
        key = f"{number}" * 21 + "A="
        awg.peers[key] = LivePeer(key, None, f"10.8.0.{number}/32", None, 0, 5, 6)
    keeper.round(desk.now)
    given, gone, *_ = list_foreign(db, 3, 0)
    set_evicted(db, gone.id, desk.now)
    desk.taps(ADMIN, f"adopt:{given.id}:{CAST['approved']}", first_name=NAMES[language][0], language_code=language)
    awg.parameters["Jc"] = "5"
    keeper.round(desk.now)
    claim(desk, awg, keeper, language)
    db.execute("UPDATE configs SET expires_at = ? WHERE user_id = ?", (desk.now + 86400 * 60, CAST["approved"]))
    for who in (ADMIN, CAST["helper"]):
        set_quota(db, who, 1)
        set_speed(db, who, 2500)
    for _ in range(14):
        hold_config(db, COLLEAGUE, desk.now, DEVICES[language])
    hold_config(db, COLLEAGUE, desk.now, DEVICES[language], platform="router")
    note_username(db, "andreyvpn_bot")
    add_invitation(db, NAMES[language][1], True, ADMIN, desk.now + 86400, desk.now)
    hold_config(db, guest, desk.now, DEVICES[language])
    _, desk.link = add_invitation(db, NAMES[language][3], False, ADMIN, desk.now + 86400, desk.now, for_user=guest)
    begin(db, add_draft(db, NAMES[language][2], "all", ADMIN, desk.now).id, 3, desk.now)
    desk.deliver()
    return desk


def claim(desk: Stage, awg: MemoryAwg, keeper: Keeper, language: str) -> None:
    """Name peers made by hand after people; let one be watched, one be proven, and one be declined."""
    names = [NAMES[language][at] for at in (2, 2, 9, 7, 3)]
    for number in range(len(names)):
        key = f"{70 + number}" * 21 + "A="
        awg.peers[key] = LivePeer(key, None, f"10.8.0.{70 + number}/32", None, 0, 5, 6)
    keeper.round(desk.now)
    for peer, name in zip(list_foreign(desk.db, 9, 2), names, strict=True):
        desk.db.execute("UPDATE foreign_peers SET name = ? WHERE id = ?", (name, peer.id))
    set_preference(desk.db, "CLAIMS", "yes")
    watched, proven = list_foreign(desk.db, 2, 2)
    claims.add_claim(desk.db, CAST["approved"], watched, watched.name, desk.now)
    shown = claims.add_claim(desk.db, CAST["helper"], proven, proven.name, desk.now)
    claims.move_claim(desk.db, shown.id, "watched", "proven", desk.now)


def ask(desk: Desk, who: int, language: str) -> None:
    user = get_user(desk.db, who)
    desk.taps(who, "device:iphone", first_name=user.full_name, language_code=language)


@pytest.fixture(scope="module", params=["en", "ru"])
def crawls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Crawler]:
    """Crawl as every role, each time from the same start."""
    language = str(request.param)
    texts = {"BOT_TOKEN": TOKEN, "ADMIN_IDS": f"{ADMIN},{COLLEAGUE}", "SERVER_ENDPOINT": "vpn.example.org",
             "BACKUP_RECIPIENT": f"age1{'q' * 58}"}  # fmt: skip
    offers = {"CLIENT_DNS_CHOICES": "Family = 1.1.1.3, 1.0.0.3", "CLIENT_ROUTE_CHOICES": "Home = 192.168.0.0/16"}
    path = tmp_path_factory.mktemp("company") / "bot_data.db"
    more = {"DATABASE": str(path), "LANGUAGE": language, "TIMEZONE": "Europe/Moscow", "SECOND_PORTS": "443"}
    desk = furnish(read_settings({**texts, **offers, **more}), language)
    sys.setrecursionlimit(20_000)
    crawlers = {role: Crawler(desk, who, language) for role, who in WALKERS.items()}
    for crawler in crawlers.values():
        desk.db.execute("BEGIN")
        crawler.crawl()
        desk.db.execute("ROLLBACK")
    desk.db.close()
    return crawlers


@pytest.mark.parametrize("role", WALKERS)
def test_every_screen_that_a_role_can_reach_is_sound(crawls: dict[str, Crawler], role: str, figures: Figures) -> None:
    figures.count(steps=sum(crawls[role].verbs.values()), different_screens=len(crawls[role].shown))
    assert crawls[role].faults == set(), "\n".join(sorted(crawls[role].faults))
    assert sum(crawls[role].verbs.values()) >= {"admin": 500, "helper": 100, "approved": 50}.get(role, 5)


def test_the_crawl_reaches_every_verb(crawls: dict[str, Crawler]) -> None:
    """Check that every button is offered to someone."""
    reached = {verb for crawler in crawls.values() for verb in crawler.verbs}
    assert set(gate.BUTTONS) - reached == set()
