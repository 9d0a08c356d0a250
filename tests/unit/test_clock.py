"""The clock jumps, the zone changes, summer comes and goes: every byte is counted once, and every month turns once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from lib.chat.notify.decisions_shown import DIGEST_SECONDS, NOTICES_AT_ONCE
from lib.keeper import Keeper
from lib.settings import Settings
from lib.store.database import connect, prepare_database
from lib.store.outbox import next_rows
from lib.store.traffic import Usage, month_total
from lib.store.updates import KEPT_SECONDS, next_offset
from lib.vpn.interface import Interface, LivePeer
from tests.unit.chat.desk import Desk, text_of
from tests.unit.interface import MemoryAwg
from tests.unit.stage import Stage, make_stage, texts

HOUR, DAY = 3600, 86400
BERLIN, MOSCOW, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Moscow"), ZoneInfo("Pacific/Auckland")
HAVANA, ASUNCION, DAMASCUS = ZoneInfo("America/Havana"), ZoneInfo("America/Asuncion"), ZoneInfo("Asia/Damascus")


def moment(zone: ZoneInfo, *when: int, fold: int = 0) -> int:
    return int(datetime(*when, tzinfo=zone, fold=fold).timestamp())  # type: ignore[arg-type,misc]


def in_zone(stage: Stage, settings: Settings, zone: ZoneInfo) -> None:
    """Restart the bot with another TIMEZONE, on the same database and interface."""
    fresh = replace(settings, timezone=zone)
    stage.desk.settings = fresh
    stage.keeper = Keeper(stage.desk.db, stage.awg, fresh, lambda: None, lambda: stage.desk.now)  # type: ignore[arg-type]


def reports(stage: Stage, when: int) -> list[str]:
    """Do a round at a moment; return the months whose results the first admin gets."""
    stage.desk.now = when
    told = [text_of(row).partition("</b>")[0] for row in stage.round() if row["chat_id"] == 1]
    return [text.partition("Results: ")[2] for text in told if "Results: " in text]


def days(stage: Stage) -> dict[str, int]:
    return dict(stage.desk.db.execute("SELECT day, sum(received + sent) FROM stats GROUP BY day ORDER BY day"))


@pytest.fixture
def desk(db: object, settings: Settings) -> Desk:
    desk = Desk(db, settings)  # type: ignore[arg-type]
    desk.says(1, "/start")
    return desk


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    return make_stage(desk, settings)


def test_it_works(stage: Stage) -> None:
    key = stage.give_config()
    stage.awg.move(key, 1, 10)
    stage.round(-HOUR)
    stage.awg.move(key, 2, 20)
    stage.round(30 * DAY)
    assert sum(days(stage).values()) == 33


def test_an_hour_that_is_lived_twice_is_counted_twice(stage: Stage) -> None:
    stage.at(2026, 5, 10, 12)
    key = stage.give_config()
    for step in (60, -HOUR, 60, 60):
        stage.awg.move(key, 100, 0)
        stage.round(step)
    assert days(stage) == {"2026-05-10": 400}


def test_a_month_ahead_turns_the_month_once_and_lifts_the_quotas_once(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, replace(settings, quota_bytes=1000, telegram_when_off=False))
    stage.at(2026, 5, 10)
    key = stage.give_config()
    stage.awg.move(key, 1000, 0)
    stage.round(60)
    assert key not in stage.awg.peers
    assert reports(stage, moment(MOSCOW, 2026, 6, 10)) == ["May 2026"]
    assert key in stage.awg.peers
    stage.awg.move(key, 1000, 0)
    assert reports(stage, moment(MOSCOW, 2026, 6, 10, 1)) == []
    assert key not in stage.awg.peers, "the quota of the new month holds as well"
    assert reports(stage, moment(MOSCOW, 2026, 7, 1)) == ["June 2026"]


def test_a_quota_that_a_jump_ahead_lifted_is_back_when_the_clock_is_right_again(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, replace(settings, quota_bytes=1000, telegram_when_off=False))
    stage.at(2026, 5, 10)
    key = stage.give_config()
    stage.awg.move(key, 1000, 0)
    stage.round(60)
    for there in ((2026, 6, 10), (2026, 5, 10, 1)):
        stage.at(*there)
        stage.round()
    assert key not in stage.awg.peers
    stage.at(2026, 6, 1)
    stage.round()
    assert key in stage.awg.peers


@pytest.mark.parametrize(
    ("day", "length"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)], ids=["the short day", "the long day"]
)
def test_a_day_that_is_not_24_hours_long_gets_what_came_in_it(
    stage: Stage, settings: Settings, day: tuple[int, int, int], length: int
) -> None:
    in_zone(stage, settings, BERLIN)
    midnight = moment(BERLIN, *day)
    stage.desk.now = midnight - 60
    key = stage.give_config()
    stage.desk.now = midnight
    stage.round()
    for _ in range(length + 1):
        stage.awg.move(key, 100, 0)
        stage.round(HOUR)
    name = "-".join(f"{number:02d}" for number in day)
    assert days(stage)[name] == length * 100
    assert sum(days(stage).values()) == (length + 1) * 100


@pytest.mark.parametrize(
    ("zone", "turn", "month"),
    [
        (BERLIN, moment(BERLIN, 2026, 4, 1), "March 2026"),
        (HAVANA, moment(HAVANA, 2026, 11, 1), "October 2026"),
        (ASUNCION, moment(ASUNCION, 2017, 10, 1, 1), "September 2017"),
        (DAMASCUS, moment(DAMASCUS, 2005, 9, 30, 23, fold=1) + HOUR, "September 2005"),
    ],
    ids=["usual", "midnight comes twice", "midnight is skipped", "the last hour comes twice"],
)
def test_a_month_turns_once_and_at_its_local_beginning(
    stage: Stage, settings: Settings, zone: ZoneInfo, turn: int, month: str
) -> None:
    in_zone(stage, settings, zone)
    told = {step: reports(stage, turn + step) for step in (-2 * HOUR, -HOUR, -1, 0, 1, HOUR, 2 * HOUR)}
    assert {step: months for step, months in told.items() if months} == {0: [month]}


@pytest.mark.parametrize("zone", [HAVANA, ASUNCION, DAMASCUS], ids=str)
def test_the_keeper_is_due_at_a_turn_that_falls_on_a_change_of_the_clocks(
    stage: Stage, settings: Settings, zone: ZoneInfo
) -> None:
    in_zone(stage, settings, zone)
    turns = {HAVANA: (2026, 11, 1), ASUNCION: (2017, 10, 1, 1), DAMASCUS: (2005, 10, 1)}
    turn = moment(zone, *turns[zone])
    assert stage.keeper.pause(turn - 7) == 7


def test_another_timezone_moves_no_byte_and_reports_no_month_twice(stage: Stage, settings: Settings) -> None:
    stage.at(2026, 5, 31, 20)
    key = stage.give_config()
    told = []
    for zone in (MOSCOW, AUCKLAND, HAVANA, BERLIN, AUCKLAND, MOSCOW):
        in_zone(stage, settings, zone)
        stage.awg.move(key, 100, 1)
        told += reports(stage, stage.desk.now + 60)
    told += reports(stage, moment(MOSCOW, 2026, 6, 1))
    assert told == ["May 2026"]
    assert sum(days(stage).values()) == 606
    assert month_total(stage.desk.db, "2026-05") == Usage(400, 4)
    assert month_total(stage.desk.db, "2026-06") == Usage(200, 2)


class Night(threading.Event):
    """The keeper's sleep, in which somebody sets the clock."""

    def __init__(self, now: int, jump: int) -> None:
        super().__init__()
        self.now, self.jump, self.naps = float(now), jump, 0

    def clock(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        self.naps += 1
        self.now += self.jump if self.naps == 1 else timeout or 0
        return False


@pytest.mark.parametrize("jump", [-30 * DAY, -HOUR, HOUR, 30 * DAY])
def test_the_keeper_does_not_sleep_through_a_jump(stage: Stage, monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    stop, night = threading.Event(), Night(stage.desk.now, jump)
    rounds: list[int] = []

    def go_round(now: int) -> None:
        rounds.append(night.naps)
        if len(rounds) == 2:
            stop.set()

    monkeypatch.setattr(stage.keeper, "round", go_round)
    stage.keeper.run(night.clock, stop, night, lambda: None)
    assert rounds[1] == 1, "the first look at the clock after it was set is followed by a round"


@pytest.mark.parametrize("back", [HOUR, 30 * DAY])
def test_a_message_does_not_wait_for_the_time_at_which_it_was_written_to_come_again(desk: Desk, back: int) -> None:
    desk.says(100, "/help")
    assert next(next_rows(desk.db, desk.now - back)).chat_id == 100


def test_a_crowd_is_announced_although_the_clock_was_set_back_since(desk: Desk) -> None:
    for number in range(NOTICES_AT_ONCE + 1):
        desk.passes_captcha(1000 + number)
    desk.now -= 30 * DAY
    told = [row["method"] for row in desk.passes_captcha(2000) if row["chat_id"] == 1]
    assert told == ["deleteMessage", "sendMessage"]
    desk.now += DIGEST_SECONDS - 1
    assert [row["method"] for row in desk.passes_captcha(2001) if row["chat_id"] == 1] == ["editMessageText"]


def test_an_update_that_comes_again_after_a_jump_ahead_is_confirmed(desk: Desk) -> None:
    update = {"update_id": 500, "my_chat_member": {}}
    desk.update(update)
    desk.now += KEPT_SECONDS + 1
    assert next_offset(desk.db, desk.now) is None
    desk.update(update)
    assert next_offset(desk.db, desk.now) == 501


class MortalAwg(MemoryAwg):
    """An interface whose lives can be told apart, and whose peers may be there before the bot is."""

    life = 1

    def _seen(self) -> Interface:
        return replace(super()._seen(), index=str(self.life))

    def restart_with(self, peers: dict[str, LivePeer]) -> None:
        self.life += 1
        self.peers = {key: peer._replace(received=0, sent=0) for key, peer in peers.items()}


@dataclass
class World:
    """A server through bad days: whatever passes a peer between two rounds is noted, and nothing else is."""

    stage: Stage
    settings: Settings
    key: str
    moved: list[int] = field(default_factory=lambda: [0, 0])

    def carry(self, amount: int) -> None:
        if self.key in self.stage.awg.peers:
            self.stage.awg.move(self.key, amount, 3 * amount)
            self.moved[0] += amount
            self.moved[1] += 3 * amount

    def restart_interface(self, amount: int) -> None:
        """Recreate the interface, by chance with the peers that PostUp brings back, which carry something at once."""
        awg = self.stage.awg
        assert isinstance(awg, MortalAwg)
        awg.restart_with(awg.peers if amount % 2 else {})
        self.carry(amount)

    def lose_peer(self, amount: int) -> None:
        self.stage.awg.peers.pop(self.key, None)

    def restart_bot(self, amount: int) -> None:
        zone = (MOSCOW, BERLIN, AUCKLAND, HAVANA)[amount % 4]
        in_zone(self.stage, self.settings, zone)

    def block_or_unblock(self, amount: int) -> None:
        (state,) = self.stage.desk.db.execute("SELECT state FROM users WHERE id = 100").fetchone()
        wanted = "blocked" if state == "approved" else "approved"
        self.stage.desk.taps(1, f"decide:100:{state}:{wanted}")


DEEDS: dict[str, Callable[[World, int], None]] = {
    "carry": World.carry,
    "restart the interface": World.restart_interface,
    "lose the peer": World.lose_peer,
    "restart the bot": World.restart_bot,
    "block or unblock": World.block_or_unblock,
}
JUMPS = st.one_of(st.integers(1, 120), st.sampled_from([-30 * DAY, -HOUR, -1, 0, HOUR, DAY, 31 * DAY]))
STEPS = st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 10**12), JUMPS), max_size=12)


