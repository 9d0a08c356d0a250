"""English: how numbers, dates and tables are written, and every text, a file a screen.

All languages have the same files, with the same keys in the same order.
"""

from lib.chat.texts.en import (
    account,
    alerts,
    apps,
    audit_log,
    broadcast,
    commands,
    config,
    console,
    decisions,
    diagnosis,
    door,
    export,
    foreign_peers,
    invitations,
    languages,
    menu,
    obfuscation,
    panel,
    people,
    person,
    person_config,
    refusals,
    reminders,
    request,
    rollout,
    server_traffic,
    settings,
    shared,
    status,
    traffic,
    waiting,
)

UNITS = ("B", "KB", "MB", "GB", "TB")
DECIMAL_POINT = "."
SPANS = ("d", "h", "min", "s")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DATE, SHORT_DATE = "{day} {month_name:.3} {year}", "{day} {month_name:.3}"
SEPARATOR = ","  # between the cells of a CSV file, as a spreadsheet in this language expects

FILES = (
    shared, refusals, languages, apps,
    door, menu, request, config, diagnosis, traffic, account,
    panel, waiting, decisions, people, person, person_config, invitations, broadcast, audit_log, settings, export, status,
    server_traffic, rollout, foreign_peers, reminders, alerts, obfuscation, commands, console,
)  # fmt: skip
TEXTS = {key: text for file in FILES for key, text in file.TEXTS.items()}
