"""No fault of Telegram loses or doubles anything: each happens in the middle of the main story."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.company import ADMIN, FRIEND, Company
from tests.integration.copies import each_message_once
from tests.stand import Json, Person, words

# In one process: every story is compared with the one without a fault, and some are played at the same time.
pytestmark = [pytest.mark.slow(110), pytest.mark.xdist_group("telegram faults")]

PATIENCE = 120.0  # seconds; the longest fault is a poll that hangs for 60
AT_ONCE = 3  # stories that are played at the same time; most of theirs is waiting
STRUCK = ("sendMessage", "sendPhoto", "sendDocument", "answerCallbackQuery", "editMessageText", "getUpdates")
LONG_HANG = {"kind": "hang", "seconds": 90}  # longer than the bot listens

FAULTS: dict[str, tuple[Json, tuple[str, ...]]] = {
    "none": ({}, ()),
    "429": ({"kind": "429", "retry_after": 1}, STRUCK),
    "500": ({"kind": "status", "status": 500}, STRUCK),
    "502 in HTML": ({"kind": "html502"}, STRUCK),
    "truncated": ({"kind": "truncated"}, STRUCK),
    "truncated after the effect": ({"kind": "truncated", "after_effect": True}, STRUCK),
    "reset": ({"kind": "reset"}, STRUCK),
    "reset after the effect": ({"kind": "reset", "after_effect": True}, STRUCK),
    "hung up": ({"kind": "hang", "seconds": 1}, STRUCK),
    "hung up after the effect": ({"kind": "hang", "seconds": 1, "after_effect": True}, STRUCK),
    "slow trickle": ({"kind": "trickle", "seconds": 3}, STRUCK),
    "slow": ({"kind": "slow", "seconds": 3, "after_effect": True}, STRUCK),
    "long hang": (LONG_HANG, ("sendMessage", "getUpdates")),
}


@dataclass(frozen=True)
class End:
    """The outcome of a story: what each chat shows, and what the database holds."""

    chats: dict[int, list[str]]
    rows: dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[End]]]:
    """Play the story once for every fault, several at the same time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        slowest_first = sorted(FAULTS, key=lambda name: FAULTS[name][0] is not LONG_HANG)
        yield {name: pool.submit(play_story, tmp_path_factory.mktemp("story"), *FAULTS[name]) for name in slowest_first}


def play_story(folder: Path, rule: Json, struck: tuple[str, ...]) -> End:
    with Company(folder) as company, each_message_once(company, PATIENCE):
        company.let_in(company.friend)
        for method in struck:
            company.stand.fault(**rule, method=method)
        get_a_config(company)
        lose_it_and_get_it_back(company)
        company.stand.settle(PATIENCE)
        company.wait(company.is_quiet, PATIENCE, "the last message")
        assert company.stand.see("faults") == [], "every fault struck"
        return describe(company, cut_off_messages(company) if rule.get("after_effect") else set())


def get_a_config(company: Company) -> None:
    friend, admin = company.friend, company.second_admin
    friend.press("Menu")
    see(friend, "Configs: 0")
    friend.press("New config")
    see(friend, "Which device")
    friend.press("iPhone")
    see(friend, "The admin has your request")
    see(admin, "Запрос конфига")
    admin.press("Одобрить")
    document = see(friend, "This file is your personal key")
    see(friend, "It works!")
    friend.press("This chat is on another device", message=document)
    see(friend, "Create from QR code")


def lose_it_and_get_it_back(company: Company) -> None:
    friend, admin = company.friend, company.admin
    notice = see(admin, f"ID: {FRIEND}")
    admin.press("Block", message=notice)
    admin.press("Yes, block", message=see(admin, "Block this person?"))
    see(friend, "The admin blocked you")
    company.wait(lambda: company.interface.peers() == {}, PATIENCE, "the cut")
    company.wait(lambda: "Unblock" in str(admin.buttons(see(admin, f"ID: {FRIEND}"))), PATIENCE, "the way back")
    admin.press("Unblock", message=notice)
    see(friend, "unblocked")
    company.wait(lambda: len(company.interface.peers()) == 1, PATIENCE, "the return")
    last = friend.last()
    friend.send("/help")
    friend.send("/configs")
    see(friend, "My configs", after=last)


def see(who: Person, text: str, after: Json | None = None) -> Json:
    return who.wait_for(text, timeout=PATIENCE, after=after)


def describe(company: Company, doubled: set[int]) -> End:
    people = (company.admin, company.second_admin, company.friend)
    queries = {
        "users": "SELECT id, state, decided_by, reachable FROM users ORDER BY id",
        "requests": "SELECT id, user_id, name, state, decided_by FROM config_requests",
        "configs": "SELECT id, user_id, request_id, name, address FROM configs WHERE revoked_at IS NULL",
        "audit": "SELECT actor_id, action, subject FROM audit",
    }
    return End(
        {who.id: [look(m) for m in who.messages() if m["message_id"] not in doubled] for who in people},
        {name: company.rows(query) for name, query in queries.items()},
    )


def look(message: Json) -> str:
    """Return a message's content; for a panel, which depends on the keeper's last round, not its text."""
    if words(message).startswith("🛠"):
        return "the panel"
    kind = next((kind for kind in ("photo", "document") if kind in message), "text")
    return f"{kind}: {words(message)} {message.get('reply_markup')}"


def cut_off_messages(company: Company) -> set[int]:
    """Return the ids of messages that Telegram accepted without the bot knowing: only these may come twice."""
    sendings = [call for call in company.stand.requests() if call["method"].startswith("send")]
    return {call["answer"]["result"]["message_id"] for call in sendings if call["fault"] not in (None, "slow")}


def test_it_works(ends: dict[str, Future[End]]) -> None:
    end = ends["none"].result()
    assert [text.partition(":")[0] for text in end.chats[FRIEND]].count("document") == 1
    assert end.rows["requests"] == [(1, FRIEND, "iPhone", "issued", 2)]
    assert (FRIEND, "approved", ADMIN, 1) in end.rows["users"]


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "none"])
def test_a_fault_in_the_middle_changes_nothing(ends: dict[str, Future[End]], fault: str) -> None:
    assert ends[fault].result() == ends["none"].result()