@pytest.mark.slow(4)
@trials(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_days_sum_to_what_passed_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, steps: list[tuple[str, int, int]]
) -> None:
    path = Path(tmp_path_factory.mktemp("world")) / "bot_data.db"
    settings = replace(settings, database=path, peers_file=path.with_suffix(".peers"))
    prepare_database(path)
    db = connect(path)
    desk, awg = Desk(db, settings), MortalAwg()
    desk.says(1, "/start")
    keeper = Keeper(db, awg, settings, lambda: None, lambda: desk.now)  # type: ignore[arg-type]
    stage = Stage(desk, awg, keeper)
    world = World(stage, settings, stage.give_config())
    for deed, amount, jump in steps:
        DEEDS[deed](world, amount)
        stage.round(jump)
        world.carry(amount)
        stage.round(60)
    assert list(db.execute("SELECT total(received), total(sent) FROM stats").fetchone()) == world.moved
    db.close()


def test_no_month_of_a_bot_that_slept_is_left_out(stage: Stage) -> None:
    stage.at(2026, 1, 10)
    stage.round()
    stage.at(2026, 4, 1)
    told = [text.partition("</b>")[0].partition("Results: ")[2] for text in texts(stage.round())]
    assert [month for month in told if month] == ["January 2026", "February 2026", "March 2026"]
