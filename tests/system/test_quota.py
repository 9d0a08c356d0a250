"""A limit on a real tunnel: the peer is cut within one sample and comes back on the 1st."""

from __future__ import annotations

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

pytestmark = pytest.mark.root


def test_it_works(tmp_path: Path, network: Network, figures: Figures) -> None:
    settings = {"SERVER_ENDPOINT": SERVER_ADDRESS, "QUOTA_GB": "0.005", "SAMPLE_SECONDS": str(int(SAMPLE))}
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


def turn_the_month(company: Company) -> None:
    """Run a round of the keeper in the first second of the next month."""
    settings = read_settings(company.environment)
    with closing(connect(settings.database)) as db:
        keeper = Keeper(db, Awg(settings.awg_command, settings.awg_interface), settings, lambda: None)
        turn = days.next_month_start(int(time.time()), settings.timezone)
        keeper.round(turn - 1)
        assert company.interface.peers() == {}
        keeper.round(turn)
