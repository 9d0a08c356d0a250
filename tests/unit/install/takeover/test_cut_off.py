"""Whatever fails at whichever step, a take-over is completed or rolled back, never half, and friends are served."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lib.install.takeover import back, cut, journal, live, moving, ports, settle
from lib.install.takeover.journal import Journal
from tests.unit.install.found.layouts import key
from tests.unit.install.takeover.machine import ANNA, INTERFACE, NAME, PORT, PREPARED, Killed, Machine

Way = Callable[[Machine], object]
LEAST, MOST = 9, 60  # steps of one command


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Redirect all files to the test's own folder, and replace the clock so that sleeping takes no time."""
    monkeypatch.setattr(journal, "FILE", tmp_path / "taken-over.json")
    monkeypatch.setattr(Journal, "conf", property(lambda self: tmp_path / f"{self.interface}.conf"))
    monkeypatch.setattr(moving, "forget_flows", lambda port: 0)
    monkeypatch.setattr(live, "is_there", lambda name: False)
    clock = [0.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    for module, name in ((ports, "PATIENCE"), (back, "START_SECONDS"), (cut, "FINISH_SECONDS")):
        monkeypatch.setattr(module, name, 0.2)
    return tmp_path


@pytest.fixture(autouse=True)
def machines(monkeypatch: pytest.MonkeyPatch) -> list[Machine]:
    """Count journal writes as steps of the machine created last."""
    made: list[Machine] = []

    def write(path: Path, data: bytes, mode: int = 0o600) -> None:
        made[-1].note()
        path.write_bytes(data)

    monkeypatch.setattr(journal, "replace_file", write)
    return made


def keep(name: str, content: str) -> None:
    assert content


def take_over(machine: Machine) -> bool:
    found = journal.read()
    assert found
    return cut.cut_over(machine, found, 0.2)


def give_back(machine: Machine) -> None:
    found = journal.read()
    assert found
    back.give_back(machine, found, keep, "")


def recover(machine: Machine) -> None:
    settle.recover(machine, keep)


def prepared(machines: list[Machine], way: Way, entry: Journal = PREPARED, **more: object) -> Machine:
    """Return a machine in the state just before a command."""
    machines.append(machine := Machine(deeds=-MOST, **more))  # type: ignore[arg-type]
    if way is give_back:
        machine.running, machine.restart = False, "no"
        machine.is_up = machine.listens = machine.enabled = True
        entry = replace(entry, step=journal.TAKEN, watched=(ANNA,))
    journal.write(entry)
    entry.conf.write_text("[Interface]\n")
    machine.deeds = 0
    return machine


def goes_on(machine: Machine) -> str:
    """Recover from the interruption, check the result, and return what serves friends from then on."""
    for _ in range(3):  # like the unit, retry until it succeeds
        with suppress(OSError):
            recover(machine)
            break
    found = journal.read()
    assert found
    if found.step == journal.TAKEN:
        assert machine.whole() == "interface", machine.last
    else:
        assert found.step == journal.UNDONE, machine.last
        assert machine.whole() == "container", machine.last
        assert not found.conf.exists()
    assert not journal.online()
    return machine.whole()


BORIS = key("Boris")
PODMAN = replace(PREPARED, engine="podman", restart="no", unit=f"container-{NAME}.service")
WAYS = [(take_over, True), (take_over, False), (give_back, True)]


def test_it_works(machines: list[Machine]) -> None:
    machine = prepared(machines, take_over)
    assert take_over(machine)
    assert goes_on(machine) == "interface"
    give_back(machine)
    assert goes_on(machine) == "container"
    assert not take_over(prepared(machines, take_over, friend_comes=False))
    assert goes_on(machines[-1]) == "container"


@pytest.mark.parametrize("after", ["at once", "docker first", "interface first"])
@pytest.mark.parametrize(("way", "comes"), WAYS)
@pytest.mark.parametrize(("entry", "kernel"), [(PREPARED, True), (PREPARED, False), (PODMAN, True)])
def test_killed_before_any_deed(
    machines: list[Machine], way: Way, comes: bool, entry: Journal, kernel: bool, after: str
) -> None:
    ends = set()
    for number in range(1, MOST):
        machine = prepared(machines, way, entry, kernel=kernel, friend_comes=comes, kill_at=number)
        try:
            way(machine)
        except Killed:
            machine.heal()
        else:
            break
        if after != "at once":
            machine.boot(docker_first=after == "docker first")
        ends.add(goes_on(machine))
    assert LEAST < number < MOST - 1
    assert ends == ({"container", "interface"} if comes else {"container"})


def test_a_stop_that_docker_had_begun_comes_all_the_same(machines: list[Machine]) -> None:
    begun = 0
    for late in range(1, 30):
        for number in range(1, LEAST):
            machine = prepared(machines, take_over, kill_at=number, late_stop=late)
            with suppress(Killed):
                take_over(machine)
            if machine.stops_late:
                begun += 1
                assert goes_on(machine) == "container", late
    assert begun == 29


@pytest.mark.parametrize(("way", "comes"), WAYS)
def test_killed_again_while_it_is_settled(machines: list[Machine], way: Way, comes: bool) -> None:
    for first in range(1, MOST):
        for second in range(1, MOST):
            machine = prepared(machines, way, friend_comes=comes, kill_at=first)
            try:
                way(machine)
            except Killed:
                machine.heal()
            else:
                return
            machine.kill_at = machine.deeds + second
            try:
                recover(machine)
            except Killed:
                machine.heal()
                goes_on(machine)
            else:
                break


@pytest.mark.parametrize(("way", "comes"), WAYS)
@pytest.mark.parametrize("kernel", [True, False])
def test_one_deed_fails(machines: list[Machine], way: Way, comes: bool, kernel: bool) -> None:
    """Some failures don't matter. After others, friends are served nevertheless, and a later recovery succeeds."""
    for number in range(1, MOST):
        machine = prepared(machines, way, kernel=kernel, friend_comes=comes, fail_at=number)
        with suppress(OSError):
            way(machine)
        if machine.deeds < number:
            break
        assert machine.serves(), machine.last
        machine.heal()
        if (found := journal.read()) and found.step != journal.PREPARING:
            goes_on(machine)
    assert LEAST < number < MOST - 1


@pytest.mark.parametrize(("way", "comes"), WAYS)
def test_the_disk_is_full_from_some_deed_on(machines: list[Machine], way: Way, comes: bool) -> None:
    for number in range(1, MOST):
        machine = prepared(machines, way, friend_comes=comes, disk_ends_at=number)
        with suppress(OSError):
            way(machine)
        if machine.deeds < number:
            break
        assert machine.serves(), number
        with suppress(OSError):
            recover(machine)
        assert machine.serves(), number
        machine.heal()
        if (found := journal.read()) and found.step != journal.PREPARING:
            goes_on(machine)
    assert LEAST < number < MOST - 1


@pytest.mark.parametrize("with_containers", [True, False])
@pytest.mark.parametrize(("way", "comes"), WAYS)
def test_docker_ends_at_some_deed(machines: list[Machine], way: Way, comes: bool, with_containers: bool) -> None:
    for number in range(1, MOST):
        machine = prepared(machines, way, friend_comes=comes, docker_ends_at=number, with_containers=with_containers)
        with suppress(OSError):
            way(machine)
        if machine.deeds < number:
            break
        found = journal.read()
        assert found
        if found.step not in (journal.PREPARING, journal.UNDONE):
            assert machine.serves(), number
            with suppress(OSError):
                recover(machine)
            assert machine.serves(), number
        machine.heal()
        if found.step != journal.PREPARING:
            goes_on(machine)
    assert LEAST < number < MOST - 1


def test_friends_are_greeted_as_soon_as_the_container_knows_them(machines: list[Machine]) -> None:
    machine = prepared(machines, give_back, silent=2)
    give_back(machine)
    assert machine.greeted
    machine = prepared(machines, take_over, kill_at=7)
    with suppress(Killed):
        take_over(machine)
    assert goes_on(machine) == "container"
    assert machine.greeted, "also after an interruption, by who was online before"


def test_whoever_was_online_is_greeted_after_any_interruption_of_the_way_back(machines: list[Machine]) -> None:
    back_again = 0
    for number in range(1, MOST):
        machine = prepared(machines, give_back, kill_at=number)
        try:
            give_back(machine)
        except Killed:
            machine.heal()
        else:
            break
        if goes_on(machine) == "container":
            back_again += 1
            assert machine.greeted, machine.last
    assert back_again > LEAST


def test_nobody_goes_on_being_asked_to_keep_the_connection_alive(machines: list[Machine]) -> None:
    """That was for the moment of the move: it would cost phones their batteries from then on."""
    machine = prepared(machines, take_over)
    assert take_over(machine)
    assert machine.asked == {"interface": "0"}
    give_back(machine)
    assert machine.asked == {"interface": "0", "container": "0"}, "as it was before"
    machine = prepared(machines, give_back, answers_late=5)
    give_back(machine)
    assert machine.asked["container"] == "0", "but not before they have answered"


def test_packets_of_connections_that_exist_follow_each_move(
    machines: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    led: list[tuple[int, str]] = []
    monkeypatch.setattr(moving, "forget_flows", lambda port: led.append((port, machines[-1].serves())))
    machine = prepared(machines, take_over)
    assert take_over(machine)
    give_back(machine)
    assert led == [(PORT, "interface"), (PORT, "container")]


def test_a_container_that_was_stopped_stays_so(machines: list[Machine]) -> None:
    machine = prepared(machines, take_over, replace(PREPARED, was_running=False), running=False)
    assert take_over(machine)
    assert machine.whole() == "interface"
    before = time.monotonic()
    give_back(machine)
    assert (machine.running, machine.restart, machine.is_up) == (False, "always", False)
    assert not machine.greeted
    assert time.monotonic() == before, "nobody is waited for"


def test_a_container_that_ends_soon_after_its_start_is_started_again(machines: list[Machine]) -> None:
    machine = prepared(machines, give_back, ends_early=1)
    give_back(machine)
    assert machine.whole() == "container"


def test_what_was_there_is_kept_and_nothing_is_left(
    machines: list[Machine], capsys: pytest.CaptureFixture[str]
) -> None:
    machine = prepared(machines, give_back, replace(PREPARED, peers=(BORIS,)))
    PREPARED.nat.write_text("table\n")
    kept: dict[str, str] = {}
    found = journal.read()
    assert found
    back.give_back(machine, found, kept.__setitem__, "")
    assert "10.8.1.1/32" in capsys.readouterr().out.partition("doesn't know")[2], "it was added here"
    assert kept.keys() == {"given-back.txt", f"{INTERFACE}.conf"}
    assert ANNA in kept["given-back.txt"]
    assert machine.tables == [f"andreyvpn_{INTERFACE}"]
    assert not PREPARED.nat.exists()
    assert not PREPARED.conf.exists()


def killed_in(machines: list[Machine], step: str, way: Way = take_over, comes: bool = True) -> Iterator[Machine]:
    """Yield machines on which a command was killed while its journal had reached a step."""
    for number in range(1, MOST):
        machine = prepared(machines, way, friend_comes=comes, kill_at=number)
        try:
            way(machine)
        except Killed:
            machine.heal()
        else:
            return
        if (found := journal.read()) and found.step == step:
            yield machine


def test_where_friends_have_come_the_interface_keeps_them(machines: list[Machine]) -> None:
    there = [machine for machine in killed_in(machines, journal.TRYING) if goes_on(machine) == "interface"]
    assert there
    assert len(there) == len(list(killed_in(machines, journal.TRYING)))


def test_what_was_decided_stays_decided(machines: list[Machine]) -> None:
    finished = 0
    for machine in killed_in(machines, journal.FINISHING):
        machine.friend_comes = machine.greeted_here = False
        machine.boot(docker_first=True)
        assert goes_on(machine) == "interface"
        finished += machine.greeted_here
    assert finished


def test_why_it_goes_back_is_known_after_an_interruption(machines: list[Machine]) -> None:
    interrupted = 0
    for machine in killed_in(machines, journal.GIVING_BACK, comes=False):
        goes_on(machine)
        found = journal.read()
        assert found
        assert "none of the 1 friends who were online" in found.why
        interrupted += 1
    assert interrupted


def test_docker_may_hold_the_port_for_a_moment(machines: list[Machine]) -> None:
    machine = prepared(machines, take_over, kernel=True, lingers=1)
    assert take_over(machine)
    assert machine.greeted_here


@pytest.mark.parametrize("command", ["docker update", "systemctl enable"])
def test_what_fails_after_friends_have_come_is_tried_again(machines: list[Machine], command: str) -> None:
    failed = 0
    for number in range(1, LEAST * 3):
        machine = prepared(machines, take_over, fail_at=number)
        with suppress(OSError):
            came = take_over(machine)
        if machine.failed.startswith(command):
            failed += 1
            assert came
            assert machine.whole() == "interface"
    assert failed


def test_an_interface_that_systemd_does_not_stop_is_removed(
    machines: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = prepared(machines, give_back)
    monkeypatch.setattr(live, "is_there", lambda name: name == INTERFACE and machine.is_up)
    monkeypatch.setattr(machine, "_systemctl", lambda verb, rest: "")
    give_back(machine)
    assert (machine.serves(), machine.is_up) == ("container", False)


def test_an_interface_that_its_owner_has_stopped_for_a_while_is_left(machines: list[Machine]) -> None:
    machine = prepared(machines, give_back)
    machine.is_up = machine.listens = False
    recover(machine)
    assert not machine.is_up


@pytest.mark.parametrize("way", [take_over, give_back])
def test_a_container_that_never_starts_again_leaves_friends_on_the_interface(
    machines: list[Machine], way: Way, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = prepared(machines, way, friend_comes=False, container_starts=False)
    with pytest.raises(OSError, match="friends stay on avnone7"):
        way(machine)
    assert machine.whole() == "interface"
    assert "The container doesn't start: address already in use" in capsys.readouterr().out
    assert goes_on(machine) == "interface"
    found = journal.read()
    assert found
    assert found.why == "", "it was not given back"


@pytest.mark.parametrize(
    ("conf", "said"),
    [("[Interface]\n", f"{BORIS[:6]}…"), (f"[Peer]\nPublicKey = {BORIS}\nAllowedIPs = 10.8.1.2/32\n", "10.8.1.2/32"),
     (f"[Peer]\n# Boris\nPublicKey = {BORIS}\nAllowedIPs = 10.8.1.2/32\n", "Boris")],
)  # fmt: skip
def test_whom_the_container_lets_in_again_is_told(
    machines: list[Machine], conf: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = prepared(machines, give_back, replace(PREPARED, peers=(ANNA, BORIS)))
    PREPARED.conf.write_text(conf)
    give_back(machine)
    assert f"but the container lets them in again (1): {said}\n" in capsys.readouterr().out


def test_if_neither_starts_it_is_tried_again(machines: list[Machine]) -> None:
    machine = prepared(machines, take_over, container_starts=False, interface_starts=False)
    with pytest.raises(OSError, match="the container doesn't come back"):
        take_over(machine)
    with pytest.raises(OSError, match="the container doesn't come back"):
        recover(machine)
    machine.container_starts = True
    assert goes_on(machine) == "container"


@pytest.mark.parametrize(("kernel", "deaf_port"), [(True, 0), (False, 0), (False, PORT), (False, 40_000)])
def test_a_container_that_another_program_starts_at_boot_gives_its_place_back(
    machines: list[Machine], kernel: bool, deaf_port: int
) -> None:
    machine = prepared(machines, give_back, kernel=kernel, deaf_port=deaf_port)
    machine.restart = "always"  # compose has recreated it
    machine.boot(docker_first=True)
    assert machine.serves() == "container"
    assert goes_on(machine) == "interface"


def test_a_port_that_the_owner_has_changed_is_left(machines: list[Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    machine = prepared(machines, give_back)
    PREPARED.conf.write_text("[Interface]\nListenPort = 40000\n")
    monkeypatch.setattr(machine, "_wg", lambda verb, rest: "40000\n")
    machine.running = True
    recover(machine)
    assert machine.running, "the owner has both"


def test_what_the_owner_has_switched_off_stays_off(machines: list[Machine]) -> None:
    machine = prepared(machines, give_back)
    machine.enabled = machine.is_up = machine.listens = False
    machine.running = True
    recover(machine)
    assert machine.serves() == "container"


def test_an_interface_that_does_not_start_says_why(machines: list[Machine]) -> None:
    assert not take_over(prepared(machines, take_over, interface_starts=False))
    found = journal.read()
    assert found
    assert (found.step, found.why) == (journal.UNDONE, "the interface didn't start (RTNETLINK: no)")


def test_an_interface_without_its_port_is_no_use(machines: list[Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    machine = prepared(machines, take_over)
    monkeypatch.setattr(machine, "_ss", lambda verb, rest: "")
    assert not take_over(machine)
    found = journal.read()
    assert found
    assert found.why == "the interface didn't start (avnone7 can't get UDP port 51820)"
    assert machine.whole() == "container"


def test_nothing_is_stopped_if_nobody_knows_who_is_online(machines: list[Machine]) -> None:
    machine = prepared(machines, take_over, docker_ends_at=1)
    with pytest.raises(OSError, match=r"amnezia-awg doesn't say who is online .*, so nothing was stopped"):
        take_over(machine)
    assert machine.serves() == "container"
    found = journal.read()
    assert found
    assert found.step == journal.PREPARING
