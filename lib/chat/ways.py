"""Disguises as people meet them: ways to try, in the order that promises most on their network, and their names."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from lib import days
from lib.chat.screens import Actor, Button
from lib.chat.texts import plain
from lib.own_disguises import DISGUISES
from lib.settings import Settings
from lib.store import trials
from lib.store.configs import Config, find_config, set_disguise
from lib.store.disguise_days import experience
from lib.store.keeper_notes import read_own_port
from lib.store.networks import network_of_config
from lib.store.server import present_generation
from lib.store.trials import Trial
from lib.store.users import User
from lib.vpn import disguises
from lib.vpn.addresses import provider_of

LATELY = timedelta(days=30)  # what worked before that says little: providers change their filters


@dataclass(frozen=True)
class Side:
    """Who follows a trial: the verbs of their buttons, and what the keys of their texts end with."""

    next: str
    again: str
    stop: str
    page: str
    texts: str


FRIEND = Side("another_way", "watch_again", "stop_trying", "config", "")
KEEPER = Side("held_way", "held_watch", "held_stop", "held", "_there")


def side_of(owner: User) -> Side:
    """Return who follows the trials of a person's configs: they, or the admin who passes their files on."""
    return FRIEND if owner.in_telegram else KEEPER


def next_way(
    db: sqlite3.Connection, settings: Settings, config: Config, tried: Collection[str], now: int
) -> str | None:
    """Return the key of the disguise to try next; None if all were tried.

    What worked on the friend's network comes first, then what worked anywhere, then the usual order; what failed there
    comes last.
    """
    left = ways_left(db, settings, tried)
    if not left:
        return None
    past = experience(db, provider(db, config), day_before(now, settings, LATELY))

    def promise(key: str) -> tuple[float, float]:
        here, failed_here, anywhere, failed_anywhere = past.get(key, (0, 0, 0, 0))
        return -_chance(here, failed_here), -_chance(anywhere, failed_anywhere)

    return min(left, key=promise)


def ways_left(db: sqlite3.Connection, settings: Settings, tried: Collection[str]) -> list[str]:
    """List the keys of the disguises that were not tried yet, in the usual order."""
    server = present_generation(db)
    if server is None:
        return []
    known = disguises.known(settings, server.parameters, read_own_port(db))
    return [key for key in known if key not in tried]


def _chance(worked: int, failed: int) -> float:
    """Estimate how likely a disguise works; 0.5 if nothing is known."""
    return (worked + 1) / (worked + failed + 2)


def provider(db: sqlite3.Connection, config: Config) -> str:
    """Return the provider's network that a config's device last came from; '' if it never came."""
    network = network_of_config(db, config.id)
    return provider_of(network) if network else ""


def day_before(now: int, settings: Settings, ago: timedelta) -> str:
    """Return the day ('YYYY-MM-DD') that was so long ago."""
    return days.day_of(now - int(ago.total_seconds()), settings.timezone)


def name_of_way(language: str, key: str) -> str:
    """Return a disguise's name for people: “like a DNS answer, port 443” for `dns/443`."""
    name, _, port = key.partition("/")
    words = plain(language, f"disguise_{name}") if name in DISGUISES else name
    return plain(language, "disguise_port", way=words, port=port) if port else words


def offer(db: sqlite3.Connection, actor: Actor, config: Config, side: Side) -> list[Button] | None:
    """The button for the next disguise: none if there is no other, `None` if all were tried within a day."""
    trial = trials.find_trial(db, config.id)
    left = ways_left(db, actor.settings, trial.keys if trial else [disguises.load(config.disguise).key])
    if trial and not left:
        return None
    if config.private_key is None or not left:
        return []
    return [actor.button("next_way" if trial else "another_way", side.next, config.id, step_of(trial))]


def is_on(config: Config, trial: Trial) -> bool:
    """Return True if a config has the disguise that its trial is about, so that nobody has given up."""
    return disguises.load(config.disguise).key == trial.present


def give_back(db: sqlite3.Connection, trial: Trial) -> None:
    """Give a config the disguise that it had before its trial, once: only while it has the one that is tried."""
    config = find_config(db, trial.config_id)
    if config and is_on(config, trial):
        set_disguise(db, trial.config_id, trial.before)


def step_of(trial: Trial | None) -> int:
    """Return how many disguises were tried: a button is of one step, and does nothing in the next."""
    return len(trial.keys) if trial else 0
