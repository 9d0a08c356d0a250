"""One message to each admin about everything that is wrong."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from lib import days
from lib.chat.phrases import local_clock_time, local_short_date_time, shorten, size, span
from lib.chat.screens import Compose, Keyboard, tell_admins, text_button
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.keeper_notes import Incident, Trouble, read_incident, write_incident
from lib.store.outbox import Outgoing, recipients

SILENT_SECONDS = 3600  # for which a message is fresh: further troubles are added to it without a sound
LINES, LINE_LENGTH = 5, 200  # of a trouble's detail, which may list hundreds of addresses
WAY_OUT_LINES = 9  # the commands that mend the way out come in several
IN_CONTAINER = {"no_interface": "reason_no_container"}  # other texts if the interface is in a container
IN_CONTAINER |= dict.fromkeys(("missing", "not_permitted", "failed"), "reason_docker")
_RESTART = "systemctl restart awg-quick@{}"
ROOM = 3000  # characters for all texts of a message; as much as Telegram leaves beside times and the server's numbers


def follow(db: sqlite3.Connection, settings: Settings, found: Mapping[str, str], now: int) -> list[Outgoing]:
    """Update the admins' messages with the troubles found, by kind with their detail.

    The first trouble, and any that comes once the message is no longer fresh, is a new message; the rest are edits.
    """
    before = read_incident(db)
    after = progress(before, found, now)
    if after is None or (before and after.troubles == before.troubles):
        return []
    news = after.lasting.keys() - (before.lasting.keys() if before else ())
    begins = before is None or (bool(news) and not 0 <= now - before.told_at < SILENT_SECONDS)
    if begins:
        after = replace(after, told_at=now)
    write_incident(db, after)
    messages = []
    if before and begins:
        messages += _tell(db, settings, before, lambda language: (say(language, "alert_goes_on"), None), only_edit=True)
    return messages + _tell(db, settings, after, partial(_describe, settings, after, now), only_edit=not after.lasting)


def progress(before: Incident | None, found: Mapping[str, str], now: int) -> Incident | None:
    """Return the incident with what was found: the rest of its troubles are over. None: nothing is or was wrong."""
    if before is None and not found:
        return None
    known, lasting = (before.troubles, before.lasting) if before else ({}, {})
    over = {kind: replace(trouble, over=now) for kind, trouble in lasting.items() if kind not in found}
    wrong = {kind: Trouble(found[kind], lasting[kind].began if kind in lasting else now) for kind in sorted(found)}
    return Incident(before.told_at if before else now, {**known, **over, **wrong})


def _tell(
    db: sqlite3.Connection, settings: Settings, incident: Incident, compose: Compose, only_edit: bool
) -> list[Outgoing]:
    """Edit the incident's message to every admin, and send it to those who have none."""
    subject = f"trouble:{incident.told_at}"
    told = recipients(db, subject)
    return [
        replace(message, method="editMessageText") if message.chat_id in told else message
        for message in tell_admins(db, settings, compose, subject)
        if message.chat_id in told or not only_edit
    ]


def _describe(settings: Settings, incident: Incident, now: int, language: str) -> tuple[Markup, Keyboard]:
    """Describe ongoing troubles in full, then each ended one in a line; the button shows the server below."""
    lasting = sorted(incident.lasting.items(), key=lambda item: item[1].began)
    texts = _fit([trouble(language, settings, kind, found.detail) for kind, found in lasting])
    blocks = [
        text + say(language, "alert_since", at=_moment(language, settings, found.began, now))
        for text, (_, found) in zip(texts, lasting, strict=True)
    ]
    if not blocks:
        began = min(found.began for found in incident.troubles.values())
        blocks.append(say(language, "alert_over", span=span(language, now - began)))
    past = []
    for kind, found in incident.troubles.items():
        if found.over:
            start, end = (_moment(language, settings, at, now) for at in (found.began, found.over))
            words = say(language, f"over_{kind}", interface=settings.awg_interface)
            past.append(words + say(language, "alert_lasted", began=start, over=end))
    text = Markup("\n\n".join([*blocks, *(["\n".join(past)] if past else [])]))
    return text, [[text_button(language, "status_button", "server")]]


