"""A bot's effects on a disk that fills up at random; sometimes the bot dies while the disk is full."""

from __future__ import annotations

import random
from collections import Counter

from tests.integration.crash import Died
from tests.integration.small_disk import SmallDisk

FILLINGS = 3  # at most, in the lives that follow one crash
UNTIL_FULL, UNTIL_FREE = 60, 15  # effects, at most


class Filling:
    """Counts the effects of one life; at random ones its disk fills up, and later has room again, or the bot dies.

    `did` counts what happened in all the lives that follow one crash.
    """

    def __init__(self, disk: SmallDisk, chance: random.Random, did: Counter[str]) -> None:
        self.dead = False
        self._disk, self._chance, self._did = disk, chance, did
        self._full = False
        self._left = chance.randint(1, UNTIL_FULL)

    def fill(self) -> None:
        """Fill the disk for a number of effects and failures."""
        self._disk.fill()
        self._did["fillings"] += 1
        self._full, self._left = True, self._chance.randint(1, UNTIL_FREE)

    def free(self) -> None:
        """Free the disk for a number of effects."""
        self._disk.free()
        self._full, self._left = False, self._chance.randint(1, UNTIL_FULL)

    def at(self, name: str) -> None:
        """Count an effect."""
        if self.dead:
            raise Died
        self._left -= 1
        if self._left > 0:
            return
        if not self._full:
            if self._did["fillings"] < FILLINGS:
                self.fill()
        elif self._chance.random() < 0.5:
            self._did["kills"] += 1
            self.dead = True
            raise Died
        else:
            self.free()

    def fail_to_start(self) -> None:
        """Count a failed start, which only a full disk may cause; then free the disk."""
        assert self._full
        self._did["starts"] += 1
        self.free()

    def database_failed(self) -> None:
        """Count a failure of the database, which only a full disk may cause."""
        assert self._full
        self._did["failures"] += 1
        self.at("a failure")
