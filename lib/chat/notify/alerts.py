"""One message to each admin about everything that is wrong."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from lib import days
from lib.chat.phrases import clock_time, short_date_time, shorten, size, span
from lib.chat.screens import Keyboard, language_of, say_to, text_button
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.keeper_notes import Incident, Trouble, read_incident, write_incident
from lib.store.outbox import Outgoing, recipients


def follow(db: sqlite3.Connection, settings: Settings, found: Mapping[str, str], now: int) -> list[Outgoing]:
    """Bring the admins' messages to what is wrong now: kinds of trouble to their details.

    The first trouble, and one that comes when the message is no longer fresh, is a new message that can be heard;
    whatever else changes is written into it.
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
    left = _leave(db, settings, before) if before and begins else []
    return left + _tell(db, settings, after, now)


def progress(before: Incident | None, found: Mapping[str, str], now: int) -> Incident | None:
    """Carry an incident on: what is found lasts or begins, the rest of it is over. None: nothing is or was wrong."""
    if before is None and not found:
        return None
    known = before.troubles if before else {}
    troubles = {
        kind: trouble if trouble.over is not None or kind in found else replace(trouble, over=now)
        for kind, trouble in known.items()
    }
    for kind in sorted(found):
        old = known.get(kind)
        began = old.began if old and old.over is None else now
        troubles[kind] = Trouble(found[kind], began)
    return Incident(before.told_at if before else now, troubles)


def _subject(incident: Incident) -> str:
    return f"trouble:{incident.told_at}"


def _tell(db: sqlite3.Connection, settings: Settings, incident: Incident, now: int) -> list[Outgoing]:
    """Edit the incident's message of every admin, or send it to who has none while anything is wrong."""
    subject = _subject(incident)
    told = recipients(db, subject)
    messages = []
    for admin_id in settings.admin_ids:
        language = language_of(db, settings, admin_id)
        message = say_to(admin_id, describe(language, settings, incident, now), to_server(language), subject=subject)
        if admin_id in told:
            messages.append(replace(message, method="editMessageText"))
        elif incident.lasting:
            messages.append(message)
    return messages


def _leave(db: sqlite3.Connection, settings: Settings, incident: Incident) -> list[Outgoing]:
    """Say in the messages that are too old to be heard that a newer one goes on."""
    told = recipients(db, _subject(incident))
    return [
        replace(
            say_to(admin_id, say(language_of(db, settings, admin_id), "alert_goes_on"), subject=_subject(incident)),
            method="editMessageText",
        )
        for admin_id in settings.admin_ids
        if admin_id in told
    ]


def to_server(language: str) -> Keyboard:
    """The way to the server's screen, which comes below: the message itself stays."""
    return [[text_button(language, "status_button", "server")]]


def describe(language: str, settings: Settings, incident: Incident, now: int) -> Markup:
    """Write an incident: what lasts, in full, then a line for each trouble that is over."""
    lasting = incident.lasting
    blocks = [
        Markup(
            trouble(language, settings, kind, found.detail)
            + say(language, "alert_since", at=_moment(language, settings, found.began, now))
        )
        for kind, found in sorted(lasting.items(), key=lambda item: item[1].began)
    ]
    past = [_past(language, settings, kind, found, now) for kind, found in incident.troubles.items() if found.over]
    if not lasting:
        began = min(found.began for found in incident.troubles.values())
        blocks.append(say(language, "alert_over", span=span(language, now - began)))
    return Markup("\n\n".join([*blocks, *(["\n".join(past)] if past else [])]))


def _past(language: str, settings: Settings, kind: str, found: Trouble, now: int) -> Markup:
    words = say(language, f"over_{kind}", interface=settings.awg_interface)
    began, over = (_moment(language, settings, at, now) for at in (found.began, found.over or now))
    return Markup(words + say(language, "alert_lasted", began=began, over=over))


def _moment(language: str, settings: Settings, at: int, now: int) -> str:
    """Write a time of day, with its date unless it is today's."""
    if days.day_of(at, settings.timezone) == days.day_of(now, settings.timezone):
        return clock_time(at, settings.timezone)
    return short_date_time(language, at, settings.timezone)


def reason(language: str, settings: Settings, kind: str) -> str:
    """Say in words why the awg tool failed, and what to do."""
    return plain(language, f"reason_{kind}", interface=settings.awg_interface)


def trouble(language: str, settings: Settings, kind: str, detail: str) -> Markup:
    """Describe a trouble and what to do.

    `detail`: an AwgError's kind, JSON of a ParametersError's faults, seconds by which the clock jumped, the moment
    since which nothing was heard or done, bytes that are free on the disk, or words.
    """
    words = reason(language, settings, detail) if kind in ("interface", "making") else ""
    if kind == "parameters":
        detail = "\n".join(plain(language, key, **values) for key, values in json.loads(detail))
    elif kind == "clock":
        way = "clock_ahead" if int(detail) > 0 else "clock_back"
        detail = plain(language, way, span=span(language, abs(int(detail))))
    elif kind in ("silence", "sampling"):
        detail = short_date_time(language, int(detail), settings.timezone)
    elif kind == "disk":
        detail = size(language, int(detail))
    return say(language, f"trouble_{kind}", detail=_cut(detail), interface=settings.awg_interface, reason=words)


def _cut(detail: str) -> str:
    """Leave of a long detail what a message has room for."""
    lines = [shorten(line, LETTERS) for line in detail.splitlines()]
    return "\n".join([*lines[:LINES], *(["…"] if len(lines) > LINES else [])])


def other_troubles(db: sqlite3.Connection, language: str, settings: Settings) -> Markup:
    """List what is wrong besides the interface, which the server's screen tells above."""
    incident = read_incident(db)
    told = [
        trouble(language, settings, kind, found.detail)
        for kind, found in (incident.lasting if incident else {}).items()
        if kind != "interface"
    ]
    return Markup("".join(f"\n\n{text}" for text in told))


SILENT_SECONDS = 3600  # how old the message may be for a further trouble to be written into it without a sound


LINES, LETTERS = 5, 200  # of a trouble's detail, which may name hundreds of addresses
