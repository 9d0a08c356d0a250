"""The demo as a process: one command, a stage with levers, and nothing left behind, however it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.company import ROOT
from tests.integration.demo_process import Demo, played


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with played(tmp_path) as demo:
        yield demo


def test_it_works(demo: Demo) -> None:
    conf = demo.give_config().decode()
    assert "Address = 10.8.0.2/32" in conf
    demo.wait(lambda stage: stage["interface"]["same"] and stage["interface"]["count"] == 1, "the peer")
    stage = demo.stage()
    assert [(c["name"], c["owner"], c["state"]) for c in stage["database"]["configs"]] == [("Phone", "Anna", "live")]
    assert [(p["name"], p["state"]) for p in stage["database"]["people"]] == [
        ("Anna", "approved"),
        ("Andrey", "approved"),
    ]
    assert [(p["address"], p["name"], p["owner"]) for p in stage["interface"]["peers"]] == [
        ("10.8.0.2", "Phone", "Anna")
    ]
    shown = json.dumps(stage)
    keys = re.findall(r"[A-Za-z0-9+/]{43}=", conf)
    assert len(keys) == 3
    assert not re.search(r"[A-Za-z0-9+/]{43}=", shown), "no key is ever shown"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(demo: Demo, number: signal.Signals) -> None:
    assert demo.left(), "what is looked for can be found"
    code = demo.end(number)
    assert code == (-9 if number == signal.SIGKILL else 0)
    demo.stand.wait(lambda: demo.left() == [], what=f"the end of {demo.left()}")


def test_a_bot_that_ends_by_itself_ends_the_demo(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", "--port", "0"]
    done = subprocess.run(
        words, env={**os.environ, "TMPDIR": str(tmp_path), "QUOTA_GB": "much"}, capture_output=True, timeout=30
    )
    assert done.returncode == 2
    assert b"QUOTA_GB" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_said_with_another_to_try(demo: Demo) -> None:
    port = demo.url.rpartition(":")[2]
    words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", "--port", port]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert f"--port {int(port) + 1}" in done.stdout


def test_only_levers_that_make_sense_can_be_pulled(demo: Demo) -> None:
    demo.wait(lambda stage: "kill" in stage["levers"], "the bot")
    assert not {"start", "up", "online", "offline", "normal"} & set(demo.stage()["levers"])
    for lever in ("start", "online", "no such", None, 7):
        answer = requests.post(f"{demo.url}/control/stage", json={"lever": lever}, timeout=10)
        assert answer.status_code == 400, lever
    for body in (b"", b"{", b"[]", b"7"):
        assert requests.post(f"{demo.url}/control/stage", data=body, timeout=10).status_code == 400, body


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_foreign_pages_see_no_stage_and_pull_no_lever(demo: Demo, headers: dict[str, str]) -> None:
    demo.wait(lambda stage: "kill" in stage["levers"], "the bot")
    url = f"{demo.url}/control/stage"
    assert requests.get(url, headers=headers, timeout=10).status_code == 403
    assert requests.post(url, json={"lever": "kill"}, headers=headers, timeout=10).status_code == 403
    assert demo.stage()["bot"]


def test_every_clock_jumps_together(demo: Demo) -> None:
    demo.give_config()
    demo.pull("online")
    demo.wait(lambda stage: stage["database"]["month"][1] > 10**8, "traffic")
    demo.pull("month")
    seen = demo.stage()
    assert 0 < seen["ahead"] < 32 * 86400
    assert abs(seen["now"] - time.time() - seen["ahead"]) < 5
    assert seen["interface"]["peers"][0]["age"] < 60, "the interface's clock jumped too"
    demo.wait(lambda stage: stage["database"]["month"][1] < 5 * 10**7, "the turn of the month", 30)
    assert 10**8 < demo.stage()["database"]["total"][1] < 10**9, "nothing was forgotten, nothing was made up"
    assert time.localtime(demo.stage()["now"]).tm_mday == 1
    last = demo.friend.last()
    demo.friend.send("/help")
    answer = demo.friend.wait_for(predicate=lambda message: True, after=last)
    assert abs(answer["date"] - demo.stage()["now"]) < 10


def test_a_telegram_away_ends_the_poll_that_waits(demo: Demo) -> None:
    demo.wait(lambda stage: "kill" in stage["levers"], "the bot")
    demo.stand.wait(lambda: any(r["status"] is None for r in demo.stand.requests("getUpdates")), what="a poll")
    demo.pull("away")
    demo.friend.send("/start")
    time.sleep(1)
    assert demo.friend.messages() == []
    demo.pull("normal")
    demo.friend.wait_for(predicate=lambda message: "photo" in message, timeout=40)


@pytest.mark.parametrize("port", ["70000", "-1", "many", "²"])
def test_a_port_that_is_none_is_refused_in_words(port: str) -> None:
    words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", f"--port={port}"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert done.stderr.rstrip().endswith("argument --port: a number from 0 to 65535")


def test_install_sh_plays_it_in_one_command(tmp_path: Path) -> None:
    if not (ROOT / ".venv" / ".installed-requirements.txt").exists():
        pytest.skip("the environment was not made by install.sh")
    with played(tmp_path, str(ROOT / "install.sh"), "demo", "--port", "0") as demo:
        demo.wait(lambda stage: stage["bot"], "the bot")


def test_without_venv_and_root_it_says_what_to_type(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, text in {"python3": "exit 1", "id": "echo 1000"}.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    done = subprocess.run(
        [str(ROOT / "install.sh"), "demo"], env={"PATH": path, "LANG": "C"}, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 2
    assert "sudo apt install python3-venv" in done.stderr
