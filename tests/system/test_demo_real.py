"""`demo --real`: the same demo on a real interface, with a friend's device that uses the delivered .conf."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import ROOT
from tests.integration.demo_process import Demo, namespaces, running
from tests.system.network import need_network

pytestmark = pytest.mark.root
WORDS = (sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", "--port", "0", "--real")
MB = 10**6


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    need_network()
    with running(tmp_path, *WORDS) as demo:
        yield demo


def test_it_works(demo: Demo) -> None:
    assert "online" not in demo.panel()["actions"], "nobody has a .conf yet"
    demo.give_config()
    assert (
        demo.wait(lambda panel: panel["interface"]["same"] and panel["interface"]["peers"], "the peer")[0]["age"]
        is None
    )
    demo.perform("online")
    (peer,) = demo.panel()["interface"]["peers"]
    assert peer["age"] < 30
    assert 20 * MB <= peer["sent"] < 30 * MB, "real traffic"
    demo.wait(lambda panel: 20 * MB <= panel["database"]["month"][1] < 30 * MB, "the traffic in the database")


def test_after_a_reboot_the_friend_connects_without_the_bot(demo: Demo) -> None:
    demo.give_config()
    demo.wait(lambda panel: panel["interface"]["count"] == 1, "the peer")
    demo.perform("kill")
    demo.perform("down")
    assert not demo.panel()["interface"]["up"]
    demo.perform("up")
    assert not demo.panel()["bot"]
    demo.perform("online")
    (peer,) = demo.panel()["interface"]["peers"]
    assert peer["sent"] > 20 * MB
    demo.perform("offline")
    demo.perform("start")
    demo.wait(lambda panel: panel["database"]["month"][1] > 20 * MB, "the traffic while the bot was down")
    demo.perform("reboot")
    demo.wait(lambda panel: panel["interface"]["same"] and panel["interface"]["count"] == 1, "the peer after a reboot")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind_however_the_demo_ends(demo: Demo, number: signal.Signals) -> None:
    demo.give_config()
    demo.wait(lambda panel: panel["interface"]["count"] == 1, "the peer")
    demo.perform("online")
    mark = f"av{demo.process.pid}"
    assert len([name for name in namespaces() if name.startswith(mark)]) == 2
    demo.end(number)
    demo.stand.wait(lambda: demo.left() == [], what=f"the removal of {demo.left()}")


def test_a_peer_by_hand_and_a_new_port_are_real(demo: Demo) -> None:
    demo.give_config()
    demo.wait(lambda panel: panel["interface"]["count"] == 1, "the peer")
    assert "limit" not in demo.panel()["actions"], "it would take too long"
    last = demo.admin.last()
    demo.perform("foreign")
    demo.wait(lambda panel: panel["interface"]["count"] == 2 and panel["interface"]["same"], "the peer made by hand")
    demo.perform("port")
    demo.admin.wait_for(":51821", after=last)
