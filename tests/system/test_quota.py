"""A limit on a real tunnel: the peer is cut within one sample, or reaches Telegram alone, and comes back on the 1st."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from lib import days
from lib.keeper import Keeper
from lib.settings import read_settings
from lib.store.database import connect
from lib.vpn.awg import Awg
from tests.company import Company
from tests.reporting import Figures
from tests.stand import words
from tests.system.network import SERVER_ADDRESS, Network, wait
from tests.system.tunnel import MB, ROUND, SAMPLE, cut_off

TELEGRAM = "149.154.167.99"  # in one of its networks

pytestmark = pytest.mark.root


def test_it_works(tmp_path: Path, network: Network, figures: Figures) -> None:
    settings = {"SERVER_ENDPOINT": SERVER_ADDRESS, "QUOTA_GB": "0.005", "SAMPLE_SECONDS": str(int(SAMPLE)),
                "TELEGRAM_WHEN_OFF": "no"}  # fmt: skip
    with Company(tmp_path, interface=network.interface, **settings) as company:
        company.let_in(company.friend)
        conf = company.give_config(company.friend).decode()
        network.client.connect(conf)
        wait(network.client.pings, 10, "the first ping")
        peers = network.interface.peers()
        network.client.download(3 * MB)
        wait(network.client.pings, 5, "a ping below the limit")
        network.client.download(3 * MB)
        took = wait(lambda: network.interface.peers() == {}, 5, "the cut")
        figures.say(f"cut {took:.2f} s after the limit was passed, samples are {SAMPLE} s apart")
        assert took <= SAMPLE + ROUND
        assert cut_off(network.client)
        company.friend.send("/start")
        assert "used up" in words(company.friend.wait_for("used up"))
        company.stop()
        assert network.interface.peers() == {}, "the cut outlives the bot"
        turn_the_month(company)
        assert network.interface.peers() == peers, "same key, same address"
        wait(network.client.pings, 40, "a ping in the new month")
        company.start()
        wait(lambda: network.interface.peers() == {}, 5, "the cut in the present month, which is used up as before")


def test_the_path_to_telegram_stays_and_nothing_else(tmp_path: Path, network: Network) -> None:
    network.server_space.run("ip", "address", "add", f"{TELEGRAM}/32", "dev", "lo")
    settings = {"SERVER_ENDPOINT": SERVER_ADDRESS, "QUOTA_GB": "0.005", "SAMPLE_SECONDS": str(int(SAMPLE))}
    with Company(tmp_path, interface=network.interface, **settings) as company:
        company.let_in(company.friend)
        network.client.connect(company.give_config(company.friend).decode())
        wait(network.client.pings, 10, "the first ping")
        peers = network.interface.peers()
        network.client.download(6 * MB)
        wait(lambda: not network.client.pings(), 5, "the cut")
        assert "Telegram keeps working" in words(company.friend.wait_for("used up"))
        assert network.client.pings(TELEGRAM)
        assert not network.client.pings(), "nothing else"
        assert network.interface.peers() == peers
        moved = "SELECT coalesce(sum(received + sent), 0) FROM "
        counted = company.rows(moved + "stats")
        company.wait(lambda: company.rows(moved + "telegram_days")[0][0] > 0, what="the bytes of that path")
        assert company.rows(moved + "stats") == counted, "they are counted apart"
        company.stop()
        assert network.client.pings(TELEGRAM)
        assert cut_off(network.client), "the fence outlives the bot"
        company.start()
        company.admin.send("/start")
        company.admin.wait_for("Waiting for an answer")
        with closing(sqlite3.connect(company.database, timeout=10)) as db, db:
            db.execute("UPDATE users SET state = 'blocked' WHERE quota_bytes IS NULL AND id = 100")
        wait(lambda: network.interface.peers() == {}, 5, "the block")
        assert not network.client.pings(TELEGRAM)


def turn_the_month(company: Company) -> None:
    """Run a round of the keeper in the first second of the next month."""
    settings = read_settings(company.environment)
    with closing(connect(settings.database)) as db:
        keeper = Keeper(db, Awg(settings.awg_command, settings.awg_interface), settings, lambda: None)
        turn = days.next_month_start(int(time.time()), settings.timezone)
        keeper.round(turn - 1)
        assert company.interface.peers() == {}
        keeper.round(turn)
