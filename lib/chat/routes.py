"""The table of routes: every verb, who may use it, and its handler. Anything else is refused."""

from __future__ import annotations

from lib.chat.admin import (
    apps_in_use,
    audit_log,
    broadcast,
    claims,
    decisions,
    export,
    foreign_owners,
    foreign_peers,
    invitations,
    issue,
    limits,
    message,
    panel,
    people,
    person,
    person_config,
    person_configs,
    person_more,
    person_ways,
    ports,
    rejections,
    rollout,
    search,
    server_traffic,
    settings,
    status,
    taking_back,
    tickets,
    waiting,
    ways,
    without_telegram,
)
from lib.chat.apps import AMNEZIA
from lib.chat.devices import PLATFORMS
from lib.chat.friend import (
    account,
    another_way,
    claiming,
    config,
    config_options,
    configs,
    diagnosis,
    door,
    joining,
    menu,
    request,
    steps,
    traffic,
    wishes,
    writing,
)
from lib.chat.gate import ADMIN, AT_THE_DOOR, FRIENDS, INSIDE, OUTSIDE, STAFF, WRITERS, PersonId, Route
from lib.chat.keyboards import LIST, NOTICE, ORIGINS
from lib.chat.start import start
from lib.settings import IN_CHAT
from lib.store.broadcasts import AUDIENCES

COMMANDS = {
    "start": Route(INSIDE | OUTSIDE, start, (str,), defaults=("",)),
    "configs": Route(INSIDE, configs.list_configs),
    "stats": Route(INSIDE, traffic.show_present),
    "help": Route(INSIDE, menu.help_page),
    "language": Route(INSIDE | OUTSIDE, menu.switch_language),
    "status": Route(ADMIN, status.status),
    "requests": Route(STAFF, waiting.overview, (int,), defaults=(0,)),
}

