"""The demo as a process: one command, a control panel, and nothing left behind, however it ends."""

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
from tests.integration.clock_ahead import prepare_clock, set_ahead
from tests.integration.demo_process import Demo, running
from tests.stand import Json


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with running(tmp_path) as demo:
        yield demo


def test_it_works(demo: Demo) -> None:
    conf = demo.give_config().decode()
    assert "Address = 10.8.0.2/32" in conf
    demo.wait(lambda panel: panel["interface"]["same"] and panel["interface"]["count"] == 1, "the peer")
    panel = demo.panel()
    assert [(c["name"], c["owner"], c["state"]) for c in panel["database"]["configs"]] == [("iPhone", "Anna", "live")]
    assert [(p["name"], p["state"]) for p in panel["database"]["people"]] == [
        ("Anna", "approved"),
        ("Andrey", "approved"),
    ]
    assert [(p["address"], p["name"], p["owner"]) for p in panel["interface"]["peers"]] == [
        ("10.8.0.2", "iPhone", "Anna")
    ]
    shown = json.dumps(panel)
    keys = re.findall(r"[A-Za-z0-9+/]{43}=", conf)
    assert len(keys) == 3
    assert not re.search(r"[A-Za-z0-9+/]{43}=", shown), "the panel shows no key"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_behind_however_the_demo_ends(demo: Demo, number: signal.Signals) -> None:
    assert demo.left(), "the check finds something while the demo is running"
    code = demo.end(number)
    assert code == (-9 if number == signal.SIGKILL else 0)
    demo.stand.wait(lambda: demo.left() == [], what=f"the removal of {demo.left()}")


def test_a_bot_that_ends_by_itself_ends_the_demo(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", "--port", "0"]
    done = subprocess.run(
        words, env={**os.environ, "TMPDIR": str(tmp_path), "QUOTA_GB": "much"}, capture_output=True, timeout=30
    )
    assert done.returncode == 2
    assert b"QUOTA_GB" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_if_the_port_is_in_use_another_one_is_suggested(demo: Demo) -> None:
    port = demo.url.rpartition(":")[2]
    words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", "--port", port]
    for locale, said in (("C.UTF-8", "can't be used"), ("ru_RU.UTF-8", "занять не удалось")):
        environment = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "1"}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 2
        assert said in done.stdout
        assert f"--port {int(port) + 1}" in done.stdout


def test_only_actions_that_make_sense_can_be_performed(demo: Demo) -> None:
    demo.wait(lambda panel: "kill" in panel["actions"], "the bot")
    senseless = {"start", "up", "online", "offline", "limit", "filter", "unfilter", "normal", "old_on_1", "old_off_1"}
    assert not senseless & set(demo.panel()["actions"])
    for action in ("start", "online", "limit", "no such", None, 7):
        answer = requests.post(f"{demo.url}/control/panel", json={"action": action}, timeout=10)
        assert answer.status_code == 400, action
    for body in (b"", b"{", b"[]", b"7"):
        assert requests.post(f"{demo.url}/control/panel", data=body, timeout=10).status_code == 400, body


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_other_sites_can_neither_see_nor_use_the_panel(demo: Demo, headers: dict[str, str]) -> None:
    demo.wait(lambda panel: "kill" in panel["actions"], "the bot")
    url = f"{demo.url}/control/panel"
    assert requests.get(url, headers=headers, timeout=10).status_code == 403
    assert requests.post(url, json={"action": "kill"}, headers=headers, timeout=10).status_code == 403
    assert demo.panel()["bot"]


def names_of(demo: Demo) -> list[tuple[str, str]]:
    return [(person["first_name"], person["language_code"]) for person in demo.stand.see("users")]


def test_people_speak_the_language_that_the_first_browser_asks_for(demo: Demo) -> None:
    def get(accepted: str) -> str:
        return requests.get(demo.url, headers={"Accept-Language": accepted}, timeout=10).text

    assert names_of(demo) == [("Anna", "en"), ("Andrey", "en")], "the machine's own until then"
    assert '<html lang="ru">' in get("de, ru-RU;q=0.9, en;q=0.8")
    assert names_of(demo) == [("Анна", "ru"), ("Андрей", "ru")]
    assert '<html lang="en">' in get("*")
    assert names_of(demo) == [("Анна", "ru"), ("Андрей", "ru")], "no language is no wish"
    demo.friend.send("/start")
    assert '<html lang="en">' in get("en-GB")
    assert names_of(demo) == [("Анна", "ru"), ("Андрей", "ru")], "they have begun to talk"


