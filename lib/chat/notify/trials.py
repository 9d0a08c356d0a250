"""Trials of disguises: the keeper watches the peers and reports what works and what does not."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from lib import days
from lib.chat import keyboards
from lib.chat.notify.passing_on import reader_of, to_held
from lib.chat.rules import is_wanted
from lib.chat.screens import say_to, text_button
from lib.chat.texts import say
from lib.chat.ways import day_before, give_back, name_of_way, provider, side_of
from lib.settings import Settings
from lib.store import audit, disguise_days, trials
from lib.store.configs import Config, find_config, set_generation
from lib.store.counters import LITTLE, difference, read_counted, read_handshake
from lib.store.database import get_meta, put_meta
from lib.store.keeper_notes import Health, read_fact
from lib.store.outbox import Outgoing, is_file_on_its_way
from lib.store.server import present_generation
from lib.store.trials import Trial
from lib.store.users import User, get_user
from lib.vpn import disguises
from lib.vpn.addresses import provider_of

WATCHED = 180  # seconds from the first packet of a device: a handshake takes five, a page some more
SILENCE = 600  # seconds without any packet, in which a friend has had the time to add the file


def follow(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Return the messages about disguises being tried; once a day, count what works where."""
    messages: list[Outgoing] = []
    for trial in trials.watched_trials(db):
        messages += _follow_one(db, settings, trial, now)
    for trial in trials.ended_before(db, now):
        give_back(db, trial)
        trials.forget_trial(db, trial.config_id)
    _count_once_a_day(db, settings, now)
    return messages


def _follow_one(db: sqlite3.Connection, settings: Settings, trial: Trial, now: int) -> list[Outgoing]:
    config = find_config(db, trial.config_id)
    assert config is not None, "a trial goes with its config"
    owner = get_user(db, config.user_id)
    if not is_wanted(db, settings, config, owner, now):
        give_back(db, trial)
        trials.forget_trial(db, config.id)
        return []
    counted = read_counted(db, config.id)
    # Nothing is decided while the file is still on its way, or the server itself is in trouble.
    if is_file_on_its_way(db, reader_of(db, settings, owner)[0], config.id) or not _is_up(db):
        trials.begin_trial(db, config.id, trial.before, trial.keys, counted, now)
        return []
    received = difference(trial.received, counted[0], same_interface=True)
    sent = difference(trial.sent, counted[1], same_interface=True)
    if received and trial.heard_at is None:
        trials.note_heard(db, config.id, now)
    if read_handshake(db, config.id) >= trial.begun_at and min(received, sent) >= LITTLE:
        return [_works(db, settings, trial, config, owner, now)]
    over = now - trial.heard_at >= WATCHED if trial.heard_at is not None else now - trial.begun_at >= SILENCE
    return [_fails(db, settings, trial, config, owner, now)] if over else []


def _is_up(db: sqlite3.Connection) -> bool:
    health = read_fact(db, Health)
    return health is not None and health.up


def _works(db: sqlite3.Connection, settings: Settings, trial: Trial, config: Config, owner: User, now: int) -> Outgoing:
    """The config keeps its disguise, and its file is the one that was sent last."""
    trials.forget_trial(db, config.id)
    server = present_generation(db)
    if server and server.seen_at <= trial.begun_at:
        set_generation(db, config.id, server.number)
    where = [(provider(db, config), trial.present)]
    disguise_days.note_outcomes(db, days.day_of(now, settings.timezone), where, worked=True)
    audit.note(db, now, None, "way_found", f"config:{config.id}", trial.present)
    reader_id, language = reader_of(db, settings, owner)
    way, key = name_of_way(language, trial.present), f"way_works{side_of(owner).texts}"
    text = say(language, key, name=config.name, owner=owner.full_name, way=way)
    own = keyboards.to_config(language, config.id, config.name)
    return say_to(reader_id, text, own if owner.in_telegram else to_held(config.id, config.name))


def _fails(db: sqlite3.Connection, settings: Settings, trial: Trial, config: Config, owner: User, now: int) -> Outgoing:
    """Whoever follows the trial decides how to go on; until then nothing is counted."""
    trials.end_trial(db, config.id, now)
    (reader_id, language), step, side = reader_of(db, settings, owner), len(trial.keys), side_of(owner)
    how = "fails" if trial.heard_at is not None else "silent"
    text = say(language, f"way_{how}{side.texts}", name=config.name, owner=owner.full_name)
    ways = [
        [text_button(language, "next_way", side.next, config.id, step)],
        [text_button(language, "watch_again", side.again, config.id, step)],
        [text_button(language, "stop_trying", side.stop, config.id)],
    ]
    return say_to(reader_id, text, ways)


def _count_once_a_day(db: sqlite3.Connection, settings: Settings, now: int) -> None:
    """Count each config that carried traffic in the last day, with its network and its disguise."""
    day = days.day_of(now, settings.timezone)
    if get_meta(db, "disguises_counted") == day:
        return
    put_meta(db, "disguises_counted", day)
    worked = [
        (provider_of(network), disguises.load(stored).key)
        for network, stored in disguise_days.carried_since(db, now - days.DAY)
    ]
    disguise_days.note_outcomes(db, day, worked, worked=True)
    disguise_days.forget_days(db, day_before(now, settings, timedelta(days=disguise_days.KEPT_DAYS)))
