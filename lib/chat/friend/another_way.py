"""“Try another way”: a friend whose VPN doesn't connect gets one disguise after another, and the bot watches each."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat import keyboards
from lib.chat.friend.config import own_files
from lib.chat.notify.delivery import ConfigFiles, file_with
from lib.chat.rules import is_wanted
from lib.chat.screens import Actor, Keyboard, show
from lib.chat.ways import give_back, is_on, name_of_way, next_way, provider, side_of, step_of
from lib.errors import Refused
from lib.store import audit, trials
from lib.store.configs import Config, get_config, set_disguise
from lib.store.counters import read_counted
from lib.store.disguise_days import note_outcomes
from lib.store.outbox import Outgoing
from lib.store.trials import Trial
from lib.store.users import User
from lib.vpn import disguises


def try_next(db: sqlite3.Connection, actor: Actor, config_id: int, step: int, now: int) -> list[Outgoing]:
    """Send a file with the same keys and the next disguise, and watch its peer; explain it if none is left."""
    return send_next(db, actor, own_files(db, actor, config_id), step, now)


def send_next(db: sqlite3.Connection, actor: Actor, files: ConfigFiles, step: int, now: int) -> list[Outgoing]:
    """Send the next disguise to whoever follows the trial: the friend, or the admin who passes their files on."""
    config, owner, trial = files.config, files.owner, trials.find_trial(db, files.config.id)
    if step != step_of(trial):
        raise Refused("old_button")
    if not is_wanted(db, actor.settings, config, owner, now):
        raise Refused("config_is_off")
    if trial and trial.ended_at is not None and trial.heard_at is not None and is_on(config, trial):
        note_outcomes(db, days.day_of(now, actor.zone), [(provider(db, config), trial.present)], worked=False)
    tried = trial.keys if trial else [disguises.load(config.disguise).key]
    key = next_way(db, actor.settings, config, tried, now)
    if key is None:
        return _give_up(db, actor, config, owner, trial, now)
    set_disguise(db, config.id, disguises.store(disguises.draw(key, actor.settings.client_disguises)))
    before = trial.before if trial else config.disguise
    trials.begin_trial(db, config.id, before, [*tried, key], read_counted(db, config.id), now)
    audit.note(db, now, actor.id, "another_way", f"config:{config.id}", key)
    ways, text = _ways_on(actor, config, owner, len(tried) + 1), f"trying{side_of(owner).texts}"
    return file_with(db, files, actor.id, text, ways, way=name_of_way(actor.language, key))


def _ways_on(actor: Actor, config: Config, owner: User, step: int) -> Keyboard:
    side = side_of(owner)
    return [
        [actor.button("how_to_add", "steps", config.id)] if owner.id == actor.id else [],
        [actor.button("next_way", side.next, config.id, step)],
        [actor.button("stop_trying", side.stop, config.id)],
    ]


def _give_up(
    db: sqlite3.Connection, actor: Actor, config: Config, owner: User, trial: Trial | None, now: int
) -> list[Outgoing]:
    """Explain that no disguise helps, so the address itself is probably blocked; the file is again what it was.

    For a day it is remembered that all were tried, so that the admin reads it in a complaint.
    """
    if trial:
        give_back(db, trial)
        trials.end_trial(db, config.id, now)
    side = side_of(owner)
    ways = [
        [actor.button("tell_admin", "complain", config.id)] if owner.id == actor.id else [],
        [actor.back(side.page, config.id), actor.to_menu()],
    ]
    return show(actor, actor.say(f"ways_over{side.texts}", name=config.name, owner=owner.full_name), ways)


def watch_again(db: sqlite3.Connection, actor: Actor, config_id: int, step: int, now: int) -> list[Outgoing]:
    """Watch the same disguise once more, for a friend who was not quick enough."""
    return begin_again(db, actor, get_config(db, config_id, actor.id), actor.person, step, now)


def begin_again(
    db: sqlite3.Connection, actor: Actor, config: Config, owner: User, step: int, now: int
) -> list[Outgoing]:
    """Watch the same disguise once more, for whoever follows the trial."""
    trial = trials.find_trial(db, config.id)
    if trial is None or step != step_of(trial) or not is_on(config, trial):
        raise Refused("old_button")
    trials.begin_trial(db, config.id, trial.before, trial.keys, read_counted(db, config.id), now)
    text = actor.say(f"watching{side_of(owner).texts}", name=config.name, owner=owner.full_name)
    return show(actor, text, _ways_on(actor, config, owner, step))


def stop(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """End a trial; the file is again what it was before."""
    config = get_config(db, config_id, actor.id)
    ways = keyboards.to_config(actor.language, config.id, config.name)
    return end(db, actor, config, actor.person, [[actor.button("send_file", "file", config.id)], *ways])


def end(db: sqlite3.Connection, actor: Actor, config: Config, owner: User, ways: Keyboard) -> list[Outgoing]:
    """End a trial for whoever follows it; `ways` lead on from there."""
    trial = trials.find_trial(db, config.id)
    if trial is None:
        raise Refused("old_button")
    give_back(db, trial)
    trials.forget_trial(db, config.id)
    text = actor.say(f"trying_stopped{side_of(owner).texts}", name=config.name, owner=owner.full_name)
    return show(actor, text, ways)