def test_a_friend_is_offline_until_the_lever_is_pulled(demo: Demo) -> None:
    demo.give_config()
    demo.wait(lambda panel: panel["interface"]["count"] == 1, "the peer")
    assert demo.panel()["interface"]["peers"][0]["age"] is None
    demo.perform("foreign")
    demo.wait(lambda panel: panel["interface"]["count"] == 2, "a peer that is online")
    assert demo.panel()["interface"]["peers"][0]["age"] is None, "one device alone went online"
    assert demo.panel()["interface"]["same"], "a peer that the bot does not know is no difference"
    demo.perform("online")
    assert demo.panel()["interface"]["peers"][0]["age"] is not None


def test_a_limit_that_is_used_up_takes_the_friend_off_and_leaves_others(demo: Demo) -> None:
    demo.give_config()
    demo.perform("foreign")
    last = demo.friend.last()
    demo.perform("limit")
    demo.friend.wait_for("50", after=last)
    demo.wait(lambda panel: panel["database"]["configs"][0]["state"] == "asking", "the config's rest")
    peers = {peer["address"]: peer for peer in demo.panel()["interface"]["peers"]}
    assert peers.keys() == {"10.8.0.2", "10.8.0.200"}
    assert peers["10.8.0.200"]["sent"] < 10**9, "one device alone downloaded"
    assert demo.panel()["interface"]["same"]
    assert "limit" not in demo.panel()["actions"]


def test_as_many_peers_are_added_by_hand_as_have_an_address(demo: Demo) -> None:
    demo.wait(lambda panel: "foreign" in panel["actions"], "the interface")
    for _ in range(20):
        demo.perform("foreign")
    assert "foreign" not in demo.panel()["actions"]


def test_a_friend_claims_a_device_from_before_the_bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in prepare_clock(tmp_path).items():
        monkeypatch.setenv(name, value)
    with running(tmp_path) as demo:
        demo.give_config()
        for _ in range(2):
            demo.perform("foreign")
        demo.admin.press(data="foreign:0", message=demo.admin.wait_for("added by hand"), forge=True)
        listed = demo.admin.wait_for("Left alone: 2")
        assert {"🟢 10.8.0.200 · Anna laptop", "🟢 10.8.0.201 · Boris phone"} < set(demo.admin.buttons(listed))
        demo.admin.press("Let them claim", message=listed)
        demo.admin.press("Let them", message=demo.admin.wait_for("Let friends claim their own devices?"))
        demo.admin.wait_for("Friends can claim their own devices")
        last = demo.friend.last()
        demo.friend.send("/start")
        demo.friend.press("I have a VPN here already", message=demo.friend.wait_for("Traffic this month", after=last))
        demo.friend.press("Anna laptop", message=demo.friend.wait_for("Which one is yours?"))
        demo.friend.press("I'm ready", message=demo.friend.wait_for("is it yours?"))
        demo.friend.wait_for("I'm watching")
        assert demo.perform("old_off_1")["old_devices"] == [
            {"name": "Anna laptop", "on": False}, {"name": "Boris phone", "on": True}
        ]  # fmt: skip
        for seconds in (20, 45):
            time.sleep(3)  # the bot looks every two seconds
            jump(demo, seconds)
        demo.friend.wait_for("it's off")
        demo.perform("old_on_1")
        demo.admin.press("Approve", message=demo.admin.wait_for("from a new port"))
        demo.friend.wait_for("“Anna laptop” is now in your account")
        demo.wait(lambda panel: ("Anna laptop", "Anna") in owned(panel), "the config")
        demo.perform("old_off_1")


def jump(demo: Demo, seconds: int) -> None:
    """Set all clocks ahead."""
    (state,) = demo.folder.glob("andreyvpn-demo-*/interface.state")
    words = [sys.executable, "-IS", str(ROOT / "lib/demo/awg/tool.py"), "demo", "clock", str(seconds)]
    subprocess.run(words, env={**os.environ, "AWG_TOOL_STATE": str(state)}, check=True, timeout=20)
    set_ahead(demo.folder, seconds)


def owned(panel: Json) -> list[tuple[str, str]]:
    return [(peer["name"], peer["owner"]) for peer in panel["interface"]["peers"]]


