"""A failing tool or interface: admins are told once, nothing is lost, and everything recovers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import Company
from tests.integration.copies import each_message_once
from tests.integration.troubled_interface import TroubledInterface
from tests.stand import Person, is_panel, words

PATIENCE = 60  # seconds
FOREIGN = "F" * 42 + "w="
ROUNDS = 3  # failed looks at the interface, after which admins must still have been told once

# What the tool does instead of its work -> what /status says of it.
TROUBLES = {
    "exit 127": "was not found",
    'echo "Unable to access interface: Operation not permitted" >&2; exit 1': "CAP_NET_ADMIN",
    'echo "Unable to access interface: No such device" >&2; exit 1': "this interface doesn't exist",
    "exit 1": "the command awg failed",
    "echo hello": "makes no sense",
    r"printf 'a\tb\t1\t2\t3\toff\n'": "makes no sense",
    "kill -KILL $$": "the command awg failed",
    "sleep 600": "didn't answer in time",
}


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with Company(tmp_path, interface=TroubledInterface(tmp_path)) as company, each_message_once(company):
        company.let_in(company.friend)
        company.give_config(company.friend)
        yield company


def identities(company: Company) -> list[tuple[str, ...]]:
    """Return key, preshared key and addresses of every live peer."""
    lines = company.interface.run("awg", "show", "awg0", "dump").splitlines()[1:]
    return [(*line.split("\t")[:2], line.split("\t")[3]) for line in lines]


def told(who: Person, text: str) -> int:
    """Count the messages with this text, panels left out."""
    return len(told_in(who, text))


def told_in(who: Person, text: str) -> list[int]:
    """Return the ids of the messages with this text, panels left out."""
    return [one["message_id"] for one in who.messages() if text in words(one) and not is_panel(one)]


def outage(company: Company) -> list[tuple[Person, str]]:
    """Return the text that each admin sees while the interface is out of reach."""
    return [(company.admin, "can't be reached"), (company.second_admin, "недоступен")]


def end(company: Company) -> list[tuple[Person, str]]:
    """Return the text that each admin sees once it is back."""
    return [(company.admin, "works again, all"), (company.second_admin, "снова работает, все")]


def failures(company: Company) -> int:
    """Count the rounds that failed: an error is logged once, its repetitions only for who looks closely."""
    return sum(" ERROR " in line or " still: " in line for line in company.log.read_text().splitlines())


@pytest.mark.parametrize("deed", TROUBLES)
def test_a_tool_in_trouble_is_told_once_and_loses_nothing(company: Company, deed: str) -> None:
    before = company.interface.peers()
    company.interface.misbehave(deed)
    company.admin.wait_for("can't be reached", timeout=PATIENCE)
    company.admin.press("Approve", message=company.ask(company.friend, "windows"))
    rounds = ROUNDS if deed != "sleep 600" else 1
    company.wait(lambda: failures(company) >= rounds, PATIENCE, "some more rounds")
    company.admin.send("/status")
    company.admin.wait_for(TROUBLES[deed])
    assert company.interface.peers() == before
    assert [told(who, text) for who, text in outage(company)] == [1, 1]
    alerts = [told_in(who, text) for who, text in outage(company)]
    company.interface.misbehave("")
    company.admin.wait_for("works again, all", timeout=PATIENCE)
    company.friend.wait_for(predicate=lambda m: m.get("document", {}).get("file_name") == "anna-windows.conf")
    company.second_admin.wait_for("снова работает, все")
    assert [told_in(who, text) for who, text in end(company)] == alerts, "the same messages say that it is over"
    assert [told(who, text) for who, text in outage(company)] == [0, 0]
    assert company.rows("SELECT count(*) FROM configs WHERE live_since IS NOT NULL") == [(2,)]
    assert set(company.interface.peers()) == {key for (key,) in company.rows("SELECT public_key FROM configs")}


def test_an_interface_that_vanishes_in_the_middle_comes_back_with_its_peers(company: Company) -> None:
    before = company.interface.peers()
    company.interface.down()
    company.admin.wait_for("can't be reached")
    company.wait(lambda: failures(company) >= ROUNDS, PATIENCE, "some more rounds")
    alerts = told_in(company.admin, "can't be reached")
    company.interface.run("awg-quick", "up", "awg0")
    company.admin.wait_for("works again, all", timeout=PATIENCE)
    company.wait(lambda: company.interface.peers() == before, PATIENCE, "the peers' return")
    assert len(alerts) == 1
    assert told_in(company.admin, "works again, all") == alerts


@pytest.mark.parametrize(
    "change",
    [
        ("remove",),
        ("allowed-ips", "10.8.0.99/32"),
        ("allowed-ips", ""),
        ("preshared-key", "/dev/null"),
    ],
    ids=["removed", "moved", "without an address", "without its preshared key"],
)
def test_a_peer_that_was_changed_by_hand_is_put_right_without_a_word(company: Company, change: tuple[str, ...]) -> None:
    before, last = identities(company), company.admin.last()
    company.interface.run("awg", "set", "awg0", "peer", before[0][0], *change)
    assert identities(company) != before
    company.wait(lambda: identities(company) == before, PATIENCE, "the old peer")
    assert company.admin.last() == last


def test_an_address_stolen_by_a_foreign_peer_is_told_and_never_taken_back_by_force(company: Company) -> None:
    before = company.interface.peers()
    company.interface.run("awg", "set", "awg0", "peer", FOREIGN, "allowed-ips", "10.8.0.2/32")
    company.admin.wait_for("A peer added by hand has a friend's address")
    assert company.interface.peers()[FOREIGN] == "10.8.0.2/32"
    alerts = told_in(company.admin, "A peer added by hand has a friend's address")
    company.interface.run("awg", "set", "awg0", "peer", FOREIGN, "remove")
    company.admin.wait_for("addresses are free again")
    company.wait(lambda: company.interface.peers() == before, PATIENCE, "the return")
    assert len(alerts) == 1
    assert told_in(company.admin, "addresses are free again") == alerts
