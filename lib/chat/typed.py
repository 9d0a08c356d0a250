"""The table of what people type: what a plain text answers, and who may say it. lib/chat/routes.py has all else."""

from __future__ import annotations

from lib.chat.admin import (
    broadcast,
    invitations,
    limits,
    message,
    person_config,
    rejections,
    search,
    settings,
    tickets,
    without_telegram,
)
from lib.chat.friend import config, door, doorstep, writing
from lib.chat.gate import ADMIN, AT_THE_DOOR, INSIDE, STAFF, WAITING, WRITERS, PersonId, Route
from lib.settings import IN_CHAT
from lib.store.broadcasts import AUDIENCES

# What a plain text answers, by what users.awaiting says: a verb and its arguments, as in a button. The text comes first
# among the handler's arguments. Text from somebody at the door answers the picture.
TEXTS = {
    # friend/door
    "captcha": Route(AT_THE_DOOR, door.answer_text),
    # friend/doorstep
    "doorstep": Route(WAITING, doorstep.take_words),
    # friend/writing
    "writing": Route(WRITERS, writing.offer),
    # friend/config
    "config_name": Route(INSIDE, config.take_new_name, (int,)),
    # admin/rejections
    "reason_person": Route(STAFF, rejections.reject_person, (PersonId,)),
    "reason_request": Route(STAFF, rejections.reject_request, (int,)),
    # admin/search
    "search": Route(STAFF, search.take_words),
    # admin/without_telegram
    "added_name": Route(ADMIN, without_telegram.add),
    # admin/limits
    "person_gb": Route(ADMIN, limits.take_typed_quota, (PersonId,)),
    "person_mbit": Route(ADMIN, limits.take_typed_speed, (PersonId,)),
    # admin/message
    "person_note": Route(ADMIN, message.take_note, (PersonId,)),
    "letter": Route(ADMIN, message.preview_message, (PersonId,)),
    # admin/tickets
    "answer": Route(ADMIN, tickets.take_answer, (int,)),
    # admin/person_config
    "held_date": Route(ADMIN, person_config.take_date, (int,)),
    # admin/invitations
    "invite_name": Route(ADMIN, invitations.create, (invitations.KINDS, invitations.DAYS)),
    # admin/broadcast
    "broadcast_text": Route(ADMIN, broadcast.take_words, (AUDIENCES,)),
    # admin/settings
    "setting_value": Route(ADMIN, settings.take_value, (IN_CHAT,)),
}

# What handles a text that answers no question, by role.
UNASKED = {"pending": "doorstep", "approved": "writing", "helper": "writing", "admin": "search"}
