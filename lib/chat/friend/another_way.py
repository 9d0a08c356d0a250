"""“Try another way”: a friend whose VPN doesn't connect gets one disguise after another, and the bot watches each."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat import keyboards
from lib.chat.friend.config import own_files
from lib.chat.notify.delivery import file_with
from lib.chat.screens import Actor, Keyboard, show
from lib.chat.ways import give_back, is_on, name_of_way, next_way, provider, step_of
from lib.errors import Refused
from lib.store import audit, trials
from lib.store.configs import Config, get_config, set_disguise, set_generation
from lib.store.counters import read_counted
from lib.store.disguise_days import note_outcomes
from lib.store.outbox import Outgoing
from lib.store.trials import Trial
from lib.vpn import disguises


def try_next(db: sqlite3.Connection, actor: Actor, config_id: int, step: int, now: int) -> list[Outgoing]:
    """Send a file with the same keys and the next disguise, and watch its peer; explain it if none is left."""
    files = own_files(db, actor, config_id)
    config, trial = files.config, trials.find_trial(db, config_id)
    if step != step_of(trial):
        raise Refused("old_button")
    if trial and trial.ended_at is not None and trial.heard_at is not None and is_on(config, trial):
        note_outcomes(db, days.day_of(now, actor.zone), [(provider(db, config), trial.present)], worked=False)
    tried = trial.keys if trial else [disguises.load(config.disguise).key]
    before = trial.before if trial else config.disguise
    key = next_way(db, actor.settings, config, tried, now)
    if key is None:
        return _give_up(db, actor, config, trial, now)
    drawn = disguises.store(disguises.draw(key, actor.settings.client_disguises))
    set_disguise(db, config.id, drawn)
    trials.begin_trial(db, config.id, before, [*tried, key], read_counted(db, config.id), now)
    assert files.server, "own_files() checks that"
    set_generation(db, config.id, files.server.number)
    audit.note(db, now, actor.id, "another_way", f"config:{config.id}", key)
    ways, way = _ways_on(actor, config.id, len(tried) + 1), name_of_way(actor.language, key)
    return [file_with(db, files, "trying", ways, way=way)]


def _ways_on(actor: Actor, config_id: int, step: int) -> Keyboard:
    return [
        [actor.button("how_to_add", "steps", config_id)],
        [
            actor.button("next_way", "another_way", config_id, step),
            actor.button("stop_trying", "stop_trying", config_id),
        ],
    ]


def _give_up(db: sqlite3.Connection, actor: Actor, config: Config, trial: Trial | None, now: int) -> list[Outgoing]:
    """Explain that no disguise helps, so the address itself is probably blocked; the file is again what it was.

    For a day it is remembered that all were tried, so that the admin reads it in a complaint.
    """
    if trial:
        give_back(db, trial)
        trials.end_trial(db, config.id, now)
    ways = [[actor.button("tell_admin", "complain", config.id)], [actor.back("config", config.id), actor.to_menu()]]
    return show(actor, actor.say("ways_over", name=config.name), ways)


def watch_again(db: sqlite3.Connection, actor: Actor, config_id: int, step: int, now: int) -> list[Outgoing]:
    """Watch the same disguise once more, for a friend who was not quick enough."""
    config, trial = get_config(db, config_id, actor.id), trials.find_trial(db, config_id)
    if trial is None or step != step_of(trial) or not is_on(config, trial):
        raise Refused("old_button")
    trials.begin_trial(db, config.id, trial.before, trial.keys, read_counted(db, config.id), now)
    return show(actor, actor.say("watching", name=config.name), _ways_on(actor, config.id, step))


def stop(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """End a trial; the file is again what it was before."""
    config, trial = get_config(db, config_id, actor.id), trials.find_trial(db, config_id)
    if trial is None:
        raise Refused("old_button")
    give_back(db, trial)
    trials.forget_trial(db, config.id)
    ways = [
        [actor.button("send_file", "file", config.id)],
        *keyboards.to_config(actor.language, config.id, config.name),
    ]
    return show(actor, actor.say("trying_stopped", name=config.name), ways)
