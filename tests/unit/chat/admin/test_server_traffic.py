"""The traffic of the whole server: by day, by hour, and who uses it most; empty, full, and long ago."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections import Counter

import pytest
from PIL import Image, ImageColor

from lib.chat.attachments import render
from lib.chat.drawing import chart
from lib.chat.files import month_chart
from lib.chat.phrases import month_name, short_date_time
from lib.store import hours
from lib.store.users import add_user
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import NOON, Desk, text_of
from tests.unit.stage import MOSCOW

HOUR = 3600
GB = 10**9


def use(desk: Desk, who: int, day: str, received: int, sent: int) -> None:
    """Add a day's traffic to a friend's first config."""
    row = desk.db.execute("SELECT id FROM configs WHERE user_id = ?", (who,)).fetchone()
    config_id = row[0] if row else hold_config(desk.db, who, desk.now)
    desk.db.execute("INSERT INTO stats VALUES (?, ?, ?, ?)", (config_id, day, received, sent))


def befriend(desk: Desk, who: int, name: str) -> None:
    add_user(desk.db, who, None, name, "en", desk.now)


def buttons(row: sqlite3.Row) -> list[str]:
    keyboard = json.loads(row["params"])["reply_markup"]["inline_keyboard"]
    return [button["callback_data"] for line in keyboard for button in line]


def tapped(desk: Desk, data: str, on_picture: bool = False) -> list[sqlite3.Row]:
    """Tap as the first admin; return what follows the answer."""
    shown = {"message_id": 5, "date": desk.now, **({"photo": []} if on_picture else {"text": "…"})}
    rows = desk.taps(1, data, shown)
    assert [complaint for row in rows for complaint in complaints(row)] == []
    return [row for row in rows if row["method"] != "answerCallbackQuery"]


def picture(desk: Desk, row: sqlite3.Row) -> Image.Image:
    made = render(desk.db, desk.settings, row["attachment"], desk.now)
    assert made is not None
    assert made.mime == "image/png"
    return Image.open(io.BytesIO(made.content)).convert("RGB")


def bars(image: Image.Image) -> int:
    """Count the columns of pixels in which anything was downloaded."""
    colour = ImageColor.getrgb(chart._DOWN)
    field = image.crop((0, chart._BOTTOM - 6, image.width, chart._BOTTOM - 2))
    return Counter(field.get_flattened_data())[colour] // 4


def test_it_works(desk: Desk) -> None:
    befriend(desk, 100, "Anna")
    use(desk, 100, "2026-05-03", 1 * GB, 20 * GB)
    use(desk, 100, "2026-05-28", 2 * GB, 3 * GB)
    status = text_of(tapped(desk, "status")[0])
    assert "⬇️ 23.0 GB  ⬆️ 3.00 GB" in status
    (photo, gone) = tapped(desk, "by_day:now")
    assert (photo["method"], gone["method"]) == ("sendPhoto", "deleteMessage")
    assert "May 2026" in text_of(photo)
    assert "⬇️ 23.0 GB  ⬆️ 3.00 GB" in text_of(photo)
    assert "Busiest day: 3 May, 21.0 GB" in text_of(photo)
    assert bars(picture(desk, photo)) > 0


def test_the_server_screen_leads_to_every_chart_and_back(desk: Desk) -> None:
    assert {"by_day:now", "by_hour", "top:0"} <= set(buttons(tapped(desk, "status")[0]))
    for data in ("by_day:now", "by_hour"):
        assert "server" in buttons(tapped(desk, data)[0])
    assert "status" in buttons(tapped(desk, "top:0")[0])
    back = tapped(desk, "server", on_picture=True)
    assert [row["method"] for row in back] == ["sendMessage", "deleteMessage"]
    assert "Server" in text_of(back[0])


def test_months_go_from_the_first_counted_one_to_the_present(desk: Desk) -> None:
    befriend(desk, 100, "Anna")
    use(desk, 100, "2026-03-31", 1, 1)
    ways = {month: [data for data in buttons(tapped(desk, f"by_day:{month}")[0]) if "by_day" in data]
            for month in ("2026-05", "2026-04", "2026-03")}  # fmt: skip
    assert ways == {
        "2026-05": ["by_day:2026-04"], "2026-04": ["by_day:2026-03", "by_day:2026-05"], "2026-03": ["by_day:2026-04"]
    }  # fmt: skip
    assert "Total: ⬇️ 0 B" in text_of(tapped(desk, "by_day:2026-04")[0])


@pytest.mark.parametrize(
    "month", ["2026-02", "2026-06", "2026-13", "2026-00", "0000-01", "", "x", "２０２６-05", "2026-05\n"]
)
def test_a_month_that_is_not_offered_is_refused(desk: Desk, month: str) -> None:
    befriend(desk, 100, "Anna")
    use(desk, 100, "2026-03-31", 1, 1)
    (answer,) = desk.taps(1, f"by_day:{month}")
    assert json.loads(answer["params"])["show_alert"] is True


def test_today_is_marked_only_in_its_own_month(desk: Desk) -> None:
    befriend(desk, 100, "Anna")
    use(desk, 100, "2026-04-28", 1, 1)
    use(desk, 100, "2026-05-02", 1, 1)
    marked = ImageColor.getrgb(chart._NOW)
    for month, there in (("2026-05", True), ("2026-04", False)):
        image = picture(desk, tapped(desk, f"by_day:{month}")[0])
        assert (Counter(image.get_flattened_data())[marked] > 0) is there


def test_an_empty_server_has_pictures_too(desk: Desk) -> None:
    for data in ("by_day:now", "by_hour"):
        (photo, _) = tapped(desk, data)
        assert "Total: ⬇️ 0 B  ⬆️ 0 B" in text_of(photo)
        assert bars(picture(desk, photo)) == 0
    assert "No one has had any traffic" in text_of(tapped(desk, "top:0")[0])


def test_the_last_two_days_have_a_bar_for_each_hour_in_which_anything_moved(desk: Desk) -> None:
    last = NOON - NOON % HOUR
    for ago in (0, 1, 47, 48, 100):
        hours.add_traffic(desk.db, (5, 10**ago if ago < 2 else 7), last - ago * HOUR, last - ago * HOUR + 1)
        hours.note_online(desk.db, 9 if ago == 47 else 1, last - ago * HOUR)
    (photo, _) = tapped(desk, "by_hour")
    at = short_date_time("en", last - 47 * HOUR, MOSCOW)
    assert f"online at once: 9 ({at})" in text_of(photo)
    assert "⬇️ 18 B  ⬆️ 15 B" in text_of(photo)
    lone = bars(picture(desk, photo))
    hours.add_traffic(desk.db, (5, 10), last - 20 * HOUR, last - 20 * HOUR + 1)
    assert bars(picture(desk, photo)) * 3 == lone * 4


def test_the_hours_0_6_12_and_18_are_named_as_on_a_clock(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(chart, "draw_days", lambda days, **words: drawn.extend(day[0] for day in days) or b"")
    render(desk.db, desk.settings, f"server_hours:1:{NOON - NOON % HOUR}", desk.now)
    assert len(drawn) == 48
    names = [label for label in drawn if label]
    first = ["0:00", "6:00", "12:00", "18:00"].index(names[0].partition("\n")[0])
    assert [name.partition("\n")[0] for name in names] == [f"{(first + n) * 6 % 24}:00" for n in range(8)]
    assert all(re.fullmatch(r"0:00\n\d+ [A-Z][a-z]{2}", name) for name in names if name.startswith("0:00"))


@pytest.mark.parametrize(
    ("day", "named"), [(28, "1 5 10 15 20 25 28"), (1, "1 5 10 15 20 25 30"), (17, "1 5 10 17 20 25 30")]
)
def test_a_months_labels_leave_room_for_todays(
    desk: Desk, day: int, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(chart, "draw_days", lambda days, **words: drawn.extend(one[0] for one in days) or b"")
    month_chart("en", "2026-05", {}, f"2026-05-{day:02}", "x")
    assert [label for label in drawn if label] == named.split()


@pytest.mark.parametrize(("who", "language"), [(1, "en"), (2, "ru")])
def test_charts_are_in_the_language_of_whoever_asks(
    desk: Desk, who: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(chart, "draw_days", lambda days, **words: drawn.append(words["title"]) or b"")
    for reference in (f"server_days:{who}:2026-05", f"server_hours:{who}:{NOON - NOON % HOUR}"):
        render(desk.db, desk.settings, reference, desk.now)
    assert drawn == [month_name(language, "2026-05"), {"en": "last 48 hours", "ru": "последние 48 часов"}[language]]


def test_the_top_is_sorted_numbered_and_has_ten_on_a_page(desk: Desk) -> None:
    for number in range(25):
        befriend(desk, 200 + number, f"Friend {number}")
        use(desk, 200 + number, "2026-05-02", number, 1000 * (number + 1))
    (first,) = tapped(desk, "top:0")
    assert "With traffic: 25" in text_of(first)
    assert "\n1. Friend 24: ⬇️ 25.0 KB  ⬆️ 24 B\n2. Friend 23:" in text_of(first)
    assert buttons(first) == ["top:1", "status"]
    (last,) = tapped(desk, "top:2")
    assert "\n21. Friend 4:" in text_of(last)
    assert text_of(last).endswith("25. Friend 0: ⬇️ 1.00 KB  ⬆️ 0 B")
    assert buttons(last) == ["top:1", "status"]
    assert text_of(tapped(desk, "top:77")[0]) == text_of(first), "a page that is gone"


@pytest.mark.parametrize("name", ["<b>x", "💥" * 64, "A" * 128, "a & b", "{who}"])
def test_names_in_the_top_are_escaped_and_shortened(desk: Desk, name: str) -> None:
    for number in range(10):
        befriend(desk, 200 + number, name)
        use(desk, 200 + number, "2026-05-02", 1, 1)
    text = text_of(tapped(desk, "top:0")[0])
    assert "<b>x" not in text
    assert len(text) < 1000


def test_people_who_left_are_not_in_the_top_but_in_the_sums(desk: Desk) -> None:
    befriend(desk, 200, "Gone")
    use(desk, 200, "2026-05-02", 5, 5)
    desk.db.execute("UPDATE configs SET revoked_at = 1, private_key = NULL, preshared_key = NULL, user_id = NULL")
    assert "No one has had any traffic" in text_of(tapped(desk, "top:0")[0])
    assert "Total: ⬇️ 5 B  ⬆️ 5 B" in text_of(tapped(desk, "by_day:now")[0])
