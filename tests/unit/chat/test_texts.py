"""Every word exists in both languages, fits, and lets no name become markup."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from types import ModuleType

import pytest

from lib.chat.phrases import (
    end_date,
    local_clock_time,
    local_date,
    local_date_time,
    local_short_date_time,
    month_name,
    size,
    span,
    speed,
)
from lib.chat.texts import Markup, en, plain, ru, say
from lib.demo.telegram.formatting import parse_html
from lib.values import MOST_KBIT
from tests.unit.stage import MOSCOW

ROOT = Path(__file__).parents[3]
SOURCE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lib").rglob("*.py") if "texts" not in path.parts)

TOASTS = (
    "denied_", "already_", "done_", "old_", "gone", "request_already_", "too_many", "bad_", "broadcast_begun",
    "broadcast_over", "invitation_was_", "no_username_yet", "nobody_to_tell",
)  # fmt: skip


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_it_works() -> None:
    assert say("en", "already_approved", who="Andrey") == "Already approved by Andrey."
    assert say("ru", "already_approved", who="Андрей") == "Уже одобрено: Андрей."


def test_no_topic_takes_the_key_of_another() -> None:
    topics = [module for module in vars(en).values() if hasattr(module, "TEXTS")]
    assert sum(len(topic.TEXTS) for topic in topics) == len(en.TEXTS)


def test_both_languages_say_the_same_things_in_the_same_order() -> None:
    assert list(ru.TEXTS) == list(en.TEXTS)


def test_both_languages_fill_the_same_places() -> None:
    places = {key: (placeholders(ru.TEXTS[key]), placeholders(en.TEXTS[key])) for key in ru.TEXTS.keys() & en.TEXTS}
    assert {key: (russian, english) for key, (russian, english) in places.items() if russian != english} == {}


def test_no_text_is_dead() -> None:
    stems = [
        "denied_", "already_", "request_already_", "decided_", "done_", "reason_", "trouble_", "over_", "device_",
        "name_", "command_", "month_head_", "you_", "request_", "qr_", "get_", "steps_", "store_", "diagnosis_",
        "finding_", "peer_", "fault_packet_", "option_", "off_",
        "audience_", "invitation_", "invite_", "did_", "setting_",
        "meaning_", "form_", "bad_", "language_", "export_", "column_", "state_",
        "people_in_", "why_", "told_", "way_", "filter_", "person_is_", "held_is_", "helper_left_", "ticket_",
        "cli_help_", "cli_example_", "cli_fault_", "cli_settings_", "cli_qr_too_", "cli_db_",
        "word_", "cli_reason_", "cli_users_", "cli_state_", "cli_did_", "disguise_", "claim_already_", "claims_turn_",
        "trying", "watching", "ways_over",
    ]  # fmt: skip
    assert [stem for stem in stems if f'f"{stem}' not in SOURCE] == []
    assert [key for key in ru.TEXTS if f'"{key}"' not in SOURCE and not key.startswith(tuple(stems))] == []


@pytest.mark.parametrize("texts", [ru.TEXTS, en.TEXTS], ids=["ru", "en"])
def test_texts_fit_into_what_shows_them(texts: dict[str, str]) -> None:
    """Leave room for the values: a toast takes 200 characters, a caption 1024, a message 4096."""
    lengths = {key: len(text.encode("utf-16-le")) // 2 for key, text in texts.items()}
    most = {key: 170 if key.startswith(TOASTS) else 900 if "caption" in key else 3000 for key in texts}
    assert {key: f"{lengths[key]} >= {most[key]}" for key in texts if lengths[key] >= most[key]} == {}


# What may precede a name: the start of a line, perhaps with a number or a state sign, or a mark.
HEAD = re.compile(r"(^|\n|(^|\n)\{\w+\}\.? |[^\w\s,.;!?}] ?)$")


def inside_a_sentence(text: str) -> list[str]:
    """Return the people whose names a Russian text uses where they would have to be declined.

    A name stands at the start of a line or behind a sign (a colon, an arrow, an emoji), in parentheses or in quotes.
    """
    bare = re.sub(r"<[^>]+>", "", text)
    fields = re.finditer(r"\{(name|who|whom|person|owner|invited|by)\}", bare)
    return [found[0] for found in fields if not HEAD.search(bare[: found.start()])]


def test_no_name_stands_inside_a_russian_sentence() -> None:
    assert inside_a_sentence("Удалить {name}?") == ["{name}"]
    assert inside_a_sentence("Пишет {count}, {who}") == ["{who}"]
    for fine in ("🗑 Удалить?\n👤 {name}", "Кто: <b>{who}</b>", "Конфиг «{name}»", "{who} → {person}: ок", "({by})"):
        assert inside_a_sentence(fine) == []
    wrong = {key for key, text in ru.TEXTS.items() if inside_a_sentence(text) and not key.startswith("fault_")}
    assert wrong == set()


def test_english_has_no_russian() -> None:
    russian = {key for key, text in en.TEXTS.items() if re.search("[а-яё]", text, re.I)}
    assert russian == set()


@pytest.mark.parametrize("name", ["<b>", "</b><a href='tg://x'>", "a & b", "{who}", "\u202eevil", "💥" * 64])
def test_a_name_stays_a_name(name: str) -> None:
    text = say("en", "already_approved", who=name)
    assert "<" not in text
    assert name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in text


def test_markup_is_put_in_as_it_is_and_plain_text_is_not_escaped() -> None:
    assert say("en", "already_approved", who=Markup("<b>x</b>")) == "Already approved by <b>x</b>."
    assert plain("en", "already_approved", who="<b>") == "Already approved by <b>."


@pytest.mark.parametrize(
    ("amount", "english", "russian"),
    [(0, "0 B", "0 Б"), (999, "999 B", "999 Б"), (1500, "1.50 KB", "1,50 КБ"), (15_300_000, "15.3 MB", "15,3 МБ"),
     (999_999_999, "1.00 GB", "1,00 ГБ"), (10**15, "1000 TB", "1000 ТБ")],
)  # fmt: skip
def test_sizes_are_written_for_people(amount: int, english: str, russian: str) -> None:
    assert (size("en", amount), size("ru", amount)) == (english, russian)


@pytest.mark.parametrize(
    ("kbit", "english", "russian"),
    [
        (10_000, "10 Mbit/s", "10 Мбит/с"), (2_500, "2.5 Mbit/s", "2,5 Мбит/с"), (100, "0.1 Mbit/s", "0,1 Мбит/с"),
        (MOST_KBIT, "10000 Mbit/s", "10000 Мбит/с"),
    ],
)  # fmt: skip
def test_speeds_are_written_for_people(kbit: int, english: str, russian: str) -> None:
    assert (speed("en", kbit), speed("ru", kbit)) == (english, russian)


def test_spans_and_months_are_written_for_people() -> None:
    assert [span("en", s) for s in (0, 59, 61, 3600, 7 * 86400)] == ["0 s", "59 s", "2 min", "1 h", "7 days"]
    days = {1: "1 день", 2: "2 дня", 5: "5 дней", 11: "11 дней", 13: "13 дней", 21: "21 день", 30: "30 дней"}
    assert [span("ru", count * 86400) for count in days] == [*days.values()]
    assert (span("en", 86400), span("en", 86401), span("ru", 7200)) == ("1 day", "2 days", "2 ч")
    assert (month_name("ru", "2026-03"), month_name("en", "2026-12")) == ("март 2026", "December 2026")


@pytest.mark.parametrize(
    ("write", "form", "english", "russian"),
    [(local_date, "d", "5 Mar 2026", "05.03.2026"), (local_date_time, "dt", "5 Mar 2026 14:05", "05.03.2026 14:05"),
     (local_short_date_time, "dt", "5 Mar 14:05", "05.03 14:05"),
     (lambda _, moment, zone: local_clock_time(moment, zone), "t", "14:05", "14:05")],
)  # fmt: skip
def test_telegram_shows_a_moment_in_the_readers_zone_and_old_apps_in_the_owners(
    write: Callable[[str, int, tzinfo], Markup], form: str, english: str, russian: str
) -> None:
    moment = int(datetime(2026, 3, 5, 14, 5, tzinfo=MOSCOW).timestamp())
    for language, words in (("en", english), ("ru", russian)):
        text, (entity,) = parse_html(write(language, moment, MOSCOW))
        assert (text, entity["type"], entity["unix_time"]) == (words, "date_time", moment)
        assert entity["date_time_format"] == form


def test_an_end_is_its_last_minute() -> None:
    midnight = int(datetime(2026, 3, 6, tzinfo=MOSCOW).timestamp())
    assert parse_html(end_date("en", midnight, MOSCOW))[0] == "5 Mar 2026 23:59"
    assert parse_html(end_date("ru", midnight + 1, MOSCOW))[0] == "06.03.2026 00:00"


@pytest.mark.parametrize("moment", [0, 2**31])
def test_a_moment_that_telegram_can_not_hold_is_only_words(moment: int) -> None:
    assert "<" not in local_date("en", moment, MOSCOW)


def test_a_moment_stays_markup_within_a_text() -> None:
    until = local_date_time("en", 1780000000, MOSCOW)
    assert until in say("en", "off_expired", until=until)


def test_no_text_says_an_end_in_other_words() -> None:
    """An end date is «действует до» and "expires", in all texts alike."""
    others = re.compile("works until|valid until|was over on|работает (до|по) {|срок .* вышел {", re.IGNORECASE)
    assert [key for key in en.TEXTS if others.search(en.TEXTS[key]) or others.search(ru.TEXTS[key])] == []


@pytest.mark.parametrize("language", [en, ru])
@pytest.mark.parametrize("key", ["outdated", "rollout_preview", "issue", "you_were_issued", "confirm_renew"])
def test_what_comes_by_itself_is_promised_as_one_file(language: ModuleType, key: str) -> None:
    assert "QR" not in language.TEXTS[key]