def test_the_devices_from_before_the_bot_come_back_with_the_interface(demo: Demo) -> None:
    demo.wait(lambda panel: "foreign" in panel["actions"], "the interface")
    demo.perform("foreign")
    demo.perform("old_off_1")
    demo.perform("down")
    assert "old_on_1" not in demo.panel()["actions"]
    panel = demo.perform("up")
    assert [(peer["address"], peer["age"]) for peer in panel["interface"]["peers"]] == [("10.8.0.200", None)]
    assert demo.perform("online")["old_devices"] == [{"name": "Anna laptop", "on": True}]
    assert demo.perform("port")["old_devices"] == [{"name": "Anna laptop", "on": False}]


def test_a_new_port_outdates_the_files_and_the_admin_is_told(demo: Demo) -> None:
    demo.give_config()
    demo.perform("online")
    last = demo.admin.last()
    demo.perform("port")
    assert demo.panel()["interface"]["port"] == 51821
    (before,) = demo.panel()["interface"]["peers"]
    demo.wait(lambda panel: panel["interface"]["peers"][0]["age"] > before["age"] + 2, "two seconds")
    (after,) = demo.panel()["interface"]["peers"]
    assert (after["received"], after["sent"]) == (before["received"], before["sent"]), "their files name the old port"
    demo.admin.wait_for(":51821", after=last)
    demo.perform("down")
    demo.perform("up")
    demo.wait(lambda panel: panel["interface"]["same"], "the same peers on the new port")


def test_all_clocks_jump_together(demo: Demo) -> None:
    demo.give_config()
    demo.perform("online")
    demo.wait(lambda panel: panel["database"]["month"][1] > 10**8, "traffic")
    demo.perform("month")
    panel = demo.panel()
    assert 0 < panel["clock_offset"] < 32 * 86400
    assert abs(panel["now"] - time.time() - panel["clock_offset"]) < 5
    assert panel["interface"]["peers"][0]["age"] < 60, "the interface's clock jumped too"
    demo.wait(lambda panel: panel["database"]["month"][1] < 5 * 10**7, "the new month", 30)
    assert 10**8 < demo.panel()["database"]["total"][1] < 10**9, "traffic is neither lost nor made up"
    assert time.localtime(demo.panel()["now"]).tm_mday == 1
    last = demo.friend.last()
    demo.friend.send("/help")
    answer = demo.friend.wait_for(predicate=lambda message: True, after=last)
    assert abs(answer["date"] - demo.panel()["now"]) < 10


def test_a_network_that_drops_dns_is_passed_by_another_way(demo: Demo) -> None:
    demo.give_config()
    demo.perform("online")
    demo.wait(lambda panel: panel["database"]["month"][1] > 10**8, "traffic")
    demo.perform("filter")
    assert demo.panel()["filter"]
    demo.perform("online")
    assert demo.panel()["interface"]["peers"][0]["age"] > 200, "no answer gets back"
    demo.wait(lambda panel: "kill" in panel["actions"], "the bot")
    demo.friend.press("Not working?", message=demo.friend.wait_for("This file is your personal key"))
    demo.friend.press("Try another way", message=demo.friend.wait_for("🆘 iPhone\n\nIt worked"))
    assert b"I1 = <b 0xc" in demo.friend.download(demo.friend.wait_for("like web traffic (QUIC)"))
    demo.perform("online")
    demo.friend.wait_for("it got through!", timeout=30)
    demo.perform("unfilter")
    assert "unfilter" not in demo.panel()["actions"]


def test_a_waiting_poll_ends_when_telegram_goes_away(demo: Demo) -> None:
    demo.wait(lambda panel: "kill" in panel["actions"], "the bot")
    demo.stand.wait(lambda: any(r["status"] is None for r in demo.stand.requests("getUpdates")), what="a poll")
    demo.perform("away")
    demo.friend.send("/start")
    time.sleep(1)
    assert demo.friend.messages() == []
    demo.perform("normal")
    demo.friend.wait_for(predicate=lambda message: "photo" in message, timeout=40)


@pytest.mark.parametrize("port", ["70000", "-1", "many", "²"])
def test_an_invalid_port_is_rejected_with_an_explanation(port: str) -> None:
    words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", f"--port={port}"]
    done = subprocess.run(words, env={**os.environ, "LANGUAGE": "en"}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "--port: a number from 0 to 65535\n" in done.stderr


def test_install_sh_runs_it_with_one_command(tmp_path: Path) -> None:
    if not (ROOT / ".venv" / ".installed-requirements.txt").exists():
        pytest.skip("the virtual environment was not created by install.sh")
    with running(tmp_path, str(ROOT / "install.sh"), "demo", "--port", "0") as demo:
        demo.wait(lambda panel: panel["bot"], "the bot")


def test_without_venv_and_root_it_says_what_to_install(tmp_path: Path) -> None:
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
