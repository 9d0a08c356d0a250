"""`demo --real`: the same stage on a real interface, with a friend's device that uses the delivered file."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import ROOT
from tests.integration.demo_process import Demo, namespaces, played
from tests.system.network import need_network

pytestmark = pytest.mark.root
WORDS = (sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", "--port", "0", "--real")
MB = 10**6


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    need_network()
    with played(tmp_path, *WORDS) as demo:
        yield demo


def test_it_works(demo: Demo) -> None:
    assert "online" not in demo.stage()["levers"], "nobody has a file yet"
    demo.give_config()
    assert (
        demo.wait(lambda stage: stage["interface"]["same"] and stage["interface"]["peers"], "the peer")[0]["age"]
        is None
    )
    demo.pull("online")
    (peer,) = demo.stage()["interface"]["peers"]
    assert peer["age"] < 30
    assert 20 * MB <= peer["sent"] < 30 * MB, "bytes have really moved"
    demo.wait(lambda stage: 20 * MB <= stage["database"]["month"][1] < 30 * MB, "the bot's count")


def test_after_a_reboot_the_friend_connects_without_the_bot(demo: Demo) -> None:
    demo.give_config()
    demo.wait(lambda stage: stage["interface"]["count"] == 1, "the peer")
    demo.pull("kill")
    demo.pull("down")
    assert not demo.stage()["interface"]["up"]
    demo.pull("up")
    assert not demo.stage()["bot"]
    demo.pull("online")
    (peer,) = demo.stage()["interface"]["peers"]
    assert peer["sent"] > 20 * MB
    demo.pull("offline")
    demo.pull("start")
    demo.wait(lambda stage: stage["database"]["month"][1] > 20 * MB, "the count of what moved meanwhile")
    demo.pull("reboot")
    demo.wait(lambda stage: stage["interface"]["same"] and stage["interface"]["count"] == 1, "the peer after a reboot")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(demo: Demo, number: signal.Signals) -> None:
    demo.give_config()
    demo.wait(lambda stage: stage["interface"]["count"] == 1, "the peer")
    demo.pull("online")
    mark = f"av{demo.process.pid}"
    assert len([name for name in namespaces() if name.startswith(mark)]) == 2
    demo.end(number)
    demo.stand.wait(lambda: demo.left() == [], what=f"the end of {demo.left()}")
