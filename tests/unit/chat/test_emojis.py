"""An emoji keeps one meaning on all screens, in all languages, and a question before a deed begins with a bold line."""

from __future__ import annotations

import re

import pytest

from lib.chat.texts import LANGUAGES

# Emojis that were, or could easily be, used for two things: what each means, and the keys of the texts that have it.
MEANINGS = {
    "🖥": ("the server", "status"),
    "🍏": ("a Mac", "device_mac"),
    "✉": ("a written message", "answer|letter|reply|ticket|write|written|wrote|message"),
    "🎫": ("an invitation", "invit"),
    "⏳": ("waits, or is being made", "asked|asks_for|gets|making|made|unmade|paused|pending|renewing|wait|leaving"),
    "⏱": ("until when a config works", "expiry|extend|until|ticket_time"),
    "⌛": ("no longer works", "expired|expiry_over|invitations"),
    "👋": ("welcome", "captcha"),
    "🗑": ("deleted for good", "delete|evict|expel|foreign_gone|farewell|goodbye|friend_left|person_gone"),
    "💤": ("never connected", "never|offer_help"),
    "📣": ("an announcement", "broadcast"),
    "📥": ("waits for a decision", "waiting|nothing_waits|crowd"),
    "📨": ("an outdated config", "outdated|rollout|ports_old"),
    "📵": ("without Telegram", "offline|_there|add_person|issue_here|join_offer|invite_person"),
    "🆘": ("it does not work", "trouble|diagnosis|problem|complaint|does_not_work|write_look"),
    "🤝": ("a helper", "helper|appoint|dismiss|you_help"),
    "🛠": ("an admin", "panel|person_admin"),
    "🧩": ("a peer added by hand", "foreign|heir"),
    "🚫": ("taken back", "invit|take_back"),
    "🚀": ("how fast", "speed"),
    "🙋": ("a friend says that a peer is theirs", "claim"),
    "♾": ("without an end or a limit", "for_ever|never"),
}
CONFIRMATIONS = [key for key in LANGUAGES["en"].TEXTS if key.startswith("confirm_")]


def emojis(text: str) -> set[str]:
    """Return the emojis of a text, in whatever form they are written."""
    return set(re.findall("[\U0001f170-\U0001faff\u231a-\u23f3\u25b6\u26d4-\u27bf\u267e\u2709]", text))


def misused(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Return each emoji with the key of a text where it has another meaning."""
    pairs = [(emoji, key) for key, text in texts.items() for emoji in sorted(emojis(text) & {*MEANINGS})]
    return [(emoji, key) for emoji, key in pairs if not re.search(MEANINGS[emoji][1], key)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_works(language: str) -> None:
    assert misused(LANGUAGES[language].TEXTS) == []


def test_a_second_meaning_is_found() -> None:
    assert misused({"device_mac": "🖥 Mac", "status": "🖥 Server"}) == [("🖥", "device_mac")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_meaning_is_in_use(language: str) -> None:
    used = set().union(*map(emojis, LANGUAGES[language].TEXTS.values()))
    assert {*MEANINGS} <= used


def test_a_text_has_the_same_emojis_in_every_language() -> None:
    """Russian may put a name on a line of its own, behind a 👤: it can't be declined."""
    for key, text in LANGUAGES["en"].TEXTS.items():
        for module in LANGUAGES.values():
            if not key.startswith("audience_"):
                assert emojis(module.TEXTS[key]) - {"👤"} == emojis(text) - {"👤"}, key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", CONFIRMATIONS)
def test_a_question_before_a_deed_begins_with_a_bold_line(language: str, key: str) -> None:
    assert re.match(r"\S+ <b>.+</b>", LANGUAGES[language].TEXTS[key].splitlines()[0])