BUTTONS = {
    # friend/door
    "digit": Route(AT_THE_DOOR, door.digit, (int, int)),
    "erase": Route(AT_THE_DOOR, door.erase, (int,)),
    "another": Route(AT_THE_DOOR, door.another, (int,)),
    # friend/joining
    "join": Route(FRIENDS, joining.join, (str,)),
    # friend/menu
    "menu": Route(INSIDE, menu.menu),
    "leave": Route(INSIDE, menu.leave),
    "language": Route(INSIDE, menu.switch_language),
    "help": Route(INSIDE, menu.help_page),
    # friend/request
    "new": Route(INSIDE, request.choose_device),
    "device": Route(INSIDE, request.ask, (PLATFORMS,)),
    "asked": Route(INSIDE, request.show_asked, (int,)),
    "asked_with": Route(INSIDE, request.choose_app, (int, AMNEZIA)),
    "asked_store": Route(INSIDE, request.show_store, (int,)),
    "cancel": Route(INSIDE, request.cancel, (int,)),
    "confirm_renew": Route(INSIDE, request.confirm_renewal, (int,)),
    "renew": Route(INSIDE, request.renew, (int,)),
    # friend/configs
    "configs": Route(INSIDE, configs.list_configs),
    "configs_page": Route(INSIDE, configs.list_page, (int,)),
    # friend/config
    "config": Route(INSIDE, config.show_page, (int,)),
    "qr": Route(INSIDE, config.send_qr, (int,)),
    "file": Route(INSIDE, config.send_file, (int,)),
    "key": Route(INSIDE, config.send_key, (int,)),
    "rename": Route(INSIDE, config.ask_new_name, (int,)),
    "confirm_delete": Route(INSIDE, config.confirm_deletion, (int,)),
    "delete": Route(INSIDE, config.delete_config, (int,)),
    # friend/steps
    "steps": Route(INSIDE, steps.show_steps, (int,)),
    "steps_on": Route(INSIDE, steps.choose_platform, (int, PLATFORMS)),
    "steps_with": Route(INSIDE, steps.choose_app, (int, AMNEZIA)),
    "steps_store": Route(INSIDE, steps.show_store, (int,)),
    "later": Route(INSIDE, steps.put_off, (int,)),
    # friend/config_options
    "options": Route(INSIDE, config_options.overview, (int,)),
    "dns": Route(INSIDE, config_options.choose_dns, (int, int)),
    "routes": Route(INSIDE, config_options.choose_routes, (int, int)),
    # friend/diagnosis
    "problem": Route(INSIDE, diagnosis.choose, (int,)),
    "trouble": Route(INSIDE, diagnosis.diagnose, (int,)),
    "complain": Route(INSIDE, diagnosis.complain, (int,)),
    "another_way": Route(INSIDE, another_way.try_next, (int, int)),
    "watch_again": Route(INSIDE, another_way.watch_again, (int, int)),
    "stop_trying": Route(INSIDE, another_way.stop, (int,)),
    # friend/claiming
    "claims": Route(WRITERS, claiming.list_names, (int,)),
    "claim": Route(WRITERS, claiming.ask_proof, (int,)),
    "claim_begin": Route(WRITERS, claiming.begin, (int,)),
    "claim_stop": Route(WRITERS, claiming.stop, (int,)),
    # friend/writing
    "write_send": Route(INSIDE, writing.send, (int,)),
    "look_first": Route(INSIDE, writing.look_first),
    # friend/wishes
    "more": Route(INSIDE, wishes.ask_more_traffic),
    "extend": Route(INSIDE, wishes.ask_more_time, (int,)),
    # friend/traffic
    "stats": Route(INSIDE, traffic.show_present),
    "month": Route(INSIDE, traffic.show_month, (str,)),
    "year": Route(INSIDE, traffic.show_year),
    # friend/account
    "account": Route(INSIDE, account.show_account),
    "confirm_goodbye": Route(INSIDE, account.confirm_goodbye),
    "goodbye": Route(INSIDE, account.say_goodbye),
    # admin/panel
    "panel": Route(STAFF, panel.panel),
    # admin/waiting
    "requests": Route(STAFF, waiting.overview, (int,), defaults=(0,)),
    "asker": Route(STAFF, waiting.show_asker, (PersonId, (NOTICE, LIST)), defaults=(LIST,)),
    "request": Route(STAFF, waiting.show_request, (int, (NOTICE, LIST)), defaults=(LIST,)),
    # admin/decisions
    "decide": Route(STAFF, decisions.decide, (PersonId, str, str, ORIGINS), defaults=(NOTICE,)),
    "admit": Route(STAFF, decisions.admit, (PersonId, ORIGINS), defaults=(NOTICE,)),
    "confirm_block": Route(STAFF, decisions.confirm_block, (PersonId, ORIGINS), defaults=(NOTICE,)),
    "judge": Route(STAFF, decisions.judge, (int, ("approved", "rejected"), (NOTICE, LIST)), defaults=(NOTICE,)),
    # admin/rejections
    "reject": Route(STAFF, rejections.choose_person_reason, (PersonId, ORIGINS), defaults=(NOTICE,)),
    "reject_as": Route(STAFF, rejections.reject_person_as, (PersonId, rejections.PERSON_REASONS, ORIGINS)),
    "turn_down": Route(STAFF, rejections.choose_request_reason, (int, (NOTICE, LIST)), defaults=(NOTICE,)),
    "turn_down_as": Route(STAFF, rejections.reject_request_as, (int, rejections.REQUEST_REASONS, (NOTICE, LIST))),
    "why_person": Route(STAFF, rejections.ask_person_reason, (PersonId, ORIGINS), defaults=(NOTICE,)),
    "why_request": Route(STAFF, rejections.ask_request_reason, (int, (NOTICE, LIST)), defaults=(NOTICE,)),
    "appoint": Route(ADMIN, decisions.confirm_appointment, (PersonId,)),
    "helper": Route(ADMIN, decisions.set_help, (PersonId, ("on", "off"))),
    # admin/people
    "people": Route(STAFF, people.list_screen, (str, int)),
    "filters": Route(STAFF, people.choose_filter),
    # admin/search
    "search": Route(STAFF, search.ask_words),
    # admin/person
    "person": Route(STAFF, person.show_person, (PersonId,)),
    "confirm_expel": Route(ADMIN, person.confirm_expulsion, (PersonId,)),
    "expel": Route(ADMIN, person.expel, (PersonId,)),
    # admin/person_more
    "person_more": Route(STAFF, person_more.show_more, (PersonId,)),
    # admin/issue
    "issue": Route(ADMIN, issue.choose_device, (PersonId,)),
    "issue_as": Route(ADMIN, issue.issue, (PersonId, PLATFORMS)),
    # admin/without_telegram
    "add_person": Route(ADMIN, without_telegram.ask_name),
    "add_found": Route(ADMIN, without_telegram.add_found, (int,)),
    "invite_person": Route(ADMIN, without_telegram.confirm_invitation, (PersonId,)),
    "invite_person_now": Route(ADMIN, without_telegram.invite, (PersonId,)),
    # admin/limits
    "person_quotas": Route(ADMIN, limits.choose_quota, (PersonId,)),
    "person_quota": Route(ADMIN, limits.take_quota, (PersonId, limits.QUOTAS)),
    "person_own_quota": Route(ADMIN, limits.ask_quota, (PersonId,)),
    "person_speeds": Route(ADMIN, limits.choose_speed, (PersonId,)),
    "person_speed": Route(ADMIN, limits.take_speed, (PersonId, limits.SPEEDS)),
    "person_own_speed": Route(ADMIN, limits.ask_speed, (PersonId,)),
    "person_limits": Route(ADMIN, limits.choose_limit, (PersonId,)),
    "person_limit": Route(ADMIN, limits.take_limit, (PersonId, limits.LIMITS)),
    # admin/message
    "note": Route(ADMIN, message.ask_note, (PersonId,)),
    "note_clear": Route(ADMIN, message.clear_note, (PersonId,)),
    "write": Route(ADMIN, message.ask_message, (PersonId,)),
    "letter_send": Route(ADMIN, message.send_message, (PersonId, int)),
    # admin/tickets
    "ticket": Route(ADMIN, tickets.show_ticket, (int, (NOTICE, LIST)), defaults=(NOTICE,)),
    "ticket_reply": Route(ADMIN, tickets.ask_answer, (int,)),
    "ticket_person": Route(ADMIN, tickets.show_person, (int,)),
    "ticket_file": Route(ADMIN, tickets.send_file, (int,)),
    "ticket_done": Route(ADMIN, tickets.finish, (int,)),
    "grant": Route(ADMIN, tickets.grant, (int, tickets.GRANTS, tickets.AMOUNTS), defaults=("0",)),
    # admin/claims
    "claim_card": Route(ADMIN, claims.show_claim, (int, (NOTICE, LIST)), defaults=(NOTICE,)),
    "claim_judge": Route(ADMIN, claims.judge, (int, claims.DECISIONS, (NOTICE, LIST)), defaults=(NOTICE,)),
    # admin/person_configs
    "holdings": Route(STAFF, person_configs.list_configs, (PersonId, int)),
    # admin/person_config
    "held": Route(STAFF, person_config.show_config, (int,)),
    "held_pause": Route(ADMIN, person_config.pause, (int,)),
    "held_resume": Route(ADMIN, person_config.resume, (int,)),
    "held_send": Route(ADMIN, person_config.send_again, (int,)),
    "confirm_held_delete": Route(ADMIN, person_config.confirm_deletion, (int,)),
    "held_delete": Route(ADMIN, person_config.delete_config, (int,)),
    "held_expiry": Route(ADMIN, person_config.choose_expiry, (int,)),
    "held_until": Route(ADMIN, person_config.take_span, (int, person_config.SPANS)),
    "held_own_date": Route(ADMIN, person_config.ask_date, (int,)),
    # admin/person_ways
    "held_way": Route(ADMIN, person_ways.try_next, (int, int)),
    "held_watch": Route(ADMIN, person_ways.watch_again, (int, int)),
    "held_stop": Route(ADMIN, person_ways.stop, (int,)),
    # admin/invitations
    "invitations": Route(ADMIN, invitations.overview, (int,)),
    "invitation": Route(ADMIN, invitations.show_invitation, (int,)),
    "invitation_qr": Route(ADMIN, invitations.send_qr, (int,)),
    "invite": Route(ADMIN, invitations.choose_kind),
    "invite_for": Route(ADMIN, invitations.ask_name, (invitations.KINDS, invitations.DAYS)),
    "confirm_uninvite": Route(ADMIN, invitations.confirm_end, (int,)),
    "uninvite": Route(ADMIN, invitations.end, (int,)),
    # admin/broadcast
    "broadcast": Route(ADMIN, broadcast.overview),
    "audience": Route(ADMIN, broadcast.choose_audience, (AUDIENCES,)),
    "broadcast_send": Route(ADMIN, broadcast.send, (int,)),
    "broadcast_change": Route(ADMIN, broadcast.change, (int,)),
    "broadcast_cancel": Route(ADMIN, broadcast.cancel, (int,)),
    "broadcast_watch": Route(ADMIN, broadcast.watch, (int,)),
    "broadcast_stop": Route(ADMIN, broadcast.stop, (int,)),
    # admin/audit_log
    "history": Route(ADMIN, audit_log.overview, (PersonId, int)),
    "history_file": Route(ADMIN, audit_log.send_file, (PersonId,)),
    # admin/settings
    "settings": Route(ADMIN, settings.overview),
    "setting": Route(ADMIN, settings.show_setting, (IN_CHAT,)),
    "set": Route(ADMIN, settings.choose, (IN_CHAT, str)),
    "unset": Route(ADMIN, settings.unset, (IN_CHAT,)),
    # admin/status
    "status": Route(ADMIN, status.status),
    "backup": Route(ADMIN, status.send_backup),
    # admin/apps_in_use
    "apps": Route(ADMIN, apps_in_use.overview),
    "apps_lacking": Route(ADMIN, apps_in_use.list_lacking, (int,)),
    "apps_too_old": Route(ADMIN, apps_in_use.list_too_old, (int,)),
    # admin/server_traffic
    "by_day": Route(ADMIN, server_traffic.by_day, (str,)),
    "by_hour": Route(ADMIN, server_traffic.by_hour),
    "top": Route(ADMIN, server_traffic.top, (int,)),
    "server": Route(ADMIN, server_traffic.come_back),
    # admin/ways
    "ways": Route(ADMIN, ways.overview),
    "usual_way": Route(ADMIN, ways.choose, (str,)),
    # admin/ports
    "ports": Route(ADMIN, ports.overview),
    "confirm_usual_port": Route(ADMIN, ports.ask, (int,)),
    "usual_port": Route(ADMIN, ports.choose, (int,)),
    # admin/rollout
    "outdated": Route(ADMIN, rollout.overview),
    "confirm_rollout": Route(ADMIN, rollout.confirm, (int,)),
    "rollout": Route(ADMIN, rollout.send_all, (int,)),
    # admin/foreign_peers
    "foreign": Route(ADMIN, foreign_peers.overview, (int,)),
    "peer": Route(ADMIN, foreign_peers.show_peer, (int,)),
    "heirs": Route(ADMIN, foreign_peers.choose_owner, (int, int)),
    "heir": Route(ADMIN, foreign_peers.confirm_owner, (int, PersonId)),
    "adopt": Route(ADMIN, foreign_peers.adopt, (int, PersonId)),
    "confirm_evict": Route(ADMIN, foreign_peers.confirm_removal, (int,)),
    "evict": Route(ADMIN, foreign_peers.remove, (int,)),
    "pardon": Route(ADMIN, foreign_peers.allow_again, (int,)),
    # admin/foreign_owners
    "by_name": Route(ADMIN, foreign_owners.show_pairs, (int,)),
    "give_by_name": Route(ADMIN, foreign_owners.give_all, (int,)),
    "claims_setting": Route(ADMIN, foreign_owners.show_claims_setting),
    "claims_set": Route(ADMIN, foreign_owners.set_claims, (("on", "off"),)),
    # admin/taking_back
    "confirm_take_back": Route(ADMIN, taking_back.confirm_one, (int,)),
    "take_back": Route(ADMIN, taking_back.take_one, (int,)),
    "confirm_take_all_back": Route(ADMIN, taking_back.confirm_all, (int,)),
    "take_all_back": Route(ADMIN, taking_back.take_all, (int,)),
    # admin/export
    "export": Route(ADMIN, export.overview),
    "export_file": Route(ADMIN, export.send_file, (export.TABLES,)),
}