def _moment(language: str, settings: Settings, at: int, now: int) -> Markup:
    """Format a time of day, with the date unless it is today."""
    if days.day_of(at, settings.timezone) == days.day_of(now, settings.timezone):
        return local_clock_time(at, settings.timezone)
    return local_short_date_time(language, at, settings.timezone)


def trouble(language: str, settings: Settings, kind: str, detail: str) -> Markup:
    """Describe a trouble and what to do about it; `detail` is words, or a kind, JSON, seconds, a time or bytes."""
    if kind == "interface":
        words = reason(language, settings, detail)
    elif kind == "making":
        words = plain(language, f"reason_{detail}", interface=settings.awg_interface)
    elif kind == "outside":
        values = {name: _cut(text) for name, text in json.loads(detail).items()}
        return say(language, "trouble_outside", interface=settings.awg_interface, **values)
    elif kind in ("parameters", "way_out"):
        found = "\n".join(plain(language, key, **values) for key, values in json.loads(detail))
        words = _cut(found, WAY_OUT_LINES if kind == "way_out" else LINES)
    elif kind == "clock":
        way = "clock_ahead" if int(detail) > 0 else "clock_back"
        words = plain(language, way, span=span(language, abs(int(detail))))
    elif kind in ("silence", "sampling"):
        words = local_short_date_time(language, int(detail), settings.timezone)
    elif kind == "fence":
        words = fence_reason(language, settings, detail)
    elif kind == "files":
        words = files_reason(language, settings, detail)
    elif kind == "disk":
        words = size(language, int(detail))
    else:
        words = _cut(detail)
    values = {"interface": settings.awg_interface, "container": settings.container}
    restart = f"docker restart {settings.container}" if settings.container else _RESTART.format(settings.awg_interface)
    return say(language, f"trouble_{kind}", detail=words, reason=words, restart=restart, **values)


def reason(language: str, settings: Settings, kind: str) -> str:
    """Explain why the interface can't be reached, and what to do about it."""
    inside = IN_CONTAINER.get(kind) if settings.container else None
    return plain(language, inside or f"reason_{kind}", interface=settings.awg_interface, container=settings.container)


def fence_reason(language: str, settings: Settings, detail: str) -> str:
    """Explain why speeds can't be limited; a container may lack the tools for that."""
    if settings.container and re.search(r"not found|\(127\)", detail):
        return plain(language, "fence_no_tools", container=settings.container)
    return _cut(detail)


def files_reason(language: str, settings: Settings, detail: str) -> str:
    """Explain why a container's files can't be kept up to date."""
    return plain(language, "files_list", container=settings.container) if detail == "list" else _cut(detail)


def _cut(detail: str, most: int = LINES) -> str:
    """Shorten a long detail to what a message has room for."""
    lines = [shorten(line, LINE_LENGTH) for line in detail.splitlines()]
    return "\n".join([*lines[:most], *(["…"] if len(lines) > most else [])])


def _fit(texts: Sequence[Markup]) -> list[Markup]:
    """Cut the longest texts down to their headings until all of them fit into one message."""
    fitting = [*texts]
    while sum(map(len, fitting)) > ROOM:
        longest = max(fitting, key=len)
        fitting[fitting.index(longest)] = Markup(longest.partition("\n")[0])
    return fitting


def other_troubles(db: sqlite3.Connection, language: str, settings: Settings) -> Markup:
    """List what is wrong besides the interface, which the server's screen shows above."""
    lasting = incident.lasting if (incident := read_incident(db)) else {}
    texts = [trouble(language, settings, kind, one.detail) for kind, one in lasting.items() if kind != "interface"]
    return Markup("".join(f"\n\n{text}" for text in _fit(texts)))


def headings(db: sqlite3.Connection, language: str, settings: Settings) -> list[Markup]:
    """List the first line of each current trouble."""
    lasting = incident.lasting if (incident := read_incident(db)) else {}
    texts = (trouble(language, settings, kind, one.detail) for kind, one in lasting.items())
    return [Markup(text.partition("\n")[0]) for text in texts]
